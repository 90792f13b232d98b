"""What generators of documents write in ways of their own: pages, linked data, lists of generic types, commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Kind
from test_any_document import body, client, document, parameter, reply

NUMBER, TEXT, TRUTH = {"type": "integer"}, {"type": "string"}, {"type": "boolean"}
TASK = {
    "type": "object",
    "properties": {"id": NUMBER, "title": TEXT, "done": TRUTH, "state": {"type": "string", "enum": ["NEW", "STOPPED"]},
                   "paid": TRUTH},
}  # fmt: skip


def tasks(
    folder: Path, listed: Any = None, record: Any = None, *, pages: bool = False, schemas: Any = None, **below: Any
) -> Any:
    """A client of tasks that are listed as ``listed`` says, with what is done to one ``below`` it."""
    named, told = {"parameters": [parameter("id", NUMBER)]}, record or TASK
    query = [{"name": name, "in": "query", "schema": NUMBER} for name in ("page", "size")] if pages else []
    sent = body({"type": "object", "properties": {"title": TEXT, "setup": {"type": "object"}}})
    paths = {
        "/tasks": {
            "get": {"parameters": query, "responses": {"200": reply(listed or {"type": "array", "items": told})}},
            "post": {"requestBody": sent, "responses": {"201": reply(told)}},
        },
        "/tasks/{id}": {**named, "get": {"responses": {"200": reply(told), "404": reply()}}, **below.pop("item", {})},
        **{f"/tasks/{{id}}/{word}": {**named, **one} for word, one in below.items()},
    }
    return client(document(paths, components={"schemas": schemas or {}}), folder, scenario="default")


def members(**told: Any) -> dict[str, Any]:
    return {"type": "object", "properties": told, "required": list(told)}


def test_pages_say_where_they_are(tmp_path: Path) -> None:
    links = members(first=TEXT, last=TEXT, prev={"type": ["string", "null"]}, next={"type": ["string", "null"]})
    meta = members(**{"from": {"type": ["integer", "null"]}, "to": NUMBER, "path": TEXT, "last_page": NUMBER})
    caller = tasks(tmp_path, members(data={"type": "array", "items": TASK}, links=links, meta=meta), pages=True)
    here = "http://localhost/tasks"
    second = caller.get("/tasks?size=2&page=2").json
    assert second["meta"] == {"from": 3, "to": 3, "path": here, "last_page": 2}
    ends = {"first": f"{here}?size=2&page=1", "last": f"{here}?size=2&page=2"}
    assert second["links"] == {**ends, "prev": f"{here}?size=2&page=1", "next": None}


def test_pages_say_whether_they_are_the_first_or_the_last(tmp_path: Path) -> None:
    listed = members(content={"type": "array", "items": TASK}, first=TRUTH, last=TRUTH, empty=TRUTH)
    caller = tasks(tmp_path, listed, pages=True)
    pages = [caller.get(f"/tasks?size=2&page={number}").json for number in (1, 2, 3)]
    said = [tuple(page[name] for name in ("first", "last", "empty")) for page in pages]
    assert said == [(True, False, False), (False, True, False), (False, True, True)]


def test_linked_data_says_what_a_record_is(tmp_path: Path) -> None:
    words = {"@id": TEXT, "@type": TEXT, "@context": TEXT}
    schemas = {"Task.jsonld": {"type": "object", "properties": {**words, "id": NUMBER, "title": TEXT}}}
    caller = tasks(tmp_path, record={"$ref": "#/components/schemas/Task.jsonld"}, schemas=schemas)
    own = {"@id": "/tasks/4", "@type": "Task", "@context": "/contexts/Task"}
    assert caller.post("/tasks", json={"title": "x"}).json == {"id": 4, "title": "x", **own}
    assert caller.get("/tasks/1").json["@id"] == "/tasks/1"


def test_a_list_of_lists_is_of_the_objects_that_another_part_tells(tmp_path: Path) -> None:
    generic = members(data={"type": "array", "items": {"type": "array"}}, total=NUMBER)
    told = {"allOf": [generic, {"properties": {"data": {"type": "array", "items": TASK}}}]}
    listed = tasks(tmp_path, told).get("/tasks").json
    assert (listed["total"], [one["id"] for one in listed["data"]]) == (3, [1, 2, 3])


@pytest.mark.parametrize(
    ("method", "word", "member", "value"),
    [
        ("get", "stop", "state", "STOPPED"),
        ("post", "pay", "paid", True),
        ("get", "done", "done", False),  # what it is, and no command
    ],
)
def test_a_command_changes_the_record(tmp_path: Path, method: str, word: str, member: str, value: Any) -> None:
    caller = tasks(tmp_path, **{word: {method: {"responses": {"200": reply(members(ok=TRUTH)), "404": reply()}}}})
    caller.post("/tasks", json={"title": "x"})
    assert caller.open(f"/tasks/4/{word}", method=method).status_code == 200
    assert caller.get("/tasks/4").json.get(member, False) == value
    assert caller.open(f"/tasks/9/{word}", method=method).status_code == 404


def test_a_put_without_a_body_does_what_it_is_called(tmp_path: Path) -> None:
    put = {"operationId": "mark_done", "responses": {"200": reply(), "404": reply()}}
    caller = tasks(tmp_path, item={"put": put})
    caller.post("/tasks", json={"title": "x"})
    assert [caller.put(f"/tasks/{key}").status_code for key in (4, 9)] == [200, 404]
    assert caller.get("/tasks/4").json["done"] is True


def test_a_record_of_several_kinds_keeps_what_one_of_them_has(tmp_path: Path) -> None:
    def kind(name: str, **told: Any) -> dict[str, Any]:
        setup = {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string", "enum": [name]}, **told},
        }
        return {"type": "object", "required": ["setup"], "properties": {"id": NUMBER, "title": TEXT, "setup": setup}}

    caller = tasks(tmp_path, record={"oneOf": [kind("count", seconds=NUMBER), kind("value", pattern=TEXT)]})
    sent = {"setup": {"kind": "value", "pattern": "x"}}
    assert caller.post("/tasks", json=sent).json == {"id": 4, **sent}
    assert caller.get("/tasks/4").json == {"id": 4, **sent}


def test_what_is_done_to_a_record_that_only_a_list_shows_is_done_to_it(tmp_path: Path) -> None:
    card = {"type": "object", "properties": {"cardId": {"type": "integer"}, "blocked": {"type": "boolean"}}}
    listed = {"type": "object", "properties": {"cards": {"type": "array", "items": card}}}
    done, key = {"204": {"description": "done"}}, [parameter("cardId", {"type": "integer"})]
    caller = client(
        document(
            {
                "/cards": {"get": {"responses": {"200": reply(listed)}}},
                "/cards/{cardId}/block": {"post": {"parameters": key, "responses": done}},
            }
        ),
        tmp_path,
    )
    first = caller.get("/cards").json["cards"][0]["cardId"]
    assert caller.post(f"/cards/{first}/block").status_code == 204
    assert caller.get("/cards").json["cards"][0]["blocked"] is True
    assert caller.post("/cards/999/block").status_code == 404


@pytest.mark.parametrize("mapping", [{"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"}, None])
def test_an_alternative_is_the_one_that_the_discriminator_names(tmp_path: Path, mapping: Any) -> None:
    text, words = {"type": "string"}, {"propertyName": "kind"} | ({"mapping": mapping} if mapping else {})
    kinds = {
        name: {"type": "object", "required": ["kind"], "properties": {"id": text, "kind": text, member: sort}}
        for name, member, sort in (("Cat", "lives", {"type": "integer"}), ("Dog", "bark", {"type": "boolean"}))
    }
    pet = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in kinds], "discriminator": words}
    told = document(
        {
            "/pets": {"post": {"requestBody": body(pet), "responses": {"201": reply(pet), "400": {"description": ""}}}},
            "/pets/{id}": {"get": {"parameters": [parameter("id", text)], "responses": {"200": reply(pet)}}},
        }
    )
    told["components"] = {"schemas": kinds}
    caller = client(told, tmp_path)
    name = "dog" if mapping else "Dog"
    made = caller.post("/pets", json={"kind": name, "bark": True}).json  # fits a cat by the letter, too
    assert (made["kind"], made["bark"]) == (name, True)
    assert caller.get(f"/pets/{made['id']}").json == made
    assert caller.post("/pets", json={"kind": name, "bark": "loud"}).status_code == 400


def test_a_parameter_whose_content_is_json_is_read_as_such(tmp_path: Path) -> None:
    schema = members(limit={"type": "integer", "minimum": 1}, order=TEXT) | {"required": []}
    asked = {"name": "filter", "in": "query", "content": {"application/json": {"schema": schema}}}
    listing = {"parameters": [asked], "responses": {"200": reply({"type": "array", "items": TASK}), "400": reply()}}
    made = {"requestBody": body(TASK), "responses": {"201": reply(TASK)}}
    caller = client(document({"/tasks": {"get": listing, "post": made}}), tmp_path, scenario="empty")
    for title in ("b", "c", "a"):
        caller.post("/tasks", json={"title": title})
    found = caller.get("/tasks", query_string={"filter": '{"limit":2,"order":"title"}'})
    assert [one["title"] for one in found.json] == ["a", "b"]
    for wrong in ('{"limit":0}', '{"limit"', "[]"):
        assert caller.get("/tasks", query_string={"filter": wrong}).status_code == 400


def test_a_reply_that_says_nothing_but_by_its_example_is_of_such_records(tmp_path: Path) -> None:
    shown = {"type": "object", "additionalProperties": {}, "example": {"id": "7", "title": "Feed the cat"}}
    record = {"properties": {"data": shown}}
    caller = tasks(tmp_path, {"properties": {"data": {"type": "array", "items": shown}}}, record)
    made = caller.post("/tasks", json={"title": "x"}).json["data"]
    assert made["title"] == "x"
    assert caller.get(f"/tasks/{made['id']}").json["data"] == made


def test_a_change_of_a_collection_is_of_many_where_another_path_has_that_of_one(tmp_path: Path) -> None:
    count, sent = members(count=NUMBER), {"requestBody": body(TASK)}
    one = {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(TASK)}}}
    paths: dict[str, Any] = {
        "/tasks": {"get": {"responses": {"200": reply({"type": "array", "items": TASK})}},
                   "patch": {**sent, "responses": {"200": reply(count)}}},
        "/tasks/{id}": {**one, "patch": {**sent, "responses": {"200": reply(TASK)}}},
    }  # fmt: skip
    assert kind_of(paths, tmp_path) is Kind.BULK
    del paths["/tasks/{id}"]["patch"]
    assert kind_of(paths, tmp_path) is Kind.PATCH


def kind_of(paths: dict[str, Any], folder: Path) -> Kind:
    """What PATCH of the collection means."""
    app = client(document(paths), folder).application
    return app.extensions["mockserver"].contract.paths["/tasks"]["PATCH"].kind
