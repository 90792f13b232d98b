"""The command that compares two documents: one change at a time, with its verdict and exit."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main
from mockserver.conformance.diffing.document_changes import DocumentChange, document_changes
from mockserver.contract.document import Document

PET: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "maxLength": 20},
        "kind": {"type": "string", "enum": ["cat", "dog"]},
        "parent": {"$ref": "#/components/schemas/Pet"},
    },
}
CONTENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}
OLD: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {"post": {
            "operationId": "createPet",
            "requestBody": {"content": CONTENT},
            "responses": {"201": {"description": "made", "content": CONTENT}},
        }},
        "/pets/{id}": {"get": {
            "operationId": "getPet",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "found", "content": CONTENT}},
        }},
    },
    "components": {
        "schemas": {"Pet": PET},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}  # fmt: skip
PROPERTIES = "components schemas Pet properties"


def changed(place: str, value: Any) -> dict[str, Any]:
    """OLD with another value at ``place``, or without what is there for ``...``."""
    new = deepcopy(OLD)
    *way, last = place.split()
    here = new
    for step in way:
        here = here[step]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return new


def compared(folder: Path, new: dict[str, Any], *options: str) -> tuple[int, str]:
    for name, document in (("old.json", OLD), ("new.json", new)):
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(folder / "old.json"), str(folder / "new.json"), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_same_document_has_no_changes(tmp_path: Path) -> None:
    assert compared(tmp_path, OLD, "--fail-on", "any") == (0, "0 breaking, 0 additive\n")


@pytest.mark.parametrize(
    ("place", "value", "breaking"),
    [
        ("paths /pets/{id}", ..., "GET /pets/{}: operation removed"),
        ("paths /pets post requestBody required", True, "request body: body is required now"),
        (f"{PROPERTIES} name maxLength", 10, "request body name: maxLength 20 → 10"),
        (f"{PROPERTIES} name maxLength", 30, "reply 200 name: maxLength 20 → 30"),
        (f"{PROPERTIES} kind enum", ["cat"], "request body kind: enum now without"),
        (f"{PROPERTIES} kind enum", ["cat", "dog", "emu"], "reply 201 kind: enum now with"),
        (f"{PROPERTIES} name type", ["string", "null"], "reply 200 name: type now with null"),
        (f"{PROPERTIES} name", ..., "reply 200 name: property removed"),
        ("components schemas Pet required", ["id", "name"], "request body name: property is required now"),
        ("components schemas Pet required", [], "reply 200 id: property is no longer required"),
        ("paths /pets post parameters", [{"name": "dry", "in": "query", "required": True, "schema": {}}],
         "query parameter dry: required parameter added"),
        ("security", [{"key": []}], "GET /pets/{}: security: no credential no longer lets a client in"),
    ],
)  # fmt: skip
def test_what_breaks(tmp_path: Path, place: str, value: Any, breaking: str) -> None:
    code, output = compared(tmp_path, changed(place, value))
    assert code == 1
    assert breaking in output.partition("additive\n")[0]
    assert compared(tmp_path, changed(place, value), "--fail-on", "nothing")[0] == 0


@pytest.mark.parametrize(
    ("place", "value", "added"),
    [
        (f"{PROPERTIES} age", {"type": "integer"}, "reply 200 age: optional property added"),
        ("paths /pets get", {"operationId": "listPets", "responses": {"200": {"description": "all"}}},
         "GET /pets: operation added"),
        ("paths /pets post parameters", [{"name": "dry", "in": "query", "schema": {}}],
         "query parameter dry: optional parameter added"),
    ],
)  # fmt: skip
def test_what_is_added(tmp_path: Path, place: str, value: Any, added: str) -> None:
    code, output = compared(tmp_path, changed(place, value))
    assert (code, output.startswith("additive\n")) == (0, True)
    assert added in output
    assert compared(tmp_path, changed(place, value), "--fail-on", "any")[0] == 1


def test_a_renamed_path_parameter_is_not_a_change(tmp_path: Path) -> None:
    new = json.loads(json.dumps(OLD).replace("/pets/{id}", "/pets/{petId}").replace('"name": "id"', '"name": "petId"'))
    assert compared(tmp_path, new) == (0, "0 breaking, 0 additive\n")


def test_checks_that_go_with_an_operation(tmp_path: Path) -> None:
    output = compared(tmp_path, changed("paths /pets/{id}", ...))[1]
    assert "no longer checked\n" in output


def test_a_document_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "no.yaml"), str(tmp_path / "no.yaml")])
    assert (result.exit_code, "no such file" in result.output) == (2, True)


TEXT, NULL = {"type": "string"}, {"type": "null"}
SCHEMAS = [
    # of a member before and now, and whether that breaks requests and replies
    (TEXT, {"type": ["string", "null"]}, False, True),
    (TEXT, {"anyOf": [TEXT, NULL]}, False, True),
    ({"type": ["string", "null"]}, {"oneOf": [NULL, TEXT]}, False, False),
    ({"anyOf": [TEXT, NULL]}, TEXT, True, False),
    (TEXT, {"type": "integer"}, True, True),
    ({"type": "integer"}, {"type": "number"}, False, True),
    ({"const": "a"}, {"enum": ["a", "b"]}, False, True),
    ({"enum": ["a", "b"]}, {"const": "b"}, True, False),
    ({**TEXT, "readOnly": True}, {**TEXT, "readOnly": True, "maxLength": 3}, False, False),
    ({**TEXT, "readOnly": True}, {**TEXT, "readOnly": True, "enum": ["a"]}, False, False),
    ({**TEXT, "readOnly": True, "enum": ["a"]}, {**TEXT, "readOnly": True}, False, True),
    ({**TEXT, "writeOnly": True, "maxLength": 3}, {**TEXT, "writeOnly": True}, False, False),
    ({**TEXT, "writeOnly": True}, {**TEXT, "writeOnly": True, "minLength": 3}, True, False),
    ({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int64"}, False, True),
    ({"type": "integer", "multipleOf": 5}, {"type": "integer", "multipleOf": 10}, True, False),
    ({"type": "integer", "multipleOf": 10}, {"type": "integer", "multipleOf": 5}, False, True),
    ({"type": "integer"}, {"type": "integer", "multipleOf": 5}, True, False),
    ({"type": "array"}, {"type": "array", "items": TEXT}, True, False),
    ({"type": "array", "uniqueItems": True}, {"type": "array"}, False, True),
    ({"type": "array"}, {"type": "array", "maxItems": 3}, True, False),
    ({"type": "object"}, {"type": "object", "additionalProperties": False}, True, False),
    ({"type": "object", "additionalProperties": {}}, {"type": "object", "additionalProperties": True}, False, False),
    ({"type": "object", "minProperties": 2}, {"type": "object", "minProperties": 1}, False, True),
    ({"type": "object"}, {"type": "object", "dependentRequired": {"a": ["b"]}}, True, False),
    ({**TEXT, "default": "a"}, {**TEXT, "default": "b"}, False, False),
    (TEXT, {**TEXT, "deprecated": True}, False, False),
    (TEXT, {**TEXT, "pattern": "^a"}, True, False),
    ({**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^b"}, True, True),
]


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[DocumentChange]:
    return document_changes(Document(old), Document(new))


@pytest.mark.parametrize(("before", "now", "in_request", "in_reply"), SCHEMAS, ids=str)
def test_what_a_schema_breaks_where(before: Any, now: Any, in_request: bool, in_reply: bool) -> None:
    old, new = (changed(f"{PROPERTIES} name", one) for one in (before, now))
    broken = {one.place.partition(" ")[0] for one in changes(old, new) if one.is_breaking}
    assert broken == {*["request"] * in_request, *["reply"] * in_reply}


READ = "paths /pets/{id} get"
KEY, OAUTH = [{"key": []}], [{"oauth": ["read", "write"]}]
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "array", "items": TEXT}}
TYPED = {"application/json; charset=utf-8": CONTENT["application/json"]}
OPERATIONS = [
    (f"{READ} security", KEY, [], []),
    (f"{READ} security", [], KEY, ["security"]),
    (f"{READ} security", KEY, [{"key": []}, {"oauth": []}], []),
    (f"{READ} security", [{"key": []}, {"oauth": []}], KEY, ["security"]),
    (f"{READ} security", OAUTH, [{"oauth": ["read"]}], []),
    (f"{READ} security", [{"oauth": ["read"]}], OAUTH, ["security"]),
    (f"{READ} responses 200 headers", {"X-A": {"required": True, "schema": TEXT}}, {}, ["reply 200 header x-a"]),
    (f"{READ} responses 200 headers", {"X-A": {"schema": TEXT}}, {}, []),
    (f"{READ} responses 200 headers", {"X-A": {"required": True}}, {"x-a": {}}, ["reply 200 header x-a"]),
    (f"{READ} responses 200 headers", {"X-A": {"schema": TEXT}}, {"X-A": {"schema": {"type": "integer"}}},
     ["reply 200 header x-a"]),
    (f"{READ} responses 200 content", CONTENT, TYPED, []),
    (f"{READ} deprecated", False, True, []),
    ("paths /pets post parameters", [LIMIT], [{**LIMIT, "explode": False}], ["query parameter limit"]),
    ("paths /pets post parameters", [LIMIT], [{**LIMIT, "style": "form", "explode": True}], []),
]  # fmt: skip


@pytest.mark.parametrize(("place", "before", "now", "broken"), OPERATIONS, ids=str)
def test_what_an_operation_breaks(place: str, before: Any, now: Any, broken: list[str]) -> None:
    found = changes(changed(place, before), changed(place, now))
    assert [one.place for one in found if one.is_breaking] == broken, found
