"""Looking into a shared store once for all requests that have arrived meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.store.sql.ahead import Foreseen
    from mockserver.world import World

READING = frozenset({"GET", "HEAD"})


class SharedReads:
    """Whoever arrives while somebody looks waits for the next look, which is one statement for all who wait.

    PERF: two threads are handed something, and the database is asked, once a round; for each request it took twice
    the time in which a record is read.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._steering = world.steering if world.steering and world.steering.looks_ahead else None
        self._thread = ThreadPoolExecutor(1, "round")
        self._wanted: set[str] = set()
        self._next: asyncio.Future[Mapping[str, Foreseen]] | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def are_needed(self) -> bool:
        """Whether others change the same store."""
        return self._steering is not None

    def helps(self, method: str) -> bool:
        """Whether a request is answered sooner after a look; a change looks in its own thread anyway."""
        return self._steering is not None and method in READING

    def waits_for_nobody(self, method: str, foreseen: Foreseen | None) -> bool:
        """Whether no other server or store is asked, and no fault used up by a request that is begun again."""
        world = self._world
        if world.onward is not None or world.faults.are_waiting:
            return False
        is_known = foreseen is not None or self._steering is None
        return world.store.is_at_hand or (is_known and method in READING and world.journal.is_at_hand)

    def foresee(self, foreseen: Foreseen | None) -> None:
        """Have what was looked for at hand for the request that this thread answers next."""
        if self._steering:
            self._steering.foresee(foreseen)

    async def look(self, tenant: str | None) -> Foreseen | None:
        """What is new of a tenant since before now; None where it is not in memory, or the store is not reachable."""
        loop, tenant = asyncio.get_running_loop(), tenant or "default"
        self._wanted.add(tenant)
        if self._next is None:
            self._next = loop.create_future()
        coming = self._next
        if self._running is None:
            self._running = loop.create_task(self._go_round())
        return (await asyncio.shield(coming)).get(tenant)  # who gives up does not give up for the others

    async def _go_round(self) -> None:
        loop = asyncio.get_running_loop()
        while self._next is not None:
            (coming, self._next), (wanted, self._wanted) = (self._next, None), (self._wanted, set())
            coming.set_result(await loop.run_in_executor(self._thread, self._looked, wanted))
        self._running = None

    def _looked(self, wanted: set[str]) -> Mapping[str, Foreseen]:
        assert self._steering
        try:
            return self._steering.look(wanted)
        except Exception:  # noqa: BLE001 -- those who wait go on: each request finds out for itself, and says so
            return {}
