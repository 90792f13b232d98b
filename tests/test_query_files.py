"""What a query found, as a file: JSON, CSV or a spreadsheet, and where the metadata says that it is."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from mockserver import create_app
from mockserver.handlers.query_files import SPREADSHEET

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FIELDS = ["number", "name", "notes", "sys_locked", "notices"]
ODD = '=1+1, "quoted"\nå😀'


@pytest.fixture(scope="module")
def client() -> Any:
    client = create_app(auth="off", clock="frozen", validator="reference").test_client()
    client.patch("/certifications/acme/cert-ada", json=[{"op": "add", "path": "/notes", "value": ODD}])
    return client


def started(client: Any, output_format: str, **more: Any) -> dict[str, Any]:
    asked = {"fields": FIELDS, "criteria": {"fact": "number", "operator": "in", "value": [1001, 1007]}, **more}
    reply = client.post(f"/queries/acme/start/certifications:certifications?outputFormat={output_format}", json=asked)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json
    return found


def cells(workbook: bytes) -> list[list[Any]]:
    """The sheet's cells, read by their own XML: texts, numbers and booleans, None for an empty one."""
    files = zipfile.ZipFile(io.BytesIO(workbook))
    shared = ["".join(one.itertext()) for one in ET.fromstring(files.read("xl/sharedStrings.xml")).iter(f"{SHEET}si")]
    sheet = ET.fromstring(files.read("xl/worksheets/sheet1.xml"))
    found: list[list[Any]] = []
    for row in sheet.iter(f"{SHEET}row"):
        read: dict[int, Any] = {}
        for cell in row.iter(f"{SHEET}c"):
            assert cell.find(f"{SHEET}f") is None, "a value has become a formula"
            text = str(cell.findtext(f"{SHEET}v"))
            kind = cell.get("t")
            read[ord(cell.attrib["r"][0]) - 65] = (
                shared[int(text)] if kind == "s" else text == "1" if kind == "b" else float(text)
            )
        found.append([read.get(place) for place in range(len(FIELDS))])
    return found


def test_json_is_the_rows(client: Any) -> None:
    query = started(client, "json")
    file = client.get(query["file_uri"])
    assert (file.content_type, file.json) == (
        "application/json",
        client.get(f"/queries/acme/results/{query['id']}").json["rows"],
    )


def test_csv_has_a_line_of_names_and_empty_places_for_what_is_absent(client: Any) -> None:
    file = client.get(started(client, "csv", sort=[{"field": "number"}])["file_uri"])
    assert file.content_type == "text/csv; charset=utf-8"
    names, ada, dorothy = csv.reader(io.StringIO(file.data.decode(), newline=""))
    assert names == FIELDS
    assert ada[:4] == ["1001", "Ada Lovelace", ODD, "false"]
    assert [one["notice_id"] for one in json.loads(ada[4])][:1] == ["notice-renewal"]
    assert dorothy == ["1007", "Dorothy Vaughan", "Locked while the audit lasts.", "true", ""]


@pytest.mark.parametrize(
    ("output_format", "heading"),
    [("excel", ["Number", "Name", "Notes", "Sys Locked", "notices"]), ("excelUnformatted", FIELDS)],
)
def test_a_spreadsheet_has_values_of_their_own_type_and_no_formula(
    client: Any, output_format: str, heading: list[str]
) -> None:
    asked = {"sort": [{"field": "number"}]}
    file = client.get(started(client, output_format, **asked)["file_uri"])
    assert file.content_type == SPREADSHEET
    titles, ada, dorothy = cells(file.data)
    assert titles == heading
    assert ada[:4] == [1001.0, "Ada Lovelace", ODD, False]
    assert dorothy[3:] == [True, None]
    again = client.get(started(client, output_format, **asked)["file_uri"])
    assert again.data == file.data, "the same rows are the same bytes"


def test_metadata_uri_is_an_address_that_tells_columns_and_where_the_file_is(client: Any) -> None:
    query = started(client, "csv")
    assert query["metadata_uri"].startswith("http://localhost/")
    metadata = client.get(query["metadata_uri"]).json
    assert [one["name"] for one in metadata["columns"]] == FIELDS
    assert (metadata["output_format"], metadata["rows"]) == ("csv", 2)
    assert metadata["file_uri"] == query["file_uri"]


def test_the_address_is_that_by_which_the_client_calls_the_server(client: Any) -> None:
    asked = {"fields": ["name"]}
    reply = client.post(
        "/queries/acme/start/certifications:certifications", json=asked, headers={"Host": "127.0.0.1:9999"}
    )
    assert reply.json["metadata_uri"].startswith("http://127.0.0.1:9999/queries/acme/")


def test_the_older_path_has_the_format_as_its_last_segment(client: Any) -> None:
    asked = {"fields": ["name", "name"]}
    query = client.post("/queries/acme/start/certifications:programs/excel", json=asked).json
    assert query["output_format"] == "excel"
    assert len(client.get(query["metadata_uri"]).json["columns"]) == 1, "a field that is asked for twice comes once"
    assert client.post("/queries/acme/start/certifications:programs/pdf", json=asked).status_code == 400


def test_a_query_that_is_not_there_has_neither(client: Any) -> None:
    for what in ("file", "metadata"):
        assert client.get(f"/queries/acme/results/no-such/{what}").status_code == 404


def test_a_query_type_is_described_in_the_eleven_members_of_the_vendors_page(client: Any) -> None:
    described = client.get("/queries/acme/public/description/certifications:programs?contextId=x").json
    assert set(described) == {
        "id", "name", "description", "primary_table", "context", "perform_custom_resolution_logic",
        "common_table_expressions", "services", "fields", "default_output_fields", "default_sort_fields",
    }  # fmt: skip
    assert (described["id"], described["primary_table"]) == ("certifications:programs", "programs")
    names = {one["name"] for one in described["fields"]}
    assert {*described["default_output_fields"]} <= names
    asked = {"fields": described["default_output_fields"], "sort": described["default_sort_fields"]}
    assert client.post("/queries/acme/start/certifications:programs", json=asked).status_code == 200
