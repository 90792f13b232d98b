"""Documents whose paths say in words what is done (``/users/getAll``), and envelopes that say how a request went."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.sources.rpc_paths import rest_forms
from test_any_document import body, client, document, parameter, reply

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
SENT = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "email": TEXT}}
USER = {"type": "object", "properties": {"id": NUMBER, "name": TEXT, "email": TEXT}}
USERS = {"type": "array", "items": USER}


def spoken(told: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """What the operations of these paths and methods stand for; without those that stand for themselves."""
    paths = {path: {method: {} for method in methods} for path, methods in told.items()}
    return {
        f"{method} {path}": f"{plain.method} {plain.path}"
        for (path, method), plain in rest_forms({"paths": paths}).items()
    }


def users(shown: bool, places: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """A document of users: where each of list, read, create, update and delete is, with or without what it answers."""
    schemas = {"list": USERS, "read": USER, "create": USER, "update": USER, "delete": None}
    paths: dict[str, Any] = {}
    for what, (method, path) in places.items():
        told: dict[str, Any] = {"responses": {"200": reply(schemas[what] if shown else None)}}
        if what in ("create", "update"):
            told["requestBody"] = body(SENT)
        if "{id}" in path:
            told["parameters"] = [parameter("id", NUMBER)]
            told["responses"]["404"] = reply()
        paths.setdefault(path, {})[method] = told
    return document(paths)


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize(
    "places",
    [
        ("get /getAllUsers", "get /getUserById/{id}", "post /createUser", "put /updateUser/{id}", "delete /deleteUser/{id}"),
        ("get /api/users/getAll", "get /api/users/get/{id}", "post /api/users/create", "patch /api/users/update/{id}",
         "post /api/users/delete/{id}"),
        ("get /user-list/", "get /user-detail/{id}/", "post /user-create/", "post /user-update/{id}/",
         "delete /user-delete/{id}/"),
        ("get /users", "get /users/{id}", "post /users/add", "put /users/{id}/edit", "delete /users/remove/{id}"),
    ],
)  # fmt: skip
def test_paths_that_say_what_is_done_keep_what_they_are_sent(
    tmp_path: Path, places: tuple[str, ...], shown: bool
) -> None:
    names = ("list", "read", "create", "update", "delete")
    where = {name: (place.split(" ")[0], place.split(" ")[1]) for name, place in zip(names, places, strict=True)}
    caller = client(users(shown, where), tmp_path)

    def ask(what: str, key: int = 0, **sent: Any) -> Any:
        method, path = where[what]
        return caller.open(path.replace("{id}", str(key)), method=method, json=sent or None)

    made = ask("create", name="Ada", email="ada@example.com").json
    assert made["name"] == "Ada"
    assert ask("read", made["id"]).json == made
    assert made in ask("list").json
    assert ask("update", made["id"], name="Grace").json["name"] == "Grace"
    assert ask("read", made["id"]).json["name"] == "Grace"
    assert ask("delete", made["id"]).status_code == 200
    assert ask("read", made["id"]).status_code == 404
    assert len(ask("list").json) == 3


def test_a_record_may_be_named_in_the_query_or_in_the_body(tmp_path: Path) -> None:
    named = {**parameter("id", NUMBER, "query"), "required": True}
    key = {"type": "object", "required": ["order_id"], "properties": {"order_id": TEXT, "state": TEXT}}
    order = {"type": "object", "properties": {"order_id": TEXT, "state": TEXT}}
    enveloped = {"type": "object", "properties": {"order": order, "request_id": TEXT}}
    listed = {"type": "object", "properties": {"orders": {"type": "array", "items": order}, "request_id": TEXT}}
    some = {"type": "object", "properties": {"state": TEXT}}
    told = document(
        {
            "/user/list": {"get": {"responses": {"200": reply(USERS)}}},
            "/user/detail": {"get": {"parameters": [named], "responses": {"200": reply(USER)}}},
            "/user/delete": {"post": {"parameters": [named], "responses": {"200": reply()}}},
            "/user/add": {"post": {"requestBody": body(SENT), "responses": {"200": reply(USER)}}},
            "/order/create": {"post": {"requestBody": body(some), "responses": {"200": reply(enveloped)}}},
            "/order/get": {"post": {"requestBody": body(key), "responses": {"200": reply(enveloped)}}},
            "/order/list": {"post": {"requestBody": body(some), "responses": {"200": reply(listed)}}},
            "/order/update": {"post": {"requestBody": body(key), "responses": {"200": reply(enveloped)}}},
            "/order/remove": {"post": {"requestBody": body(key), "responses": {"200": reply()}}},
        }
    )
    caller = client(told, tmp_path)
    made = caller.post("/user/add", json={"name": "Ada"})
    assert made.headers["Location"] == f"/user/detail?id={made.json['id']}"
    assert caller.get(made.headers["Location"]).json == made.json
    assert caller.post(f"/user/delete?id={made.json['id']}").status_code == 200
    assert caller.get(made.headers["Location"]).status_code == 404
    assert caller.get("/user/detail").status_code == 400

    key_of = {"order_id": caller.post("/order/create", json={"state": "new"}).json["order"]["order_id"]}
    assert caller.post("/order/update", json={**key_of, "state": "paid"}).status_code == 200
    assert caller.post("/order/get", json=key_of).json["order"] == {**key_of, "state": "paid"}
    assert {**key_of, "state": "paid"} in caller.post("/order/list", json={"state": "paid"}).json["orders"]
    assert caller.post("/order/remove", json=key_of).status_code == 200
    assert caller.post("/order/get", json=key_of).status_code == 404


@pytest.mark.parametrize(
    "paths",
    [
        {"/users/create": ("post",)},
        {"/users.list": ("get",), "/users.create": ("post",)},
        {"/pets/findByStatus": ("get",), "/pets": ("post",), "/pets/{id}": ("get",)},
        {"/users": ("get",), "/users/{id}": ("get", "put"), "/users/{id}/update": ("post",)},
        {"/users/list": ("get", "post"), "/users/list/{id}": ("delete",)},
        {"/users/{id}": ("delete", "get"), "/users/delete/{id}": ("delete",)},
        {"/images": ("get",), "/images/{id}": ("get",), "/images/{id}/edit": ("post",)},
        {"/files": ("get",), "/tags": ("get",), "/delete-tags/{fileId}": ("delete",)},
        {"/services": ("get",), "/services/{id}": ("get",), "/services/all": ("post",)},
        {"/users": ("get",), "/users/{id}": ("get",), "/users/{id}/details": ("get",)},
    ],
)
def test_a_word_alone_proves_nothing(paths: dict[str, tuple[str, ...]]) -> None:
    assert spoken(paths) == {}


def test_what_paths_stand_for_is_told(tmp_path: Path) -> None:
    found = spoken({"/addBook": ("post",), "/books/{id}": ("get",), "/getBooks": ("get",), "/editBook/{id}": ("put",)})
    assert found == {
        "post /addBook": "post /books",
        "get /getBooks": "get /books",
        "put /editBook/{id}": "put /books/{id}",
    }
    assert spoken({"/adduser": ("post",), "/getallusers": ("get",), "/deleteuser/{id}": ("delete",)}) == {
        "post /adduser": "post /users",
        "get /getallusers": "get /users",
        "delete /deleteuser/{id}": "delete /users/{id}",
    }
    assert spoken({"/listing": ("get",), "/listing/{id}": ("get",), "/address": ("post",)}) == {}
    assert spoken({"/users": ("get",), "/users/register": ("post",), "/auth/register": ("post",)}) == {
        "post /users/register": "post /users"
    }


def test_where_only_any_status_is_declared_what_is_sent_comes_back(tmp_path: Path) -> None:
    told = {"responses": {"default": reply()}}
    caller = client(
        document(
            {
                "/users": {"get": told},
                "/users/register": {"post": {**told, "requestBody": body(SENT)}},
                "/users/{id}": {"parameters": [parameter("id")], "get": told, "delete": told},
            }
        ),
        tmp_path,
    )
    made = caller.post("/users/register", json={"name": "Ada"})
    assert (made.json["name"], made.headers["Mock-Undeclared"]) == ("Ada", "content")
    assert made.json in caller.get("/users").json
    assert caller.get(f"/users/{made.json['id']}").json == made.json
    assert caller.delete(f"/users/{made.json['id']}").status_code == 200
    assert caller.get(f"/users/{made.json['id']}").status_code == 404


def test_a_list_at_the_root_is_one(tmp_path: Path) -> None:
    told = document(
        {
            "/": {
                "get": {"responses": {"200": reply(USERS)}},
                "post": {"requestBody": body(SENT), "responses": {"201": reply(USER)}},
            },
            "/{id}": {"get": {"parameters": [parameter("id", NUMBER)], "responses": {"200": reply(USER)}}},
        }
    )
    caller = client(told, tmp_path)
    made = caller.post("/", json={"name": "Ada"}).json
    assert caller.get(f"/{made['id']}").json == made
    assert made in caller.get("/").json


def test_records_at_the_root_may_be_found_by_their_list_and_be_parts_of_others(tmp_path: Path) -> None:
    shown = {"type": "object", "properties": {"id": TEXT, "title": TEXT}}
    bare = {"type": "object", "properties": {"title": TEXT}}
    post = {"type": "object", "required": ["author"], "properties": {"id": NUMBER, "author": USER}}
    one = {"parameters": [parameter("id")]}
    for kept in (bare, USER):
        told = document(
            {
                "/": {"get": {"responses": {"200": reply({"type": "array", "items": shown})}}},
                "/{id}": {**one, "get": {"responses": {"200": reply(kept)}}},
                "/posts": {"get": {"responses": {"200": reply({"type": "array", "items": post})}}},
                "/posts/{id}": {**one, "get": {"responses": {"200": reply(post)}}},
            }
        )
        caller = client(told, tmp_path)
        assert len(caller.get("/").json) == 3
        assert all("author" in each for each in caller.get("/posts").json)


# Envelopes.


def enveloped(data: Any, **more: Any) -> dict[str, Any]:
    return reply(
        {"type": "object", "properties": {"code": NUMBER, "success": {"type": "boolean"}, "message": TEXT, "data": data}},
        **more,
    )  # fmt: skip


def test_an_envelope_says_how_the_request_went(tmp_path: Path) -> None:
    page = {"type": "object", "properties": {"list": USERS, "total": NUMBER}}
    of_one = enveloped(USER, example={"code": 0, "message": "done", "data": {"id": 1, "name": "Ada"}})
    told = document(
        {
            "/users": {
                "get": {"responses": {"200": enveloped(page)}},
                "post": {"requestBody": body(SENT), "responses": {"201": {**enveloped(USER), "description": "User created"}}},
            },
            "/users/{id}": {
                "parameters": [parameter("id", NUMBER)],
                "get": {"responses": {"200": of_one, "404": enveloped({})}},
                "delete": {"responses": {"200": enveloped({"type": "boolean"})}},
            },
            "/health": {"get": {"responses": {"200": reply({"type": "object", "properties": {"status": TEXT}})}}},
        }
    )  # fmt: skip
    caller = client(told, tmp_path)
    made = caller.post("/users", json={"name": "Grace"}).json
    assert {**made, "data": None} == {"code": 201, "success": True, "message": "User created", "data": None}
    listed = caller.get("/users").json
    assert (listed["code"], listed["message"], listed["data"]["total"]) == (200, "OK", 4)
    shown = caller.get(f"/users/{made['data']['id']}").json
    assert (shown["code"], shown["message"], shown["data"]) == (0, "done", made["data"])
    gone = caller.delete(f"/users/{made['data']['id']}").json
    assert gone == {"code": 200, "success": True, "message": "OK", "data": True}
    refused = caller.get(f"/users/{made['data']['id']}").json
    assert (refused["code"], refused["success"]) == (404, False)
    assert caller.get("/health").json == {"status": "ok"}


def test_a_reply_of_no_record_says_again_what_was_sent(tmp_path: Path) -> None:
    user = {"type": "object", "properties": {"id": TEXT, "email": TEXT, "name": TEXT}}
    session = {
        "type": "object",
        "properties": {"data": {"type": "object", "properties": {"user": user, "token": TEXT}}},
    }
    login = {"type": "object", "properties": {"email": TEXT, "token": TEXT}}
    told = document({"/auth/login": {"post": {"requestBody": body(login), "responses": {"200": reply(session)}}}})
    found = client(told, tmp_path).post("/auth/login", json={"email": "ada@example.com", "token": "x"}).json["data"]
    assert found["user"]["email"] == "ada@example.com"
    assert found["token"] != "x"


def test_people_are_identified_by_names_of_people(tmp_path: Path) -> None:
    user = {"type": "object", "required": ["username"], "properties": {"username": TEXT, "city": TEXT}}
    one = {"parameters": [parameter("username")], "get": {"responses": {"200": reply(user)}}}
    told = document(
        {"/users": {"get": {"responses": {"200": reply({"type": "array", "items": user})}}}, "/users/{username}": one}
    )
    caller = client(told, tmp_path)
    names = [each["username"] for each in caller.get("/users").json]
    assert len({*names}) == 3
    assert all(len(re.findall(r"[a-z]{3,}", name)) == 2 for name in names)
    assert caller.get(f"/users/{names[0]}").json["username"] == names[0]


def test_a_create_that_answers_a_text_tells_the_key(tmp_path: Path) -> None:
    told = document(
        {
            "/users": {
                "get": {"responses": {"200": reply(USERS)}},
                "post": {"requestBody": body(SENT), "responses": {"200": reply(TEXT)}},
            }
        }
    )
    caller = client(told, tmp_path)
    key = caller.post("/users", json={"name": "Ada"}).json
    assert int(key) in [one["id"] for one in caller.get("/users").json]


def test_json_at_the_end_is_the_record_and_create_makes_what_nothing_else_does(tmp_path: Path) -> None:
    summary = {"Id": TEXT, "Image": TEXT}
    made = {"type": "object", "properties": {"Id": TEXT, "Warnings": {"type": "array", "items": TEXT}}}
    sent = body({"type": "object", "properties": {"Image": TEXT}})
    listed = {
        "get": {"responses": {"200": reply({"type": "array", "items": {"type": "object", "properties": summary}})}}
    }
    whole = reply({"type": "object", "properties": {**summary, "Path": TEXT}})
    one = {"parameters": [parameter("id", TEXT)], "get": {"responses": {"200": whole}}}
    create = {"post": {"requestBody": sent, "responses": {"201": reply(made)}}}
    caller = client(
        document(
            {
                "/containers/json": listed,
                "/containers/create": create,
                "/containers/{id}/json": one,
                "/networks": listed,
                "/networks/create": create,
                "/networks/{id}": one,
            }
        ),
        tmp_path,
    )
    for listing, below in (("/containers/json", "/json"), ("/networks", "")):
        path = listing.removesuffix("/json")
        key = caller.post(f"{path}/create", json={"Image": "nginx"}).json["Id"]
        assert caller.get(f"{path}/{key}{below}").json["Image"] == "nginx"
        assert {"Id": key, "Image": "nginx"} in caller.get(listing).json


def test_what_is_done_to_a_record_is_told_in_words_too(tmp_path: Path) -> None:
    """``/cancelOrder`` beside ``/getOrder``, both by the number in their bodies; ``/getOrders`` finds those of a state."""
    order = {"type": "object", "properties": {
        "OrderNo": NUMBER, "Text": TEXT, "Status": {"type": "string", "enum": ["NEW", "CANCELLED"]}}}  # fmt: skip
    named = body({"type": "object", "required": ["OrderNo"], "properties": {"OrderNo": NUMBER, "Text": TEXT}})
    asked = body({"type": "object", "properties": {"Status": TEXT}})
    found = {"200": reply(order)}
    paths: dict[str, Any] = {
        "/getOrders": {"post": {"requestBody": asked, "responses": {"200": reply({"type": "array", "items": order})}}},
        "/getOrder": {"post": {"requestBody": named, "responses": found}},
        "/createOrder": {"post": {"requestBody": body({"type": "object", "properties": {"Text": TEXT}}), "responses": found}},
        "/cancelOrder": {"post": {"requestBody": named, "responses": found}},
    }  # fmt: skip
    caller = client(document(paths), tmp_path, scenario="empty")
    made = [caller.post("/createOrder", json={"Text": text}).json for text in ("one", "two")]
    gone = caller.post("/cancelOrder", json={"OrderNo": made[1]["OrderNo"]})
    assert gone.json == {**made[1], "Status": "CANCELLED"}
    assert caller.post("/getOrder", json={"OrderNo": made[1]["OrderNo"]}).json == gone.json
    assert caller.post("/getOrders", json={"Status": "CANCELLED"}).json == [gone.json]
    assert caller.post("/cancelOrder", json={"OrderNo": 99}).status_code == 404
