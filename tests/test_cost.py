"""What one request and one start cost, counted in calls of functions: the same on every machine, however busy it is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from asgi import answer, front_of, scope_of
from mockserver import create_app
from mockserver.auth.authenticator import mint
from mockserver.testing.in_process import Client
from mockserver.testing.lease import Lease
from mockserver.testing.watch import Watch

JSON = (b"content-type", b"application/json")
STEPS = b'[{"op": "add", "path": "/pages", "value": 3}, {"op": "replace", "path": "/title", "value": "B"}]'


async def bare(scope: Any, receive: Any, send: Callable[..., Any]) -> None:
    """The least that an ASGI application does."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def calls(app: Callable[..., Any], scope: dict[str, Any], body: bytes) -> int:
    """How many functions, of Python and of C, are called for a request that was answered twice before."""
    count = 0

    def counted(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    async def third() -> int:
        for _ in range(2):
            await answer(app, scope, body)
        sys.setprofile(counted)
        try:
            found = await answer(app, scope, body)
        finally:
            sys.setprofile(None)
        return found.status

    assert asyncio.run(third()) == 200
    return count


def started(file: Path) -> int:
    """How many functions are called from a document to an application that serves it."""
    count = 0

    def counted(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        create_app(spec=file)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("method", "path", "body", "most"),
    [
        ("GET", b"/books/acme/1", b"", 25),
        ("GET", b"/books/acme", b"", 25),
        ("PATCH", b"/books/acme/1", STEPS, 40),
        ("POST", b"/books/acme", b'{"title": "C"}', 40),
    ],
    ids=["GET one", "list", "PATCH", "create"],
)
def test_a_request_costs_few_times_what_a_bare_callable_costs(
    library: Any, method: str, path: bytes, body: bytes, most: int
) -> None:
    """With its token judged, its input and its output held to the document, and its journal entry written."""
    app = library(auth="verify")
    world = app.extensions["mockserver"]
    token = mint(world.keys, world.contract.security, tenant="acme", now=datetime.now(UTC))
    headers = [(b"authorization", f"Bearer {token}".encode())]
    made = app.test_client().post("/books/acme", json={"title": "A"}, headers={"Authorization": f"Bearer {token}"})
    if body:
        kind = b"application/json"
        headers += [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    scope = scope_of(method, path.replace(b"/1", f"/{made.json['id']}".encode()), headers=headers)
    found, least = (calls(one, scope, body) for one in (front_of(app), bare))
    assert found < most * least, f"{found} calls, {found / least:.0f} times the {least} of a bare callable"


def resources(count: int) -> bytes:
    """A document of so many resources with five operations each, every one with schemas of its own."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for number in range(count):
        own = {"$ref": f"#/components/schemas/Thing{number}"}
        said = {"200": {"description": "Done.", "content": {"application/json": {"schema": own}}}}
        body = {"content": {"application/json": {"schema": own}}}
        many = {"type": "array", "items": own}
        listed = {"200": {"description": "All.", "content": {"application/json": {"schema": many}}}}
        key = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        paths[f"/things{number}"] = {"get": {"responses": listed}, "post": {"requestBody": body, "responses": said}}
        paths[f"/things{number}/{{id}}"] = {
            "parameters": [key], "get": {"responses": said}, "put": {"requestBody": body, "responses": said},
            "delete": {"responses": {"204": {"description": "Gone."}}},
        }  # fmt: skip
        members = {name: {"type": "string", "maxLength": 40} for name in ("name", "title", "status", "note")}
        schemas[f"Thing{number}"] = {"type": "object", "properties": {"id": {"type": "integer"}, **members}}
    root = {"openapi": "3.1.0", "info": {"title": "Things", "version": "1"}, "paths": paths}
    return orjson.dumps({**root, "components": {"schemas": schemas}})


def test_a_start_costs_so_many_calls_an_operation_however_many_there_are(tmp_path: Path) -> None:
    """From the file to an application that answers: nothing is compiled, and nothing looks at all for each."""
    costs = {}
    for count in (1, 20, 40, 60):  # the first imports what is needed
        file = tmp_path / f"{count}.json"
        file.write_bytes(resources(count))
        costs[count] = started(file)
    each = (costs[60] - costs[20]) / (40 * 5)
    assert each < 2_000, f"{each:.0f} calls an operation"
    assert costs[60] - costs[20] < 2.2 * (costs[40] - costs[20])


def test_the_client_of_the_fixture_costs_a_third_of_flasks(library: Any) -> None:
    """A create and a read of what it made, a token with each: in calls of functions."""
    app = library(auth="verify")
    world = app.extensions["mockserver"]
    headers = {
        "Authorization": f"Bearer {mint(world.keys, world.contract.security, tenant='acme', now=datetime.now(UTC))}"
    }
    ours, flask = Client(Lease(app, world, Watch(strict=False)), lambda: headers), app.test_client()

    def by_ours() -> None:
        made = ours.post("/books/acme", json={"title": "A"}).json()
        assert ours.get(f"/books/acme/{made['id']}").status_code == 200

    def by_flask() -> None:
        made = flask.post("/books/acme", json={"title": "A"}, headers=headers).get_json()
        assert flask.get(f"/books/acme/{made['id']}", headers=headers).status_code == 200

    assert called(by_ours) * 3 <= called(by_flask)


def called(work: Callable[[], None]) -> int:
    """How many functions are called by what was done twice before."""
    count = 0

    def counted(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    for _ in range(2):
        work()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
