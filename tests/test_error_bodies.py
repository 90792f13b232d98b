"""What an error body says, whatever the document calls its members: the fault, and no made words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import client, document, parameter, reply

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
BOOK = {"type": "object", "required": ["title"], "properties": {"id": TEXT, "title": TEXT, "pages": NUMBER}}


def error(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*(required or properties)], "properties": properties}


def books(refusals: dict[str, Any]) -> dict[str, Any]:
    """Two paths whose operations declare the ``refusals`` by status."""
    said = {status: reply(schema) for status, schema in refusals.items()}
    many = {"type": "array", "items": BOOK}
    post = {
        "requestBody": {"content": {"application/json": {"schema": BOOK}}},
        "responses": {"201": reply(BOOK), **said},
    }
    get = {"parameters": [parameter("id")], "responses": {"200": reply(BOOK), **said}}
    return document(
        {"/books": {"get": {"responses": {"200": reply(many), **said}}, "post": post}, "/books/{id}": {"get": get}}
    ) | {"externalDocs": {"url": "https://books.test/docs"}}


UNKNOWN = [
    (error(title=TEXT, detail=TEXT, status=NUMBER, type=TEXT, instance=TEXT),
     {"title": "Not Found", "status": 404, "type": "about:blank", "instance": "/books/zq"}),
    (error("title", "status", title=TEXT, detail=TEXT, status=NUMBER), {"title": "Not Found", "status": 404}),
    (error(timestamp={"type": "string", "format": "date-time"}, status=NUMBER, error=TEXT, message=TEXT, path=TEXT),
     {"status": 404, "error": "Not Found", "path": "/books/zq"}),
    (error(error={"type": "object", "required": ["message", "type", "param", "code"], "properties": {
        "message": TEXT, "type": TEXT, "param": {"type": ["string", "null"]}, "code": TEXT}}),
     {"error": {"type": "not_found", "param": None, "code": "not_found"}}),
    (error(message=TEXT, code={**TEXT, "example": "INVALID_ISBN"}), {"code": "NOT_FOUND"}),
    (error(message=TEXT, code={**TEXT, "enum": ["bad_isbn", "resource_missing", "other"]}), {"code": "resource_missing"}),
    (error(message=TEXT, code={**TEXT, "enum": ["bad_isbn", "general_error"]}), {"code": "general_error"}),
    (error(message=TEXT, documentation_url=TEXT, success={"type": "boolean"}),
     {"documentation_url": "https://books.test/docs", "success": False}),
    (error(message=TEXT, wording=TEXT), {"wording": "Not Found"}),
    (error("type", type=TEXT, error={"type": "object", "properties": {"message": TEXT}}), {"type": "not_found"}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "wanted"), UNKNOWN)
def test_each_member_says_what_its_name_means(tmp_path: Path, schema: Any, wanted: Any) -> None:
    got = client(books({"404": schema}), tmp_path).get("/books/zq")
    assert got.status_code == 404
    inner = got.json["error"] if isinstance(got.json.get("error"), dict) else got.json
    assert "zq" in (inner.get("detail") or inner.get("message"))
    for name, value in wanted.items():
        assert value == ({one: got.json[name][one] for one in value} if isinstance(value, dict) else got.json[name])


INVALID = [
    (error(message=TEXT, errors={"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}),
     {"errors": {"title": ["is required and missing"]}}),
    (error(message=TEXT, invalidFields={"type": "array", "items": error(name=TEXT, value=TEXT, message=TEXT)}),
     {"invalidFields": [{"name": "title", "value": "", "message": "is required and missing"}]}),
    (error(message=TEXT, param=TEXT), {"param": "title"}),
    (error(errors={"type": "array", "items": error(message=TEXT)}),
     {"errors": [{"message": "body/title: is required and missing"}]}),
    (error(errors={"type": "array", "items": error("code", code={**TEXT, "enum": ["invalid", "missing_field"]}, field=TEXT, message=TEXT)}),
     {"errors": [{"code": "missing_field", "field": "title", "message": "is required and missing"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "wanted"), INVALID)
def test_a_broken_rule_is_told_with_the_member_that_broke_it(tmp_path: Path, schema: Any, wanted: Any) -> None:
    got = client(books({"400": schema}), tmp_path).post("/books", json={}).json
    assert {name: got[name] for name in wanted} == wanted


def test_a_status_that_is_not_declared_is_told_as_the_others_are(tmp_path: Path) -> None:
    caller = client(books({"400": error(message=TEXT, code=NUMBER)}), tmp_path)
    for status in (404, 429, 503):
        got = caller.get("/books", headers={"Prefer": f"code={status}"})
        assert (got.status_code, got.json["code"], got.content_type) == (status, status, "application/json")
    assert caller.get("/nothing").json["code"] == 404


def test_where_others_only_list_violations_a_refusal_without_any_is_a_text(tmp_path: Path) -> None:
    listed = error(detail={"type": "array", "items": error(loc={"type": "array", "items": {}}, msg=TEXT, type=TEXT)})
    caller = client(books({"422": listed}), tmp_path)
    assert "zq" in caller.get("/books/zq").json["detail"]
    assert caller.post("/books", json={}).json["detail"][0]["loc"] == ["body", "title"]


def test_an_error_that_may_hold_anything_holds_the_reason(tmp_path: Path) -> None:
    schema = {"type": "object", "additionalProperties": TEXT}
    assert "zq" in client(books({"404": schema}), tmp_path).get("/books/zq").json["message"]


def test_where_nothing_is_declared_a_refusal_is_a_problem(tmp_path: Path) -> None:
    got = client(books({}), tmp_path).get("/books/zq")
    assert got.content_type == "application/problem+json"
    assert (got.json["title"], got.json["status"]) == ("Not Found", 404)
    assert "zq" in got.json["detail"]


@pytest.mark.parametrize("said", [{"description": "no"}, reply({"type": "object", "properties": {"code": NUMBER}})])
def test_what_a_body_cannot_tell_is_told_in_a_header(tmp_path: Path, said: Any) -> None:
    paths = books({})
    for item in paths["paths"].values():
        for operation in item.values():
            operation["responses"] |= {"404": said, "422": said}
    caller = client(paths, tmp_path)
    wrong = caller.post("/books", json={"pages": "many"})
    assert (wrong.status_code, "body/title: is required and missing" in wrong.headers["Mock-Reason"]) == (422, True)
    assert "zq" in caller.get("/books/zq").headers["Mock-Reason"]
