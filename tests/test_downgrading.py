"""Documents in the words of 3.0, as the interactive page reads long ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from mockserver import create_app
from mockserver.contract import read_document
from mockserver.contract.sources.downgrading import downgraded

DOCUMENTS = Path(__file__).parent / "data" / "documents"


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"anyOf": [{"type": "string"}], "nullable": True}),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"examples": [1, 2]}, {"example": 1}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        (
            {"properties": {"type": {"type": ["null", "string"]}}},
            {"properties": {"type": {"type": "string", "nullable": True}}},
        ),
        ({"default": {"type": ["a", "null"]}}, {"default": {"type": ["a", "null"]}}),
    ],
)
def test_schemas_say_the_same_in_other_words(schema: dict[str, Any], wanted: dict[str, Any]) -> None:
    given = {"openapi": "3.1.0", "components": {"schemas": {"const": schema}}}
    assert downgraded(given)["components"]["schemas"]["const"] == wanted


@pytest.mark.parametrize("name", ["museum-3.1.yaml", "fastapi-template-3.1.json"])
def test_documents_of_others_are_valid_as_3_0(name: str) -> None:
    document = downgraded(orjson.loads(orjson.dumps(read_document(DOCUMENTS / name).root)))
    assert not [error.message for error in OpenAPIV30SpecValidator(document).iter_errors()]


def test_the_page_reads_a_long_document_so_and_a_short_one_as_it_is() -> None:
    long = create_app().test_client()
    assert 'url: "openapi.json"' in long.get("/docs/").text
    read_here, published = (long.get(path).json for path in ("/docs/openapi.json", "/openapi.json"))
    assert (read_here["openapi"], published["openapi"]) == ("3.0.3", "3.1.0")
    assert [*read_here["paths"]] == [*published["paths"]]
    title = published["info"]["title"]
    assert title == "Certifications + 6 more" and "Submission spaces" in published["info"]["description"]
    short = create_app(spec=DOCUMENTS / "petstore-3.0.yaml").test_client()
    assert 'url: "../openapi.json"' in short.get("/docs/").text
