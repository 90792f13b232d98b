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


def below(parent: str, path: str, record: Any, *, made: bool = True) -> dict[str, Any]:
    """Paths of a list below a record of another collection, and of what makes one there."""
    verbs: dict[str, Any] = {
        "parameters": [parameter("id", NUMBER)],
        "get": {"responses": {"200": reply({"type": "array", "items": record})}},
    }
    if made:
        verbs["post"] = {"requestBody": body(thing(text=TEXT)), "responses": {"201": reply(record)}}
    return {f"/{parent}/{{id}}/{path}": verbs}


def test_below_what_a_client_made_is_nothing_though_its_path_leaves_out_what_stands_above(tmp_path: Path) -> None:
    task, note = thing(id=NUMBER, text=TEXT, notesCount=NUMBER), thing(id=NUMBER, text=TEXT)
    api = collection(thing(id=NUMBER), thing(text=TEXT), path="/courses")
    api["paths"] |= below("courses", "tasks", task) | below("tasks", "notes", note)
    api["paths"]["/tasks/{id}"] = {
        "parameters": [parameter("id", NUMBER)],
        "get": {"responses": {"200": reply(task)}},
    }
    caller = client(api, tmp_path)
    course = caller.post("/courses", json={}).json["id"]
    one = caller.post(f"/courses/{course}/tasks", json={"text": "a"}).json["id"]
    made = caller.post(f"/tasks/{one}/notes", json={"text": "b"}).json
    assert caller.get(f"/tasks/{one}/notes").json == [made]
    assert caller.get(f"/tasks/{one}").json["notesCount"] == 1


def test_a_count_is_called_by_what_has_been_done_by_what_it_counts(tmp_path: Path) -> None:
    course = thing(id=NUMBER, enrolled_count=NUMBER)
    api = collection(course, thing(text=TEXT), path="/courses")
    api["paths"] |= below("courses", "enrolments", thing(id=NUMBER, text=TEXT))
    caller = client(api, tmp_path)
    one = caller.post("/courses", json={}).json["id"]
    caller.post(f"/courses/{one}/enrolments", json={"text": "x"})
    assert caller.get(f"/courses/{one}").json["enrolled_count"] == 1


def test_what_one_path_deletes_is_what_a_list_below_another_record_shows(tmp_path: Path) -> None:
    api = collection(thing(id=NUMBER), thing(text=TEXT), path="/posts")
    api["paths"] |= below("posts", "comments", thing(id=NUMBER, text=TEXT))
    api["paths"]["/comments/{commentId}"] = {
        "parameters": [parameter("commentId", NUMBER)],
        "delete": {"responses": {"204": reply()}},
    }
    caller = client(api, tmp_path)
    post = caller.post("/posts", json={}).json["id"]
    made = caller.post(f"/posts/{post}/comments", json={"text": "x"}).json
    assert caller.delete(f"/comments/{made['id']}").status_code == 204
    assert caller.get(f"/posts/{post}/comments").json == []
    assert caller.delete(f"/comments/{made['id']}").status_code == 404


def test_what_is_done_to_a_record_that_only_a_list_below_another_shows_is_done_to_it(tmp_path: Path) -> None:
    hold = thing(id=NUMBER, status={**TEXT, "enum": ["held", "captured"]})
    api = collection(thing(id=NUMBER), thing(text=TEXT), path="/accounts")
    api["paths"] |= below("accounts", "holds", hold, made=False)
    api["paths"]["/holds/{id}/capture"] = {
        "parameters": [parameter("id", NUMBER)],
        "post": {"responses": {"200": reply(hold), "409": reply()}},
    }
    caller = client(api, tmp_path)
    first = next(one for one in caller.get("/accounts/1/holds").json if one["status"] == "held")
    assert caller.post(f"/holds/{first['id']}/capture").json == {**first, "status": "captured"}
    assert {**first, "status": "captured"} in caller.get("/accounts/1/holds").json
    assert caller.post(f"/holds/{first['id']}/capture").status_code == 409
    assert caller.post("/holds/987654/capture").status_code == 404


