"""What a client asks for a little otherwise than the record is told: by another member, in the query, below the record."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mockserver.contract.samples.described_values import described_values
from mockserver.contract.samples.patterns import patterned
from test_any_document import body, client, document, parameter, reply

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
TAGS = {"type": "array", "items": TEXT}
PLACE = {"type": "object", "properties": {"street": TEXT, "city": TEXT}}
LINE = {"type": "object", "properties": {"sku": TEXT, "count": NUMBER}}
STATUS = {**TEXT, "description": "pending, paid, cancelled"}
ORDER = {
    "type": "object",
    "properties": {"id": NUMBER, "email": TEXT, "shop": {"type": "object", "properties": {"id": NUMBER}},
                   "author_ids": {"type": "array", "items": NUMBER}, "tags": TAGS, "status": STATUS, "note": TEXT,
                   "address": PLACE, "lines": {"type": "array", "items": LINE}},
}  # fmt: skip
SHORT = {"type": "object", "properties": {name: ORDER["properties"][name] for name in ("id", "email", "note")}}


def orders(folder: Path, **paths: Any) -> Any:
    """A client of orders that are listed, made and read, and of further operations: ``method_path`` is its key."""
    operations: dict[str, Any] = {
        "/orders": {"get": {"responses": {"200": reply({"type": "array", "items": ORDER})}},
                    "post": {"requestBody": body(ORDER), "responses": {"201": reply(ORDER)}}},
        "/orders/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(ORDER)}}},
    }  # fmt: skip
    for path, told in paths.items():
        operations[path] = {**operations.get(path, {}), **told}
    return client(document(operations), folder, scenario="empty")


def query(name: str, schema: Any = None, *, required: bool = False) -> dict[str, Any]:
    return {**parameter(name, schema, "query"), "required": required}


@pytest.mark.parametrize("path", ["/orders/email/{email}", "/orders/by-email/{value}", "/orders/findByEmail/{text}"])
def test_a_record_is_found_by_another_of_its_members(tmp_path: Path, path: str) -> None:
    head, name = path.rstrip("}").split("{")
    shown = {"parameters": [parameter(name)], "get": {"responses": {"200": reply(ORDER), "404": reply()}}}
    caller = orders(tmp_path, **{path: shown})
    made = [caller.post("/orders", json={"email": f"{one}@example.com"}).json for one in "ab"]
    assert [caller.get(f"{head}{one['email']}").json for one in made] == made
    assert caller.get(f"{head}c@example.com").status_code == 404


def test_a_list_of_records_in_short_below_a_collection_is_of_its_records(tmp_path: Path) -> None:
    shown = {"parameters": [parameter("note")], "get": {"responses": {"200": reply({"type": "array", "items": SHORT})}}}
    caller = orders(tmp_path, **{"/orders/note/{note}": shown})
    for note in ("late", "soon", "late"):
        caller.post("/orders", json={"note": note})
    assert [one["id"] for one in caller.get("/orders/note/late").json] == [1, 3]


@pytest.mark.parametrize("name", ["id", "orderId", "order_id"])
def test_a_delete_that_names_a_record_in_its_query_takes_that_alone(tmp_path: Path, name: str) -> None:
    gone = {
        "delete": {"parameters": [query(name, NUMBER, required=True)], "responses": {"200": reply(), "404": reply()}}
    }
    caller = orders(tmp_path, **{"/orders": gone})
    for _ in range(3):
        caller.post("/orders", json={})
    assert caller.delete(f"/orders?{name}=2").status_code == 200
    assert [one["id"] for one in caller.get("/orders").json] == [1, 3]
    assert caller.delete(f"/orders?{name}=2").status_code == 404


@pytest.mark.parametrize(("asked", "left"), [("note=late", [2]), ("tag_name=a", [2, 3]), ("magic=x", [1, 2, 3])])
def test_a_delete_of_a_collection_takes_what_its_query_asks_for(tmp_path: Path, asked: str, left: list[int]) -> None:
    required = query(asked.partition("=")[0], required=True)
    caller = orders(tmp_path, **{"/orders": {"delete": {"parameters": [required], "responses": {"204": reply()}}}})
    for note, tag in (("late", "a"), ("soon", "b"), ("late", "c")):
        caller.post("/orders", json={"note": note, "tags": [tag]})
    assert caller.delete(f"/orders?{asked}").status_code == 204
    assert [one["id"] for one in caller.get("/orders").json] == left


@pytest.mark.parametrize(
    ("asked", "found"), [("shop_id=7", [1]), ("author=2", [1, 2]), ("tag=b", [2]), ("tags=b", [2])]
)
def test_a_list_is_filtered_by_what_its_records_hold_under_a_like_name(
    tmp_path: Path, asked: str, found: list[int]
) -> None:
    name = asked.partition("=")[0]
    caller = orders(tmp_path, **{"/orders": {"parameters": [query(name)]}})
    caller.post("/orders", json={"shop": {"id": 7}, "author_ids": [1, 2], "tags": ["a"]})
    caller.post("/orders", json={"shop": {"id": 8}, "author_ids": [2], "tags": ["b"]})
    assert [one["id"] for one in caller.get(f"/orders?{asked}").json] == found


@pytest.mark.parametrize(("asked", "found"), [
    ("statuses[]=paid", [1]), ("statuses[]=paid&statuses[]=open", [1, 2]), ("statuses=paid,open", [1, 2]),
    ("shop_ids[]=7", [1]), ("notes[]=c", [3]), ("ids=1,3", [1, 3]), ("fields=note", [1, 2, 3]),
])  # fmt: skip
def test_a_parameter_that_is_called_like_several_values_asks_for_any_of_them(
    tmp_path: Path, asked: str, found: list[int]
) -> None:
    name = asked.partition("=")[0]
    taken = query(name, {"type": "array", "items": TEXT} if name.endswith("[]") else TEXT)
    caller = orders(tmp_path, **{"/orders": {"parameters": [taken]}})
    for status, shop, note in (("paid", 7, "a"), ("open", 8, "b"), ("cancelled", 9, "c")):
        caller.post("/orders", json={"shop": {"id": shop}, "status": status, "note": note})
    assert [one["id"] for one in caller.get(f"/orders?{asked}").json] == found


def test_a_create_tells_the_key_by_the_name_that_its_reply_has_for_it(tmp_path: Path) -> None:
    told = {"type": "object", "properties": {"orderId": NUMBER, "message": {**TEXT, "example": "Order placed"},
                                             "payment_token": TEXT, "error": TEXT}}  # fmt: skip
    caller = orders(tmp_path, **{"/orders": {"post": {"requestBody": body(ORDER), "responses": {"201": reply(told)}},
                                             "get": {"responses": {"200": reply({"type": "array", "items": ORDER})}}}})  # fmt: skip
    made = caller.post("/orders", json={"note": "x"}).json
    assert made.keys() == {"orderId", "message", "payment_token"}
    assert (made["orderId"], made["message"]) == (1, "Order placed")
    assert caller.get("/orders/1").json["note"] == "x"


@pytest.mark.parametrize(
    ("method", "path", "sent", "wanted"),
    [
        ("patch", "status", {"status": "paid"}, {"status": "paid"}),
        ("post", "set-note", {"note": "x"}, {"note": "x"}),
        ("post", "cancel", None, {"status": "cancelled"}),
        ("post", "tags", {"tags": ["b"]}, {"tags": ["a", "b"]}),
        ("delete", "tags", {"tags": ["a"]}, {"tags": []}),
        ("put", "tags", {"tags": ["c"]}, {"tags": ["c"]}),
        ("put", "address", {"city": "Bonn"}, {"address": {"street": "Long", "city": "Bonn"}}),
        ("post", "lines", {"sku": "b", "count": 1}, {"lines": [{"sku": "a", "count": 2}, {"sku": "b", "count": 1}]}),
    ],
)
@pytest.mark.parametrize("shown", [None, SHORT])
def test_what_is_written_below_a_record_is_seen_in_it(
    tmp_path: Path, method: str, path: str, sent: Any, wanted: dict[str, Any], shown: Any
) -> None:
    schema = LINE if path == "lines" else PLACE if path == "address" else {
        "type": "object", "properties": {name: ORDER["properties"][name] for name in sent or ()}}  # fmt: skip
    told = {"responses": {"200": reply(shown)}, **({"requestBody": body(schema)} if sent else {})}
    caller = orders(tmp_path, **{f"/orders/{{id}}/{path}": {"parameters": [parameter("id", NUMBER)], method: told}})
    first = {
        "email": "a@example.com",
        "tags": ["a"],
        "address": {"street": "Long"},
        "lines": [{"sku": "a", "count": 2}],
    }
    caller.post("/orders", json=first)
    answer = caller.open(f"/orders/1/{path}", method=method.upper(), json=sent)
    assert answer.status_code == 200
    assert caller.get("/orders/1").json == {"id": 1, "status": "pending", **first, **wanted}
    assert shown is None or answer.json == {
        name: one for name, one in caller.get("/orders/1").json.items() if name in SHORT["properties"]
    }


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("status", "pending, confirmed, cancelled", ["pending", "confirmed", "cancelled"]),
        ("status", "State of the order (new | paid | shipped)", ["new", "paid", "shipped"]),
        ("role", "What they may do. One of: admin, editor or viewer.", ["admin", "editor", "viewer"]),
        ("anything", "Allowed values: 'kg', 'lb'", ["kg", "lb"]),
        ("gender", "male/female", ["male", "female"]),
        ("address", "street, city, zip", []),
        ("type", "and/or", []),
        ("state", "A state of the US, e.g. CA", []),
        ("status", "Where the order is.", []),
    ],
)
def test_a_description_may_list_the_values(name: str, text: str, values: list[str]) -> None:
    assert described_values({"type": "string", "description": text}, name) == values
    assert described_values({"type": "string", "description": text, "enum": ["x"]}, name) == []


def test_first_records_have_the_values_that_a_description_lists(tmp_path: Path) -> None:
    listed = {"get": {"responses": {"200": reply({"type": "array", "items": ORDER})}}}
    caller = client(document({"/orders": listed}), tmp_path, seed_records=8)
    assert {one["status"] for one in caller.get("/orders").json} <= {"pending", "paid", "cancelled"}


COUNT = {"type": "object", "properties": {"count": NUMBER}}


@pytest.mark.parametrize("shown", [COUNT, NUMBER, {"type": "object", "properties": {"data": COUNT}}])
def test_how_many_there_are_is_counted(tmp_path: Path, shown: Any) -> None:
    counted = {"get": {"parameters": [query("email")], "responses": {"200": reply(shown)}}}
    caller = orders(tmp_path, **{"/orders/count": counted})
    for name in "aab":
        caller.post("/orders", json={"email": f"{name}@example.com"})
    told = [caller.get(f"/orders/count{asked}").get_data(as_text=True) for asked in ("", "?email=a@example.com")]
    assert [re.sub(r"\D", "", text) for text in told] == ["3", "2"]


def test_head_tells_whether_a_record_is_there(tmp_path: Path) -> None:
    asked = {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(ORDER)}},
             "head": {"responses": {"200": reply(), "404": reply()}}}  # fmt: skip
    caller = orders(tmp_path, **{"/orders/{id}": asked})
    caller.post("/orders", json={})
    assert [caller.head(f"/orders/{key}").status_code for key in (1, 2)] == [200, 404]


@pytest.mark.parametrize("path", ["/orders/submit", "/orders/placeOrder", "/orders/uploads"])
def test_a_record_is_made_by_the_word_for_it(tmp_path: Path, path: str) -> None:
    told = {"post": {"requestBody": body(ORDER), "responses": {"201": reply(ORDER)}}}
    caller = orders(tmp_path, **{path: told})
    caller.post(path, json={"note": "soon"})
    assert [one["note"] for one in caller.get("/orders").json] == ([] if path.endswith("s") else ["soon"])


@pytest.mark.parametrize(("kind", "keys"), [(TEXT, ["1", "2"]), (NUMBER, [1, 2])])
def test_a_list_of_texts_or_numbers_has_the_keys(tmp_path: Path, kind: Any, keys: Any) -> None:
    listed = {"post": {"requestBody": body(ORDER), "responses": {"201": reply(ORDER)}},
              "get": {"responses": {"200": reply({"type": "object", "properties": {
                  "orders": {"type": "array", "items": kind}}})}}}  # fmt: skip
    caller = orders(tmp_path, **{"/orders": listed})
    for _ in keys:
        caller.post("/orders", json={})
    assert caller.get("/orders").json == {"orders": keys}


@pytest.mark.parametrize(
    ("pattern", "letters"), [(r"^[\p{L} ]{3}$", str.isalpha), (r"^[[a]{3}$", str), ("^[a||b]{3}$", str)]
)
def test_a_pattern_is_read_as_it_is_meant(pattern: str, letters: Any) -> None:
    text = patterned(pattern, Random(1))
    assert len(text) == 3
    assert letters(text.replace(" ", "a"))


def test_a_list_comes_in_the_order_that_is_usual_where_nobody_asks_for_another(tmp_path: Path) -> None:
    made = {"type": "string", "format": "date-time"}
    record = {"type": "object", "properties": {"id": NUMBER, "created_at": made, "note": TEXT}}
    asked = [query("sort", {**TEXT, "default": "created"}), query("direction", {**TEXT, "default": "desc"})]
    listed = {"parameters": asked, "responses": {"200": reply({"type": "array", "items": record})}}
    paths = {"/notes": {"get": listed, "post": {"requestBody": body(record), "responses": {"201": reply(record)}}},
             "/notes/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(record)}}}}  # fmt: skip
    caller = client(document(paths), tmp_path, scenario="empty")
    for day in (2, 1, 3, 3):
        caller.post("/notes", json={"created_at": f"2030-01-0{day}T00:00:00Z"})
    orders = {"": [4, 3, 1, 2], "?direction=asc": [2, 1, 3, 4], "?sort=id&direction=asc": [1, 2, 3, 4]}
    assert {one: [note["id"] for note in caller.get(f"/notes{one}").json] for one in orders} == orders


def test_a_reply_without_a_record_says_again_what_was_asked_for(tmp_path: Path) -> None:
    told = {
        "roomId": NUMBER,
        "date": {"type": "string", "format": "date"},
        "unit": {"type": "string"},
        "free": {"type": "boolean"},
    }
    asked = [parameter("room_id", NUMBER), parameter("date", told["date"], "query"), parameter("unit", NUMBER, "query")]
    paths = {"/rooms/{room_id}/occupancy": {"parameters": asked, "get": {"responses": {"200": reply({
        "type": "object", "properties": told})}}}}  # fmt: skip
    shown = client(document(paths), tmp_path).get("/rooms/7/occupancy?date=2025-05-02&unit=3").json
    assert (shown["roomId"], shown["date"], type(shown["unit"])) == (7, "2025-05-02", str)
    assert shown["free"] in {True, False}


def test_a_cursor_is_no_filter_though_a_member_is_called_like_it(tmp_path: Path) -> None:
    push = {"type": "object", "properties": {"id": NUMBER, "after": TEXT}}
    told = {**query("after"), "description": "A cursor, as given in the Link header."}
    root = document({
        "/pushes": {"get": {"parameters": [query("limit", NUMBER), told], "responses": {"200": reply({"type": "array", "items": push})}},
                    "post": {"requestBody": body(push), "responses": {"201": reply(push)}}},
        "/pushes/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(push)}}},
    })  # fmt: skip
    caller = client(root, tmp_path, scenario="empty")
    made = [caller.post("/pushes", json={"after": "f00"}).json["id"] for _ in range(3)]
    first = [one["id"] for one in caller.get("/pushes?limit=2").json]
    rest = [one["id"] for one in caller.get(f"/pushes?limit=2&after={first[-1]}").json]
    assert first + rest == made
