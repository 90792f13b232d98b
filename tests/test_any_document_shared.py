"""Paths that show the same records: one store, whichever of them a client takes (R6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, document, parameter, reply, world_of

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
OWNER = {"type": "object", "required": ["id", "name"], "properties": {"id": NUMBER, "name": TEXT}}


def one(verbs: str, schema: str, *parameters: str, kind: Any = None) -> dict[str, Any]:
    """A path with those verbs: ``list``, ``post``, ``get``, ``put``, ``delete``."""
    ref = {"$ref": f"#/components/schemas/{schema}"}
    told: dict[str, Any] = (
        {"parameters": [parameter(name, kind or NUMBER) for name in parameters]} if parameters else {}
    )
    sent = {"type": "object", "properties": {"name": TEXT}}
    for verb in verbs.split():
        success = {
            "list": ("200", reply({"type": "array", "items": ref})),
            "post": ("201", reply(ref)),
            "delete": ("204", reply()),
        }
        status, answer = success.get(verb, ("200", reply(ref)))
        told["get" if verb == "list" else verb] = {
            "responses": {status: answer},
            **({"requestBody": body(sent)} if verb in ("post", "put") else {}),
        }
    return told


def served(folder: Path, paths: dict[str, Any], pet: dict[str, Any], **settings: Any) -> Any:
    schemas = {
        "Owner": OWNER,
        "Pet": {"type": "object", "required": ["id", "name"], "properties": {"id": NUMBER, "name": TEXT, **pet}},
    }
    return client(document(paths, components={"schemas": schemas}), folder, **settings)


OWNERS = {"/owners": one("list post", "Owner"), "/owners/{id}": one("get delete", "Owner", "id")}
BELOW = "/owners/{ownerId}/pets"


@pytest.mark.parametrize("field", [{"ownerId": NUMBER}, {"owner_id": NUMBER}, {"owner": OWNER}])
def test_records_that_name_their_owner_are_found_below_it_and_among_all(tmp_path: Path, field: Any) -> None:
    paths = {**OWNERS, "/pets": one("list", "Pet"), "/pets/{id}": one("get put delete", "Pet", "id"),
             BELOW: one("list post", "Pet", "ownerId"), f"{BELOW}/{{petId}}": one("get delete", "Pet", "ownerId", "petId")}  # fmt: skip
    caller = served(tmp_path, paths, field)
    ada, bob = (caller.post("/owners", json={"name": name}).json["id"] for name in ("Ada", "Bob"))
    made = caller.post(f"/owners/{ada}/pets", json={"name": "Rex"})
    pet = made.json["id"]
    assert made.headers["Location"] == f"/pets/{pet}"
    assert caller.get("/pets").json.count(made.json) == 1
    assert caller.get(f"/pets/{pet}").json == caller.get(f"/owners/{ada}/pets/{pet}").json == made.json
    assert (caller.get(f"/owners/{ada}/pets").json, caller.get(f"/owners/{bob}/pets").json) == ([made.json], [])
    assert caller.get(f"/owners/{bob}/pets/{pet}").status_code == 404
    assert caller.post("/owners/4711/pets", json={"name": "Rex"}).status_code == 404
    caller.put(f"/pets/{pet}", json={"name": "Max"})
    assert [found["name"] for found in caller.get(f"/owners/{ada}/pets").json] == ["Max"]
    other = caller.post(f"/owners/{bob}/pets", json={"name": "Leo"}).json["id"]
    assert caller.delete(f"/owners/{ada}").status_code == 204
    assert [caller.get(f"/pets/{key}").status_code for key in (pet, other)] == [404, 200]


def test_the_first_records_are_shared_among_the_owners(tmp_path: Path) -> None:
    paths = {
        **OWNERS,
        "/pets": one("list", "Pet"),
        "/pets/{id}": one("get", "Pet", "id"),
        BELOW: one("list post", "Pet", "ownerId"),
    }
    caller = served(tmp_path, paths, {"ownerId": NUMBER})
    every = [pet for owner in caller.get("/owners").json for pet in caller.get(f"/owners/{owner['id']}/pets").json]
    assert sorted(every, key=lambda pet: pet["id"]) == caller.get("/pets").json


@pytest.mark.parametrize("key", [NUMBER, TEXT])
def test_a_record_made_below_its_owner_is_read_alone(tmp_path: Path, key: Any) -> None:
    """Nothing lists or makes them but their owners' paths; no two have one key."""
    paths = {
        **OWNERS,
        BELOW: one("list post", "Pet", "ownerId"),
        "/pets/{petId}": one("get put delete", "Pet", "petId", kind=key),
    }
    caller = served(tmp_path, paths, {"id": key})
    owners = [caller.post("/owners", json={"name": name}).json["id"] for name in ("Ada", "Bob")]
    made = [caller.post(f"/owners/{owner}/pets", json={"name": "Rex"}) for owner in owners for _ in range(3)]
    keys = [one.json["id"] for one in made]
    assert len(set(keys)) == 6
    assert made[0].headers["Location"] == f"/pets/{keys[0]}"
    assert [caller.get(f"/pets/{one.json['id']}").json for one in made] == [one.json for one in made]
    assert made[0].json in caller.get(f"/owners/{owners[0]}/pets").json
    assert made[0].json not in caller.get(f"/owners/{owners[1]}/pets").json
    assert caller.put(f"/pets/{keys[0]}", json={"name": "Max"}).json["name"] == "Max"
    assert "Max" in [found["name"] for found in caller.get(f"/owners/{owners[0]}/pets").json]
    assert caller.delete(f"/pets/{keys[0]}").status_code == 204
    assert keys[0] not in [found["id"] for found in caller.get(f"/owners/{owners[0]}/pets").json]
    assert caller.get(f"/pets/{keys[0]}").status_code == 404
    caller.delete(f"/owners/{owners[1]}")
    assert [caller.get(f"/pets/{key}").status_code for key in keys[1:]] == [200, 200, 404, 404, 404]


