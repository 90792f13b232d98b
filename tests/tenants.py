"""Shared by the tests: a tenant as a scenario fills it."""

from __future__ import annotations

from mockserver.contract import Contract
from mockserver.seeding import Scenario
from mockserver.store import Store, Tenant


def filled(contract: Contract, scenario: Scenario, name: str) -> Tenant:
    """All its records, checked against each other. Raises SetupError."""
    tenant = Store(contract.indexes, None, 1, counted=contract.counted).empty(name)
    scenario.fill(tenant)
    return tenant
