"""Figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.runtime.metrics import MEDIA_TYPE
from mockserver.web.control.route import ControlRequest, Route
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class MetricsControl:
    """What a monitor scrapes."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/metrics", self.metrics, "", media_type=MEDIA_TYPE)

    def metrics(self, _: ControlRequest) -> str:
        """Requests, their durations and breaches since the start, and what the mock holds now, for Prometheus."""
        world = self.world
        return world.metrics.text(
            [
                ("mock_clock_seconds", "The mock's time, in seconds since 1970.", world.clock.now().timestamp()),
                ("mock_tenants", "Tenants that have appeared.", len(world.store.names())),
                ("mock_journal_entries", "Exchanges that the journal holds.", len(world.journal.entries())),
                ("mock_faults", "Pending faults.", len(world.faults.waiting())),
            ]
        )
