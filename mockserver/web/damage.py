"""Replies that do not arrive as they should: lost, cut, garbled, of another type, or in drips, as a fault asks."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from time import sleep
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mockserver.messages import Damage, Reply

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

DAMAGE = "mockserver.damage"
"""Where the environ holds the damage that is still to be done, on the way to the socket."""
PIECES = 20
"""In how many pieces a slow body is sent."""
LONGEST = 30.0
"""Seconds that a reply is sent over at most, whatever its rate."""
_SOCKET = "werkzeug.socket"
"""Where the environ of a server of ours for tests holds the connection."""
_PHRASES = {one.value: one.phrase for one in HTTPStatus}
_NO_JSON = b"\xff\xfe}{"
_PAGE = "<!doctype html><html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


@dataclass(frozen=True, slots=True)
class SlowContent:
    """A body, the seconds over which it is sent, and those before; to iterate over it takes that long."""

    content: bytes
    seconds: float = 0.0
    late: float = 0.0

    def __iter__(self) -> Iterator[bytes]:
        sleep(self.late)
        for piece in self.pieces():
            sleep(self.pause)
            yield piece

    @property
    def pause(self) -> float:
        """Seconds before each piece."""
        return self.seconds / max(1, len(self.pieces()))

    def pieces(self) -> list[bytes]:
        size = max(1, -(-len(self.content) // (PIECES if self.seconds else 1)))
        return [self.content[start : start + size] for start in range(0, len(self.content), size)]


def spoiled(reply: Reply) -> Reply:
    """``reply`` with the content that its damage leaves; where it has no content, it stays as it is."""
    how = reply.damage.kind if reply.damage else ""
    if reply.raw is None or how not in ("garbled", "html", "mistyped"):
        return reply
    if how == "mistyped":
        return replace(reply, content_type="text/plain; charset=utf-8")
    if how == "html":
        return replace(reply, raw=_page(reply.status), content_type="text/html; charset=utf-8")
    return replace(reply, raw=reply.raw[: len(reply.raw) // 2] + _NO_JSON)


def _page(status: int) -> bytes:
    """What a gateway shows people."""
    phrase = _PHRASES.get(status, "Error") if status >= 400 else "Something went wrong"
    return _PAGE.format(f"{status} {phrase}" if status >= 400 else phrase).encode()


class ReplyLost(ConnectionAbortedError):
    """Nothing of a reply is sent, not even its status: the connection is closed or reset, or silent before."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(f"The connection is {_ENDS[damage.kind]}: a fault asks for it.")
        self.damage = damage


_ENDS = MappingProxyType({"drop": "dropped", "reset": "reset", "silent": "silent"})


def damaged(content: bytes, damage: Damage) -> bytes | SlowContent:
    """What of ``content`` is sent, and how. Raises ReplyLost where nothing is.

    One that is cut is shorter than its Content-Length says, so the connection cannot be used any further.
    """
    if damage.kind in _ENDS:
        raise ReplyLost(damage)
    if is_cut(damage):
        content = content[: len(content) // 2]
    if damage.kind != "slow":
        return SlowContent(content, late=damage.late) if damage.late else content
    seconds = min(len(content) / damage.rate, LONGEST) if damage.rate else damage.seconds
    return SlowContent(content, seconds, damage.late)


def is_cut(damage: Damage | None) -> bool:
    """Whether less is sent than Content-Length says."""
    return damage is not None and damage.kind == "cut"


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
        try:
            left = damaged(content, damage)
        except ReplyLost:
            if _SOCKET in environ:  # elsewhere whoever catches it does what is left to do
                _end(environ[_SOCKET], damage)
            raise
        return left if isinstance(left, SlowContent) else [left]

    return answering


def _end(connection: socket.socket, damage: Damage) -> None:
    sleep(damage.late)
    if damage.kind == "silent":
        sleep(damage.seconds)
    if damage.kind == "reset":
        reset(connection)


def reset(connection: socket.socket) -> None:
    """Have the other end see a reset; where the system has no such call, the end of the connection."""
    import ctypes  # PERF: a start needs none

    nowhere = struct.pack("@H14x", socket.AF_UNSPEC)
    if ctypes.CDLL(None, use_errno=True).connect(connection.fileno(), nowhere, len(nowhere)):
        connection.shutdown(socket.SHUT_RDWR)


def _nothing() -> None:
    pass
