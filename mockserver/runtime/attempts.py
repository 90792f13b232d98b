"""What became of each attempt to deliver an event: kept in order, bounded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mockserver.runtime.ring_buffer import Ring

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


class Attempts:
    """The last ``KEPT`` attempts; older ones fall out."""

    def __init__(self) -> None:
        self._log: Ring[Attempt] = Ring(KEPT, MAX_BYTES)

    def put(self, one: Attempt) -> None:
        self._log.add(one, OVERHEAD + len(one.payload))

    def after(self, number: int) -> list[dict[str, Any]]:
        """Those after the one of that number, oldest first, each with its own."""
        return [{"number": at, **asdict(one)} for at, one in self._log.all() if at > number]

    def clear(self) -> None:
        self._log.clear()
