"""Orders that documents tell in words: the mock keeps them, and a server that does otherwise is found."""

import json

import pytest

from altered_mock import checked
from mockserver import create_app
from mockserver.inference.vocabulary.told_order import told_order

TEXT, MOMENT = {"type": "string"}, {"type": "string", "format": "date-time", "readOnly": True}


def _object(**members):
    return {"type": "object", "required": [*members], "properties": members}


def _reply(schema, status="200"):
    return {status: {"description": "", "content": {"application/json": {"schema": schema}}}}


def _paths(name, words, record, new):
    key = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    body = {"required": True, "content": {"application/json": {"schema": new}}}
    return {
        f"/{name}": {
            "get": {"description": words, "responses": _reply({"type": "array", "items": record})},
            "post": {"requestBody": body, "responses": _reply(record, "201")},
        },
        f"/{name}/{{id}}": {
            "parameters": [key],
            "get": {"responses": {**_reply(record), "404": {"description": "none"}}},
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    }


KEY = {**TEXT, "format": "uuid", "readOnly": True}
NOTE = _object(id=KEY, text=TEXT, created_at=MOMENT)
SHELF = _object(id=KEY, name=TEXT, width={"type": "integer", "minimum": 1, "maximum": 900})
TALK = _object(id=KEY, start=_object(day={**TEXT, "format": "date"}, zone=TEXT))
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        **_paths("notes", "All notes, newest first.", NOTE, _object(text=TEXT)),
        **_paths("talks", "Talks, ordered by start.", TALK, _object(start=TALK["properties"]["start"])),
        **_paths("shelves", "Shelves, ordered by width, descending.", SHELF, _object(name=TEXT, width=SHELF["properties"]["width"])),
    },
}  # fmt: skip


@pytest.fixture
def document(tmp_path):
    (file := tmp_path / "notes.json").write_text(json.dumps(DOCUMENT))
    return file


def turned_round(place):
    def alter(where, wire):
        if where == place:
            wire.say(wire.value[::-1])

    return alter


def test_the_mock_lists_as_it_is_told(document):
    caller = create_app(spec=document).test_client()
    for width in (500, 900, 1):
        caller.post("/shelves", json={"name": "a", "width": width})
        caller.post("/notes", json={"text": "b"})
    widths = [one["width"] for one in caller.get("/shelves").json]
    moments = [one["created_at"] for one in caller.get("/notes").json]
    assert widths == sorted(widths, reverse=True)
    assert moments == sorted(moments, reverse=True)


def test_a_right_server_is_judged_and_not_blamed(document, monkeypatch):
    verdict = checked(document, monkeypatch, {"document_orders"})
    assert not verdict.findings
    assert {one.resource for one in verdict.results if one.has_judged} == {"notes", "shelves"}


@pytest.mark.parametrize(
    ("place", "cause"),
    [("GET /notes", "descending order of created_at"), ("GET /shelves", "descending order of width")],
)
def test_another_order_is_found(document, monkeypatch, place, cause):
    verdict = checked(document, monkeypatch, {"document_orders"}, turned_round(place))
    assert any(cause in one.cause for one in verdict.findings)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Newest first.", ("created_at", True)),
        ("The latest messages come first", ("created_at", True)),
        ("Events, oldest first", ("created_at", False)),
        ("Sorted by name.", ("name", False)),
        ("Items are ordered by `due_at`", None),
        ("listed by due date", None),
        ("ordered by due, latest first", ("due_at", True)),
        ("sorted by price in descending order", ("price", True)),
        ("can be sorted by name", None),
        ("Sorted by name or price.", None),
        ("Finds the first of the newest books", None),
    ],
)
def test_the_order_is_read_from_the_words(words, found):
    members = {"name": "name", "price": "price", "dueat": "due_at", "createdat": "created_at"}
    assert told_order(words, members, ["due_at", "created_at"]) == found
