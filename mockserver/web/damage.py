"""Replies that do not arrive as they should: lost, cut, garbled, of another type, or in drips, as a fault asks."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISSOCK
from typing import TYPE_CHECKING, Any

from mockserver.messages import Damage, Reply

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

DAMAGE = "mockserver.damage"
"""Where the environ holds the damage that is still to be done, on the way to the socket."""
PIECES = 20
"""In how many pieces a slow body is sent."""
_NO_JSON = b"\xff\xfe}{"
_PAGE = b"<!doctype html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Slowly:
    """A body and the seconds over which it is sent; to iterate over it takes that long."""

    content: bytes
    seconds: float

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces():
            time.sleep(self.pause)
            yield piece

    @property
    def pause(self) -> float:
        """Seconds before each piece."""
        return self.seconds / PIECES

    def pieces(self) -> list[bytes]:
        size = max(1, -(-len(self.content) // PIECES))
        return [self.content[start : start + size] for start in range(0, len(self.content), size)]


def spoiled(reply: Reply) -> Reply:
    """``reply`` with the content that its damage leaves; where it has no content, it stays as it is."""
    how = reply.damage.kind if reply.damage else ""
    if reply.raw is None or how not in ("garbled", "html"):
        return reply
    if how == "html":
        return replace(reply, raw=_PAGE, content_type="text/html; charset=utf-8")
    return replace(reply, raw=reply.raw[: len(reply.raw) // 2] + _NO_JSON)


def damaged(content: bytes, damage: Damage) -> bytes | Slowly:
    """What of ``content`` is sent, and how. Raises ConnectionAbortedError where nothing is, the status line included.

    One that is cut is shorter than its Content-Length says, so the connection cannot be used any further.
    """
    if damage.kind == "drop":
        raise ConnectionAbortedError("The connection is dropped: a fault asks for it.")
    if damage.kind == "cut":
        return content[: len(content) // 2]
    return Slowly(content, damage.seconds) if damage.kind == "slow" else content


def damaging(app: WSGIApplication) -> WSGIApplication:
    """``app``, with the damage that its environ then names; servers take what is raised for a client that has gone."""

    def answering(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        pieces = app(environ, start)
        damage: Damage | None = environ.get(DAMAGE)
        if damage is None:
            return pieces
        try:
            content = b"".join(pieces)
        finally:
            close: Callable[[], Any] = getattr(pieces, "close", _nothing)
            close()
        left = damaged(content, damage)
        return left if isinstance(left, Slowly) else [left]

    return answering


def shut(host: str, port: str) -> None:
    """Close this process's connection to a client at ``host`` and ``port`` without another byte.

    The server's library has no word for it, so the socket is looked for among the descriptors of this process.
    """
    for entry in Path("/dev/fd").iterdir():
        with suppress(OSError):  # closed meanwhile, or not connected
            if S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                with socket.socket(fileno=os.dup(int(entry.name))) as found:
                    if [str(part) for part in found.getpeername()[:2]] == [host, port]:
                        found.shutdown(socket.SHUT_RDWR)


def _nothing() -> None:
    pass
