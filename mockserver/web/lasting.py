"""Replies that take as long as a client stays: a silent connection, the journal as it happens; no thread waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

from mockserver.messages import Damage
from mockserver.web.following import EVERY, Following

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

END = "mockserver.end"
"""Where a scope holds what closes the connection without another byte, ``by_reset`` if so."""


async def lose(damage: Damage, scope: Scope, receive: Receive) -> None:
    """Let no byte of the reply arrive; a silent connection costs no thread, and ends when the client does not wait."""
    if damage.kind == "silent":
        with suppress(TimeoutError):
            async with asyncio.timeout(damage.seconds):
                await _gone(receive)
    if END in scope:
        scope[END](by_reset=damage.kind == "reset")


async def follow(following: Following, receive: Receive, send: Send) -> None:
    """Send what the journal tells, until the client has gone; no thread waits."""
    gone = asyncio.ensure_future(_gone(receive))
    try:
        while not gone.done():
            if piece := following.piece():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.wait([gone], timeout=EVERY)
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