def jsonapi() -> dict[str, Any]:
    """Events at venues, and their tickets, as JSON:API has them."""
    link = thing(data=thing(type=TEXT, id=TEXT))
    states = {**TEXT, "enum": ["draft", "published", "cancelled"]}
    event = thing(
        type={**TEXT, "enum": ["events"]}, id=TEXT,
        attributes=thing(**{"title": TEXT, "status": states, "published-at": MOMENT, "created-at": MOMENT}),
        relationships=thing(venue=link),
    )  # fmt: skip
    ticket = thing(
        type={**TEXT, "enum": ["tickets"]}, id=TEXT, attributes=thing(seat=TEXT), relationships=thing(event=link)
    )
    sent = thing(data=thing(type=TEXT, attributes=thing(title=TEXT), relationships=thing(venue=link)))
    paths: dict[str, Any] = {}
    for name, record in (("events", event), ("venues", thing(type=TEXT, id=TEXT)), ("tickets", ticket)):
        one = reply(thing(data=record))
        paths[f"/{name}"] = {
            "get": {"responses": {"200": reply(thing(data={"type": "array", "items": record}))}},
            "post": {
                "requestBody": body(sent if name == "events" else thing(data=record)),
                "responses": {"201": one},
            },
        }
        paths[f"/{name}/{{id}}"] = {"parameters": [parameter("id")], "get": {"responses": {"200": one}}}
    refusal = {"description": "Only draft events can be published"}
    shown = reply(thing(data=event))
    publish = {"responses": {"200": shown, "409": refusal}}
    paths["/events/{id}/publish"] = {"parameters": [parameter("id")], "post": publish}
    tickets = reply(thing(data={"type": "array", "items": ticket}))
    paths["/events/{id}/tickets"] = {"parameters": [parameter("id")], "get": {"responses": {"200": tickets}}}
    return document(paths)


def test_attributes_have_states_and_times_and_what_is_done_to_a_record_is_done_to_them(tmp_path: Path) -> None:
    caller = client(jsonapi(), tmp_path)
    made = caller.post("/events", json={"data": {"type": "events", "attributes": {"title": "Gig"}}}).json["data"]
    assert made["attributes"]["title"] == "Gig" and made["attributes"]["status"] == "draft"
    assert made["attributes"]["created-at"].startswith("2025-04-18") and "published-at" not in made["attributes"]
    after = caller.post(f"/events/{made['id']}/publish").json["data"]["attributes"]
    assert after["status"] == "published" and after["published-at"].startswith("2025-04-18")
    assert caller.get(f"/events/{made['id']}").json["data"]["attributes"] == after
    assert caller.post(f"/events/{made['id']}/publish").status_code == 409


def test_first_records_of_json_api_are_related_and_a_list_below_shows_what_names_the_record(tmp_path: Path) -> None:
    caller = client(jsonapi(), tmp_path)
    venues = {one["id"] for one in caller.get("/venues").json["data"]}
    events = caller.get("/events").json["data"]
    assert {one["relationships"]["venue"]["data"]["id"] for one in events} <= venues
    event = {"data": {"type": "events", "id": events[0]["id"]}}
    sent = {"data": {"type": "tickets", "attributes": {"seat": "A1"}, "relationships": {"event": event}}}
    made = caller.post("/tickets", json=sent).json["data"]
    listed = caller.get(f"/events/{events[0]['id']}/tickets").json["data"]
    assert made in listed and all(one["relationships"]["event"] == event for one in listed)


def test_the_words_of_an_action_say_what_state_a_record_comes_into(tmp_path: Path) -> None:
    api = with_actions(reservations("draft", "sent", "paid"), "deliver")
    post = api["paths"]["/things/{id}/deliver"]["post"]
    post["responses"]["409"] = {"description": "Only draft invoices can be sent"}
    caller = client(api, tmp_path)
    one = caller.post("/things", json={}).json["id"]
    assert caller.post(f"/things/{one}/deliver").json["status"] == "sent"
    assert caller.post(f"/things/{one}/deliver").status_code == 409


