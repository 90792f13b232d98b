"""The server process, through its socket: one port, whole bodies, signals, what is told of a request."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, url_for
from flask_cors.core import get_cors_headers, get_cors_options
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

from asgi import answer, front_of, scope_of
from mockserver.web.cors import EXPOSED, cors_headers
from server import Running, command, serving


@pytest.fixture(scope="module")
def running():
    with serving("--scenario", "empty", "--auth", "off") as started:
        yield started


def exchange(running: Running, raw: bytes, *, shut: bool = True) -> bytes:
    """What comes back for ``raw``; ``shut``: nothing follows it."""
    address = urlsplit(running.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(raw)
        if shut:
            connection.shutdown(socket.SHUT_WR)
        return connection.recv(65_536)


HEAD = b"PUT /settings/acme HTTP/1.1\r\nHost: mock\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "request_",
    [HEAD + b"Content-Length: 500\r\n\r\n{}", HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n"],
    ids=["shorter than its Content-Length", "a broken chunk"],
)
def test_a_body_that_breaks_off_is_refused_as_that(running: Running, request_: bytes) -> None:
    reply = exchange(running, request_)
    assert reply.startswith(b"HTTP/1.1 400 "), reply
    assert b"broke off after 2 bytes" in reply


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/settings%2Facme", 403),
        ("/__mock__%2Fhealth", 403),
        ("/certifications/acme%2Fcert-ada", 200),  # the list of a tenant of that name, which no token names
        ("/certifications/acme/cert%2Fada", 400),
        ("/certifications/acme/%zz", 400),
        ("/%5F_mock__/health", 200),
    ],
)
def test_the_path_is_judged_as_it_was_sent(running: Running, path: str, status: int) -> None:
    reply = exchange(running, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), shut=False)
    assert reply.startswith(f"HTTP/1.1 {status} ".encode()), reply


def test_others_are_served_while_bodies_do_not_arrive(running: Running) -> None:
    address = urlsplit(running.url)
    waiting = [socket.create_connection((address.hostname, address.port)) for _ in range(100)]
    try:
        for one in waiting:
            one.sendall(HEAD + b"Content-Length: 500\r\n\r\n{")
        assert running.send("GET", "/__mock__/health").status == 200
    finally:
        for one in waiting:
            one.close()


def test_a_body_that_does_not_arrive_in_time_is_refused_and_its_connection_closed(library) -> None:
    front = front_of(library(), body_within=0)
    sent: list[dict[str, Any]] = []
    path = b"/books/acme"
    scope = {
        "type": "http", "method": "POST", "scheme": "http", "raw_path": path, "query_string": b"",
        "server": ("localhost", 80), "client": None,
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"9")],
    }  # fmt: skip

    async def asked() -> None:
        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await front(scope, asyncio.Event().wait, send)  # nothing ever arrives

    asyncio.run(asked())
    assert sent[0]["status"] == 400
    assert (b"connection", b"close") in sent[0]["headers"]
    assert b"did not arrive within 0 seconds" in sent[1]["body"]


def test_it_is_one_process(running: Running) -> None:
    """A child could outlive it, with the port and the records."""
    tasks = Path(f"/proc/{running.process.pid}/task")
    if not tasks.is_dir():
        pytest.skip("this system does not tell of children")
    assert [text for task in tasks.iterdir() if (text := (task / "children").read_text())] == []


def test_a_port_is_never_shared(running: Running) -> None:
    port = str(urlsplit(running.url).port)
    second = command("serve", "--port", port)
    assert second.returncode == 2
    assert "already in use" in second.stderr


def test_a_host_name_is_taken() -> None:
    with serving("--scenario", "empty", "--host", "localhost") as started:
        assert started.send("GET", "/__mock__/health").status == 200


@pytest.mark.parametrize("sent", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM] * 8, [signal.SIGINT] * 2])
def test_the_first_signal_stops_and_more_of_them_do_no_harm(sent: list[signal.Signals]) -> None:
    with serving("--scenario", "empty") as started:
        waiting = socket.create_connection((urlsplit(started.url).hostname, urlsplit(started.url).port))
        waiting.sendall(HEAD + b"Content-Length: 500\r\n\r\n{")
        for number in sent:
            started.process.send_signal(number)
        assert started.process.wait(timeout=60) == 0
        waiting.close()


def test_hang_up_is_told_and_changes_nothing() -> None:
    with serving("--scenario", "empty", "--auth", "off") as started:
        started.process.send_signal(signal.SIGHUP)
        assert started.process.stderr
        lines = iter(started.process.stderr.readline, "")
        assert any("SIGHUP is ignored" in line for line in lines)
        assert started.send("GET", "/__mock__/health").status == 200


def test_one_line_a_request_with_the_reason_of_a_refusal() -> None:
    with serving("--scenario", "empty", "--log", "json") as started:
        started.send("GET", "/certifications/acme?secret=hidden", Authorization="Bearer hidden")
        assert started.process.stderr
        lines = (json.loads(line) for line in iter(started.process.stderr.readline, ""))
        line = next(one for one in lines if one["path"] == "/certifications/acme")
        assert (line["method"], line["status"]) == ("GET", 401)
        assert "not acceptable" in line["reason"]
        assert "hidden" not in json.dumps(line)


def test_an_ignored_member_may_have_any_name(running: Running) -> None:
    settings = {"bank_account_id": "b", "business_unit_id": "u", "merchant_account_id": "m"}
    assert running.send("POST", "/settings/named", settings).status == 200
    for name in ("", "/", "~", " ", "id\x00"):
        reply = running.send("PUT", "/settings/named", {**settings, name: "x"})
        assert (reply.status, name in reply.json) == (200, False), reply.body
        assert reply.headers["Mock-Ignored"].startswith("body/")


@pytest.mark.parametrize(("count", "answer"), [(100, b"HTTP/1.1 200 "), (101, b"HTTP/1.1 431 ")])
def test_the_number_of_headers_is_the_servers_limit_as_the_readme_says(
    running: Running, count: int, answer: bytes
) -> None:
    headers = ["Host: localhost", *(f"X-{number:03}: abc" for number in range(count - 1))]
    request = "GET /__mock__/health HTTP/1.1\r\n" + "\r\n".join(headers) + "\r\n\r\n"
    assert exchange(running, request.encode(), shut=False).startswith(answer)
    readme = " ".join((Path(__file__).parent.parent / "README.md").read_text().split())
    assert "More than 100 headers are refused by the server, before the mock sees them, with a bare 431" in readme


def test_headers_that_are_too_long_are_refused_with_the_limit(running: Running) -> None:
    reply = running.send("GET", "/settings/acme", **{f"X-{number}": "x" * 4_000 for number in range(9)})
    assert reply.status == 400
    assert "at most 32768 are accepted" in reply.json["errors"][0]["message"]


def test_what_a_document_answers_needs_no_flask() -> None:
    """Flask, our pages and what reads documents without annotations take two thirds of a start."""
    code = (
        "import sys, mockserver.commands.serving as serving\n"
        "from mockserver.settings import Settings\n"
        "from mockserver.web.api import Api\n"
        "from mockserver.world import World\n"
        "Api(World(Settings(scenario='empty')))\n"
        "print([name for name in ('flask', 'werkzeug', 'jinja2', 'jsonpatch', 'mockserver.inference',"
        " 'mockserver.handlers.planned', 'mockserver.web.app') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_pages_address_costs_nothing_before_it_is_asked_for(library, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[Rule] = []
    compile_builder = Rule._compile_builder
    monkeypatch.setattr(
        Rule, "_compile_builder", lambda rule, *how: compiled.append(rule) or compile_builder(rule, *how)
    )
    app = library()
    assert compiled == []
    with app.test_request_context():
        [reset] = (one.endpoint for one in app.url_map.iter_rules() if one.rule == "/__mock__/tenants/<tenant>/reset")
        assert url_for(reset, tenant="a b", rule="c") == "/__mock__/tenants/a%20b/reset?rule=c"
    assert compiled


def test_a_probe_is_answered_as_the_application_answers_it(library) -> None:
    app = library(clock="frozen")
    for sent in ({}, {"Origin": "http://evil.test"}, {"Host": "evil.test"}, {"Sec-Fetch-Site": "same-origin"}):
        headers = {"Host": "localhost", **sent}
        raw = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
        found = asyncio.run(answer(front_of(app), {**scope_of("GET", b"/__mock__/health"), "headers": raw}))
        reply = app.test_client().get("/__mock__/health", headers=headers)
        assert (found.status, found.content) == (reply.status_code, reply.data)
        assert dict(found.headers) == {name.lower(): text for name, text in reply.headers.items()}


def test_what_replies_carry_for_other_origins_is_what_flask_cors_says() -> None:
    options = get_cors_options(Flask("other"), {"origins": "*", "send_wildcard": True, "expose_headers": list(EXPOSED)})
    assert dict(get_cors_headers(options, Headers(), "GET")).items() <= dict(cors_headers(None)).items()


@pytest.mark.parametrize("path", ["/pets", "/none", "/docs"])
def test_a_page_of_another_origin_may_send_its_cookies(library, path: str) -> None:
    """A browser blocks ``credentials: "include"`` where the reply, or what was asked before, allows ``*``."""
    caller, origin = library(clock="frozen").test_client(), "http://localhost:5173"
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-own"}
    for reply in (caller.options(path, headers=asked), caller.get(path, headers={"Origin": origin})):
        assert reply.headers.getlist("Access-Control-Allow-Origin") == [origin]
        assert reply.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in reply.headers.getlist("Vary")
    assert caller.get(path).headers.getlist("Access-Control-Allow-Origin") == ["*"]