def test_what_the_world_begins_with_is_read_alone_whoever_looks_first(tmp_path: Path) -> None:
    paths = {**OWNERS, BELOW: one("list post", "Pet", "ownerId"), "/pets/{petId}": one("get", "Pet", "petId")}
    caller = served(tmp_path, paths, {})
    listed = [pet for owner in caller.get("/owners").json for pet in caller.get(f"/owners/{owner['id']}/pets").json]
    other = served(tmp_path, paths, {})
    assert [other.get(f"/pets/{pet['id']}").json for pet in listed] == listed
    assert len({pet["id"] for pet in listed}) == len(listed) == 9


def test_a_second_list_of_the_same_records_is_one_of_them(tmp_path: Path) -> None:
    paths = {
        "/v1/pets": one("list post", "Pet"),
        "/v1/pets/{id}": one("get", "Pet", "id"),
        "/v2/pets": one("list", "Pet"),
    }
    caller = served(tmp_path, paths, {})
    made = caller.post("/v1/pets", json={"name": "Rex"}).json
    assert caller.get("/v2/pets").json == caller.get("/v1/pets").json
    assert made in caller.get("/v2/pets").json


def test_what_is_made_below_another_and_listed_nowhere_there_is_one_of_all(tmp_path: Path) -> None:
    paths = {
        **OWNERS,
        "/pets": one("list", "Pet"),
        "/pets/{id}": one("get", "Pet", "id"),
        BELOW: one("post", "Pet", "ownerId"),
    }
    caller = served(tmp_path, paths, {})
    made = caller.post("/owners/1/pets", json={"name": "Rex"})
    assert made.json in caller.get("/pets").json
    assert caller.post("/owners/4711/pets", json={"name": "Rex"}).status_code == 404


def test_another_schema_or_another_name_is_another_store(tmp_path: Path) -> None:
    paths = {**OWNERS, "/pets": one("list post", "Pet"), "/pets/{id}": one("get", "Pet", "id"),
             BELOW: one("list post", "Owner", "ownerId"), "/owners/{ownerId}/friends": one("list post", "Pet", "ownerId")}  # fmt: skip
    contract = world_of(served(tmp_path, paths, {"ownerId": NUMBER})).contract
    assert sorted(contract.resources) == ["friends", "owners", "owners.pets", "pets"]


