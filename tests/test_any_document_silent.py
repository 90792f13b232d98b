"""Documents as they are written beside a server: replies that nobody described, and a path for one beside that of all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, document, parameter, reply

TEXT = {"type": "string"}
SENT = {"type": "object", "required": ["title"], "properties": {"title": TEXT, "author": TEXT}}
BOOK = {"type": "object", "properties": {"id": {"type": "integer"}, "title": TEXT, "author": TEXT}}
SILENT = {"description": "done"}


def books(one: str = "/books", many: str = "/books", shown: Any = None) -> dict[str, Any]:
    """A collection and its item; replies without content, or with ``shown``."""
    of_one = SILENT if shown is None else reply(shown)
    of_all = SILENT if shown is None else reply({"type": "array", "items": shown})
    told = {
        many: {"get": {"responses": {"200": of_all}}},
        f"{one}/{{id}}": {
            "parameters": [parameter("id", {"type": "integer"})],
            "get": {"responses": {"200": of_one, "404": SILENT}},
            "put": {"requestBody": body(SENT), "responses": {"200": of_one, "404": SILENT}},
            "delete": {"responses": {"204": SILENT, "404": SILENT}},
        },
    }
    told.setdefault(one, {})["post"] = {"requestBody": body(SENT), "responses": {"201": of_one, "400": SILENT}}
    return document(told)


@pytest.mark.parametrize(
    ("one", "many", "shown"),
    [
        ("/books", "/books", None),
        ("/book", "/books", BOOK),
        ("/book", "/books", {"allOf": [BOOK]}),
        ("/books", "/books", {"type": "object"}),
        ("/book", "/books", {"type": "object", "additionalProperties": True}),
    ],
)
def test_what_is_made_is_read_listed_changed_and_gone(tmp_path: Path, one: str, many: str, shown: Any) -> None:
    caller = client(books(one, many, shown), tmp_path)
    made = caller.post(one, json={"title": "Emma"})
    assert (made.status_code, made.json["title"]) == (201, "Emma")
    address = f"{one}/{made.json['id']}"
    assert made.headers["Location"].endswith(address)
    assert caller.get(address).json == made.json
    assert made.json in caller.get(many).json
    changed = caller.put(address, json={"title": "Persuasion"})
    assert (changed.status_code, changed.json["title"]) == (200, "Persuasion")
    assert changed.json in caller.get(many).json
    assert caller.delete(address).status_code == 204
    assert caller.get(address).status_code == 404
    assert len(caller.get(many).json) == 3


def test_an_envelope_that_may_hold_anything_holds_the_record(tmp_path: Path) -> None:
    base = {"type": "object", "properties": {"code": {"type": "integer"}, "data": {}, "message": TEXT}}
    told = books("/book", "/books", base)
    told["paths"]["/books"]["get"]["responses"]["200"] = reply(base)
    caller = client(told, tmp_path)
    made = caller.post("/book", json={"title": "Emma"}).json["data"]
    assert made["title"] == "Emma"
    assert caller.get(f"/book/{made['id']}").json["data"] == made
    assert made in caller.get("/books").json["data"]


@pytest.mark.parametrize("shown", [{}, BOOK])
def test_a_list_that_may_be_anything_is_one_of_records(tmp_path: Path, shown: Any) -> None:
    told = books(shown=shown)
    told["paths"]["/books"]["get"]["responses"]["200"] = reply({})
    caller = client(told, tmp_path)
    made = caller.post("/books", json={"title": "Emma"}).json
    assert made["title"] == "Emma"
    assert made in caller.get("/books").json


def test_what_is_guessed_shows_no_password(tmp_path: Path) -> None:
    told = books()
    told["paths"]["/books"]["post"]["requestBody"] = body(
        {**SENT, "properties": {**SENT["properties"], "password": TEXT}}
    )
    made = client(told, tmp_path).post("/books", json={"title": "Emma", "password": "x"})
    assert "password" not in made.json


def test_content_that_is_not_declared_is_marked_as_a_guess(tmp_path: Path) -> None:
    assert client(books(), tmp_path).get("/books").headers["Mock-Undeclared"] == "content"
    assert "Mock-Undeclared" not in client(books(shown=BOOK), tmp_path).get("/books").headers


def test_a_resource_that_is_described_anywhere_is_left_as_it_is(tmp_path: Path) -> None:
    told = books()
    told["paths"]["/books"]["get"]["responses"]["200"] = reply({"type": "array", "items": BOOK})
    caller = client(told, tmp_path)
    assert caller.post("/books", json={"title": "Emma"}).data == b""
    assert "Emma" in [one["title"] for one in caller.get("/books").json]


def test_singular_and_plural_with_other_members_stay_two(tmp_path: Path) -> None:
    told = books("/book", "/books", BOOK)
    other = {"type": "object", "properties": {"shelf": TEXT, "room": TEXT, "floor": TEXT}}
    told["paths"]["/books"]["get"]["responses"]["200"] = reply({"type": "array", "items": other})
    caller = client(told, tmp_path)
    caller.post("/book", json={"title": "Emma"})
    assert len(caller.get("/books").json) == 3
