"""What stands before the application: whole bodies in time, the target as it was sent, a line of log."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import unquote_to_bytes

from flask import Flask

from mockserver.web.access_log import Line, Log, unlogged
from mockserver.web.damage import Slowly, shut
from mockserver.world import World

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

THREADS = 64
"""Requests that are answered or pause at once; more wait their turn. Bodies that arrive take no thread."""
BODY_WITHIN = 20.0
"""Seconds in which a body must have arrived."""
PATIENCE = 0.05
"""Seconds for which requests are answered one by one before the next goes in beside a slow one."""
BROKEN = "mockserver.broken_body"
"""Where the environ tells why the body is not whole."""


class _Answered(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes
    is_lost: bool = False
    drips: Sequence[bytes] = ()
    pause: float = 0.0


class Front:
    """An ASGI application around the WSGI one.

    A body that breaks off or does not come is told to the application, which refuses it. Waiting for one costs
    no thread, so slow clients hold nobody up; nor does a slow request, beside which others are answered.
    """

    def __init__(self, app: Flask, log: Log = unlogged, body_within: float = BODY_WITHIN) -> None:
        self.world: World = app.extensions["mockserver"]
        self._app, self._log, self._within = app, log, body_within
        self._gate = Gate(PATIENCE)
        self._threads = ThreadPoolExecutor(THREADS, "request")
        self.world.faults.pause = self._gate.pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.perf_counter()
        environ = _environ(scope)
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            await self._arrive(environ, receive)
        loop = asyncio.get_running_loop()
        answered = await loop.run_in_executor(self._threads, self._answer, environ)
        if answered.is_lost and scope.get("client"):
            shut(*map(str, scope["client"]))
        await send({"type": "http.response.start", "status": answered.status, "headers": answered.headers})
        for piece in answered.drips:
            await asyncio.sleep(answered.pause)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"" if answered.drips else answered.content})
        milliseconds = (time.perf_counter() - began) * 1000
        self._log(
            Line(scope["method"], environ["RAW_URI"], answered.status, milliseconds, answered.headers, answered.content)
        )

    async def _arrive(self, environ: dict[str, Any], receive: Receive) -> None:
        """Put the body into ``environ``, at most one byte more than is taken, or why it is not whole."""
        pieces, size, most = [], 0, self.world.settings.max_body
        try:
            async with asyncio.timeout(self._within):
                more = True
                while more and size <= most:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        environ[BROKEN] = f"broke off after {size} bytes"
                        break
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    more = message.get("more_body", False)
        except TimeoutError:
            environ[BROKEN] = f"did not arrive within {self._within:g} seconds"
        environ["wsgi.input"] = io.BytesIO(b"".join(pieces))

    def _answer(self, environ: dict[str, Any]) -> _Answered:
        captured: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
            captured[:] = [int(status[:3]), [(name.lower().encode(), text.encode("latin-1")) for name, text in headers]]
            return captured.append

        with self._gate.entered():
            try:
                pieces: Iterable[bytes] = self._app(environ, start)
            except ConnectionAbortedError:
                return _Answered(captured[0], [], b"", is_lost=True)
            if isinstance(pieces, Slowly):
                return _Answered(captured[0], captured[1], pieces.content, drips=pieces.pieces(), pause=pieces.pause)
            try:
                content = b"".join(pieces)
            finally:
                getattr(pieces, "close", _nothing)()
        if BROKEN in environ:  # what is left of the request cannot be told from the next one
            captured[1].append((b"connection", b"close"))
        return _Answered(captured[0], captured[1], content)


class Gate:
    """Lets requests in one by one, unless one is slow.

    PERF: Python runs one thread at a time anyway. Threads that wait here wait without fighting for the
    interpreter's lock, which gives 1.4 times the requests a second. After ``patience`` seconds the next goes in
    all the same, and a fault's delay passes outside, so nobody shuts the gate.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._here = threading.local()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Inside, alone if that is possible."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def pause(self, seconds: float) -> None:
        """Wait outside."""
        self._leave()
        try:
            time.sleep(seconds)
        finally:
            self._enter()

    def _enter(self) -> None:
        self._here.alone = self._lock.acquire(timeout=self._patience)

    def _leave(self) -> None:
        if self._here.alone:
            self._here.alone = False
            self._lock.release()


def _nothing() -> None:
    pass


_FIXED: Mapping[str, Any] = MappingProxyType(
    {
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
)


_FRAMING = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_ENCODING"})
"""What tells where a body ends and what it is: taken in its own spelling only."""


def _environ(scope: Scope) -> dict[str, Any]:
    """WSGI's view of the request; RAW_URI is the target as it was sent. The process's environment stays out of it."""
    raw: bytes = scope["raw_path"]
    host, port = scope["server"]
    environ = {
        **_FIXED,
        "REQUEST_METHOD": scope["method"],
        "RAW_URI": raw.decode("latin-1"),
        "PATH_INFO": unquote_to_bytes(raw).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REMOTE_ADDR": scope["client"][0] if scope.get("client") else "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(),
    }
    environ |= _headers(one for one in scope["headers"] if b"_" not in one[0])
    odd = _headers(one for one in scope["headers"] if b"_" in one[0])  # the one with a hyphen is not to be forged
    return {**{name: text for name, text in odd.items() if name not in _FRAMING}, **environ}


def _headers(sent: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in an environ; those that are sent more than once are one."""
    found: dict[str, str] = {}
    for name, text in sent:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        value = text.decode("latin-1")
        found[key] = f"{found[key]},{value}" if key in found and key.startswith("HTTP_") else value
    return found
