"""What a document shows by example is there at first: its records, and the keys that its paths are tried with."""

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, collection, document, parameter, reply

NUMBER, TEXT = {"type": "integer"}, {"type": "string"}
EVENT = {"type": "object", "required": ["id", "title"], "properties": {"id": TEXT, "title": TEXT}}
TEA, TALK = {"id": "e-tea", "title": "Tea"}, {"id": "e-talk", "title": "Talk"}


def events(*, key: Any = None, sent: Any = None) -> dict[str, Any]:
    """Events of which the replies show two by examples that are defined elsewhere."""
    one = {"examples": {"tea": {"$ref": "#/components/examples/Tea"}}}
    all_of_them = {"examples": {"all": {"$ref": "#/components/examples/All"}}}
    taken = parameter("id") | ({} if key is None else {"example": key})
    made = body(EVENT)
    made["content"]["application/json"] |= {} if sent is None else {"example": sent}
    paths = {
        "/events": {
            "get": {"responses": {"200": reply({"type": "array", "items": EVENT}, **all_of_them)}},
            "post": {"requestBody": made, "responses": {"201": reply(EVENT)}},
        },
        "/events/{id}": {"parameters": [taken], "get": {"responses": {"200": reply(EVENT, **one)}}},
    }
    return document(paths, components={"examples": {"Tea": {"value": TEA}, "All": {"value": [TALK, TEA]}}})


def test_examples_that_are_defined_elsewhere_are_first_records(tmp_path: Path) -> None:
    caller = client(events(), tmp_path)
    assert caller.get("/events/e-tea").json == TEA
    assert caller.get("/events/e-talk").json == TALK
    assert len(caller.get("/events").json) == 3


def test_with_few_first_records_the_one_shown_alone_goes_before_those_of_lists(tmp_path: Path) -> None:
    assert client(events(), tmp_path, seed_records=1).get("/events").json == [TEA]
    assert client(events(key="e-talk"), tmp_path, seed_records=1).get("/events").json == [TALK]


def test_a_key_that_the_example_of_a_create_sends_is_free(tmp_path: Path) -> None:
    caller = client(events(key="e-tea", sent=TEA), tmp_path)
    assert caller.get("/events/e-tea").status_code == 404
    assert caller.post("/events", json=TEA).status_code == 201
    assert caller.get("/events/e-tea").json == TEA


@pytest.mark.parametrize(("schema", "key"), [(NUMBER, 2), (NUMBER, 4711), (TEXT, "spring-fair")])
def test_the_example_of_a_path_leads_to_a_record(tmp_path: Path, schema: dict[str, Any], key: Any) -> None:
    record = {"type": "object", "required": ["id"], "properties": {"id": schema, "name": TEXT}}
    told = collection(record, {"type": "object", "properties": {"name": TEXT}})
    note = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "text": TEXT}}
    whose, which = parameter("id", schema | {"example": key}), parameter("noteId", NUMBER)
    told["paths"]["/things/{id}"]["parameters"] = [whose]
    told["paths"]["/things/{id}/notes"] = {
        "parameters": [whose], "get": {"responses": {"200": reply({"type": "array", "items": note})}}
    }  # fmt: skip
    told["paths"]["/things/{id}/notes/{noteId}"] = {
        "parameters": [whose, which | {"examples": {"one": {"value": 77}}}], "get": {"responses": {"200": reply(note)}}
    }  # fmt: skip
    caller = client(told, tmp_path)
    assert caller.get(f"/things/{key}").json["id"] == key
    assert caller.get(f"/things/{key}/notes/77").json["id"] == 77
    listed = [one["id"] for one in caller.get("/things").json]
    assert len({*listed}) == 3
    assert key in listed


def test_a_text_in_the_path_finds_who_is_called_so_beside_a_number(tmp_path: Path) -> None:
    record = {"type": "object", "required": ["id", "login"],
              "properties": {"id": NUMBER | {"example": 1}, "login": TEXT, "name": TEXT}}  # fmt: skip
    listed = {"get": {"responses": {"200": reply({"type": "array", "items": record})}}}
    one = {"get": {"responses": {"200": reply(record)}}}
    told = document({
        "/orgs": listed, "/orgs/{org}": {"parameters": [parameter("org")], **one},
        "/users": listed, "/users/{username}": {"parameters": [parameter("username")], **one},
    })  # fmt: skip
    caller = client(told, tmp_path)
    for path in ("/orgs", "/users"):
        found = caller.get(path).json
        assert len({each["id"] for each in found}) == len(found) == 3
        for each in found:
            assert caller.get(f"{path}/{each['login']}").json == caller.get(f"{path}/{each['id']}").json == each