def test_children_stand_below_a_record_whichever_path_it_has(tmp_path: Path) -> None:
    toys = f"{BELOW}/{{petId}}/toys"
    paths = {**OWNERS, "/pets": one("list post", "Pet"), "/pets/{id}": one("get delete", "Pet", "id"), BELOW: one("list post", "Pet", "ownerId"),
             f"{BELOW}/{{petId}}": one("get", "Pet", "ownerId", "petId"), toys: one("list post", "Owner", "ownerId", "petId")}  # fmt: skip
    caller = served(tmp_path, paths, {"ownerId": NUMBER}, seed_records=0)
    owner = caller.post("/owners", json={"name": "Ada"}).json["id"]
    pets = [caller.post(f"/owners/{owner}/pets", json={"name": "Rex"}).json["id"] for _ in range(2)]
    made = caller.post(f"/owners/{owner}/pets/{pets[1]}/toys", json={"name": "Ball"})
    assert made.status_code == 201
    assert caller.post(f"/owners/{owner}/pets/4711/toys", json={"name": "Ball"}).status_code == 404
    caller.delete(f"/pets/{pets[0]}")
    assert caller.get(f"/owners/{owner}/pets/{pets[1]}/toys").json == [made.json]
    caller.delete(f"/pets/{pets[1]}")
    assert caller.get(f"/owners/{owner}/pets/{pets[1]}/toys").status_code == 404


def test_what_is_made_below_a_record_is_listed_and_read_among_all_of_its_grandparent(tmp_path: Path) -> None:
    """``/owners/{id}/toys`` lists what is made below each of the owner's pets, and reads it by its key."""
    toys = f"{BELOW}/{{petId}}/toys"
    paths = {**OWNERS, BELOW: one("list post", "Pet", "ownerId"), f"{BELOW}/{{petId}}": one("get", "Pet", "ownerId", "petId"),
             toys: one("list post", "Toy", "ownerId", "petId"),
             "/owners/{ownerId}/toys": one("list", "Toy", "ownerId"), "/owners/{ownerId}/toys/{toyId}": one("get delete", "Toy", "ownerId", "toyId")}  # fmt: skip
    schemas = {
        "Owner": OWNER,
        "Pet": OWNER,
        "Toy": {
            "type": "object",
            "required": ["id", "name", "worn"],
            "properties": {"id": NUMBER, "name": TEXT, "worn": {"type": "boolean"}},
        },
    }
    caller = client(document(paths, components={"schemas": schemas}), tmp_path)
    ada, bob = (caller.post("/owners", json={"name": name}).json["id"] for name in ("Ada", "Bob"))
    pet = caller.post(f"/owners/{ada}/pets", json={"name": "Rex"}).json["id"]
    made = caller.post(f"/owners/{ada}/pets/{pet}/toys", json={"name": "Ball"})
    toy = f"/owners/{ada}/toys/{made.json['id']}"
    assert made.headers["Location"] == toy
    assert caller.get(toy).json == made.json
    assert made.json in caller.get(f"/owners/{ada}/toys").json
    assert made.json not in caller.get(f"/owners/{bob}/toys").json
    assert caller.get(f"/owners/{bob}/toys/{made.json['id']}").status_code == 404
    assert caller.delete(toy).status_code == 204
    assert caller.get(f"/owners/{ada}/pets/{pet}/toys").json.count(made.json) == 0


def test_a_list_without_parents_is_of_those_of_all_where_records_are_kept_below_one(tmp_path: Path) -> None:
    paths = {**OWNERS, "/pets": one("list", "Pet"), BELOW: one("list post", "Pet", "ownerId"),
             f"{BELOW}/{{petId}}": one("get delete", "Pet", "ownerId", "petId")}  # fmt: skip
    caller = served(tmp_path, paths, {})
    owners = [found["id"] for found in caller.get("/owners").json]
    new = caller.post("/owners", json={"name": "Ada"}).json["id"]
    made = caller.post(f"/owners/{new}/pets", json={"name": "Rex"}).json
    every = caller.get("/pets").json
    assert every.count(made) == 1
    assert len(every) == 1 + sum(len(caller.get(f"/owners/{key}/pets").json) for key in owners)
    caller.delete(f"/owners/{new}/pets/{made['id']}")
    assert made not in caller.get("/pets").json


