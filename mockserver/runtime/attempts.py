"""What became of each attempt to deliver an event: kept in order, bounded."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

from mockserver.runtime.ring_buffer import Log, Ring
from mockserver.store import StoreUnreachable

logger = logging.getLogger("mockserver")
KEPT, MAX_BYTES = 1_000, 8 * 2**20
"""How many attempts the log holds, and how much of them in all."""
OVERHEAD = 500
"""How many bytes one takes beside its payload, about."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one attempt: ``status`` is the receiver's, None where it did not answer."""

    at: str
    id: str
    webhook: str
    event: str
    tenant: str
    url: str
    attempt: int
    outcome: str
    status: int | None
    detail: str
    payload: str

    def size(self) -> int:
        return OVERHEAD + len(self.payload)


class Attempts:
    """The last ``KEPT`` attempts; older ones fall out."""

    def __init__(self, log: Log[Attempt] | None = None) -> None:
        """Those of ``log``, where one is given."""
        self._log = log or Ring[Attempt](KEPT, MAX_BYTES)

    def put(self, one: Attempt) -> None:
        """Keep it, unless the store is away: what was sent is not sent again for that."""
        try:
            self._log.add(one)
        except StoreUnreachable as lost:
            logger.warning("webhooks: cannot record that %s was %s: %s", one.id, one.outcome, lost)

    def after(self, number: int) -> list[dict[str, Any]]:
        """Those after the one of that number, oldest first, each with its own."""
        return [{"number": at, **asdict(one)} for at, one in self._log.all() if at > number]

    def clear(self) -> None:
        self._log.clear()
