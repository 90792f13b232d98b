"""Replies as bytes: a status line, headers, a length or chunks, and not more than the client takes."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from mockserver.messages import WITHOUT_CONTENT

if TYPE_CHECKING:
    from mockserver.web.asgi import Send
    from mockserver.web.incoming_request import IncomingRequest

Headers: TypeAlias = list[tuple[bytes, bytes]]
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_END = b"0\r\n\r\n"


def whole_reply(status: int, headers: Headers, content: bytes, one: IncomingRequest, common: bytes = b"") -> bytes:
    """A reply to ``one`` in one piece; ``common`` are lines of headers that others have as well."""
    return _head(status, headers, one, len(content), common) + content


def bare_reply(status: int) -> bytes:
    """What is said to a request that cannot be read."""
    return b"%sconnection: close\r\ncontent-length: 0\r\n%s\r\n" % (_status_line(status), _date(int(time.time())))


def _head(
    status: int,
    headers: Headers,
    one: IncomingRequest,
    length: int | None,
    common: bytes = b"",
    *,
    is_chunked: bool = False,
) -> bytes:
    names = [name for name, _ in headers]
    lines = [_status_line(status), lines_of(headers), common]
    if is_chunked:
        lines.append(b"transfer-encoding: chunked\r\n")
    elif length is not None and b"content-length" not in names and status not in WITHOUT_CONTENT:
        lines.append(b"content-length: %d\r\n" % length)
    if b"connection" in names:
        one.is_last = True  # the only word that ours say there is "close"
    elif one.is_last or not one.whole:
        lines.append(b"connection: close\r\n")
    elif one.is_old:
        lines.append(b"connection: keep-alive\r\n")
    lines.append(_date(int(time.time())))
    lines.append(b"\r\n")
    return b"".join(lines)


def lines_of(headers: Headers) -> bytes:
    """A line for each; none of them makes two of itself."""
    lines = [b"%s: %s\r\n" % pair for pair in headers]
    joined = b"".join(lines)
    if joined.count(b"\n") == joined.count(b"\r") == len(lines):
        return joined
    return b"".join([b" ".join(line.split()) + b"\r\n" for line in lines])


@lru_cache(64)
def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:  # RFC 9112 4: it may be empty
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


@lru_cache(2)
def _date(second: int) -> bytes:
    return f"date: {formatdate(second, usegmt=True)}\r\n".encode()


class ReplyWriter:
    """What a connection writes to; what is written when nobody is there is lost."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._is_gone = False
        self._full: asyncio.Future[None] | None = None

    def write(self, data: bytes) -> None:
        """Send it, at once or as soon as the client takes it."""
        if not self._is_gone and not self._transport.is_closing():
            self._transport.write(data)

    def hold(self) -> None:
        """The client takes nothing for now."""
        self._full = asyncio.get_running_loop().create_future()

    def release(self) -> None:
        """It does again."""
        if self._full and not self._full.done():
            self._full.set_result(None)
        self._full = None

    def gone(self) -> None:
        """The client has gone."""
        self._is_gone = True
        self.release()

    def reply_to(self, one: IncomingRequest) -> Send:
        """Takes a reply by ASGI."""
        head: tuple[int, Headers] | None = None
        is_chunked = False

        async def send(message: dict[str, Any]) -> None:
            nonlocal head, is_chunked
            if message["type"] == "http.response.start":
                head = message["status"], message["headers"]
                return
            content, more = message.get("body", b""), message.get("more_body", False)
            if one.method == "HEAD":
                content = b""
            if head is not None and not more and one.method != "HEAD":
                self.write(whole_reply(*head, content, one))
                head = None
                return
            if head is not None:
                has_length = any(name == b"content-length" for name, _ in head[1])
                is_chunked = more and not has_length and not one.is_old
                one.is_last = one.is_last or (more and not has_length and one.is_old)
                self.write(_head(*head, one, None, is_chunked=is_chunked))
                head = None
            if is_chunked:
                content = (b"%x\r\n%s\r\n" % (len(content), content) if content else b"") + (b"" if more else _END)
            if content:
                self.write(content)
            if self._full:
                await self._full

        return send
