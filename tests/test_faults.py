"""Faults on request: what a gateway says is possible whatever is declared, and one request may ask for its own status."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_a_gateway_says_needs_no_declaration(library, status: int) -> None:
    client = library().test_client()
    asked = client.post("/__mock__/faults", json={"status": status, "operation": "listBooks", "retry_after": 3})
    assert asked.status_code == 200, asked.text
    failed = client.get("/books/acme")
    assert (failed.status_code, failed.headers["Retry-After"]) == (status, "3")
    assert client.get("/__mock__/journal").json[-1]["breach"] is False
    assert client.get("/books/acme").status_code == 200


@pytest.mark.parametrize("header", ["code=409", 'return=minimal; code="409"', "respond-async, code=409"])
def test_one_request_asks_for_its_own_status(library, header: str) -> None:
    client = library().test_client()
    answer = client.post("/books/acme", json={"title": "A"}, headers={"Prefer": header})
    assert answer.status_code == 409
    assert answer.headers["Preference-Applied"] == "code=409"
    assert answer.headers["Mock-Reason"] == "asked for by Prefer"
    assert client.get("/books/acme").json == [], "nothing was stored"
    assert client.post("/books/acme", json={"title": "A"}).status_code == 200


def test_what_a_gateway_says_can_be_preferred_and_what_is_not_declared_cannot(library) -> None:
    client = library().test_client()
    assert client.get("/books/acme", headers={"Prefer": "code=503"}).status_code == 503
    refused = client.get("/books/acme", headers={"Prefer": "code=418"})
    assert refused.status_code == 400
    assert refused.json["errors"][0]["path"] == "header/Prefer"


@pytest.mark.parametrize("header", ["code=200", "return=minimal", "code=abc", "encode=404", "code=4040"])
def test_other_preferences_change_nothing(library, header: str) -> None:
    assert library().test_client().get("/books/acme", headers={"Prefer": header}).status_code == 200