def test_a_refusal_says_what_a_record_would_have_to_be(tmp_path: Path) -> None:
    api = with_actions(reservations("pending", "paid", "refunded"), "pay", "refund")
    api["paths"]["/things/{id}/refund"]["post"]["responses"]["409"] = {"description": "The order is not paid"}
    caller = client(api, tmp_path)
    one = caller.post("/things", json={}).json["id"]
    assert caller.post(f"/things/{one}/refund").status_code == 409
    caller.post(f"/things/{one}/pay")
    assert caller.post(f"/things/{one}/refund").json["status"] == "refunded"
    assert caller.post(f"/things/{one}/refund").status_code == 409


def test_a_copy_is_another_record(tmp_path: Path) -> None:
    api = with_actions(collection(thing(id=NUMBER, name=TEXT), thing(name=TEXT)), "duplicate")
    caller = client(api, tmp_path)
    made = caller.post("/things", json={"name": "mine"}).json
    copy = caller.post(f"/things/{made['id']}/duplicate").json
    assert copy["name"] == "mine" and copy["id"] != made["id"]
    assert caller.get(f"/things/{copy['id']}").json == copy and caller.get(f"/things/{made['id']}").json == made


def test_a_list_is_asked_for_by_the_opposite_of_a_truth(tmp_path: Path) -> None:
    note = thing(id=NUMBER, read=FLAG, isOpen=FLAG)
    api = collection(note, thing(read=FLAG, isOpen=FLAG))
    api["paths"]["/things"]["get"]["parameters"] = [
        parameter(name, FLAG, "query") for name in ("unread", "read", "open_now")
    ]
    caller = client(api, tmp_path)
    made = {one: caller.post("/things", json={"read": one, "isOpen": not one}).json for one in (True, False)}
    for query, wanted in (
        ("unread=true", False),
        ("unread=false", True),
        ("read=true", True),
        ("open_now=true", False),
    ):
        got = caller.get(f"/things?{query}").json
        assert made[wanted] in got and made[not wanted] not in got


def test_keys_that_are_sent_are_shown_as_the_records_that_they_name(tmp_path: Path) -> None:
    label = thing(id=NUMBER, name=TEXT)
    sent = thing(title=TEXT, label_ids={"type": "array", "items": NUMBER})
    api = collection(thing(id=NUMBER, title=TEXT, labels={"type": "array", "items": label}), sent, path="/issues")
    api["paths"] |= collection(label, thing(name=TEXT), path="/labels")["paths"]
    caller = client(api, tmp_path)
    labels = caller.get("/labels").json[:2]
    made = caller.post("/issues", json={"title": "x", "label_ids": [one["id"] for one in labels]}).json
    assert made["labels"] == labels and caller.get(f"/issues/{made['id']}").json == made


def test_attributes_of_nested_records_become_them(tmp_path: Path) -> None:
    line = {"type": "array", "items": thing(text=TEXT, quantity=NUMBER)}
    api = collection(thing(id=NUMBER, line_items=line), thing(line_items_attributes=line))
    made = client(api, tmp_path).post("/things", json={"line_items_attributes": [{"text": "a", "quantity": 2}]}).json
    assert made["line_items"] == [{"text": "a", "quantity": 2}]


def test_the_query_names_a_new_record_and_what_a_change_is_about(tmp_path: Path) -> None:
    record = thing(name=TEXT, displayName=TEXT, branch=TEXT, createTime={**MOMENT, "readOnly": True})
    api = document({
        "/pipelines": {
            "get": {"responses": {"200": reply({"type": "array", "items": record})}},
            "post": {"parameters": [parameter("pipelineId", location="query")], "requestBody": body(record), "responses": {"200": reply(record)}},
        },
        "/pipelines/{pipeline}": {
            "parameters": [parameter("pipeline")],
            "get": {"responses": {"200": reply(record)}},
            "patch": {"parameters": [parameter("updateMask", location="query")], "requestBody": body(record), "responses": {"200": reply(record)}},
        },
    })  # fmt: skip
    caller = client(api, tmp_path)
    made = caller.post("/pipelines?pipelineId=build", json={"displayName": "Build", "branch": "main"}).json
    assert made["name"] == "build" and made["createTime"].startswith("2025-04-18")
    after = caller.patch("/pipelines/build?updateMask=displayName", json={"displayName": "B", "branch": "x"}).json
    assert (after["displayName"], after["branch"]) == ("B", "main")
    assert caller.patch("/pipelines/build?updateMask=*", json={"branch": "y"}).json["branch"] == "y"


