"""The front that stands before a mock whose files are edited: one takes another's place, and no request is lost."""

from __future__ import annotations

import gc
from collections.abc import Sequence

from mockserver.reloading.succession import take_over
from mockserver.runtime.reloads import Misfit
from mockserver.web.asgi import Receive, Scope, Send
from mockserver.web.front import Front
from mockserver.web.transmission import EncodedReply
from mockserver.world import World


class ReloadableFront:
    """Whichever front is there now."""

    def __init__(self, front: Front) -> None:
        self._front = front

    @property
    def world(self) -> World:
        """The world that is served."""
        return self._front.world

    def at_once(
        self, method: str, raw: str, query: str, sent_headers: list[tuple[bytes, bytes]], body: bytes
    ) -> EncodedReply | None:
        """As the front that is there now answers."""
        return self._front.at_once(method, raw, query, sent_headers, body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._front(scope, receive, send)

    def swap(self, old: World, new: World) -> Sequence[Misfit]:
        """Serve ``new``. Requests that are under way meanwhile are answered by one of the two, never by both."""
        before, after = self._front, self._front.followed_by(new)
        try:
            misfits = take_over(old, new)
        except BaseException:
            before.stay()
            raise
        self._front = after
        before.hand_on(after)
        gc.unfreeze()  # the first world was frozen: see where serving begins
        gc.collect()
        gc.freeze()
        return misfits
