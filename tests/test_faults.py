"""Faults on request: what a gateway says is possible whatever is declared, and one request may ask for its own status."""

from __future__ import annotations

import json
import re
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver import create_app
from mockserver.testing.client import Client
from mockserver.testing.server import Server
from mockserver.web.damage import Slowly
from tests.server import Running, serving


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_a_gateway_says_needs_no_declaration(library, status: int) -> None:
    client = library().test_client()
    asked = client.post("/__mock__/faults", json={"status": status, "operation": "listBooks", "retry_after": 3})
    assert asked.status_code == 200, asked.text
    failed = client.get("/books/acme")
    assert (failed.status_code, failed.headers["Retry-After"]) == (status, "3")
    assert client.get("/__mock__/journal").json[-1]["breach"] is False
    assert client.get("/books/acme").status_code == 200


def break_(client: Any, damage: str, **fault: Any) -> None:
    answer = client.post("/__mock__/faults", json={"damage": damage, "operation": "createBook", **fault})
    assert answer.status_code == 200, answer.text


def test_garbled_content_and_a_page_instead(library) -> None:
    client = library().test_client()
    break_(client, "garbled")
    garbled = client.post("/books/acme", json={"title": "A"})
    assert (garbled.status_code, garbled.content_type) == (200, "application/json")
    with pytest.raises(ValueError, match=r"utf-8|JSON"):
        json.loads(garbled.data)
    assert garbled.headers["Mock-Reason"] == "fault asked for"
    break_(client, "html", status=502)
    page = client.post("/books/acme", json={"title": "B"})
    assert (page.status_code, page.content_type) == (502, "text/html; charset=utf-8")
    assert page.data.startswith(b"<!doctype html>")
    assert [book["title"] for book in client.get("/books/acme").json] == ["A"], "carried out, unless a status stands"


def test_in_process_a_lost_or_cut_reply_is_a_connection_error(library) -> None:
    app = library()
    client = Client(app.wsgi_app, dict)
    break_(app.test_client(), "drop")
    with pytest.raises(ConnectionError, match="dropped"):
        client.post("/books/acme", json={"title": "A"})
    break_(app.test_client(), "cut")
    with pytest.raises(ConnectionError, match="cut after"):
        client.post("/books/acme", json={"title": "B"})
    assert len(client.get("/books/acme").json()) == 2
    assert [entry["status"] for entry in client.get("/__mock__/journal").json()] == [200, 200, 200]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"damage": "slow"}, "no time for a slow reply"),
        ({"damage": "drip", "delay": 1}, 'is "drip"'),
        ({}, "neither status nor delay nor damage"),
    ],
)
def test_a_damage_that_cannot_be_done_is_refused(library, fault: dict[str, Any], said: str) -> None:
    refused = library().test_client().post("/__mock__/faults", json=fault)
    assert refused.status_code == 400
    assert said in refused.json["errors"][0]["message"]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving("--scenario", "empty", "--auth", "off") as started:
        yield started


@pytest.fixture(scope="module")
def threaded() -> Iterator[Server]:
    server = Server(create_app(scenario="empty", auth="off").wsgi_app)
    yield server
    server.close()


@pytest.fixture(params=["running", "threaded"])
def url(request: pytest.FixtureRequest) -> str:
    """The server that is shipped, and the one that tests start for browsers: both do the same damage."""
    return str(request.getfixturevalue(request.param).url)


def received(url: str, **fault: Any) -> bytes:
    """All that the socket gives for one request that has this fault before it, until the server closes it."""
    sent = urllib.request.Request(f"{url}/__mock__/faults", json.dumps(fault).encode(), method="POST")
    sent.add_header("Content-Type", "application/json")
    urllib.request.urlopen(sent, timeout=10).close()
    address = urlsplit(url)
    pieces = []
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"GET /settings/acme HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n")
        while piece := connection.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


def test_a_lost_reply_is_not_one_byte(url: str) -> None:
    assert received(url, damage="drop") == b""
    assert received(url, damage="drop", status=503) == b""


def test_a_cut_reply_ends_before_its_length(url: str) -> None:
    head, _, content = received(url, damage="cut").partition(b"\r\n\r\n")
    [length] = re.findall(rb"content-length: (\d+)", head.lower())
    assert len(content) == int(length) // 2 > 0


def test_a_slow_reply_takes_its_time_in_pieces() -> None:
    slowly = Slowly(b"x" * 1_000, 2.0)
    assert len(slowly.pieces()) * slowly.pause == pytest.approx(2.0)
    assert b"".join(slowly.pieces()) == slowly.content
    assert len(slowly.pieces()) > 1


def test_a_slow_reply_is_whole(url: str) -> None:
    head, _, content = received(url, damage="slow", delay=0.2).partition(b"\r\n\r\n")
    [length] = re.findall(rb"content-length: (\d+)", head.lower())
    assert len(content) == int(length)
    assert json.loads(content)
