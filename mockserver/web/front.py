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
from mockserver.web.answered import CLOSE, Answered, Manner, deliver, lost, sent
from mockserver.web.api import Api
from mockserver.web.arriving import LARGE_BODY, Arrived, headers_of
from mockserver.web.cors import CONTROL
from mockserver.web.damage import DAMAGE, Lost, Slowly, damaged, is_cut
from mockserver.web.environ import environ_of
from mockserver.web.following import FOLLOWING
from mockserver.web.health import HEALTH
from mockserver.web.lasting import Receive, Scope, Send
from mockserver.web.leaving import encoded
from mockserver.web.pace import SMALL, Like, RequestPace
from mockserver.web.path_match import Match
from mockserver.web.rounds import Rounds
from mockserver.web.target import BROKEN, MOVED, has_escapes, plain_path, problem_of
from mockserver.web.threads import Threads

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
        self._threads, self._pace, self._rounds = threads or Threads(), RequestPace(), Rounds(api.world)
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
        found = self._found(scope["method"], raw, self._host(scope))
        if found is None and raw == HEALTH and (probe := self._probed(scope)):
            answered = probe
        elif found is None:
            answered = await self.page(await self._page(scope, receive))
            if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                self._pace.forget()
        else:
            arrived = await self._arrived(scope, raw, receive)
            try:
                answered = await self._document(arrived, found)
            except Moved:
                answered = await (await self._successor()).again(arrived, raw)
        if answered.manner is None:  # whoever has read the reply finds its line in the log
            self._tell(scope["method"], raw, answered, time.perf_counter() - began)
        await deliver(answered, scope, receive, send)
        if answered.manner is not None:
            self._tell(scope["method"], raw, answered, time.perf_counter() - began)

    def at_once(
        self, method: str, raw: str, query: str, sent_headers: list[tuple[bytes, bytes]], body: bytes
    ) -> Answered | None:
        """The answer to a whole request; None: it has to be asked for by ASGI, since it may take its time.

        PERF: a task, and messages to it and from it, take as long as all else that is done about a record's reading.
        """
        began = time.perf_counter()
        headers, length = headers_of(sent_headers)
        if self._rounds.are_needed or len(body) > min(SMALL, self.world.settings.max_body):
            return None
        found = self._found(method, raw, headers.get("host", "") if self._api.paths.hosts else "")
        if found is None:
            return None
        like = self._like(method, found)
        if not self._pace.is_quick(like) or not self._rounds.waits_for_nobody(method, None):
            return None
        path = plain_path(raw) if has_escapes(raw) else raw
        arrived = Arrived(method, path, query, headers, bool(length) or "transfer-encoding" in headers, body)
        try:
            answered = self._timed(like, arrived, found, None, may_wait=False)
        except (WouldWait, Moved):
            return None
        late = answered.manner.late if answered.manner else 0.0
        self._tell(method, raw, answered, time.perf_counter() - began + late)
        return answered

    def _tell(self, method: str, raw: str, answered: Answered, seconds: float) -> None:
        if self._log is not unlogged:
            self._log(Line(method, raw, answered.status, seconds * 1000, answered.headers, answered.content))

    async def page(self, environ: dict[str, Any]) -> Answered:
        """A page of the application, or of the one that took its place meanwhile."""
        try:
            return await self._threads.beside(partial(self._ask_application, dict(environ)))
        except Moved:
            environ["wsgi.input"].seek(0)
            return await (await self._successor()).page(environ)

    async def again(self, arrived: Arrived, raw: str) -> Answered:
        """The answer to a request that another front took, in whose place this one is."""
        try:
            return await self._threads.beside(
                partial(self._answer, arrived, self._found(arrived.method, raw, arrived.headers.get("host", "")))
            )
        except Moved:
            return await (await self._successor()).again(arrived, raw)

    async def _successor(self) -> Front:
        return await asyncio.wrap_future(self._next)

    async def _document(self, arrived: Arrived, found: Match) -> Answered:
        like = self._like(arrived.method, found)
        if len(arrived.body or b"") > SMALL:
            return await self._threads.beside(partial(self._answer, arrived, found))
        foreseen = await self._rounds.look(like.tenant) if self._rounds.helps(arrived.method) else None
        if self._pace.is_quick(like) and self._rounds.waits_for_nobody(arrived.method, foreseen):
            with suppress(WouldWait):
                return self._timed(like, arrived, found, foreseen, may_wait=False)
        return await self._threads.beside(partial(self._timed, like, arrived, found, foreseen))

    def _like(self, method: str, found: Match) -> Like:
        return Like(method, found[0], found[1].get(self.world.contract.tenant or ""))

    def _timed(
        self, like: Like, arrived: Arrived, found: Match, foreseen: Foreseen | None, *, may_wait: bool = True
    ) -> Answered:
        began = time.perf_counter()
        self._rounds.foresee(foreseen)
        answered = self._answer(arrived, found, may_wait=may_wait)
        self._pace.took(like, time.perf_counter() - began)
        return answered

    def _host(self, scope: Scope) -> str:
        """The Host header, where it decides which paths there are."""
        return headers_of(scope["headers"])[0].get("host", "") if self._api.paths.hosts else ""

    def _found(self, method: str, raw: str, host: str) -> Match | None:
        """The document's path that is asked for; None where the application has to look closer."""
        if method == "OPTIONS" or not raw.startswith("/") or "?" in raw or "#" in raw:
            return None
        if has_escapes(raw) and problem_of(raw):
            return None
        return self._api.paths.find(raw, host)

    def _probed(self, scope: Scope) -> Answered | None:
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        leaving = self._api.probe(headers_of(scope["headers"])[0])
        return leaving and Answered(leaving.status, leaving.encoded(), leaving.content)

    async def _arrived(self, scope: Scope, raw: str, receive: Receive) -> Arrived:
        headers, length = headers_of(scope["headers"])
        has_body = bool(length) or "transfer-encoding" in headers
        most = self.world.settings.max_body
        body = await self._arrive(receive, most) if has_body and length != "0" else _Body(b"")
        is_too_large = len(body.content) > most or (length is not None and length.isdigit() and int(length[:20]) > most)
        return Arrived(
            scope["method"],
            plain_path(raw) if has_escapes(raw) else raw,
            scope["query_string"].decode("latin-1"),
            headers,
            has_body,
            None if is_too_large else body.content,
            body.broken,
        )

    async def _page(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        environ = environ_of(scope)
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            is_large = scope["method"] == "PUT" and environ["RAW_URI"].startswith(
                CONTROL
            )  # no foreign page sends a PUT
            body = await self._arrive(receive, LARGE_BODY if is_large else self.world.settings.max_body)
            environ["wsgi.input"] = io.BytesIO(body.content)
            if body.broken:
                environ[BROKEN] = body.broken
        return environ

    async def _arrive(self, receive: Receive, most: int) -> _Body:
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

    def _answer(self, arrived: Arrived, found: Match | None, *, may_wait: bool = True) -> Answered:
        leaving = self._api.answer(arrived, found, may_wait=may_wait)
        has_content = arrived.method != "HEAD" and leaving.status >= 200 and leaving.status not in WITHOUT_CONTENT
        content = leaving.content if has_content else b""
        if leaving.damage is None and not arrived.broken:
            return Answered(leaving.status, encoded(leaving.own), content, None, leaving.fixed)
        headers = leaving.encoded()
        if arrived.broken or is_cut(leaving.damage):
            headers.append(CLOSE)
        if leaving.damage is None:
            return Answered(leaving.status, headers, content)
        try:
            left = damaged(content, leaving.damage)
        except Lost:
            return lost(leaving.status, leaving.damage)
        return sent(leaving.status, headers, left)

    def _application(self) -> WSGIApplication:
        with self._making:
            if self._app is None:
                self._app = self._make(self._api)
            return self._app

    def _ask_application(self, environ: dict[str, Any]) -> Answered:
        captured: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
            captured[:] = [int(status[:3]), encoded(headers)]
            return captured.append

        try:
            pieces: Iterable[bytes] = self._application()(environ, start)
        except Lost as ended:
            return lost(captured[0], ended.damage)
        if MOVED in environ:
            raise Moved
        if FOLLOWING in environ:
            return Answered(captured[0], captured[1], b"", Manner(following=environ[FOLLOWING]))
        if isinstance(pieces, Slowly):
            return sent(captured[0], captured[1], pieces)
        try:
            content = b"".join(pieces)
        finally:
            getattr(pieces, "close", _nothing)()
        if BROKEN in environ or is_cut(environ.get(DAMAGE)):
            captured[1].append(CLOSE)
        return Answered(captured[0], captured[1], content)


def _nothing() -> None:
    pass