def test_a_put_that_requires_nothing_of_what_a_create_requires_leaves_it(tmp_path: Path) -> None:
    record = thing(id=NUMBER, name=TEXT, status=TEXT)
    api = collection(record, thing(name=TEXT) | {"required": ["name"]})
    change = {"requestBody": body(thing(name=TEXT, status=TEXT)), "responses": {"200": reply(record)}}
    api["paths"]["/things/{id}"]["put"] = change
    caller = client(api, tmp_path)
    one = caller.post("/things", json={"name": "mine"}).json["id"]
    assert caller.put(f"/things/{one}", json={"status": "done"}).json == {"id": one, "name": "mine", "status": "done"}
    change["requestBody"]["content"]["application/json"]["schema"]["required"] = ["name"]
    caller = client(api, tmp_path)
    one = caller.post("/things", json={"name": "mine"}).json["id"]
    assert caller.put(f"/things/{one}", json={"name": "new"}).json == {"id": one, "name": "new"}


HOLD = thing(id=NUMBER, status={**TEXT, "enum": ["active", "confirmed"]}, room=TEXT, guests=NUMBER)
BOOKING = {**thing(code=TEXT, status={**TEXT, "enum": ["booked", "left"]}, room=TEXT, guests=NUMBER, guest=TEXT)}


def test_what_an_action_makes_of_a_record_is_there(tmp_path: Path) -> None:
    shown = {"$ref": "#/components/schemas/Booking"}
    api = collection(HOLD, thing(room=TEXT, guests=NUMBER), path="/holds")
    api["components"] = {"schemas": {"Booking": BOOKING}}
    api["paths"]["/holds/{id}/confirm"] = {
        "parameters": [parameter("id", NUMBER)],
        "post": {"requestBody": body(thing(guest=TEXT)), "responses": {"201": reply(shown), "409": reply()}},
    }
    api["paths"]["/bookings"] = {"get": {"responses": {"200": reply({"type": "array", "items": shown})}}}
    api["paths"]["/bookings/{code}"] = {"parameters": [parameter("code")], "get": {"responses": {"200": reply(shown)}}}
    caller = client(api, tmp_path)
    hold = caller.post("/holds", json={"room": "12", "guests": 2}).json
    got = caller.post(f"/holds/{hold['id']}/confirm", json={"guest": "Ada"})
    assert got.status_code == 201 and got.headers["Location"].endswith(f"/bookings/{got.json['code']}")
    assert got.json == {"code": got.json["code"], "status": "booked", "room": "12", "guests": 2, "guest": "Ada"}
    assert caller.get(f"/bookings/{got.json['code']}").json == got.json and got.json in caller.get("/bookings").json
    assert caller.get(f"/holds/{hold['id']}").json["status"] == "confirmed"
    assert caller.post(f"/holds/{hold['id']}/confirm", json={"guest": "Bob"}).status_code == 409


def shop() -> dict[str, Any]:
    """A cart, and orders that are made of it."""
    line = {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}
    order = thing(id=NUMBER, items=line, note=TEXT, payment=TEXT)
    cart = {"$ref": "#/components/schemas/Cart"}
    api = collection(order, thing(payment=TEXT), path="/orders")
    api["components"] = {
        "schemas": {"Line": thing(id=NUMBER, sku=TEXT, quantity=NUMBER), "Cart": thing(items=line, note=TEXT)}
    }
    api["paths"]["/cart"] = {
        "get": {"responses": {"200": reply(cart)}},
        "delete": {"responses": {"204": reply()}},
        "patch": {"requestBody": body(thing(note=TEXT)), "responses": {"200": reply(cart)}},
    }
    item = body(thing(sku=TEXT, quantity=NUMBER))
    api["paths"]["/cart/items"] = {"post": {"requestBody": item, "responses": {"201": reply(cart)}}}
    post = api["paths"]["/orders"]["post"]
    post["description"] = "Places an order from the current cart."
    post["responses"]["409"] = {"description": "The cart is empty"}
    return api