def test_below_a_record_that_a_client_made_is_what_clients_put_there_alone(tmp_path: Path) -> None:
    toys = f"{BELOW}/{{petId}}/toys"
    paths = {**OWNERS, BELOW: one("list post", "Pet", "ownerId"),
             f"{BELOW}/{{petId}}": one("get delete", "Pet", "ownerId", "petId"),
             toys: one("list post", "Owner", "ownerId", "petId")}  # fmt: skip
    caller = served(tmp_path, paths, {})
    first = caller.get("/owners").json[0]["id"]
    assert len(caller.get(f"/owners/{first}/pets").json) == 3
    new = caller.post("/owners", json={"name": "Ada"}).json["id"]
    assert caller.get(f"/owners/{new}/pets").json == []
    pet = caller.post(f"/owners/{new}/pets", json={"name": "Rex"}).json
    assert caller.get(f"/owners/{new}/pets").json == [pet]
    assert caller.get(f"/owners/{new}/pets/{pet['id']}/toys").json == []
    assert caller.get(f"/owners/{first}/pets/{pet['id']}").status_code == 404


CLUSTER = {
    "metadata": {"type": "object", "properties": {"name": TEXT, "namespace": TEXT, "creationTimestamp": TEXT}},
    "spec": {"type": "object", "properties": {"replicas": NUMBER}},
    "status": {"type": "object", "properties": {"phase": TEXT}},
}


def cluster(folder: Path) -> Any:
    pod = {"$ref": "#/components/schemas/Pod"}
    ref, items = reply(pod), reply({"type": "object", "properties": {"items": {"type": "array", "items": pod}}})
    name, space = parameter("name", TEXT), parameter("namespace", TEXT)
    sent = {"requestBody": body(pod)}
    whole = {
        "get": {"responses": {"200": ref}},
        "put": {**sent, "responses": {"200": ref}},
        "patch": {**sent, "responses": {"200": ref}},
    }
    home = "/spaces/{namespace}/pods"
    made = {"get": {"responses": {"200": items}}, "post": {**sent, "responses": {"201": ref}}}
    paths = {
        "/pods": {"get": {"responses": {"200": items}}},
        home: {"parameters": [space], **made},
        f"{home}/{{name}}": {"parameters": [space, name], **whole, "delete": {"responses": {"204": reply()}}},
        f"{home}/{{name}}/status": {"parameters": [space, name], **whole},
    }  # fmt: skip
    return client(document(paths, components={"schemas": {"Pod": {"type": "object", "properties": CLUSTER}}}), folder)


def test_a_record_whose_key_stands_in_an_object_says_its_parent_there_too(tmp_path: Path) -> None:
    caller = cluster(tmp_path)
    made = caller.post("/spaces/lab/pods", json={"metadata": {"name": "web"}, "spec": {"replicas": 2}}).json
    assert made["metadata"]["namespace"] == "lab"
    assert made in caller.get("/pods").json["items"]
    assert {found["metadata"]["namespace"] for found in caller.get("/spaces/lab/pods").json["items"]} == {"lab"}


def test_a_part_of_a_record_that_shows_it_whole_is_the_record(tmp_path: Path) -> None:
    caller = cluster(tmp_path)
    caller.post("/spaces/lab/pods", json={"metadata": {"name": "web"}, "spec": {"replicas": 2}})
    part, whole = "/spaces/lab/pods/web/status", "/spaces/lab/pods/web"
    assert caller.get(part).json == caller.get(whole).json
    assert caller.put(part, json={"metadata": {"name": "web"}, "status": {"phase": "Running"}}).status_code == 200
    assert caller.get(whole).json["status"] == {"phase": "Running"}
    assert caller.get(whole).json["spec"] == {"replicas": 2}
    assert caller.patch(part, json={"status": {"phase": "Done"}}).json["status"] == {"phase": "Done"}
    assert caller.get("/spaces/lab/pods/other/status").status_code == 404


