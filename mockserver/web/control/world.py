"""The world as a whole: is it there, how full is it, back to the beginning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockserver.web.control.route import ControlRequest, Route
from mockserver.web.control.tenants import begun_tenant, sizes_of, tenant_sizes
from mockserver.web.health import health_of
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class WorldControl:
    """Health, reset and the tenants' sizes."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/health", self.health, "Health")
        yield Route("POST", "/reset", self.reset, "Health")
        yield Route("GET", "/tenants", self.tenants, "TenantSizes")
        yield Route("POST", "/tenants/<tenant>/reset", self.reset_tenant, "Sizes")

    def health(self, _: ControlRequest) -> dict[str, Any]:
        """Whether it is there, what it serves, and what time it is there."""
        return health_of(self.world)

    def reset(self, sent: ControlRequest) -> dict[str, Any]:
        """Put records, ids and clock back to the start; empty journal, outbox, faults and webhooks."""
        self.world.reset()
        return self.health(sent)

    def reset_tenant(self, _: ControlRequest, tenant: str) -> dict[str, int]:
        """Put one tenant's records and ids back to the start and forget its faults; an unknown tenant appears."""
        self.world.reset_tenant(tenant)
        return sizes_of(self.world, begun_tenant(self.world, tenant).name)

    def tenants(self, _: ControlRequest) -> dict[str, dict[str, int]]:
        """The tenants, and how many records of each resource they have."""
        return tenant_sizes(self.world)
