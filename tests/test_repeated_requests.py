"""Requests that are sent again with the key of the first: answered alike, and carried out once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, document, parameter, reply

ORDER = {"type": "object", "properties": {"id": {"type": "integer"}, "item": {"type": "string"}}, "required": ["item"]}


def orders(folder: Path, name: str = "Idempotency-Key", **refusals: dict[str, Any]) -> Any:
    """A client of orders whose creates may be sent again."""
    key = {"name": name, "in": "header", "schema": {"type": "string"}}
    create = {"parameters": [key], "requestBody": body(ORDER), "responses": {"201": reply(ORDER), **refusals}}
    pay = {"parameters": [parameter("id", {"type": "integer"}), key], "responses": {"204": reply()}}
    paths = {
        "/orders": {"get": {"responses": {"200": reply({"type": "array", "items": ORDER})}}, "post": create},
        "/orders/{id}/pay": {"post": pay},
    }
    return client(document(paths), folder, scenario="empty")


def test_a_request_that_is_sent_again_is_answered_as_the_first_was(tmp_path: Path) -> None:
    caller, key = orders(tmp_path), {"Idempotency-Key": "a"}
    assert caller.post("/orders", json={"item": 7}, headers=key).status_code == 400  # a refusal is not remembered
    first, again = (caller.post("/orders", json={"item": "x"}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert [one.headers.get("Mock-Kind") for one in (first, again)] == [None, "repeated"]
    assert caller.post("/orders", json={"item": "x"}, headers={"Idempotency-Key": "b"}).json["id"] == 2
    assert caller.post("/orders", json={"item": "x"}).json["id"] == 3
    assert len(caller.get("/orders").json) == 3
    assert caller.post("/orders/1/pay", headers=key).status_code == 204  # a key is of one operation
    caller.post("/__mock__/reset")
    assert caller.post("/orders", json={"item": "y"}, headers=key).json == {"id": 1, "item": "y"}


@pytest.mark.parametrize(
    ("refusals", "status"),
    [
        ({}, 400),
        ({"422": reply()}, 422),
        ({"409": reply(), "422": reply()}, 409),
        ({"409": reply(), "422": {"description": "An idempotency key of another request."}}, 422),
    ],
)
def test_a_key_of_another_request_is_refused_as_declared(tmp_path: Path, refusals: Any, status: int) -> None:
    caller, key = orders(tmp_path, "X-Idempotency-Key", **refusals), {"X-Idempotency-Key": "a"}
    caller.post("/orders", json={"item": "x"}, headers=key)
    refused = caller.post("/orders", json={"item": "y"}, headers=key)
    assert refused.status_code == status
    assert "another request" in refused.text + refused.headers.get("Mock-Reason", "")
    assert len(caller.get("/orders").json) == 1