@pytest.mark.parametrize("made_on", ["/user/repos", "/orgs/{org}/repos"])
def test_what_is_made_elsewhere_is_shown_by_its_owner_and_its_name(tmp_path: Path, made_on: str) -> None:
    owner = {"type": "object", "required": ["login"], "properties": {"login": TEXT}}
    repo = {"type": "object", "required": ["id", "name", "full_name", "owner", "url"],
            "properties": {"id": NUMBER, "name": TEXT, "full_name": TEXT, "owner": owner, "url": TEXT, "note": TEXT}}  # fmt: skip
    sent = {"type": "object", "properties": {"name": TEXT, "note": TEXT}}
    paths: dict[str, Any] = {
        made_on: {"get": {"responses": {"200": reply({"type": "array", "items": repo})}},
                  "post": {"requestBody": body(sent), "responses": {"201": reply(repo)}}},
        "/repos/{owner}/{repo}": {"parameters": [parameter("owner"), parameter("repo")],
                                  **{one: {"responses": {"200": reply(repo)}} for one in ("get", "delete")},
                                  "patch": {"requestBody": body(sent), "responses": {"200": reply(repo)}}},
        "/repos/{owner}/{repo}/issues": {"parameters": [parameter("owner"), parameter("repo")],
                                         "get": {"responses": {"200": reply({"type": "array", "items": repo})}}},
    }  # fmt: skip
    if "{" in made_on:
        paths[made_on]["parameters"] = [parameter("org")]
    caller, made_on = client(document(paths), tmp_path), made_on.replace("{org}", "acme")
    made = caller.post(made_on, json={"name": "fresh", "note": "a"})
    above = "acme" if "acme" in made_on else made.json["owner"]["login"]
    place = f"/repos/{above}/fresh"
    assert (made.headers["Location"], made.json["full_name"]) == (place, f"{above}/fresh")
    assert made.json["url"] == f"http://localhost{place}"
    assert caller.get(place).json == made.json
    assert caller.get(f"{place}/issues").json == []  # there is only what clients put there
    assert caller.get("/repos/nobody/fresh").status_code == 404
    assert caller.patch(place, json={"note": "b"}).json["note"] == "b"
    assert [one["note"] for one in caller.get(made_on).json if one["name"] == "fresh"] == ["b"]
    caller.delete(place)
    assert [one for one in caller.get(made_on).json if one["name"] == "fresh"] == []
    assert caller.get(place).status_code == 404
    first = caller.get(made_on).json[0]
    above = "acme" if "acme" in made_on else first["owner"]["login"]
    place = f"/repos/{above}/{first['name']}"
    assert caller.get(place).json["note"] == first["note"]
    caller.delete(place)
    assert caller.get(place).status_code == 404
    assert first not in caller.get(made_on).json


def test_what_is_made_for_the_caller_is_shown_among_all(tmp_path: Path) -> None:
    song = {"type": "object", "required": ["id", "title"], "properties": {"id": NUMBER, "title": TEXT, "note": TEXT}}
    paths = {
        "/me/songs": {"get": {"responses": {"200": reply({"type": "array", "items": song})}},
                      "post": {"requestBody": body({"type": "object", "properties": {"title": TEXT}}), "responses": {"201": reply(song)}}},
        "/songs/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(song)}}},
    }  # fmt: skip
    caller = client(document(paths), tmp_path)
    made = caller.post("/me/songs", json={"title": "x"}).json
    assert caller.get(f"/songs/{made['id']}").json == made


def test_a_word_that_marks_records_lists_counts_and_changes_those_that_are_so(tmp_path: Path) -> None:
    number = {"type": "object", "properties": {"count": NUMBER}}
    names = ("total", "open_count", "sold", "overdue", "remaining", "finished")
    numbers = {"type": "object", "properties": dict.fromkeys(names, NUMBER)}
    marked = {"parameters": [parameter("id", NUMBER)], "put": {"responses": {"204": reply()}}}
    paths = {
        "/pets": one("list post", "Pet"),
        "/pets/{id}": one("get put", "Pet", "id"),
        "/pets/{id}/favourite": marked,
        "/pets/read-all": {"post": {"responses": {"204": reply()}}},
        "/pets/unread-count": {"get": {"responses": {"200": reply(number)}}},
        "/pets/summary": {"get": {"responses": {"200": reply({"type": "object", "properties": {"data": numbers}})}}},
        "/me/favourites": one("list", "Pet"),
    }
    flag = {"type": "boolean"}
    due = {"type": "string", "format": "date"}
    pet = {
        "isFavourite": flag,
        "read": flag,
        "dueDate": due,
        "isFinished": flag,
        "status": {"type": "string", "enum": ["open", "sold"]},
    }
    caller = served(tmp_path, paths, pet, scenario="empty")
    ada, bob = (caller.post("/pets", json={"name": name}).json["id"] for name in ("Ada", "Bob"))
    caller.put(f"/pets/{bob}/favourite")
    assert [one["name"] for one in caller.get("/me/favourites").json] == ["Bob"]
    assert caller.get("/me/favourites").json == [caller.get(f"/pets/{bob}").json]
    assert caller.get("/pets/unread-count").json == {"count": 2}
    caller.post("/pets/read-all")
    assert caller.get("/pets/unread-count").json == {"count": 0}
    assert [one["read"] for one in caller.get("/pets").json] == [True, True]
    found = {"total": 2, "open_count": 2, "sold": 0, "overdue": 0, "remaining": 2, "finished": 0}
    assert caller.get("/pets/summary").json == {"data": found}
    caller.put(f"/pets/{ada}", json={"name": "Ada", "status": "open", "dueDate": "2025-01-31"})
    caller.put(f"/pets/{bob}", json={"name": "Bob", "status": "open", "dueDate": "2025-01-31", "isFinished": True})
    found |= {"overdue": 1, "remaining": 1, "finished": 1}
    assert caller.get("/pets/summary").json == {"data": found}
    assert ada


