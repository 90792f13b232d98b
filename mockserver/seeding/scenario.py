"""A world to begin with: how many records of what each tenant gets, and putting them into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mockserver.contract import Contract
from mockserver.garbage import uncollected
from mockserver.seeding.filling import Filling
from mockserver.seeding.item import Item, Making, Recipe
from mockserver.store import Tenant
from mockserver.values.members import value_at

BLOCK = 100
"""How many records of a resource are made before those of the next."""
TRIED = 1_000
"""How many records of a resource are made whole, at its beginning and again all over it, to try the template."""
_STRIDE = 7_919
"""A prime, so that what is tried all over a resource has nothing in common with what recipes deal out in turn."""


@dataclass(frozen=True, slots=True)
class TenantPlan:
    """What one tenant gets: how many records of each resource, and which records written out.

    ``begins`` is how many begin there that no recipe makes, where the document's schemas can; ``elsewhere`` are keys
    of other modules' records that are there though no record names them.
    """

    counts: Mapping[str, int]
    pinned: Mapping[str, tuple[Recipe, ...]]
    elsewhere: Mapping[str, tuple[str, ...]]
    begins: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A world to begin with. ``clock`` is its moment, in UTC; ``tenants`` are those it lists, in their order."""

    name: str
    description: str
    seed: int
    clock: datetime
    tenants: tuple[str, ...]
    _contract: Contract = field(repr=False)
    _recipes: Mapping[str, Recipe] = field(repr=False)
    _plans: Mapping[str, TenantPlan] = field(repr=False)
    _template: TenantPlan = field(repr=False)

    def fill(self, tenant: Tenant, on_record: Callable[[], None] | None = None) -> None:
        """Put every record of ``tenant`` (of the template, for one that is not listed); tell each to ``on_record``.

        A record that is written out takes the place of the made-up one of its id.

        Raises SetupError listing each place in recipes and pinned records that makes a record the
        contract forbids, refers to one that is not there, or repeats an id.
        """
        self._fill(tenant, on_record, lambda _: True)

    def try_template(self, tenant: Tenant, on_record: Callable[[], None] | None = None) -> None:
        """As ``fill`` for a tenant that is thrown away, of which many records are not made, but for their keys.

        So each key is known, and what is made may refer to any record. Raises SetupError as ``fill`` does.
        """
        is_inferred = self._contract.maker is not None
        self._fill(tenant, on_record, lambda item: is_inferred or _is_tried(item))

    def _fill(self, tenant: Tenant, on_record: Callable[[], None] | None, is_made: Callable[[Item], bool]) -> None:
        filling = self._filling(tenant)
        self._meet(tenant)
        with uncollected():
            for item in self._items(tenant.name):
                if is_made(item):
                    filling.put(item)
                else:
                    filling.pass_over(item)
                if on_record:
                    on_record()
        filling.raise_any()
        filling.finish()

    def fill_resource(self, tenant: Tenant, resource: str) -> None:
        """Put the records of one resource, the same that ``fill`` puts, wherever they refer to.

        Raises SetupError listing what makes a record that the contract forbids, or repeats an id.
        """
        filling = self._filling(tenant)
        self._meet(tenant)
        with uncollected():
            for item in self._items(tenant.name, resource):
                filling.put(item)
        filling.raise_found()
        filling.finish()

    def begins(self, tenant: str, resource: str, usual: int) -> int:
        """How many records of a resource a tenant begins with beside those of recipes and those written out.

        ``usual`` is how many where the scenario does not speak of the resource.
        """
        plan = self._plans.get(tenant, self._template)
        is_told = resource in plan.counts or resource in plan.pinned
        return plan.begins.get(resource, 0 if is_told else usual)

    def keys(self, tenant: str, resource: str) -> list[Any]:
        """The keys of the records that recipes make and that are written out."""
        model = self._contract.resources[resource].model
        return [value_at(item.record(), model.key) for item in self._items(tenant, resource)] if model else []

    def _filling(self, tenant: Tenant) -> Filling:
        if self._contract.maker is None:
            filling = Filling(self._contract, tenant)
            filling.trusted = self._untold(self._plans.get(tenant.name, self._template))
            return filling
        from mockserver.seeding.foreign_filling import ForeignFilling  # PERF: for documents without annotations only

        return ForeignFilling(self._contract, tenant)

    def _untold(self, plan: TenantPlan) -> frozenset[str]:
        """The resources of modules that the scenario does not speak of: it was written for the document alone."""
        resources = self._contract.resources.items()
        return frozenset(name for name, one in resources if one.module and name not in plan.counts)

    def _meet(self, tenant: Tenant) -> None:
        for resource, keys in self._plans.get(tenant.name, self._template).elsewhere.items():
            for key in keys:
                tenant.meet(resource, key)

    def size(self) -> int:
        """About how many records there are at the start: those of the tenants it lists, and of one of the template."""
        plans = [*self._plans.values(), self._template]
        return sum(sum(plan.counts.values()) + sum(map(len, plan.pinned.values())) for plan in plans)

    def records(self, tenant_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """What ``fill`` puts: resource and record, by resource, pinned records first. Raises SetupError."""
        for item in self._items(tenant_name):
            yield item.recipe.name, item.record()

    def _items(self, tenant: str, only: str | None = None) -> Iterator[Item]:
        plan = self._plans.get(tenant, self._template)
        counts = {name: plan.counts.get(name, 0) for name in self._contract.resources}
        if untold := self._untold(plan) & self._recipes.keys():
            counts |= dict.fromkeys(untold, max(counts.values()))  # as many as can be referred to
        making = Making(self.seed, tenant, self.clock, self._recipes, counts)
        written: dict[str, set[Any]] = {name: set() for name in counts}
        for name in sorted(counts) if only is None else (only,):
            for recipe in plan.pinned.get(name, ()):
                identity = recipe.place.value.get(recipe.key, name)
                written[name].add(identity)
                yield Item(making, recipe, 0, f"pinned {identity}")
        for name, ordinal in _in_blocks(counts if only is None else {only: counts[only]}):
            item = making.item(name, ordinal)
            if not written[name] or item.get_key() not in written[name]:
                yield item


def _is_tried(item: Item) -> bool:
    """Whether it is one of those by which all records are judged, as the last and any that is written out are."""
    ordinal, count = item.ordinal, item.making.counts[item.recipe.name]
    return ordinal <= TRIED or ordinal == count or ordinal * _STRIDE % count < TRIED


def _in_blocks(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Each record to be made: its resource, and its ordinal from 1 on.

    PERF: a block of each resource after the other, since records refer to those of about their own ordinal, which
    are then at hand: made once, and not once more for each that refers to them.
    """
    for start in range(1, max(counts.values(), default=0) + 1, BLOCK):
        for name in sorted(counts):
            for ordinal in range(start, min(start + BLOCK, counts[name] + 1)):
                yield name, ordinal