def test_an_order_takes_over_what_is_in_the_cart_which_is_empty_then(tmp_path: Path) -> None:
    caller = client(shop(), tmp_path)
    caller.delete("/cart")
    assert caller.post("/orders", json={"payment": "card"}).status_code == 409
    items = caller.post("/cart/items", json={"sku": "tea", "quantity": 2}).json["items"]
    made = caller.post("/orders", json={"payment": "card"})
    assert made.status_code == 201 and made.json["items"] == items and made.json["payment"] == "card"
    assert caller.get(f"/orders/{made.json['id']}").json == made.json
    assert caller.get("/cart").json["items"] == []
    assert caller.post("/orders", json={"payment": "card"}).status_code == 409


def test_what_stands_below_a_record_says_whose_it_is_within_its_envelope(tmp_path: Path) -> None:
    order = thing(id=NUMBER, status={**TEXT, "enum": ["open", "cancelled"]})
    api = with_actions(collection(order, thing(name=TEXT), path="/things"))
    api["paths"]["/things/{id}/cancel"] = {"parameters": [parameter("id", NUMBER)], "post": {"responses": {"200": reply(order)}}}  # fmt: skip
    tracking = thing(thing_id=NUMBER, status=TEXT, place=TEXT)
    api["paths"]["/things/{id}/tracking"] = {
        "parameters": [parameter("id", NUMBER)],
        "get": {"responses": {"200": reply(thing(data=tracking))}},
    }
    caller = client(api, tmp_path)
    one = caller.post("/things", json={}).json["id"]
    caller.post(f"/things/{one}/cancel")
    shown = caller.get(f"/things/{one}/tracking").json["data"]
    assert (shown["thing_id"], shown["status"]) == (one, "cancelled")


def test_another_run_of_a_job_is_another_record(tmp_path: Path) -> None:
    api = with_actions(reservations("queued", "failed", commit=TEXT), "retry")
    api["paths"]["/things"]["post"]["requestBody"] = body(thing(commit=TEXT))
    api["paths"]["/things/{id}/retry"]["post"]["summary"] = "Creates a new run with the parameters of this one."
    caller = client(api, tmp_path)
    made = caller.post("/things", json={"commit": "abc"}).json
    again = caller.post(f"/things/{made['id']}/retry").json
    assert again == {**made, "id": again["id"]} and again["id"] != made["id"]


def network() -> dict[str, Any]:
    """People who follow each other and like posts, and comments with replies."""
    api = people({"$ref": "#/components/schemas/User"}, item="handle")
    api["components"] = {
        "schemas": {
            "User": thing(id=TEXT, handle=TEXT, isFollowing=FLAG, followersCount=NUMBER, followingCount=NUMBER),
            "Post": thing(id=TEXT, text=TEXT, author={"$ref": "#/components/schemas/User"}, liked=FLAG, likesCount=NUMBER),
            "Comment": thing(id=TEXT, text=TEXT, parentId={"type": ["string", "null"]}),
        }
    }  # fmt: skip

    def of(name: str) -> dict[str, Any]:
        return {"responses": {"200": reply({"$ref": f"#/components/schemas/{name}"})}}

    def many(name: str) -> dict[str, Any]:
        listed = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
        return {"get": {"responses": {"200": reply(listed)}}}

    handle, key = {"parameters": [parameter("handle")]}, {"parameters": [parameter("id")]}
    sent = {"requestBody": body(thing(text=TEXT, parentId=TEXT))}
    api["paths"] |= {
        "/users/{handle}/follow": handle | {"post": of("User"), "delete": of("User")},
        "/users/{handle}/followers": handle | many("User"),
        "/users/{handle}/following": handle | many("User"),
        "/users/{handle}/posts": handle | many("Post"),
        "/posts": {"post": sent | of("Post")},
        "/posts/{id}": key | {"get": of("Post")},
        "/posts/{id}/like": key | {"put": {"responses": {"204": reply()}}, "delete": {"responses": {"204": reply()}}},
        "/posts/{id}/likes": key | many("User"),
        "/posts/{id}/comments": key | many("Comment") | {"post": sent | of("Comment")},
        "/comments/{commentId}": {"parameters": [parameter("commentId")], "delete": {"responses": {"204": reply()}}},
        "/comments/{commentId}/replies": {"parameters": [parameter("commentId")]} | many("Comment"),
    }
    return api


