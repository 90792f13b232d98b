"""`Prefer`: one request asks for its own status, for an example by its name, for a late answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver import create_app
from mockserver.testing.in_process import Client
from mockserver.testing.lease import Lease
from mockserver.testing.watch import Watch

Library = Callable[..., Any]


@pytest.mark.parametrize("header", ["code=409", 'return=minimal; code="409"', "respond-async, code=409"])
def test_one_request_asks_for_its_own_status(library: Library, header: str) -> None:
    client = library().test_client()
    answer = client.post("/books/acme", json={"title": "A"}, headers={"Prefer": header})
    assert answer.status_code == 409
    assert answer.headers["Preference-Applied"] == "code=409"
    assert answer.headers["Mock-Reason"] == "asked for by Prefer"
    assert client.get("/books/acme").json == [], "nothing was stored"
    assert client.post("/books/acme", json={"title": "A"}).status_code == 200


def test_what_a_gateway_says_can_be_preferred_and_what_is_not_declared_cannot(library: Library) -> None:
    client = library().test_client()
    assert client.get("/books/acme", headers={"Prefer": "code=503"}).status_code == 503
    refused = client.get("/books/acme", headers={"Prefer": "code=418"})
    assert refused.status_code == 400
    assert refused.json["errors"][0]["path"] == "header/Prefer"


@pytest.mark.parametrize(
    "header",
    ["code=200", "return=minimal", "code=abc", "encode=404", "code=4040", "delay=-1", "delay=1e3", "delay=NaN", "examples=a"],
)  # fmt: skip
def test_other_preferences_change_nothing(library: Library, header: str) -> None:
    answer = library().test_client().get("/books/acme", headers={"Prefer": header})
    assert (answer.status_code, "Preference-Applied" in answer.headers) == (200, False)


def test_a_late_answer_has_a_bound_and_goes_with_the_others(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("mockserver.web.damage.sleep", lambda seconds: waited.append(seconds) if seconds else None)
    client = library().test_client()
    late = client.get("/books/acme", headers={"Prefer": "delay=1.5"})
    assert (late.status_code, late.headers["Preference-Applied"]) == (200, "delay=1.5")
    later = client.get("/books/acme", headers={"Prefer": "code=503, delay=100000"})
    assert (later.status_code, later.headers["Preference-Applied"]) == (503, "delay=30, code=503")
    wrong = client.post("/books/acme", json={}, headers={"Prefer": "delay=2"})
    assert (wrong.status_code, wrong.headers["Preference-Applied"]) == (400, "delay=2"), "refusals are late as well"
    assert waited == [1.5, 30.0, 2.0]


def test_a_late_answer_is_late_for_the_fixtures_client(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("mockserver.web.damage.sleep", lambda seconds: waited.append(seconds) if seconds else None)
    app = library()
    client = Client(Lease(app, app.extensions["mockserver"], Watch(strict=False)), dict)
    assert client.get("/books/acme", headers={"Prefer": "delay=1.5"}).ok
    assert waited == [1.5]


def with_examples(told: dict[str, Any]) -> None:
    replies = told["paths"]["/books/{tenant}/{id}"]["get"]["responses"]
    record = {"id": "x", "title": "Named", "made_at": "2025-01-01T00:00:00Z", "version": 1}
    told["components"]["examples"] = {"Kept": {"value": record}}
    replies["200"]["content"]["application/json"]["examples"] = {
        "a book": {"$ref": "#/components/examples/Kept"},
        "broken": {"value": {"id": "x"}},
        "elsewhere": {"externalValue": "https://example.com/book.json"},
        "über": {"value": record},
    }
    error = {"message": "Nobody has it.", "errors": []}
    replies["404"] = {
        "description": "No.",
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "examples": {"gone": {"value": error}, "a book": {"value": error}},
            }
        },
    }


def asked(client: Any, header: str) -> tuple[int, Any, str | None]:
    answer = client.get("/books/acme/none", headers={"Prefer": header})
    return answer.status_code, answer.json, answer.headers.get("Preference-Applied")


def test_an_example_is_answered_by_its_name(library: Library) -> None:
    client = library(with_examples).test_client()
    assert asked(client, 'example="a book"')[1]["title"] == "Named"
    assert asked(client, "example=gone") == (404, {"message": "Nobody has it.", "errors": []}, "example=gone")
    assert asked(client, 'example="a book", code=404')[::2] == (404, 'code=404, example="a book"')
    assert asked(client, 'example="Ã¼ber"')[0] == 200, "a header is Latin-1 and names are UTF-8"
    status, refusal, _ = asked(client, "example=gon")
    assert (status, refusal["errors"][0]["path"]) == (400, "header/Prefer")
    assert "did you mean 'gone'?" in refusal["errors"][0]["message"]
    assert asked(client, "example=elsewhere")[0] == 400, "nothing is fetched for it"
    assert asked(client, "example=gone; code=200")[0] == 400


def test_an_example_that_breaks_its_schema_is_answered_and_that_is_said(library: Library) -> None:
    answer = library(with_examples).test_client().get("/books/acme/x", headers={"Prefer": "example=broken"})
    assert (answer.status_code, answer.json) == (200, {"id": "x"})
    assert answer.headers["Mock-Reason"].endswith("it is not what the schema of the reply says")


PETS = """
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      responses:
        default:
          description: A problem.
          content: {application/json: {schema: {type: object}, examples: {odd: {value: {why: odd}}}}}
        '200':
          description: One.
          content:
            application/xml:
              schema: {type: object, xml: {name: pet}, properties: {name: {type: string}}}
              examples: {cat: {value: {name: Tom}}, text: {value: '<pet/>'}}
            text/csv: {examples: {table: {value: "a,b"}}}
"""


def test_any_document_has_them_in_every_media_type(tmp_path: Any) -> None:
    spec = tmp_path / "pets.yaml"
    spec.write_text(PETS)
    client = create_app(spec=spec).test_client()
    found = {
        name: client.get("/pets/1", headers={"Prefer": f"example={name}"}) for name in ("cat", "text", "table", "odd")
    }
    assert {name: one.status_code for name, one in found.items()} == dict.fromkeys(found, 200)
    assert b"<pet><name>Tom</name></pet>" in found["cat"].data
    assert (found["text"].data, found["text"].mimetype) == (b"<pet/>", "application/xml")
    assert (found["table"].data, found["table"].mimetype) == (b"a,b", "text/csv")
    assert found["odd"].json == {"why": "odd"}
    assert client.get("/pets/1", headers={"Prefer": "example=dog"}).status_code == 400
