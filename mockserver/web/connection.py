"""One client's connection: bytes become requests, one after the other, and replies become bytes."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol

from httptools import HttpParserError, HttpParserInvalidMethodError, HttpParserUpgrade, HttpRequestParser

from mockserver.web.asgi import END
from mockserver.web.damage import reset
from mockserver.web.incoming_request import IncomingRequest
from mockserver.web.reply_writing import CONTINUE, ReplyWriter, bare_reply, whole_reply
from mockserver.web.transmission import EncodedReply, transmit

if TYPE_CHECKING:
    from mockserver.web.asgi import Receive, Scope, Send
    from mockserver.world import World

log = logging.getLogger("mockserver")

HEAD = 2**19
"""Bytes that a request's line and headers may have together, whatever the settings say; and all that frames a body."""
HEADERS = 100
"""How many headers a request may have."""
TARGET = 2**16
"""Bytes that the target of a request may have, whatever the settings say."""
HEADERS_WITHIN = 10.0
"""Seconds in which a request's headers must have arrived, after the one before was answered."""
TAKEN_WITHIN = 600.0
"""Seconds after which a reply is given up of which the client takes nothing more."""
WAITING = 8
"""How many requests of a connection may wait for the one before them; more are not read."""


class Application(Protocol):
    """What a server serves: whole requests at once where that is possible, all others by ASGI."""

    @property
    def world(self) -> World: ...

    def at_once(
        self, method: str, raw: str, query: str, sent_headers: list[tuple[bytes, bytes]], body: bytes, /
    ) -> EncodedReply | None: ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


def _escaped(data: bytes) -> bytes:
    """The beginning of a request whose target may hold bytes that a URI must not, as curl sends them."""
    if data.isascii():
        return data
    line, end, rest = data.partition(b"\r\n")
    return b"".join((*(b"%c" % byte if byte < 0x80 else b"%%%02X" % byte for byte in line), end, rest)) if end else data


