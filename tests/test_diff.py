"""The command that compares two documents: one change at a time, with its verdict and exit."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main

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


def test_a_renamed_path_parameter_is_no_change(tmp_path: Path) -> None:
    new = json.loads(json.dumps(OLD).replace("/pets/{id}", "/pets/{petId}").replace('"name": "id"', '"name": "petId"'))
    assert compared(tmp_path, new) == (0, "0 breaking, 0 additive\n")


def test_checks_that_go_with_an_operation(tmp_path: Path) -> None:
    output = compared(tmp_path, changed("paths /pets/{id}", ...))[1]
    assert "no longer checked\n" in output


def test_a_document_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "no.yaml"), str(tmp_path / "no.yaml")])
    assert (result.exit_code, "no such file" in result.output) == (2, True)
