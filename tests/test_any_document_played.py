"""What a front-end developer found who played documents as teams write them, reading every reply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, collection, document, parameter, reply

TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
MOMENT = {"type": "string", "format": "date-time"}


def thing(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def test_a_count_is_whole_though_its_schema_says_number(tmp_path: Path) -> None:
    person = thing(id=NUMBER, followersCount={"type": "number"}, rating={"type": "number"})
    listed = client(collection(person, thing(name=TEXT)), tmp_path).get("/things").json
    assert all(isinstance(one["followersCount"], int) for one in listed)
    assert any(isinstance(one["rating"], float) for one in listed)


def test_what_stands_below_is_counted_by_a_number_as_well(tmp_path: Path) -> None:
    post, comment = thing(id=NUMBER, commentsCount={"type": "number"}), thing(id=NUMBER, text=TEXT)
    api = collection(post, thing(text=TEXT), path="/posts")
    api["paths"]["/posts/{id}/comments"] = {
        "parameters": [parameter("id", NUMBER)],
        "get": {"responses": {"200": reply({"type": "array", "items": comment})}},
        "post": {"requestBody": body(thing(text=TEXT)), "responses": {"201": reply(comment)}},
    }
    caller = client(api, tmp_path)
    made = caller.post("/posts", json={"text": "hello"}).json
    assert made["commentsCount"] == 0
    caller.post(f"/posts/{made['id']}/comments", json={"text": "first"})
    assert caller.get(f"/posts/{made['id']}").json["commentsCount"] == 1


@pytest.mark.parametrize(
    ("name", "schema", "wanted"),
    [
        ("created_at", TEXT, "2025-04-18T"),
        ("createdDate", TEXT, "2025-04-18"),
        ("enrolled_at", MOMENT, "2025-04-18T"),
        ("placedAt", MOMENT, "2025-04-18T"),
        ("placedAt", {"type": ["string", "null"], "format": "date-time"}, None),
        ("created_at", {"type": "string", "examples": ["Mon, 2 Jan"]}, "Mon, 2 Jan"),
    ],
)
def test_a_new_record_tells_when_it_was_made_whatever_that_is_called(
    tmp_path: Path, name: str, schema: Any, wanted: str | None
) -> None:
    made = client(collection(thing(id=NUMBER, **{name: schema}), thing(name=TEXT)), tmp_path).post("/things", json={})
    assert str(made.json.get(name)).startswith(str(wanted))


def test_when_it_comes_into_a_state_is_not_told_at_first(tmp_path: Path) -> None:
    order = thing(id=NUMBER, status={**TEXT, "enum": ["draft", "submitted"]}, submittedAt=MOMENT)
    assert "submittedAt" not in client(collection(order, thing(name=TEXT)), tmp_path).post("/things", json={}).json


def test_a_default_of_the_body_is_that_of_the_record(tmp_path: Path) -> None:
    sent = thing(term={**TEXT, "default": "2026-fall"}, capacity={**NUMBER, "default": 30})
    caller = client(collection(thing(id=NUMBER, term=TEXT, capacity=NUMBER), sent), tmp_path)
    made = caller.post("/things", json={"capacity": 5}).json
    assert (made["term"], made["capacity"]) == ("2026-fall", 5)


def test_each_record_has_a_number_of_its_own_in_the_form_of_its_example(tmp_path: Path) -> None:
    order = thing(id=NUMBER, number={**TEXT, "example": "BD-10293"})
    caller = client(collection(order, thing(note=TEXT)), tmp_path)
    made = [caller.post("/things", json={}).json["number"] for _ in range(2)]
    numbers = {*made, *(one["number"] for one in caller.get("/things").json)}
    assert len(numbers) == 5 and "BD-10293" in numbers
    assert all(one.startswith("BD-") and one[3:].isdigit() and len(one) == 8 for one in numbers)


def reservations(*status: str, **members: Any) -> dict[str, Any]:
    states = {**TEXT, "enum": [*status]}
    booking = thing(id=NUMBER, status=states, **members)
    return collection(booking, thing(**{name: one for name, one in members.items() if name == "checkIn"}))


def with_actions(api: dict[str, Any], *verbs: str) -> dict[str, Any]:
    record = api["paths"]["/things/{id}"]["get"]["responses"]["200"]
    for verb in verbs:
        place = {"parameters": [parameter("id", NUMBER)], "post": {"responses": {"200": record}}}
        api["paths"][f"/things/{{id}}/{verb}"] = place
    return api


def test_the_day_on_which_somebody_is_to_check_in_is_not_the_one_on_which_she_did(tmp_path: Path) -> None:
    api = reservations("CONFIRMED", "CHECKED_IN", checkIn={**TEXT, "format": "date"}, checkedInAt=MOMENT)
    caller = client(with_actions(api, "check-in"), tmp_path)
    made = caller.post("/things", json={"checkIn": "2030-05-01"}).json
    after = caller.post(f"/things/{made['id']}/check-in").json
    assert (after["status"], after["checkIn"]) == ("CHECKED_IN", "2030-05-01")
    assert after["checkedInAt"].startswith("2025-04-18")


def test_when_something_was_sent_is_known_after_it_was_voided(tmp_path: Path) -> None:
    api = reservations(
        "draft", "sent", "completed", "voided", sentAt={"type": ["string", "null"], "format": "date-time"}
    )
    caller = client(with_actions(api, "send", "void"), tmp_path)
    one = caller.post("/things", json={}).json["id"]
    sent = caller.post(f"/things/{one}/send").json["sentAt"]
    assert sent and caller.post(f"/things/{one}/void").json["sentAt"] == sent


def people(record: dict[str, Any], *, item: str | None = None, signs_up: str = "/auth/signup") -> dict[str, Any]:
    """A document of people who sign up with an email and a handle, log in and ask about themselves."""
    told = thing(handle=TEXT, email=TEXT, password=TEXT) | {"required": ["email", "password"]}
    login = thing(username=TEXT, email=TEXT, password=TEXT) | {"required": ["password"]}
    token = thing(accessToken=TEXT)
    paths: dict[str, Any] = {
        signs_up: {"post": {"requestBody": body(told), "responses": {"201": reply(record), "409": reply()}}},
        "/auth/login": {"post": {"requestBody": body(login), "responses": {"200": reply(token), "401": reply()}}},
        "/users/me": {"get": {"responses": {"200": reply(record)}}},
    }
    if item:
        paths[f"/users/{{{item}}}"] = {"parameters": [parameter(item)], "get": {"responses": {"200": reply(record)}}}
    paths.setdefault("/users", {})["get"] = {"responses": {"200": reply({"type": "array", "items": record})}}
    return document(paths)


def logged_in(caller: Any, **names: str) -> Any:
    """What the account is shown of itself that logs in by ``names``."""
    got = caller.post("/auth/login", json={**names, "password": "secret123"})
    assert got.status_code == 200
    return caller.get("/users/me", headers={"Authorization": f"Bearer {got.json['accessToken']}"}).json


def test_who_registers_says_the_handle_and_logs_in_by_an_email_that_no_record_shows(tmp_path: Path) -> None:
    shown = {**TEXT, "example": "clx1a2b3c0000abcd1234efgh"}
    caller = client(people(thing(id=shown, handle=TEXT, bio=TEXT), item="handle"), tmp_path)
    ada, bob = (
        caller.post("/auth/signup", json={"handle": one, "email": f"{one}@x.org", "password": "secret123"}).json
        for one in ("ada", "bob")
    )
    assert (ada["handle"], bob["handle"]) == ("ada", "bob") and ada["id"] != bob["id"]
    assert logged_in(caller, email="ada@x.org") == ada == caller.get("/users/ada").json
    wrong = caller.post("/auth/login", json={"email": "bob@x.org", "password": "another"})
    assert wrong.status_code == 401
    for taken in ({"handle": "ada", "email": "new@x.org"}, {"handle": "new", "email": "BOB@x.org"}):
        assert caller.post("/auth/signup", json={**taken, "password": "secret123"}).status_code == 409


def test_a_collection_of_people_that_takes_passwords_is_where_they_register(tmp_path: Path) -> None:
    caller = client(people(thing(id=NUMBER, email=TEXT, full_name=TEXT), signs_up="/users"), tmp_path)
    made = caller.post("/users", json={"email": "ada@x.org", "password": "secret123"}).json
    assert logged_in(caller, username="ada@x.org") == made
