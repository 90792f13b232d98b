"""What goes out for a request, and in which manner: at once, late, in drips, as long as the client stays, or not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from mockserver.messages import Damage
from mockserver.web.damage import Slowly
from mockserver.web.following import Following
from mockserver.web.lasting import Receive, Scope, Send, follow, lose
from mockserver.web.leaving import Fixed

CLOSE = (b"connection", b"close")
"""Where a body is not whole: what is left of the request cannot be told from the next one, and of a reply would be
waited for as long as the connection is kept.
"""

NO_HEADERS = Fixed((), [], b"")


class Manner(NamedTuple):
    """``late``: seconds before anything is sent. ``pause``: seconds before each of the ``drips``."""

    lost: Damage | None = None
    following: Following | None = None
    drips: Sequence[bytes] = ()
    pause: float = 0.0
    late: float = 0.0


class Answered(NamedTuple):
    """A reply as it is sent, ``headers`` before the ``fixed`` ones; without a ``manner``, at once and in one piece."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes
    manner: Manner | None = None
    fixed: Fixed = NO_HEADERS


def sent(status: int, headers: list[tuple[bytes, bytes]], content: bytes | Slowly) -> Answered:
    """The reply with what a fault left of its content."""
    if isinstance(content, Slowly):
        drips = content.pieces() if content.seconds else ()
        return Answered(status, headers, content.content, Manner(drips=drips, pause=content.pause, late=content.late))
    return Answered(status, headers, content)


def lost(status: int, damage: Damage) -> Answered:
    """The reply of which nothing arrives."""
    return Answered(status, [], b"", Manner(lost=damage, late=damage.late))


async def deliver(answered: Answered, scope: Scope, receive: Receive, send: Send) -> None:
    """Send it by ASGI, in its manner."""
    manner = answered.manner or _PLAIN
    if manner.late:
        await asyncio.sleep(manner.late)
    if manner.lost:
        await lose(manner.lost, scope, receive)
    headers = [*answered.headers, *answered.fixed.encoded]
    await send({"type": "http.response.start", "status": answered.status, "headers": headers})
    if manner.following:
        await follow(manner.following, receive, send)
    for piece in manner.drips:
        await asyncio.sleep(manner.pause)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if manner.drips else answered.content})


_PLAIN = Manner()
