"""Who watches records as they change: lines for each, told as long as each asked, or until its records are others."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from weakref import WeakSet

from mockserver.store.tenant import Tenant
from mockserver.store.tenant_diff import ChangedRecord

MOST = 100
"""How many may watch at once."""
WAITING = 10_000
"""How many lines wait for one who does not take them; then its watch ends."""
EVERY = 0.1
"""Seconds between two looks of a thread that has nothing to send."""


class RecordWatch:
    """What happens to the records of one resource in a tenant, as lines, until the moment ``until`` of the monotonic
    clock.

    ``tells`` gives the lines of what a unit of work changed; the tenant's lock is held then.
    """

    def __init__(
        self, tenant: str, resource: str, tells: Callable[[Tenant, list[ChangedRecord]], Iterable[bytes]], until: float
    ) -> None:
        self.tenant, self.resource = tenant, resource
        self.tells = tells
        self._until = until
        self._lines: deque[bytes] = deque()
        self._is_over = False

    def add(self, lines: Iterable[bytes]) -> None:
        """Have these lines sent next."""
        self._lines.extend(lines)
        self._is_over = self._is_over or len(self._lines) > WAITING

    def end(self) -> None:
        """Send what waits, and nothing more."""
        self._is_over = True

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._is_over or time.monotonic() >= self._until

    def piece(self) -> bytes | None:
        """What is to be sent now, maybe nothing; None at the end."""
        is_over, lines = self.is_over, []
        while self._lines:
            lines.append(self._lines.popleft())
        return b"".join(lines) if lines or not is_over else None

    def __iter__(self) -> Iterator[bytes]:
        """The pieces, for a thread that waits for them."""
        while (piece := self.piece()) is not None:
            yield piece
            if not piece:
                time.sleep(EVERY)


class Watches:
    """All who watch. One that nobody reads any more is forgotten."""

    def __init__(self) -> None:
        self._watches: WeakSet[RecordWatch] = WeakSet()

    @property
    def are_wanted(self) -> bool:
        """Whether anybody watches anything."""
        return bool(self._watches) and any(not one.is_over for one in list(self._watches))

    @property
    def are_too_many(self) -> bool:
        """Whether nobody more may watch."""
        return sum(not one.is_over for one in list(self._watches)) >= MOST

    def begin(self, watch: RecordWatch) -> None:
        self._watches.add(watch)

    def end(self, tenant: str | None = None) -> None:
        """End all watches, or those of one tenant: its records are others from now on."""
        for one in list(self._watches):
            if tenant in (None, one.tenant):
                one.end()

    def lines(self, tenant: Tenant, changes: list[ChangedRecord]) -> list[tuple[RecordWatch, list[bytes]]]:
        """What those who watch the tenant are to be told of a unit of work, its lock held."""
        found = []
        for one in list(self._watches):
            about = [change for change in changes if change.resource == one.resource]
            if about and one.tenant == tenant.name and not one.is_over:
                found.append((one, [*one.tells(tenant, about)]))
        return found