def registered(caller: Any, handle: str) -> dict[str, str]:
    """The header of somebody who has signed up."""
    sent = {"handle": handle, "email": f"{handle}@x.org", "password": "secret123"}
    caller.post("/auth/signup", json=sent)
    token = caller.post("/auth/login", json=sent).json["accessToken"]
    return {"Authorization": f"Bearer {token}"}


def handles(listed: Any) -> list[str]:
    return [one["handle"] for one in listed]


def test_who_follows_somebody_is_among_the_followers(tmp_path: Path) -> None:
    caller = client(network(), tmp_path)
    ada, _ = registered(caller, "ada"), registered(caller, "bob")
    followed = caller.post("/users/bob/follow", headers=ada).json
    assert (followed["isFollowing"], followed["followersCount"]) == (True, 1)
    assert handles(caller.get("/users/bob/followers").json) == ["ada"]
    assert handles(caller.get("/users/ada/following").json) == ["bob"]
    assert caller.get("/users/me", headers=ada).json["followingCount"] == 1
    caller.delete("/users/bob/follow", headers=ada)
    assert caller.get("/users/bob/followers").json == caller.get("/users/ada/following").json == []


def test_who_likes_a_post_is_listed_and_counted(tmp_path: Path) -> None:
    caller = client(network(), tmp_path)
    ada, bob = registered(caller, "ada"), registered(caller, "bob")
    post = caller.post("/posts", json={"text": "hello"}, headers=ada).json
    assert post["author"]["handle"] == "ada" and post["likesCount"] == 0
    for _ in range(2):
        caller.put(f"/posts/{post['id']}/like", headers=bob)
    assert caller.get(f"/posts/{post['id']}").json["likesCount"] == 1
    assert handles(caller.get(f"/posts/{post['id']}/likes").json) == ["bob"]
    caller.delete(f"/posts/{post['id']}/like", headers=bob)
    assert caller.get(f"/posts/{post['id']}/likes").json == []


def test_what_somebody_made_is_listed_below_her(tmp_path: Path) -> None:
    caller = client(network(), tmp_path)
    ada, _ = registered(caller, "ada"), registered(caller, "bob")
    post = caller.post("/posts", json={"text": "hello"}, headers=ada).json
    assert [one["id"] for one in caller.get("/users/ada/posts").json] == [post["id"]]
    assert caller.get("/users/bob/posts").json == []


def test_replies_are_the_comments_that_name_the_one_above(tmp_path: Path) -> None:
    caller = client(network(), tmp_path)
    post = caller.post("/posts", json={"text": "hello"}).json["id"]
    one = caller.post(f"/posts/{post}/comments", json={"text": "first"}).json
    answer = caller.post(f"/posts/{post}/comments", json={"text": "no", "parentId": one["id"]}).json
    assert caller.get(f"/comments/{one['id']}/replies").json == [answer]
    assert caller.get(f"/comments/{answer['id']}/replies").json == []
    caller.delete(f"/comments/{answer['id']}")
    assert caller.get(f"/comments/{one['id']}/replies").json == []


def test_what_a_list_names_by_key_is_told_with_its_name_and_its_price(tmp_path: Path) -> None:
    price = {"type": "number"}
    line = thing(productId=NUMBER, productName=TEXT, quantity=NUMBER, unitPrice=price, lineTotal=price)
    sent = thing(lines={"type": "array", "items": thing(productId=NUMBER, quantity=NUMBER, unitPrice=price)})
    api = collection(thing(id=NUMBER, total=price, lines={"type": "array", "items": line}), sent, path="/orders")
    api["paths"] |= collection(
        thing(id=NUMBER, name=TEXT, price=price), thing(name=TEXT, price=price), path="/products"
    )["paths"]
    caller = client(api, tmp_path)
    tea = caller.post("/products", json={"name": "tea", "price": 4.5}).json["id"]
    lines = [{"productId": tea, "quantity": 2}, {"productId": tea, "quantity": 1, "unitPrice": 4}, {"productId": 987}]
    made = caller.post("/orders", json={"lines": lines}).json
    assert made["lines"] == [
        {"productId": tea, "productName": "tea", "quantity": 2, "unitPrice": 4.5, "lineTotal": 9.0},
        {"productId": tea, "productName": "tea", "quantity": 1, "unitPrice": 4, "lineTotal": 4},
        {"productId": 987},
    ]
    assert made["total"] == 13.0 and caller.get(f"/orders/{made['id']}").json == made
    products = {one["id"]: one["name"] for one in caller.get("/products").json}
    first = [one for order in caller.get("/orders").json[:3] for one in order["lines"]]
    assert all(products[one["productId"]] == one["productName"] for one in first)


