"""What a date brings about: what comes next, and what has happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from mockserver.handlers.falling_due import Occasion, soonest
from mockserver.runtime.determinism import stamp
from mockserver.web.control.route import ControlRequest, Route
from mockserver.world import World

MOST = 1_000
"""How many of each a reply holds."""


@dataclass(frozen=True, slots=True)
class DueControl:
    """Effects of time."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/due", self.due, "Due", query=("tenant", "limit"))

    def due(self, sent: ControlRequest) -> dict[str, Any]:
        """What falls due next in each tenant as its records are now, and what has fallen due since the start."""
        limit = min(int(sent.query.get("limit", "100")), MOST)
        tenant = sent.query.get("tenant")
        names = [name for name in self.world.store.names() if tenant in (None, name)]
        happened = self.world.due.happened(tenant)
        coming = nsmallest(limit, ((one, name) for name in names for one in self._soonest(name, limit)))
        return {
            "coming": [self._described(name, one) for one, name in coming],
            "happened": happened[-limit:] if limit else [],
        }

    def _soonest(self, name: str, limit: int) -> list[Occasion]:
        if not self.world.due.resources:
            return []
        with self.world.store.work(name, reading=True) as tenant:
            return soonest(self.world.due, tenant, limit)

    def _described(self, tenant: str, one: Occasion) -> dict[str, str]:
        about = self.world.rules.effects[one.resource][one.effect].about
        at, resource, record = stamp(one.moment), one.resource, one.record_id
        return {"at": at, "tenant": tenant, "resource": resource, "record_id": record, "about": about}
