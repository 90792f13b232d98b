"""The control plane keeps to its own description, an OpenAPI document that is made from its routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

Library = Callable[..., Any]
BODIES: dict[str, Any] = {
    "put_clock": {"now": "2026-01-01", "running": False},
    "post_clock_advance": {"seconds": 60},
    "post_faults": {"operation": "listBooks", "delay": 0.001},
    "post_token": {"tenant": "t"},
}
QUERIES = {"limit": "10", "status": "200", "operation": "createBook", "tenant": "t", "method": "post"}


@pytest.fixture
def client(library: Library) -> Any:
    return library().test_client()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def problems(described: dict[str, Any], operation: dict[str, Any], reply: Any) -> list[str]:
    """By what the reply is not what the description says of its status."""
    schema = operation["responses"][str(reply.status_code)]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": described["components"]})
    return [error.message for error in validator.iter_errors(reply.json)]


def test_the_description_is_an_openapi_document(client: Any) -> None:
    described = client.get("/__mock__/openapi.json").json
    assert [*OpenAPIV31SpecValidator(described).iter_errors()] == []
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))
    assert all(operation["summary"].endswith(".") for _, _, operation in operations(described))


def test_every_route_answers_as_described(client: Any) -> None:
    described = client.get("/__mock__/openapi.json").json
    book = client.post("/books/t", json={"title": "A"}).json["id"]
    client.post(f"/books/t/preview/{book}", json={})
    ordered = sorted(operations(described), key=lambda one: (one[0] == "DELETE", one[1].endswith("/reset")))
    answered = set()
    for method, path, operation in ordered:
        address = path.format(tenant="t", resource="books", record_id=book)
        wanted = {one["$ref"].rpartition("/")[2] for one in operation["parameters"]} & set(QUERIES)
        query = {name: QUERIES[name] for name in wanted}
        reply = client.open(address, method=method, json=BODIES.get(operation["operationId"]), query_string=query)
        assert problems(described, operation, reply) == [], (method, path, reply.text)
        answered.add(reply.status_code)
        wrong = client.open(address, method=method, json=BODIES.get(operation["operationId"]), query_string={"wat": 1})
        assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (400, "/wat"), (method, path)
        assert problems(described, operation, wrong) == []
    assert answered <= {200, 400}


@pytest.mark.parametrize("sent", [b"[]", b"null", b'"x"', b"{", b'{"wat": 1}', b"\xff", b'{"a": 1, "a": 2}', b"[" * 99])
def test_bodies_that_make_no_sense_are_refused_everywhere(client: Any, sent: bytes) -> None:
    described = client.get("/__mock__/openapi.json").json
    for method, path, operation in operations(described):
        if "requestBody" in operation:
            address = path.format(tenant="t", resource="books", record_id="x")
            reply = client.open(address, method=method, data=sent, content_type="application/json")
            assert reply.status_code == 400, (method, path, reply.text)
            assert problems(described, operation, reply) == []
