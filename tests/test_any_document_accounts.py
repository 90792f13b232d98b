"""Who registers at an API that is not the mock's own logs in with her password, and is known by the token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, document, parameter, reply

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
USER = {"type": "object", "required": ["id", "email"], "properties": {"id": NUMBER, "email": TEXT, "name": TEXT}}
SESSION = {"type": "object", "required": ["accessToken", "user"], "properties": {"accessToken": TEXT, "user": USER}}
SENT = {"type": "object", "required": ["email", "password"], "properties": {"email": TEXT, "password": TEXT}}
POST = {"type": "object", "properties": {"id": NUMBER, "title": TEXT, "authorId": NUMBER, "author": USER}}
ADA, BOB = ({"email": f"{name}@example.com", "password": name} for name in ("ada", "bob"))
NAMED = {"parameters": [parameter("id", NUMBER)]}


def shown(schema: Any, status: str = "200", **more: Any) -> dict[str, Any]:
    return {"responses": {status: reply(schema)}, **more}


def accounts(folder: Path, **more: Any) -> Any:
    """A client of an API in which people register, log in and see themselves."""
    paths = {
        "/auth/register": {"post": shown(SESSION, "201", requestBody=body(SENT))},
        "/auth/login": {"post": {"requestBody": body(SENT), "responses": {"200": reply(SESSION), "401": reply()}}},
        "/auth/me": {"get": shown(USER)},
        **more,
    }
    return client(document(paths), folder)


def bearer(signed: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed.json['accessToken']}"}


USERS: dict[str, Any] = {
    "/users": {"get": shown({"type": "array", "items": USER})},
    "/users/{id}": {**NAMED, "get": shown(USER), "delete": {"responses": {"204": reply()}}},
}


@pytest.mark.parametrize("more", [{}, USERS], ids=["alone", "beside a collection"])
def test_who_registered_is_known_by_what_she_logs_in_with(tmp_path: Path, more: Any) -> None:
    caller = accounts(tmp_path, **more)
    made = [caller.post("/auth/register", json=one) for one in (ADA, BOB)]
    assert [one.json["user"]["email"] for one in made] == [ADA["email"], BOB["email"]]
    assert caller.post("/auth/login", json={**ADA, "password": "bob"}).status_code == 401
    signed = caller.post("/auth/login", json=ADA)
    assert signed.json["user"] == made[0].json["user"]
    assert caller.get("/auth/me", headers=bearer(signed)).json == made[0].json["user"]
    assert caller.get("/auth/me", headers=bearer(made[1])).json == made[1].json["user"]
    assert caller.get("/auth/me", headers={"Authorization": "Bearer any"}).status_code == 200


def test_who_is_gone_is_known_no_more(tmp_path: Path) -> None:
    caller = accounts(tmp_path, **USERS)
    made = caller.post("/auth/register", json=ADA)
    assert made.json["user"] in caller.get("/users").json
    caller.delete(f"/users/{made.json['user']['id']}")
    assert caller.get("/auth/me", headers=bearer(made)).status_code == 401
    assert caller.post("/auth/login", json={**ADA, "password": "x"}).status_code == 200


@pytest.mark.parametrize("more", [{}, USERS], ids=["alone", "beside a collection"])
@pytest.mark.parametrize(("declared", "status"), [(["409", "422"], 409), (["400", "422"], 422), (["400"], 400)])
def test_nobody_registers_with_what_another_logs_in_with(
    tmp_path: Path, more: Any, declared: list[str], status: int
) -> None:
    fault = {"type": "object", "required": ["message"], "properties": {"message": TEXT}}
    refused = {one: reply(fault) for one in declared}
    register = {"requestBody": body(SENT), "responses": {"201": reply(SESSION), **refused}}
    changed = {**shown(USER, requestBody=body({**SENT, "required": []})), "responses": {"200": reply(USER), **refused}}
    caller = accounts(tmp_path, **{**more, "/auth/register": {"post": register}, "/auth/me": {"get": shown(USER), "put": changed}})  # fmt: skip
    ada, _ = (caller.post("/auth/register", json=one) for one in (ADA, BOB))
    again = caller.post("/auth/register", json={**ADA, "password": "other"})
    assert (again.status_code, "ada@example.com" in again.json["message"]) == (status, True)
    assert caller.put("/auth/me", json={"email": BOB["email"]}, headers=bearer(ada)).status_code == status
    kept = caller.put("/auth/me", json={"email": ADA["email"]}, headers=bearer(ada))
    assert (kept.status_code, kept.json["email"]) == (200, ADA["email"])
    assert caller.post("/auth/login", json=ADA).json["user"] == ada.json["user"]


def test_a_seeded_person_logs_in_with_any_password(tmp_path: Path) -> None:
    caller = accounts(tmp_path, **USERS)
    there = caller.get("/users").json[1]
    signed = caller.post("/auth/login", json={"email": there["email"], "password": "x"})
    assert caller.get("/auth/me", headers=bearer(signed)).json == there


def test_what_is_made_says_who_made_it(tmp_path: Path) -> None:
    posts = {
        "/posts": {"post": shown(POST, "201", requestBody=body(POST))},
        "/posts/{id}": {**NAMED, "get": shown(POST)},
    }
    caller = accounts(tmp_path, **USERS, **posts)
    caller.post("/auth/register", json=BOB)
    signed = caller.post("/auth/register", json=ADA)
    made = caller.post("/posts", json={"title": "x"}, headers=bearer(signed)).json
    assert made["authorId"] == signed.json["user"]["id"]
    assert made["author"] == signed.json["user"]
    assert caller.post("/posts", json={"title": "x", "authorId": 1}, headers=bearer(signed)).json["authorId"] == 1


def test_a_document_in_which_nobody_logs_in_has_no_accounts(tmp_path: Path) -> None:
    paths = {
        **USERS,
        "/auth/me": {"get": shown(USER)},
        "/auth/register": {"post": shown(SESSION, requestBody=body(SENT))},
    }
    assert client(document(paths), tmp_path).post("/auth/register", json=ADA).headers["Mock-Kind"] == "stub"


def test_whoever_is_shown_made_the_new_records(tmp_path: Path) -> None:
    login = {"type": "object", "required": ["login", "id"], "properties": {"login": TEXT, "id": NUMBER, "email": TEXT}}
    private = {**login, "required": [*login["required"], "plan"], "properties": {**login["properties"], "plan": TEXT}}
    person = {"oneOf": [private, {**login, "additionalProperties": False}]}
    owned = {"name": TEXT, "user": login, "private": {"type": "boolean"}}
    repo = {"type": "object", "required": ["name", "user"], "properties": owned}
    paths = {
        "/user": {"get": shown(person), "patch": shown(private, requestBody=body({"type": "object"}))},
        "/users": {"get": shown({"type": "array", "items": login})},
        "/users/{login}": {"parameters": [parameter("login", TEXT)], "get": shown(person)},
        "/user/repos": {
            "get": shown({"type": "array", "items": repo}),
            "post": shown(repo, "201", requestBody=body({"type": "object"})),
        },
        "/repos/{owner}/{name}": {
            "parameters": [parameter("owner", TEXT), parameter("name", TEXT)],
            "get": shown(repo),
        },
    }
    caller = client(document(paths), tmp_path)
    mine = caller.get("/user").json
    assert mine["login"] in [one["login"] for one in caller.get("/users").json]
    made = caller.post("/user/repos", json={"name": "mine"}).json
    assert made["user"]["login"] == mine["login"]
    assert caller.get(f"/repos/{mine['login']}/mine").json["name"] == "mine"
    caller.patch("/user", json={"email": "mine@example.com"})
    assert caller.get(f"/users/{mine['login']}").json["email"] == "mine@example.com"
    assert caller.get("/user").json == {**mine, "email": "mine@example.com"}
    assert [one["email"] for one in caller.get("/users").json].count("mine@example.com") == 1


def test_a_new_record_says_whoever_me_shows_by_key_and_whole(tmp_path: Path) -> None:
    uuid = {"type": "string", "format": "uuid"}
    user = {**USER, "properties": {**USER["properties"], "id": uuid}}
    said = {"id": NUMBER, "title": TEXT, "authorId": uuid, "author": user}
    post = {"type": "object", "required": ["authorId", "author"], "properties": said}
    caller = client(
        document(
            {
                "/users": {"get": shown({"type": "array", "items": user})},
                "/users/{id}": {"parameters": [parameter("id", uuid)], "get": shown(user)},
                "/users/me": {"get": shown(user)},
                "/posts": {"post": shown(post, "201", requestBody=body(POST))},
                "/posts/{id}": {**NAMED, "get": shown(post)},
            }
        ),
        tmp_path,
    )
    made = caller.post("/posts", json={"title": "x"}).json  # before anybody asked for a user
    assert made["authorId"] == made["author"]["id"] == caller.get("/users/me").json["id"]


def test_what_one_likes_another_does_not(tmp_path: Path) -> None:
    flag = {"type": "boolean"}
    post = {
        "type": "object",
        "required": ["id", "favorited", "favoritesCount"],
        "properties": {"id": NUMBER, "favorited": flag, "favoritesCount": NUMBER, "title": TEXT},
    }
    liked = {**NAMED, "post": shown(post), "delete": shown(post)}
    caller = accounts(
        tmp_path,
        **USERS,
        **{
            "/posts": {
                "get": shown({"type": "array", "items": post}),
                "post": shown(post, "201", requestBody=body(POST)),
            },
            "/posts/{id}": {**NAMED, "get": shown(post), "delete": {"responses": {"204": reply()}}},
            "/posts/{id}/favorite": liked,
        },
    )
    ada, bob = (bearer(caller.post("/auth/register", json=one)) for one in (ADA, BOB))
    path = f"/posts/{caller.post('/posts', json={'title': 'x'}).json['id']}"

    def told(*of: dict[str, str] | None) -> list[tuple[bool, int]]:
        got = [caller.get(path, headers=one).json for one in of]
        return [(one["favorited"], one["favoritesCount"]) for one in got]

    for _ in range(2):
        assert caller.post(f"{path}/favorite", headers=ada).json["favorited"]
    assert told(ada, bob, None) == [(True, 1), (False, 1), (True, 1)]
    assert not any(one["favorited"] for one in caller.get("/posts", headers=bob).json)
    assert caller.post(f"{path}/favorite", headers=bob).json["favoritesCount"] == 2
    assert caller.delete(f"{path}/favorite", headers=ada).json["favorited"] is False
    assert told(ada, bob, None) == [(False, 1), (True, 1), (True, 1)]
    caller.delete(f"{path}/favorite", headers=bob)
    assert told(ada, bob, None) == [(False, 0)] * 3
