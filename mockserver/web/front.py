"""What stands before the application: the document's paths answered at once, whole bodies in time, a line of log."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.messages import WITHOUT_CONTENT
from mockserver.store import Moved, WouldWait
from mockserver.web.access_log import Line, Log, unlogged
from mockserver.web.api import Api
from mockserver.web.asgi import Receive, Scope, Send
from mockserver.web.cors import CONTROL
from mockserver.web.damage import DAMAGE, ReplyLost, SlowContent, damaged, is_cut
from mockserver.web.environ import environ_of
from mockserver.web.health import HEALTH
from mockserver.web.journal_stream import JOURNAL_STREAM
from mockserver.web.outgoing_reply import encoded
from mockserver.web.path_match import Match
from mockserver.web.quick_requests import SMALL, QuickRequests, TimingKey
from mockserver.web.received_request import LARGE_BODY, ReceivedRequest, headers_of
from mockserver.web.shared_reads import SharedReads
from mockserver.web.target import BROKEN, MOVED, has_escapes, problem_of, unescaped_path
from mockserver.web.threads import Threads
from mockserver.web.transmission import CLOSE, EncodedReply, Transmission, continued, lost, slowed, transmit

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mockserver.store.sql.ahead import Foreseen
    from mockserver.world import World

BODY_WITHIN = 20.0
"""Seconds in which a body must have arrived."""


class _Body(NamedTuple):
    """At most one byte more than is taken; ``broken`` tells why it is not whole."""

    content: bytes
    broken: str = ""


class Front:
    """An ASGI application before the WSGI one: it answers the document's paths itself, all other pages are the other's.

    That one is made when a page of it is first asked for.

    A body that breaks off or does not come is refused with the reason. Waiting for one costs no thread, so slow
    clients hold nobody up; nor does a slow request, beside which others are answered.

    PERF: Flask and WSGI's view of a request take twice the time in which a record is read.
    """

    def __init__(
        self, api: Api, make: Callable[[Api], WSGIApplication], log: Log = unlogged, body_within: float = BODY_WITHIN,
        threads: Threads | None = None,
    ) -> None:  # fmt: skip
        self._api = api
        self.world = api.world
        self._make, self._making = make, threading.Lock()
        self._app: WSGIApplication | None = None
        self._log, self._within = log, body_within
        self._threads, self._quick, self._reads = threads or Threads(), QuickRequests(), SharedReads(api.world)
        self._next: Future[Front] = Future()

    def followed_by(self, world: World) -> Front:
        """A front of another world, which may take this one's place."""
        return Front(Api(world), self._make, self._log, self._within, self._threads)

    def hand_on(self, front: Front) -> None:
        """Have requests that meet Moved be asked again of ``front``."""
        self._next.set_result(front)

    def stay(self) -> None:
        """Have requests that met Moved be asked again of this one, which stays after all."""
        waiting, self._next = self._next, Future()
        waiting.set_result(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.perf_counter()
        raw: str = scope["raw_path"].decode("latin-1")
        found = self._routed(scope["method"], raw, self._host(scope))
        if found is None and raw == HEALTH and (probe := self._health_reply(scope)):
            reply = probe
        elif found is None:
            reply = await self.answer_page(await self._environ_with_body(scope, receive))
            if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                self._quick.forget()
        else:
            received = await self._received(scope, raw, receive)
            try:
                reply = await self._answer_document(received, found)
            except Moved:
                reply = await (await self._successor()).again(received, raw)
        if reply.transmission is None:  # whoever has read the reply finds its line in the log
            self._write_log(scope["method"], raw, reply, time.perf_counter() - began)
        await transmit(reply, scope, receive, send)
        if reply.transmission is not None:
            self._write_log(scope["method"], raw, reply, time.perf_counter() - began)

    def at_once(
        self, method: str, raw: str, query: str, sent_headers: list[tuple[bytes, bytes]], body: bytes
    ) -> EncodedReply | None:
        """The answer to a whole request; None: it has to be asked for by ASGI, since it may take its time.

        PERF: a task, and messages to it and from it, take as long as all else that is done about a record's reading.
        """
        began = time.perf_counter()
        headers, length = headers_of(sent_headers)
        if self._reads.are_needed or len(body) > min(SMALL, self.world.settings.max_body):
            return None
        found = self._routed(method, raw, headers.get("host", "") if self._api.paths.hosts else "")
        if found is None:
            return None
        key = self._timing_key(method, found)
        if not self._quick.is_quick(key) or not self._reads.waits_for_nobody(method, None):
            return None
        path = unescaped_path(raw) if has_escapes(raw) else raw
        received = ReceivedRequest(method, path, query, headers, bool(length) or "transfer-encoding" in headers, body)
        try:
            reply = self._timed_reply(key, received, found, None, may_wait=False)
        except (WouldWait, Moved):
            return None
        late = reply.transmission.late if reply.transmission else 0.0
        self._write_log(method, raw, reply, time.perf_counter() - began + late)
        return reply

    def _write_log(self, method: str, raw: str, reply: EncodedReply, seconds: float) -> None:
        if self._log is not unlogged:
            self._log(Line(method, raw, reply.status, seconds * 1000, reply.headers, reply.content))

    async def answer_page(self, environ: dict[str, Any]) -> EncodedReply:
        """A page of the application, or of the one that took its place meanwhile."""
        try:
            return await self._threads.beside(partial(self._call_application, dict(environ)))
        except Moved:
            environ["wsgi.input"].seek(0)
            return await (await self._successor()).answer_page(environ)

    async def again(self, received: ReceivedRequest, raw: str) -> EncodedReply:
        """The answer to a request that another front took, in whose place this one is."""
        try:
            return await self._threads.beside(
                partial(self._reply_to, received, self._routed(received.method, raw, received.headers.get("host", "")))
            )
        except Moved:
            return await (await self._successor()).again(received, raw)

    async def _successor(self) -> Front:
        return await asyncio.wrap_future(self._next)

    async def _answer_document(self, received: ReceivedRequest, found: Match) -> EncodedReply:
        key = self._timing_key(received.method, found)
        if len(received.body or b"") > SMALL:
            return await self._threads.beside(partial(self._reply_to, received, found))
        foreseen = await self._reads.look(key.tenant) if self._reads.helps(received.method) else None
        if self._quick.is_quick(key) and self._reads.waits_for_nobody(received.method, foreseen):
            with suppress(WouldWait):
                return self._timed_reply(key, received, found, foreseen, may_wait=False)
        return await self._threads.beside(partial(self._timed_reply, key, received, found, foreseen))

    def _timing_key(self, method: str, found: Match) -> TimingKey:
        return TimingKey(method, found[0], found[1].get(self.world.contract.tenant or ""))

    def _timed_reply(
        self, key: TimingKey, received: ReceivedRequest, found: Match, foreseen: Foreseen | None,
        *, may_wait: bool = True,
    ) -> EncodedReply:  # fmt: skip
        began = time.perf_counter()
        self._reads.foresee(foreseen)
        reply = self._reply_to(received, found, may_wait=may_wait)
        self._quick.took(key, time.perf_counter() - began)
        return reply

    def _host(self, scope: Scope) -> str:
        """The Host header, where it decides which paths there are."""
        return headers_of(scope["headers"])[0].get("host", "") if self._api.paths.hosts else ""

    def _routed(self, method: str, raw: str, host: str) -> Match | None:
        """The document's path that is asked for; None where the application has to look closer."""
        if method == "OPTIONS" or not raw.startswith("/") or "?" in raw or "#" in raw:
            return None
        if has_escapes(raw) and problem_of(raw):
            return None
        return self._api.paths.find(raw, host)

    def _health_reply(self, scope: Scope) -> EncodedReply | None:
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        outgoing = self._api.probe(headers_of(scope["headers"])[0])
        return outgoing and EncodedReply(outgoing.status, outgoing.encoded(), outgoing.content)

    async def _received(self, scope: Scope, raw: str, receive: Receive) -> ReceivedRequest:
        headers, length = headers_of(scope["headers"])
        has_body = bool(length) or "transfer-encoding" in headers
        most = self.world.settings.max_body
        body = await self._read_body(receive, most) if has_body and length != "0" else _Body(b"")
        is_too_large = len(body.content) > most or (length is not None and length.isdigit() and int(length[:20]) > most)
        return ReceivedRequest(
            scope["method"],
            unescaped_path(raw) if has_escapes(raw) else raw,
            scope["query_string"].decode("latin-1"),
            headers,
            has_body,
            None if is_too_large else body.content,
            body.broken,
        )

    async def _environ_with_body(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        environ = environ_of(scope)
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            is_large = scope["method"] == "PUT" and environ["RAW_URI"].startswith(
                CONTROL
            )  # no foreign page sends a PUT
            body = await self._read_body(receive, LARGE_BODY if is_large else self.world.settings.max_body)
            environ["wsgi.input"] = io.BytesIO(body.content)
            if body.broken:
                environ[BROKEN] = body.broken
        return environ

    async def _read_body(self, receive: Receive, most: int) -> _Body:
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._within):
                more = True
                while more and size <= most:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return _Body(b"".join(pieces), f"broke off after {size} bytes")
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    more = message.get("more_body", False)
        except TimeoutError:
            return _Body(b"".join(pieces), f"did not arrive within {self._within:g} seconds")
        return _Body(b"".join(pieces))

    def _reply_to(self, received: ReceivedRequest, found: Match | None, *, may_wait: bool = True) -> EncodedReply:
        outgoing = self._api.answer(received, found, may_wait=may_wait)
        has_content = received.method != "HEAD" and outgoing.status >= 200 and outgoing.status not in WITHOUT_CONTENT
        content = outgoing.content if has_content else b""
        if outgoing.stream is not None and has_content:
            return continued(outgoing, outgoing.stream)
        if outgoing.damage is None and not received.broken:
            return EncodedReply(outgoing.status, encoded(outgoing.own), content, None, outgoing.common)
        headers = outgoing.encoded()
        if received.broken or is_cut(outgoing.damage):
            headers.append(CLOSE)
        if outgoing.damage is None:
            return EncodedReply(outgoing.status, headers, content)
        try:
            left = damaged(content, outgoing.damage)
        except ReplyLost:
            return lost(outgoing.status, outgoing.damage)
        return slowed(outgoing.status, headers, left)

    def _application(self) -> WSGIApplication:
        with self._making:
            if self._app is None:
                self._app = self._make(self._api)
            return self._app

    def _call_application(self, environ: dict[str, Any]) -> EncodedReply:
        captured: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
            captured[:] = [int(status[:3]), encoded(headers)]
            return captured.append

        try:
            pieces: Iterable[bytes] = self._application()(environ, start)
        except ReplyLost as ended:
            return lost(captured[0], ended.damage)
        if MOVED in environ:
            raise Moved
        if JOURNAL_STREAM in environ:
            return EncodedReply(captured[0], captured[1], b"", Transmission(stream=environ[JOURNAL_STREAM]))
        if isinstance(pieces, SlowContent):
            return slowed(captured[0], captured[1], pieces)
        try:
            content = b"".join(pieces)
        finally:
            getattr(pieces, "close", _nothing)()
        if BROKEN in environ or is_cut(environ.get(DAMAGE)):
            captured[1].append(CLOSE)
        return EncodedReply(captured[0], captured[1], content)


def _nothing() -> None:
    pass
