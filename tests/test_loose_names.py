"""Names that mean a member without being called like it: of bounds, orders, superlatives, numbers of a summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.inference.vocabulary.loose_names import loose_bound, loose_order
from mockserver.inference.vocabulary.ranges import Bound, is_within
from mockserver.values.amounts import amount_of
from mockserver.values.name_words import flat
from test_any_document import body, client, document, parameter, reply

MEMBERS = {
    flat(one): one for one in ("id", "title", "starting_price", "current_price", "bid_count", "starts_at", "ends_at")
}
OTHERS = {flat(one): one for one in ("net_weight", "gross_weight", "name")}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("min_price", Bound("current_price", True)), ("priceTo", Bound("current_price", False)),
     ("ending_before", Bound("ends_at", False)), ("starting_after", Bound("starts_at", True)), ("until", None),
     ("min_depth", None)],
)  # fmt: skip
def test_a_bound_of_what_no_member_is_called(name: str, wanted: Bound | None) -> None:
    assert loose_bound(name, MEMBERS) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("ending_soonest", ("ends_at", False)), ("most_bids", ("bid_count", True)), ("priceHighToLow", ("current_price", True)),
     ("price_low_to_high", ("current_price", False)), ("cheapest", ("current_price", False)), ("most_relevant", None)],
)  # fmt: skip
def test_an_order_that_names_no_member(text: str, wanted: tuple[str, bool] | None) -> None:
    assert loose_order(MEMBERS, text) == wanted


def test_of_several_members_that_could_be_meant_none_is() -> None:
    assert loose_bound("max_weight", OTHERS) is None
    assert loose_order(OTHERS, "weight_high_to_low") is None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(5, 5.0), ("12.50", 12.5), ({"amount": 500, "currency": "EUR"}, 500.0), ({"value": "7"}, 7.0), (True, None),
     ("1e9", None), ("nan", None), ({"amount": {"amount": {"amount": 1}}}, None), ([1], None), (None, None)],
)  # fmt: skip
def test_the_number_that_a_value_is(value: Any, wanted: float | None) -> None:
    assert amount_of(value) == wanted


def test_sums_of_money_are_compared_by_their_amounts() -> None:
    assert is_within({"amount": 500, "currency": "EUR"}, 500, is_lower=True)
    assert not is_within({"amount": 500, "currency": "EUR"}, 499, is_lower=False)


TASK = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "archived": {"type": "boolean"},
                   "state": {"type": "string", "enum": ["open", "closed"]}, "lang": {"type": "string"},
                   "score": {"type": "number"}},
}  # fmt: skip


def tasks(folder: Path, *defaults: tuple[str, Any]) -> Any:
    listed = [{**parameter(name, {"default": usual}, "query"), "required": False} for name, usual in defaults]
    shown = reply({"type": "array", "items": TASK})
    summary = {"type": "object", "properties": {name: {"type": "integer"} for name in ("totalTasks", "openTasks", "tasks", "other")}}  # fmt: skip
    told = document({
        "/tasks": {"get": {"parameters": listed, "responses": {"200": shown}}, "post": {"requestBody": body(TASK), "responses": {"201": reply(TASK)}}},
        "/tasks/{id}": {"parameters": [parameter("id", {"type": "integer"})], "get": {"responses": {"200": reply(TASK)}}},
        "/tasks/best": {"get": {"responses": {"200": reply(TASK), "404": reply()}}},
        "/summary": {"get": {"responses": {"200": reply(summary)}}},
    })  # fmt: skip
    return client(told, folder, scenario="empty")


def test_a_parameters_default_is_asked_for_where_it_tells_which_records_there_are(tmp_path: Path) -> None:
    caller = tasks(tmp_path, ("archived", False), ("state", "open"), ("lang", "en"))
    for said in (
        {"name": "a"},
        {"name": "b", "archived": True},
        {"name": "c", "state": "closed"},
        {"name": "d", "lang": "it"},
    ):
        assert caller.post("/tasks", json=said).status_code == 201

    def names(query: str) -> list[str]:
        return [one["name"] for one in caller.get(f"/tasks{query}").json]

    assert names("") == ["a", "d"]
    assert names("?archived=true") == ["b"]
    assert names("?state=closed") == ["c"]


def test_a_state_that_no_record_begins_in_is_no_default(tmp_path: Path) -> None:
    caller = tasks(tmp_path, ("state", "closed"))
    caller.post("/tasks", json={"name": "a"})
    assert [one["name"] for one in caller.get("/tasks").json] == ["a"]


def test_the_best_is_the_one_with_the_highest_score(tmp_path: Path) -> None:
    caller = tasks(tmp_path)
    assert caller.get("/tasks/best").status_code == 404
    made = [caller.post("/tasks", json={"score": one}).json for one in (2, 9.5, 3)]
    assert caller.get("/tasks/best").json == made[1]


def test_numbers_of_a_summary_are_those_of_the_records(tmp_path: Path) -> None:
    caller = tasks(tmp_path)
    for state in ("open", "closed", "open"):
        caller.post("/tasks", json={"state": state})
    told = caller.get("/summary").json
    assert (told["totalTasks"], told["tasks"], told["openTasks"]) == (3, 3, 2)
