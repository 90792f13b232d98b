"""A record begins where its life begins: no made one is canceled already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.samples.states import first_state, is_end_date, is_state, living
from test_any_document import body, client, document, parameter, reply

TEXT = {"type": "string"}


@pytest.mark.parametrize(("options", "first"), [
    (["canceled", "processing", "requires_action", "succeeded"], "processing"),
    (["available", "pending", "sold"], "available"),
    (["closed", "open"], "open"),
    (["closed", "open", "pending"], "open"),
    (["waiting", "running", "done"], "waiting"),
    (["ACTIVE", "ARCHIVED", "DRAFT"], "DRAFT"),
    (["done", "failed"], "done"),
    ([3, 1, 2], 3),
])  # fmt: skip
def test_the_first_state_is_the_one_that_a_life_begins_with(options: list[Any], first: Any) -> None:
    assert first_state(options) == first


def test_states_and_end_dates_are_told_by_their_names() -> None:
    assert [is_state(name) for name in ("status", "orderStatus", "payment_state", "currency", "statusText")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert [is_end_date(name) for name in ("canceled_at", "closedAt", "deletedOn", "created_at", "expires_at", "delivery_date")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert living(["open", "closed", None]) == ["open", None]


def orders(folder: Path, **members: Any) -> Any:
    """A client of a document with orders that have these members."""
    order = {"type": "object", "required": ["id", *members], "properties": {"id": TEXT, **members}}
    sent = {"type": "object", "properties": {"note": TEXT}}
    item = {"parameters": [parameter("id")], "get": {"responses": {"200": reply(order)}}}
    both = {
        "get": {"responses": {"200": reply({"type": "array", "items": order})}},
        "post": {"requestBody": body(sent), "responses": {"201": reply(order)}},
    }
    return client(document({"/orders": both, "/orders/{id}": item}), folder, seed_records=12)


def test_no_record_begins_in_a_state_that_a_life_ends_with(tmp_path: Path) -> None:
    status = {**TEXT, "enum": ["canceled", "paid", "pending", "shipped"]}
    caller = orders(tmp_path, status=status)
    assert {one["status"] for one in caller.get("/orders").json} == {"pending", "shipped"}
    assert caller.get("/orders").json[0]["status"] == caller.post("/orders", json={}).json["status"] == "pending"


def test_a_new_record_has_the_state_that_its_default_says(tmp_path: Path) -> None:
    caller = orders(tmp_path, status={**TEXT, "enum": ["open", "held", "closed"], "default": "held"})
    assert caller.post("/orders", json={}).json["status"] == "held"


def test_no_life_has_ended_when_it_begins(tmp_path: Path) -> None:
    caller = orders(
        tmp_path, canceled_at={"type": ["string", "null"], "format": "date-time"}, paid_on={**TEXT, "format": "date"}
    )
    for one in (*caller.get("/orders").json, caller.post("/orders", json={}).json):
        assert one["canceled_at"] is None
        assert len(one["paid_on"]) == 10


@pytest.mark.parametrize(("words", "first"), [
    ("Status of this Order, one of `requires_payment`, `held`, `processing`, or `canceled`. See `held`.", "requires_payment"),
    ("Possible values are requires_payment, processing or held.", "requires_payment"),
    ("A `held` order may be canceled.", "held"),
])  # fmt: skip
def test_states_in_the_order_of_the_alphabet_are_in_that_of_their_words(tmp_path: Path, words: str, first: str) -> None:
    states = ["canceled", "held", "processing", "requires_payment"]
    made = orders(tmp_path, status={**TEXT, "enum": states, "description": words}).post("/orders", json={})
    assert made.json["status"] == first


def test_nothing_has_been_paid_or_redeemed_of_a_new_record_and_times_in_seconds_are_times(tmp_path: Path) -> None:
    number, seconds = {"type": "integer"}, {"type": "integer", "format": "unix-time"}
    members = {"amount_paid": number, "times_redeemed": number, "paid_at": seconds, "start": seconds, "period": number}
    made = orders(tmp_path, **members).post("/orders", json={}).json
    assert (made["amount_paid"], made["times_redeemed"]) == (0, 0)
    assert min(made["paid_at"], made["start"]) > 1_500_000_000


@pytest.mark.parametrize(("member", "words", "usual"), [
    ({"type": "boolean"}, "Whether it can be sold. Defaults to `true`.", True),
    ({"type": "boolean"}, "Default: true", True),
    ({"type": "integer"}, "How many. Defaults to 4.", 4),
    ({"type": "integer"}, "Defaults to 4 for a guest.", 1),
    ({"type": "string", "enum": ["once", "often"]}, "The default is `often`.", "often"),
    ({"type": "string", "enum": ["once", "often"]}, "Defaults to `often` unless it is `once`.", "once"),
])  # fmt: skip
def test_a_default_that_is_told_in_words_is_one(tmp_path: Path, member: Any, words: str, usual: Any) -> None:
    order = {"type": "object", "required": ["id", "rule"], "properties": {"id": TEXT, "rule": member}}
    sent = {"type": "object", "properties": {"rule": {**member, "description": words}}}
    both = {
        "get": {"responses": {"200": reply({"type": "array", "items": order})}},
        "post": {"requestBody": body(sent), "responses": {"201": reply(order)}},
    }
    assert client(document({"/orders": both}), tmp_path).post("/orders", json={}).json["rule"] == usual
