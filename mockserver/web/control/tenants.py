"""What a control request names: a tenant or a snapshot that is there, a resource of the document."""

from __future__ import annotations

from collections.abc import Collection

from mockserver.contract import Resource
from mockserver.store import Tenant, TooManyTenants
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant
from mockserver.web.control.route import Missing, missing, refusal
from mockserver.world import World


def known_tenant(world: World, name: str) -> Tenant:
    """Raises SetupError when no tenant of that name has appeared yet."""
    names = world.store.names()
    if name not in names:
        raise missing(f"unknown tenant {shown(name, 80)}", meant(name[:80], names))
    return world.store.tenant(name)


def begun_tenant(world: World, name: str) -> Tenant:
    """The tenant of that name; it appears if nobody used it yet. Raises SetupError where no other may appear."""
    try:
        return world.store.tenant(name)
    except TooManyTenants:
        raise refusal("", f"this mock already holds {len(world.store.names())} tenants", "reset it") from None


def tenant_sizes(world: World) -> dict[str, dict[str, int]]:
    """How many records of each resource each tenant has."""
    return {name: sizes_of(world, name) for name in world.store.names()}


def sizes_of(world: World, name: str) -> dict[str, int]:
    """How many records of each resource a tenant has."""
    with world.store.work(name) as tenant:
        return tenant.sizes()


def known_resource(world: World, name: str) -> Resource:
    """Raises SetupError when the document has no resource of that name."""
    resources = world.contract.resources
    if name not in resources:
        raise missing(f"unknown resource {shown(name, 80)}", meant(name[:80], resources))
    return resources[name]


def no_snapshot(name: str, known: Collection[str]) -> Missing:
    """That there is no snapshot of that name, with what to do."""
    remedy = meant(name[:80], known) if known else "take one first: PUT /__mock__/snapshots/NAME"
    return missing(f"no snapshot {shown(name, 40)}", remedy)