class Connection(asyncio.Protocol):
    """Requests are answered in their order, and a reply is written before the next one is looked at.

    A connection lives as long as requests come: ``since`` is the time from which the head of the next one is waited
    for, None while one is answered. It is among ``connections`` from its beginning to its end, which calls ``ended``.

    PERF: what is answered at once is written within the call that brought it, without a task or a message.
    """

    def __init__(self, application: Application, connections: set[Connection], ended: Callable[[], None]) -> None:
        self._application, self._connections, self._ended = application, connections, ended
        self._loop = asyncio.get_running_loop()
        self._parser = HttpRequestParser(self)
        self._incoming: IncomingRequest | None = None
        self._ready: deque[IncomingRequest] = deque()
        self._beside = self._left = 0
        self._task: asyncio.Task[None] | None = None
        self._refusal = b""
        self._is_closing = self._is_ended = self._is_heard = False
        self._holds: set[str] = set()
        self.writer: ReplyWriter
        self.since: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self.writer = transport, ReplyWriter(transport)
        self.since = self._loop.time()
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- what asyncio calls
        """The client has gone."""
        self._is_closing = True
        self.writer.gone()
        for one in (self._incoming, *self._ready):
            if one:
                one.break_off()
        self._ready.clear()
        self._connections.discard(self)
        self._ended()

    def eof_received(self) -> bool:
        """The client says nothing more; it may still listen to what it has asked for."""
        if self._incoming:
            self._incoming.break_off()
        self._is_ended = self._is_heard = True
        self._go_on()
        return not self._is_closing

    def data_received(self, data: bytes) -> None:
        """Read requests, and answer those that are there."""
        if self._is_closing or self._is_ended:  # what follows a request that cannot be read cannot be told from it
            return
        if self._incoming is None or self._incoming.whole:
            data = _escaped(data)
        self._beside += len(data)
        try:
            self._read(data)
        except HttpParserError as error:
            self._unreadable(error)
        if self._beside > HEAD and not self._broken_off():
            self._refuse(431)
        self._go_on()

    def _read(self, data: bytes) -> None:
        while data:
            try:
                self._parser.feed_data(data)
            except HttpParserUpgrade as upgrade:  # a wish: the next request comes in the same way
                self._parser = HttpRequestParser(self)
                data = data[upgrade.args[0] :]
            else:
                return

    def _unreadable(self, error: HttpParserError) -> None:
        if not self._broken_off():
            self._refuse(501 if isinstance(error, HttpParserInvalidMethodError) else 400)

    def _broken_off(self) -> bool:
        """Whether it was in a body that reading ended; what has come of it is answered."""
        one = self._incoming
        if one is None or not one.has_head or one.whole:
            return False
        one.break_off()
        self._is_ended = True
        return True

    def _refuse(self, status: int) -> None:
        """Say it, after the requests before it are answered, and nothing more."""
        if not self._is_ended:
            self._is_ended, self._refusal = True, bare_reply(status)

    # What the parser tells, in this order

    def on_message_begin(self) -> None:
        """A request begins."""
        self._incoming = IncomingRequest(self._hold)

    def on_url(self, piece: bytes) -> None:
        """A piece of its target."""
        assert self._incoming
        self._incoming.target += piece

    def on_header(self, name: bytes, text: bytes) -> None:
        """A header; what follows a body is not a header of the request."""
        assert self._incoming
        if not self._incoming.has_head:
            self._incoming.headers.append((name.lower(), text))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        one = self._incoming
        assert one
        parser = self._parser
        one.begin(parser.get_method().decode(), is_old=parser.get_http_version() == "1.0")
        one.is_last = not parser.should_keep_alive()
        self._beside = 0
        if [name for name, _ in one.headers].count(b"host") > 1:  # RFC 9112, 3.2
            self._refuse(400)
        elif len(one.headers) > HEADERS:
            self._refuse(431)
        elif len(one.target) > TARGET:
            self._refuse(414)
        elif not self._is_ended:
            self._ready.append(one)
            if len(self._ready) >= WAITING:
                self._hold("queue", held=True)

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        assert self._incoming
        self._beside = 0
        self._incoming.add(piece)

    def on_message_complete(self) -> None:
        """The request is whole."""
        assert self._incoming
        self._incoming.end()

    # Answering

    def _go_on(self) -> None:
        while self._ready and self._task is None and not self._is_closing:
            self._answer(self._ready.popleft())
        if "queue" in self._holds and len(self._ready) < WAITING:
            self._hold("queue", held=False)
        if self._is_ended and self._task is None and not self._is_closing:
            self.writer.write(self._refusal)
            self._leave()

    def _answer(self, one: IncomingRequest) -> None:
        self.since = reply = None
        if one.whole:
            reply = self._application.at_once(one.method, one.raw, one.query, one.headers, one.body())
        if reply is None or reply.transmission is not None:
            self._task = self._loop.create_task(self._answer_by_asgi(one, reply))
            return
        self.writer.write(whole_reply(reply.status, reply.headers, reply.content, one, reply.common.lines))
        self._finished(one)

    async def _answer_by_asgi(self, one: IncomingRequest, reply: EncodedReply | None) -> None:
        scope = one.scope(self._transport)
        scope[END] = self._end
        if any(name == b"expect" and text.lower() == b"100-continue" for name, text in one.headers):
            one.expects = partial(self.writer.write, CONTINUE)
        sending = self.writer.reply_to(one)
        try:
            if reply is None:
                await self._application(scope, one.receive, sending)
            else:
                await transmit(reply, scope, one.receive, sending)
        except Exception:  # whatever it is, the others are served
            log.exception("unexpected failure of a connection")
            one.is_last = True
        self._task = None
        self._finished(one)
        self._go_on()

    def _finished(self, one: IncomingRequest) -> None:
        self.since = self._loop.time()
        if one.is_last or not one.whole:
            self._leave()

    def _leave(self) -> None:
        """Close once all is sent: what the client still sends is not read, but must not have the reply reset."""
        self._is_closing = True
        self._ready.clear()
        may_close_half = not self._is_heard and self._transport.can_write_eof()
        if self._incoming and not self._incoming.whole and may_close_half:
            self._holds.clear()
            self._transport.resume_reading()
            with suppress(OSError):  # it has gone meanwhile
                self._transport.write_eof()
        else:
            self._transport.close()

    def _end(self, *, by_reset: bool) -> None:
        """Close without another byte."""
        self._is_closing = True
        if by_reset:
            reset(self._transport.get_extra_info("socket"))
        self._transport.abort()

    def close(self) -> None:
        """Close it, once what it has been sent is taken."""
        self._is_closing = True
        self._transport.close()

    def end_if_overdue(self, now: float) -> None:
        """End it where the head of a request, or the reading of a reply, is waited for in vain."""
        left = self._transport.get_write_buffer_size()
        if self.since is None or left != self._left:
            self._left, self.since = left, self.since and now
        elif now - self.since > (TAKEN_WITHIN if left else HEADERS_WITHIN):
            self._transport.abort()

    @property
    def under_way(self) -> asyncio.Task[None] | None:
        """What answers a request that is not answered at once."""
        return self._task

    # Not faster than it can be taken

    def pause_writing(self) -> None:
        """The client does not take what it is sent: neither is what it sends."""
        self.writer.hold()
        self._hold("reply", held=True)

    def resume_writing(self) -> None:
        """It does again."""
        self.writer.release()
        self._hold("reply", held=False)

    def _hold(self, why: str, *, held: bool) -> None:
        before = bool(self._holds)
        (self._holds.add if held else self._holds.discard)(why)
        if before != bool(self._holds) and not self._transport.is_closing():
            (self._transport.pause_reading if held else self._transport.resume_reading)()
