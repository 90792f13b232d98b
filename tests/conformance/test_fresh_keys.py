"""A check names the records it makes as nothing else is named, where the document lets a client name them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.conformance.bodies.fresh_keys import with_fresh_key
from mockserver.contract import Document
from mockserver.contract.operation import Operation
from mockserver.inference.operations import infer_contract

NOW = datetime(2030, 1, 2, tzinfo=UTC)


def named(key: dict[str, Any], body: dict[str, Any], number: int, *, envelope: bool = False) -> Any:
    """``body`` of a create of books, whose key is of the schema ``key``."""
    book = {"type": "object", "properties": {"isbn": key, "title": {"type": "string"}}}
    sent = {"type": "object", "properties": {"book": book}} if envelope else book
    answer = {"description": "", "content": {"application/json": {"schema": sent}}}
    item = {
        "parameters": [{"name": "isbn", "in": "path", "required": True, "schema": key}],
        "get": {"responses": {"200": answer}},
    }
    create = {"requestBody": {"content": {"application/json": {"schema": sent}}}, "responses": {"201": answer}}
    root = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/books": {"post": create}, "/books/{isbn}": item},
    }
    contract = infer_contract(Document(root))
    made: Operation = next(one for one in contract.operations() if one.method == "POST")
    assert contract.maker
    assert made.plan
    schema = made.plan.bodies["application/json"]
    return with_fresh_key(contract.maker, made, made.resource, schema, body, mark="run-1", number=number, now=NOW)


@pytest.mark.parametrize("key", [
    {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "uuid"}, {"type": "string", "maxLength": 5},
    {"type": "string", "pattern": "^[A-Z]{6}$"},
])  # fmt: skip
def test_each_record_has_a_key_of_its_own(key: dict[str, Any]) -> None:
    keys = [named(key, {"isbn": "same", "title": "A"}, number)["isbn"] for number in range(1, 6)]
    assert len({*keys, "same"}) == 6
    assert keys[0] == named(key, {"isbn": "same", "title": "B"}, 1)["isbn"]


def test_a_key_within_an_envelope_is_found() -> None:
    assert named({"type": "string"}, {"book": {"isbn": "same", "title": "A"}}, 7, envelope=True) == {
        "book": {"isbn": "run1-7", "title": "A"}
    }


def test_a_body_that_says_no_key_stays_as_it_is() -> None:
    assert named({"type": "string"}, {"title": "A"}, 1) == {"title": "A"}
    assert named({"type": "string", "enum": ["same"]}, {"isbn": "same"}, 1) == {"isbn": "same"}
