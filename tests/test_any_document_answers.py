"""Lists that answer a question, which nobody writes: they are about what was asked, whatever that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.handlers.planned.derived_members.extents import least_first
from test_any_document import body, client, document, parameter, reply
from test_any_document_asked import query

TEXT = {"type": "string"}
DAY = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}


def listed(**members: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": members}}


def asking(folder: Path, path: str, schema: Any, *parameters: Any, **more: Any) -> Any:
    told = {path: {"get": {"parameters": [*parameters], "responses": {"200": reply(schema)}}, **more}}
    return client(document(told), folder)


def test_an_answer_is_about_what_was_asked(tmp_path: Path) -> None:
    rates = listed(carrier=TEXT, price={"type": "number"}, to=TEXT, weight={"type": "number"})
    needed = [query("to", required=True), query("weight", {"type": "number"}, required=True)]
    found = asking(tmp_path, "/shipping/rates", rates, *needed).get("/shipping/rates?to=75001&weight=2.5").json
    assert [(one["to"], one["weight"]) for one in found] == [("75001", 2.5)] * 3
    assert len({one["price"] for one in found}) == 3


def test_an_answer_still_says_when_it_was_not_asked(tmp_path: Path) -> None:
    caller = asking(tmp_path, "/rates", listed(to=TEXT), query("to", required=True))
    assert caller.get("/rates").status_code == 400


def test_what_may_be_left_out_filters_an_answer(tmp_path: Path) -> None:
    offers = listed(to=TEXT, express={"type": "boolean"})
    caller = asking(tmp_path, "/offers", offers, query("to", required=True), query("express", {"type": "boolean"}))
    every = caller.get("/offers?to=Rome").json
    fast = caller.get("/offers?to=Rome&express=true").json
    assert fast == [one for one in every if one["express"]]


def test_free_slots_are_on_the_day_that_was_asked_for_and_in_order(tmp_path: Path) -> None:
    slots = listed(start=MOMENT, end=MOMENT, free={"type": "boolean"})
    caller = asking(tmp_path, "/doctors/{id}/slots", slots, parameter("id"), query("date", DAY, required=True))
    found = caller.get("/doctors/7/slots?date=2026-01-05").json
    assert [one["start"][:10] for one in found] == ["2026-01-05"] * 3
    assert all(one["start"] < one["end"] for one in found)
    assert found == sorted(found, key=lambda one: one["start"])
    assert caller.get("/doctors/7/slots?date=2026-01-05").json == found


def test_days_between_two_that_were_asked_for_are_told_one_by_one(tmp_path: Path) -> None:
    days = listed(date=DAY, price={"type": "number"})
    caller = asking(tmp_path, "/prices", days, query("from", DAY, required=True), query("to", DAY, required=True))
    found = caller.get("/prices?from=2026-02-27&to=2026-03-05").json
    assert [one["date"] for one in found] == ["2026-02-27", "2026-02-28", "2026-03-01"]


def test_the_envelope_of_an_answer_says_what_it_is_about(tmp_path: Path) -> None:
    table = {"type": "object", "properties": {"date": DAY, "partySize": {"type": "integer"},
                                              "slots": listed(time=TEXT, available={"type": "boolean"})}}  # fmt: skip
    needed = [query("date", DAY, required=True), query("partySize", {"type": "integer"}, required=True)]
    caller = asking(tmp_path, "/tables/{id}/availability", table, parameter("id"), *needed)
    found = caller.get("/tables/1/availability?date=2026-01-05&partySize=4").json
    assert (found["date"], found["partySize"]) == ("2026-01-05", 4)
    assert all(one["time"][2] == ":" for one in found["slots"])


@pytest.mark.parametrize("sent", ["0001-01-01", "9999-12-31", "2026-02-30", "x"])
def test_a_day_that_cannot_be_is_no_reason_to_fail(tmp_path: Path, sent: str) -> None:
    caller = asking(tmp_path, "/slots", listed(start=MOMENT), query("date", required=True))
    assert caller.get(f"/slots?date={sent}").status_code == 200


def test_what_clients_write_is_no_answer(tmp_path: Path) -> None:
    note = {"type": "object", "properties": {"room": TEXT, "text": TEXT}}
    make = {"post": {"requestBody": body(note), "responses": {"201": reply(note)}}}
    caller = asking(tmp_path, "/notes", {"type": "array", "items": note}, query("room", required=True), **make)
    caller.post("/notes", json={"room": "blue", "text": "hello"})
    assert [one["text"] for one in caller.get("/notes?room=blue").json] == ["hello"]
    assert caller.get("/notes?room=green").json == []


def test_the_least_is_no_more_than_the_greatest() -> None:
    made = {"low": 7.5, "high": 2, "min_price": 9, "max_price": 3, "lowest": 1, "highest": 4, "max": 5}
    assert least_first(made) == {**made, "low": 2, "high": 7.5, "min_price": 3, "max_price": 9}
    assert least_first({"min": "b", "max": "a"}) == {"min": "b", "max": "a"}


MONEY = {"type": "number"}
PAYMENT = {"type": "object", "properties": {"id": {"type": "integer"}, "amount": MONEY}}


@pytest.mark.parametrize(
    ("below", "paid", "due"), [("payments", "amount_paid", "amount_due"), ("payments", "totalPaid", "balanceDue")]
)
def test_what_is_paid_follows_the_payments(tmp_path: Path, below: str, paid: str, due: str) -> None:
    record = {"type": "object", "properties": {"id": {"type": "integer"}, "total": MONEY, paid: MONEY, due: MONEY}}
    sent = {"type": "object", "properties": {"total": MONEY}}
    told = document({
        "/invoices": {"post": {"requestBody": body(sent), "responses": {"201": reply(record)}},
                      "get": {"responses": {"200": reply({"type": "array", "items": record})}}},
        "/invoices/{id}": {"parameters": [parameter("id")], "get": {"responses": {"200": reply(record)}}},
        f"/invoices/{{id}}/{below}": {
            "parameters": [parameter("id")], "get": {"responses": {"200": reply({"type": "array", "items": PAYMENT})}},
            "post": {"requestBody": body({"type": "object", "properties": {"amount": MONEY}}),
                     "responses": {"201": reply(PAYMENT)}}},
        f"/invoices/{{id}}/{below}/{{payment}}": {
            "parameters": [parameter("id"), parameter("payment")], "delete": {"responses": {"204": reply()}}},
    })  # fmt: skip
    caller = client(told, tmp_path)
    invoice = caller.post("/invoices", json={"total": 100}).json
    assert (invoice[paid], invoice[due]) == (0, 100)
    address = f"/invoices/{invoice['id']}"
    first = caller.post(f"{address}/{below}", json={"amount": 30.25}).json
    caller.post(f"{address}/{below}", json={"amount": 20})
    assert [caller.get(address).json[one] for one in (paid, due)] == [50.25, 49.75]
    assert next(one for one in caller.get("/invoices").json if one["id"] == invoice["id"])[due] == 49.75
    assert caller.delete(f"{address}/{below}/{first['id']}").status_code == 204
    assert [caller.get(address).json[one] for one in (paid, due)] == [20, 80]
    for one in caller.get("/invoices").json:
        amounts = [each["amount"] for each in caller.get(f"/invoices/{one['id']}/{below}").json]
        assert one[paid] == round(sum(amounts), 2)


def test_the_example_of_a_search_finds_a_record(tmp_path: Path) -> None:
    flight = {"type": "object", "required": ["id"], "properties": {
        "id": TEXT, "origin": TEXT, "destination": TEXT, "departureDate": DAY, "seats": {"type": "integer"}}}  # fmt: skip
    asked = [query("origin", {**TEXT, "example": "BER"}, required=True), {**query("destination", TEXT), "example": "CDG"},
             {**query("departureDate", DAY), "example": "2026-01-05"}, {**query("limit", {"type": "integer"}), "example": 2}]  # fmt: skip
    told = document({
        "/flights/search": {"get": {"parameters": asked, "responses": {"200": reply({"type": "array", "items": flight})}}},
        "/flights/{id}": {"parameters": [parameter("id")], "get": {"responses": {"200": reply(flight)}}},
    })  # fmt: skip
    caller = client(told, tmp_path)
    [found] = caller.get("/flights/search?origin=BER&destination=CDG&departureDate=2026-01-05").json
    assert caller.get(f"/flights/{found['id']}").json == found
    assert caller.get("/flights/search?origin=BER&destination=OSL").json == []