@pytest.mark.parametrize(
    ("member", "refusal", "again"),
    [
        ("student_id", "The student is already enrolled in this course", 409),
        ("email", "A signer with this email is already in the course", 409),
        ("student_id", "The course is full", 201),
        ("email", "A signer with this email is already in the room", 201),
    ],
)
def test_what_is_said_to_be_below_a_record_once_is_there_once(
    tmp_path: Path, member: str, refusal: str, again: int
) -> None:
    kind = NUMBER if member == "student_id" else TEXT
    record = thing(id=NUMBER, student=thing(id=NUMBER, name=TEXT), email=TEXT)
    api = collection(thing(id=NUMBER), thing(text=TEXT), path="/courses")
    api["paths"] |= collection(thing(id=NUMBER, name=TEXT), thing(name=TEXT), path="/students")["paths"]
    api["paths"] |= below("courses", "entries", record)
    post = api["paths"]["/courses/{id}/entries"]["post"]
    post["requestBody"] = body(thing(**{member: kind}))
    post["responses"]["409"] = {"description": refusal}
    caller = client(api, tmp_path)
    value: Any = 1 if kind is NUMBER else "ada@x.org"
    one, other = (caller.post("/courses", json={}).json["id"] for _ in range(2))
    assert caller.post(f"/courses/{one}/entries", json={member: value}).status_code == 201
    assert caller.post(f"/courses/{one}/entries", json={member: value}).status_code == again
    assert caller.post(f"/courses/{other}/entries", json={member: value}).status_code == 201


def test_what_a_create_says_stands_below_it_are_records(tmp_path: Path) -> None:
    states = {**TEXT, "enum": ["pending", "signed"]}
    signer, named = thing(id=NUMBER, name=TEXT, status=states), thing(name=TEXT)
    sent = thing(subject=TEXT, signers={"type": "array", "items": named})
    record = thing(id=NUMBER, subject=TEXT, signers={"type": "array", "items": {"$ref": "#/components/schemas/Signer"}})
    api = collection(record, sent, path="/envelopes")
    api["components"] = {"schemas": {"Signer": signer}}
    shown = {"$ref": "#/components/schemas/Signer"}
    api["paths"] |= below("envelopes", "signers", shown)
    api["paths"]["/envelopes/{id}/signers"]["post"]["requestBody"] = body(named)
    api["paths"]["/envelopes/{id}/signers/{signerId}/sign"] = {
        "parameters": [parameter("id", NUMBER), parameter("signerId", NUMBER)],
        "post": {"responses": {"200": reply(shown)}},
    }
    caller = client(api, tmp_path)
    made = caller.post("/envelopes", json={"subject": "x", "signers": [{"name": "Ada"}, {"name": "Bob"}]}).json
    below_it = f"/envelopes/{made['id']}/signers"
    assert [(one["name"], one["status"]) for one in made["signers"]] == [("Ada", "pending"), ("Bob", "pending")]
    assert caller.get(below_it).json == made["signers"]
    signed = caller.post(f"{below_it}/{made['signers'][0]['id']}/sign").json
    added = caller.post(below_it, json={"name": "Eve"}).json
    assert signed["status"] == "signed"
    assert caller.get(f"/envelopes/{made['id']}").json["signers"] == [signed, made["signers"][1], added]
    assert all(one["signers"] for one in caller.get("/envelopes").json[:3])
