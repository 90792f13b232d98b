"""Records that hold others whole: an owner's pets, a pet's type, an issue's labels; they agree with what is elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main
from test_any_document import body, client, document, parameter, reply, world_of

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def thing(*required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["id", *required], "properties": {"id": NUMBER, **members}}


def named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def many(name: str) -> dict[str, Any]:
    return {"type": "array", "items": named(name)}


def resource(path: str, name: str, sent: Any, **above: Any) -> dict[str, Any]:
    """List, create, read, replace and delete of one resource."""
    key = f"{path.rstrip('s').rpartition('/')[2]}Id"
    parents = [parameter(one, {"type": "integer"}) for one in above]
    item = [*parents, parameter(key, {"type": "integer"})]
    one = {"responses": {"200": reply(named(name)), "404": reply()}}
    return {
        path: {
            "parameters": parents,
            "get": {"responses": {"200": reply(many(name))}},
            "post": {"requestBody": body(sent), "responses": {"201": reply(named(name))}},
        },
        f"{path}/{{{key}}}": {
            "parameters": item,
            "get": one,
            "put": {"requestBody": body(sent), **one},
            "delete": {"responses": {"204": reply()}},
        },
    }


NEW_PET = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "ownerId": NUMBER, "type": {}}}
NEW_ISSUE = {"type": "object", "required": ["title"], "properties": {"title": TEXT, "labels": {"type": "array"}}}
CLINIC = document(
    {
        **resource("/owners", "Owner", {"type": "object", "required": ["name"], "properties": {"name": TEXT}}),
        **resource("/pets", "Pet", NEW_PET),
        **resource("/types", "Type", {"type": "object", "required": ["name"], "properties": {"name": TEXT}}),
        **resource("/projects", "Project", {"type": "object", "required": ["title"], "properties": {"title": TEXT}}),
        **resource("/projects/{projectId}/labels", "Label", {"type": "object", "properties": {"name": TEXT}}, projectId=1),
        **resource("/projects/{projectId}/issues", "Issue", NEW_ISSUE, projectId=1),
    },
    components={
        "schemas": {
            "Owner": thing("name", "pets", name=TEXT, pets=many("Pet")),
            "Pet": thing("name", "type", name=TEXT, ownerId=NUMBER, type=named("Type"), owner=named("OwnerSummary")),
            "OwnerSummary": thing(name=TEXT),
            "Type": thing("name", name=TEXT),
            "Project": thing("title", title=TEXT, lead=named("OwnerSummary"), labels=many("Label")),
            "Label": thing("name", name=TEXT),
            "Issue": thing("title", "labels", title=TEXT, labels=many("Label")),
        }
    },
)  # fmt: skip


@pytest.fixture
def clinic(tmp_path: Path) -> Any:
    return client(CLINIC, tmp_path)


def test_what_is_there_at_first_agrees_whatever_is_asked_first(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, second = client(CLINIC, tmp_path), client(CLINIC, tmp_path / "other")
    types, owners = ({one["id"]: one for one in second.get(path).json} for path in ("/types", "/owners"))
    pets = first.get("/pets").json
    assert len({pet["type"]["id"] for pet in pets}) == len(pets) == 3
    for pet in pets:
        assert pet["type"] == types[pet["type"]["id"]] == first.get(f"/types/{pet['type']['id']}").json
        assert pet["owner"] == {"id": pet["owner"]["id"], "name": owners[pet["owner"]["id"]]["name"]}
    assert second.get("/pets").json == pets
    for owner in second.get("/owners").json:
        assert owner["pets"] == [pet for pet in pets if pet["ownerId"] == owner["id"]] != []


def test_an_owner_shows_the_pets_that_name_it(clinic: Any) -> None:
    owner = clinic.post("/owners", json={"name": "Karen"}).json
    assert owner["pets"] == []
    rex = clinic.post("/pets", json={"name": "Rex", "ownerId": owner["id"]}).json
    assert clinic.get(f"/owners/{owner['id']}").json["pets"] == [rex]
    clinic.put(f"/pets/{rex['id']}", json={"name": "Max", "ownerId": owner["id"]})
    [shown] = [one for one in clinic.get("/owners").json if one["id"] == owner["id"]]
    assert [pet["name"] for pet in shown["pets"]] == ["Max"]
    clinic.delete(f"/pets/{rex['id']}")
    assert clinic.get(f"/owners/{owner['id']}").json["pets"] == []


def test_what_only_the_server_writes_is_as_it_is_now(clinic: Any) -> None:
    project = clinic.get("/projects/1").json
    owner = project["lead"]["id"]
    clinic.put(f"/owners/{owner}", json={"name": "Somebody else"})
    assert clinic.get("/projects/1").json["lead"] == {"id": owner, "name": "Somebody else"}
    clinic.delete(f"/owners/{owner}")
    assert clinic.get("/projects/1").json["lead"]["id"] == owner, "what is gone is shown as it was last kept"


def test_a_record_that_is_named_by_its_key_is_shown_whole(clinic: Any) -> None:
    kind = clinic.post("/types", json={"name": "parrot"}).json
    assert clinic.post("/pets", json={"name": "Rex", "type": {"id": kind["id"]}}).json["type"] == kind
    assert clinic.post("/pets", json={"name": "Rex", "type": kind["id"]}).json["type"] == kind


@pytest.mark.parametrize("said", [{"id": 1, "name": "unicorn"}, {"id": 4711, "name": "unicorn"}])
def test_what_a_client_says_of_it_is_kept(clinic: Any, said: Any) -> None:
    made = clinic.post("/pets", json={"name": "Rex", "type": said}).json
    assert made["type"] == clinic.get(f"/pets/{made['id']}").json["type"] == said


def test_one_that_nobody_sent_is_one_that_there_is(clinic: Any) -> None:
    assert clinic.post("/pets", json={"name": "Rex"}).json["type"] in clinic.get("/types").json


def test_records_below_the_same_parent(clinic: Any) -> None:
    labels = clinic.get("/projects/2/labels").json
    for issue in clinic.get("/projects/2/issues").json:
        assert all(label in labels for label in issue["labels"])
    made = clinic.post("/projects/2/issues", json={"title": "It breaks", "labels": [{"id": labels[1]["id"]}]}).json
    assert made["labels"] == [labels[1]]
    assert clinic.get("/projects/2").json["labels"] == labels
    assert clinic.get("/projects/1").json["labels"] == clinic.get("/projects/1/labels").json != labels


def test_what_belongs_to_a_record_is_in_the_order_of_its_own_list(clinic: Any) -> None:
    owner = clinic.post("/owners", json={"name": "Karen"}).json["id"]
    made = [clinic.post("/pets", json={"name": "Rex", "ownerId": owner}).json["id"] for _ in range(12)]
    assert [pet["id"] for pet in clinic.get(f"/owners/{owner}").json["pets"]] == made == sorted(made)
    assert [pet["id"] for pet in clinic.get("/pets").json if pet["ownerId"] == owner] == made


def test_no_more_than_a_reply_should_hold(clinic: Any) -> None:
    owner = clinic.post("/owners", json={"name": "Karen"}).json["id"]
    for number in range(101):
        clinic.post("/pets", json={"name": str(number), "ownerId": owner})
    assert len(clinic.get(f"/owners/{owner}").json["pets"]) == 100


def test_the_document_says_otherwise(tmp_path: Path) -> None:
    pet = CLINIC["components"]["schemas"]["Pet"]
    said = {**pet, "x-mock": {"embeds": {"type": None, "owner": "owners"}}}
    caller = client({**CLINIC, "components": {"schemas": {**CLINIC["components"]["schemas"], "Pet": said}}}, tmp_path)
    embedded = world_of(caller).contract.resources["pets"].model.embedded
    assert {name: one.resource for name, one in embedded.items()} == {"owner": "owners"}


def test_it_is_told_in_words(tmp_path: Path) -> None:
    client(CLINIC, tmp_path)
    listed = CliRunner().invoke(main, ["routes", str(tmp_path / "openapi.json"), "--why"]).stdout
    shown = [line.strip() for line in listed.splitlines() if "(A12)" in line]
    assert shown == [
        "'pets' holds the pets that belong to the record (A12)",
        "'type' holds a copy of one of types (A12)",
        "'owner' holds a copy of one of owners, as they are now (A12)",
        "'lead' holds a copy of one of owners, as they are now (A12)",
        "'labels' holds the labels that belong to the record (A12)",
        "'labels' holds copies of labels (A12)",
    ]


def test_a_list_that_is_sent_bare_is_that_of_the_envelope_that_the_record_has(tmp_path: Path) -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    price = {"type": "object", "required": ["id", "amount"], "properties": {"id": text, "amount": number}}
    line = {"type": "object", "required": ["id", "price"], "properties": {
        "id": text, "price": {"$ref": "#/components/schemas/Price"}, "quantity": number}}  # fmt: skip
    lines = {"type": "object", "required": ["data", "has_more"], "properties": {
        "data": {"type": "array", "items": line}, "has_more": {"type": "boolean"}}}  # fmt: skip
    plan = {"type": "object", "required": ["id", "items"], "properties": {"id": text, "items": lines}}
    sent_line = {"type": "object", "properties": {"price": text, "quantity": number}}
    sent = {"type": "object", "properties": {"items": {"type": "array", "items": sent_line}}}

    def both(record: Any, body_of: Any) -> dict[str, Any]:
        listed = {"responses": {"200": reply({"type": "array", "items": record})}}
        return {"get": listed, "post": {"requestBody": body(body_of), "responses": {"201": reply(record)}}}

    known = {"$ref": "#/components/schemas/Price"}
    paths = {"/plans": both(plan, sent), "/prices": both(known, known)}
    caller = client(document(paths, components={"schemas": {"Price": price}}), tmp_path)
    caller.post("/prices", json={"id": "p1", "amount": 7})
    made = caller.post("/plans", json={"items": [{"price": "p1", "quantity": 2}, {"price": "p1"}]}).json
    first, second = made["items"]["data"]
    assert (first["price"], first["quantity"], made["items"]["has_more"]) == ({"id": "p1", "amount": 7}, 2, False)
    assert first["id"] != second["id"]
    assert made in caller.get("/plans").json