def test_what_is_made_and_acted_on_is_kept_though_nothing_reads_it(tmp_path: Path) -> None:
    upload = {"type": "object", "required": ["id", "name", "status"],
              "properties": {"id": TEXT, "name": TEXT, "status": {**TEXT, "enum": ["pending", "completed", "cancelled"]}}}  # fmt: skip
    answers = {"responses": {"200": reply(upload)}}
    paths = {
        "/uploads": {"post": {"requestBody": body({"type": "object", "properties": {"name": TEXT}}), **answers}},
        "/uploads/{upload_id}/complete": {"parameters": [parameter("upload_id")], "post": answers},
        "/login/{user_id}/again": {"parameters": [parameter("user_id")], "post": answers},
        "/login": {"post": {"requestBody": body({"type": "object", "properties": {"name": TEXT}}), **answers}},
    }
    caller = client(document(paths), tmp_path)
    made = caller.post("/uploads", json={"name": "a.txt"}).json
    assert (made["name"], made["status"]) == ("a.txt", "pending")
    done = caller.post(f"/uploads/{made['id']}/complete")
    assert done.json == {**made, "status": "completed"}
    assert caller.post("/uploads/none/complete").status_code == 404
    assert caller.post("/login", json={}).headers["Mock-Kind"] == "stub"


def test_a_list_below_a_record_shows_what_names_it_as_one_of_several_kinds(tmp_path: Path) -> None:
    item = {
        "allOf": [
            {"type": "object", "properties": {"id": NUMBER, "type": TEXT}},
            {"description": "The owner or vet that it is about."},
        ]
    }
    paths = {
        **OWNERS,
        "/pets": one("post", "Pet"),
        "/pets/{id}": one("get", "Pet", "id"),
        BELOW: one("list", "Pet", "ownerId"),
    }
    paths["/pets"]["post"]["requestBody"] = body({"type": "object", "properties": {"name": TEXT, "item": item}})
    caller = served(tmp_path, paths, {"item": item})
    ada, bob = (caller.post("/owners", json={"name": name}).json["id"] for name in ("Ada", "Bob"))
    made = caller.post("/pets", json={"name": "Rex", "item": {"id": ada, "type": "owner"}}).json
    assert (caller.get(f"/owners/{ada}/pets").json, caller.get(f"/owners/{bob}/pets").json) == ([made], [])


def test_a_list_of_texts_that_is_replaced_whole_is_what_was_put_there(tmp_path: Path) -> None:
    names = {"type": "object", "required": ["names"], "properties": {"names": {"type": "array", "items": TEXT}}}
    topics = {
        "parameters": [parameter("id", NUMBER)],
        "get": {"responses": {"200": reply(names)}},
        "put": {"requestBody": body(names), "responses": {"200": reply(names)}},
    }
    caller = client(
        document({**OWNERS, "/owners/{id}/topics": topics}, components={"schemas": {"Owner": OWNER}}), tmp_path
    )
    ada, bob = (caller.post("/owners", json={"name": name}).json["id"] for name in ("Ada", "Bob"))
    assert caller.put(f"/owners/{ada}/topics", json={"names": ["a", "b"]}).json == {"names": ["a", "b"]}
    assert caller.get(f"/owners/{ada}/topics").json == {"names": ["a", "b"]}
    assert caller.get(f"/owners/{bob}/topics").json["names"] != ["a", "b"]
    assert caller.put(f"/owners/{ada}/topics", json={"names": []}).json == {"names": []}
    assert caller.put("/owners/4711/topics", json={"names": []}).status_code == 404
