"""A reply as it goes out: at once, late, in drips, as long as the client stays, or not at all; no thread waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from mockserver.messages import Damage, Stream
from mockserver.web.asgi import END, Receive, Scope, Send
from mockserver.web.damage import SlowContent
from mockserver.web.journal_stream import EVERY
from mockserver.web.outgoing_reply import CommonHeaders, OutgoingReply

CLOSE = (b"connection", b"close")
"""Where a body is not whole: what is left of the request cannot be told from the next one, and of a reply would be
waited for as long as the connection is kept.
"""

NO_COMMON_HEADERS = CommonHeaders((), [], b"")


class Transmission(NamedTuple):
    """``late``: seconds before anything is sent. ``pause``: seconds before each of the ``drips``."""

    lost: Damage | None = None
    stream: Stream | None = None
    drips: Sequence[bytes] = ()
    pause: float = 0.0
    late: float = 0.0


class EncodedReply(NamedTuple):
    """A reply as it is sent, ``headers`` before the ``common`` ones; without a ``transmission``: at once, whole."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes
    transmission: Transmission | None = None
    common: CommonHeaders = NO_COMMON_HEADERS


def slowed(status: int, headers: list[tuple[bytes, bytes]], content: bytes | SlowContent) -> EncodedReply:
    """The reply with what a fault left of its content, as slow as the fault asks."""
    if isinstance(content, SlowContent):
        drips = content.pieces() if content.seconds else ()
        transmission = Transmission(drips=drips, pause=content.pause, late=content.late)
        return EncodedReply(status, headers, content.content, transmission)
    return EncodedReply(status, headers, content)


def continued(reply: OutgoingReply, stream: Stream) -> EncodedReply:
    """The reply whose content a stream follows."""
    late = reply.damage.late if reply.damage else 0.0
    return EncodedReply(reply.status, reply.encoded(), reply.content, Transmission(stream=stream, late=late))


def lost(status: int, damage: Damage) -> EncodedReply:
    """The reply of which nothing arrives."""
    return EncodedReply(status, [], b"", Transmission(lost=damage, late=damage.late))


async def transmit(reply: EncodedReply, scope: Scope, receive: Receive, send: Send) -> None:
    """Send it by ASGI, as its transmission says."""
    transmission = reply.transmission or _AT_ONCE
    if transmission.late:
        await asyncio.sleep(transmission.late)
    if transmission.lost:
        await _lose(transmission.lost, scope, receive)
    headers = [*reply.headers, *reply.common.encoded]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if transmission.stream:
        await send({"type": "http.response.body", "body": reply.content, "more_body": True})
        await _follow(transmission.stream, receive, send)
    for piece in transmission.drips:
        await asyncio.sleep(transmission.pause)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    is_sent = bool(transmission.drips or transmission.stream)
    await send({"type": "http.response.body", "body": b"" if is_sent else reply.content})


_AT_ONCE = Transmission()


async def _lose(damage: Damage, scope: Scope, receive: Receive) -> None:
    """Let no byte of the reply arrive; a silent connection ends when the client no longer waits."""
    if damage.kind == "silent":
        with suppress(TimeoutError):
            async with asyncio.timeout(damage.seconds):
                await _client_gone(receive)
    if END in scope:
        scope[END](by_reset=damage.kind == "reset")


async def _follow(stream: Stream, receive: Receive, send: Send) -> None:
    """Send what there is to tell, until that ends or the client has gone."""
    gone = asyncio.ensure_future(_client_gone(receive))
    try:
        while not gone.done():
            if (piece := stream.piece()) is None:
                return
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.wait([gone], timeout=EVERY)
    finally:
        gone.cancel()


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
