"""A request while it arrives: its head, and its body piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

BUFFERED = 2**16
"""Bytes of a body that wait to be taken; more are not read."""


class IncomingRequest:
    """``method``, ``raw`` and ``query`` are known when the head ``has_head``; ``is_last``: no other follows it.

    It is ``whole`` with its last byte. ``raw`` is the path as it was sent; of the target's characters each is a byte.
    """

    __slots__ = (
        "_hold", "_is_lost", "_news", "_pieces", "_size", "_told", "expects", "has_head", "headers", "is_last",
        "is_old", "method", "query", "raw", "target", "whole",
    )  # fmt: skip

    def __init__(self, hold: Callable[..., None]) -> None:
        self._hold = hold
        self.target = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.method = self.raw = self.query = ""
        self.has_head = self.whole = self.is_last = self.is_old = False
        self._pieces: list[bytes] = []
        self._size = 0
        self._told = self._is_lost = False
        self._news: asyncio.Future[None] | None = None
        self.expects: Callable[[], None] | None = None

    def begin(self, method: str, *, is_old: bool) -> None:
        """The head is whole."""
        self.method, self.is_old, self.has_head = method, is_old, True
        target = self.target.decode("latin-1").partition("#")[0]
        if not target.startswith("/") and "://" in target:  # RFC 9112 3.2.2
            rest = target.partition("://")[2]
            target = rest[rest.find("/") :] if "/" in rest else "/"
        self.raw, _, self.query = target.partition("?")

    def add(self, piece: bytes) -> None:
        """A piece of the body."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > BUFFERED:
            self._hold("body", held=True)
        self._tell()

    def end(self) -> None:
        """No more of it comes, since it is whole."""
        self.whole = True
        self._tell()

    def break_off(self) -> None:
        """No more of it comes, and nobody may be there for the reply."""
        self._is_lost = True
        self._tell()

    def body(self) -> bytes:
        """The body that has arrived, which stays where it is."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    async def receive(self) -> dict[str, Any]:
        """What has arrived since the last time, by ASGI."""
        while not self._pieces and not self._is_lost and (self._told or not self.whole):
            if self.expects and not self.whole:
                self.expects()
                self.expects = None
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        if self._pieces or (self.whole and not self._told):
            body, self._told = b"".join(self._pieces), self.whole
            self._pieces, self._size = [], 0
            self._hold("body", held=False)
            return {"type": "http.request", "body": body, "more_body": not self.whole}
        return {"type": "http.disconnect"}

    def scope(self, transport: asyncio.BaseTransport) -> dict[str, Any]:
        """What ASGI tells of it."""
        return {
            "type": "http",
            "scheme": "https" if transport.get_extra_info("sslcontext") else "http",
            "method": self.method,
            "raw_path": self.raw.encode("latin-1"),
            "query_string": self.query.encode("latin-1"),
            "headers": self.headers,
            "client": (transport.get_extra_info("peername") or ("", 0))[:2],
            "server": transport.get_extra_info("sockname")[:2],
        }

    def _tell(self) -> None:
        if self._news and not self._news.done():
            self._news.set_result(None)
