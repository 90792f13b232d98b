"""Shared by the tests: a tenant as a scenario fills it, and as a client sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockserver.contract import Contract, Resource
from mockserver.expressions import Rules
from mockserver.seeding import Scenario
from mockserver.store import Store, Tenant


def filled(contract: Contract, scenario: Scenario, name: str) -> Tenant:
    """All its records, checked against each other. Raises SetupError."""
    tenant = Store(contract.indexes, None, 1, counted=contract.counted).empty(name)
    scenario.fill(tenant)
    return tenant


def as_shown(rules: Rules, tenant: Tenant, resource: Resource, now: datetime) -> list[dict[str, Any]]:
    """The resource's records as a client sees them, in the order of their ids."""
    context = rules.context(tenant, now)
    return [rules.seen(resource, record, context) for record in tenant[resource.name].scan()]
