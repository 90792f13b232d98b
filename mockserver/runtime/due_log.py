"""What has fallen due: kept in order, bounded, for a person and a test to read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mockserver.runtime.ring_buffer import Log, Ring

KEPT, MAX_BYTES = 1_000, 2**20
"""How many of those that happened are remembered, and how much text."""
OVERHEAD = 100
"""How many bytes one takes beside its text, about."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An effect that fell due in a tenant, and what it did."""

    at: str
    tenant: str
    resource: str
    record_id: str
    about: str
    effects: str

    def size(self) -> int:
        return OVERHEAD + sum(map(len, (self.tenant, self.record_id, self.about, self.effects)))


class DueLog:
    """The last ``KEPT`` effects that fell due; older ones fall out."""

    def __init__(self, log: Log[Happened] | None = None) -> None:
        """Those of ``log``, where one is given."""
        self._happened = log or Ring[Happened](KEPT, MAX_BYTES)

    def put(self, one: Happened) -> None:
        self._happened.add(one)

    def happened(self, tenant: str | None = None) -> list[dict[str, Any]]:
        """What happened since the start or the last reset, oldest first; in one tenant if named."""
        return [asdict(one) for _, one in self._happened.all() if tenant in (None, one.tenant)]

    def clear(self) -> None:
        self._happened.clear()
