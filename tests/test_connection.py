"""What a connection makes of bytes: requests in their order, bodies, refusals, and an end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from asgi import front_of
from mockserver.web.connection import HEADERS_WITHIN, Connection
from mockserver.web.incoming_request import IncomingRequest
from mockserver.web.reply_writing import whole_reply
from mockserver.web.transmission import EncodedReply

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter, set[Connection]], Coroutine[Any, Any, Any]]


class Echo:
    """Says what it was asked: at once what is told so, all else by ASGI."""

    world = None

    def at_once(self, method: str, raw: str, query: str, _: Any, body: bytes) -> EncodedReply | None:
        if not raw.startswith("/quick"):
            return None
        return EncodedReply(200, [], f"{method} {raw}?{query} ".encode() + body)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"") or (b"<gone>" if message["type"] == "http.disconnect" else b"")
            more = message.get("more_body", False)
        names = b",".join(name for name, _ in scope["headers"])
        content = b"%s %s %s [%s]" % (scope["method"].encode(), scope["raw_path"], body, names)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in (content[:4], content[4:]) if scope["query_string"] == b"pieces" else ():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"" if scope["query_string"] == b"pieces" else content})


def talked(talk: Talk, application: Any = None) -> Any:
    """What ``talk`` returns with a connection to the application."""

    async def run() -> Any:
        connections: set[Connection] = set()
        made = partial(Connection, application or Echo(), connections, lambda: None)
        server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        try:
            return await asyncio.wait_for(talk(reader, writer, connections), 20)
        finally:
            writer.close()
            server.close()

    return asyncio.run(run())


def replies(sent: bytes, application: Any = None) -> bytes:
    """All that comes back for what is sent, until the connection is closed; dates left out."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: set[Connection]) -> bytes:
        writer.write(sent)
        writer.write_eof()
        return await reader.read()

    found: bytes = talked(talk, application)
    return re.sub(rb"date: [^\r]*\r\n", b"", found)


def test_requests_are_answered_in_their_order_whichever_way_each_goes() -> None:
    asked = [b"/quick/1", b"/slow/2", b"/quick/3", *(b"/slow/%d" % number for number in range(4, 30))]
    found = replies(b"".join(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path for path in asked))
    assert re.findall(rb"GET (\S+?)[ ?]", found) == asked


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (b"POST /quick?a=b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"POST /quick?a=b abc"),
        (b"POST /slow HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"POST /slow abc [content-length]"),
        (
            b"POST /slow HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-Late: 1\r\n\r\n",
            b"POST /slow abc [transfer-encoding]",
        ),
        (b"POST /slow HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", b"POST /slow abc<gone> [content-length]"),
        (b"GET http://other/quick?q HTTP/1.1\r\n\r\n", b"GET /quick?q "),
        (b"GET http://other?q HTTP/1.1\r\n\r\n", b"GET /  []"),
        (b"GET /quick/\xc3\xa4#part HTTP/1.1\r\nX: \xc3\xa4\r\n\r\n", b"GET /quick/%C3%A4? "),
        (
            b"GET /quick HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nGET /quick/next HTTP/1.1\r\n\r\n",
            b"GET /quick/next? ",
        ),
        (b"GET /slow?pieces HTTP/1.1\r\n\r\n", b"4\r\nGET \r\n9\r\n/slow  []\r\n0\r\n\r\n"),
        (b"GET /slow?pieces HTTP/1.0\r\n\r\n", b"connection: close\r\n\r\nGET /slow  []"),
        (b"GET /quick HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", b"connection: keep-alive\r\n\r\nGET /quick? "),
    ],
)
def test_a_request_arrives_as_it_was_sent(sent: bytes, wanted: bytes) -> None:
    found = replies(sent)
    assert found.endswith(wanted), found


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /a b HTTP/1.1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked, x\r\n\r\n0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n Folded: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"SHOUT / HTTP/1.1\r\n\r\n", 501),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 900_000, 431),
    ],
)
def test_what_cannot_be_read_is_refused_after_what_came_before_it(sent: bytes, status: int) -> None:
    found = replies(b"GET /quick HTTP/1.1\r\n\r\n" + sent)
    assert found.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"GET /quick? HTTP/1.1 %d " % status in found
    assert found.endswith(b"connection: close\r\ncontent-length: 0\r\n\r\n")


@pytest.mark.parametrize("flood", [b"0\r\nX: ", b"0\r\n" + b"X: y\r\n" * 20_000, b"1;"])
def test_what_frames_a_body_is_bounded(flood: bytes) -> None:
    """Headers behind the last chunk and what stands beside a length: nobody keeps a server busy with these."""
    head = b"POST /slow HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: set[Connection]) -> bytes:
        writer.write(head + flood)
        for _ in range(40):
            writer.write(b"y" * 20_000)
            await asyncio.sleep(0)
        return await reader.read()

    assert b"POST /slow a<gone> " in talked(talk)


def test_who_waits_to_be_told_to_go_on_is_told() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: set[Connection]) -> bytes:
        writer.write(b"PUT /slow HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        writer.write_eof()
        return await reader.read()

    assert b"PUT /slow abc" in talked(talk)


def test_a_connection_on_which_no_request_comes_is_ended_and_no_other() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connections: set[Connection]) -> bytes:
        writer.write(b"GET /quick HTTP/1.1\r\n\r\nGET /half")
        await reader.readuntil(b"GET /quick? ")
        [one] = connections
        assert one.since is not None
        one.end_if_overdue(one.since + HEADERS_WITHIN - 1)
        assert one in connections
        one.end_if_overdue(one.since + HEADERS_WITHIN + 1)
        return await reader.read()

    assert talked(talk) == b""


def test_a_header_is_one_line_whatever_its_text() -> None:
    one = IncomingRequest(lambda *_, **__: None)
    one.end()
    found = whole_reply(204, [(b"x", b"a\r\nSet-Cookie: b\nc")], b"", one)
    assert b"x: a Set-Cookie: b c\r\n" in found


def test_what_is_answered_at_once_is_what_asgi_answers(library: Any) -> None:
    app = library(auth="off", clock="frozen")
    made = app.test_client().post("/books/acme", json={"title": "A"}).json["id"]
    front = front_of(app)
    ask = b"GET /books/acme/%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % str(made).encode()
    by_asgi, at_once = (re.sub(rb"mock-request: \d+", b"", replies(ask, front)) for _ in range(2))
    assert front.at_once("GET", f"/books/acme/{made}", "", [(b"host", b"localhost")], b"") is not None
    assert by_asgi == at_once
    assert b'"title":"A"' in at_once
