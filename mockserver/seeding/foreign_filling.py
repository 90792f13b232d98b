"""From items to the collections of a document without annotations: what nobody wrote down is made by the schemas."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Contract, Resource
from mockserver.contract.plan import Model, Steps
from mockserver.contract.samples.fitting import fit_keeping
from mockserver.contract.samples.scalars import Draw
from mockserver.errors import Problem, SetupError, Violation
from mockserver.handlers.door import keep
from mockserver.handlers.planned.addressing.new_keys import new_key
from mockserver.handlers.planned.addressing.places import ONLY, record_id
from mockserver.seeding.filling import Filling
from mockserver.seeding.item import Item
from mockserver.store import Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.shown import shown


class ForeignFilling(Filling):
    """One tenant being filled, its resources as inference found them."""

    def __init__(self, contract: Contract, tenant: Tenant) -> None:
        super().__init__(contract, tenant)
        assert contract.maker is not None
        self._maker = contract.maker
        self._beside: dict[str, int] = {}

    def put(self, item: Item) -> None:
        """Make the record of ``item`` whole and put it below its parents."""
        resource = self._contract.resources[item.recipe.name]
        model = resource.model
        assert model is not None
        try:
            record = self._whole(item, model)
        except SetupError as error:
            for problem in error.problems:
                self._keep(problem, f"{self._tenant.name}, {resource.name} {item.ordinal or ''}".rstrip(), "made")
            return
        if broken := resource.violations(record):
            for violation in broken:
                self._complain(item, record, violation)
            return
        keys = [*self._above(item, model, record, resource)]
        if None in keys:
            return
        identity = record_id(tuple(str(one) for one in keys), str(self._own(item, model, record, resource)))
        if self._records.holds(resource.name, identity):
            message = f"{shown(identity, 80)} is the id of another record"
            self._complain(item, record, Violation("record", _pointer(model.key), "unique", message))
            return
        keep(self._records, resource, identity, record)

    def _whole(self, item: Item, model: Model) -> dict[str, Any]:
        """What the recipe or the scenario says, and what a record may not be without."""
        said = item.record()
        if model.record is None:
            return said
        is_made = item.ordinal > 0
        called = item.recipe.name
        draw = Draw.of(item.origin, item.making.clock, full=is_made, varies=is_made, called=called)
        made = self._maker.make(model.record, draw)
        whole = {**made, **said} if isinstance(made, dict) else said
        if model.key and value_at(said, model.key) is None:
            draw = Draw.of(item.origin, item.making.clock, full=True)
            whole = with_value(whole, model.key, new_key(self._maker, model, item.ordinal, draw))
        return fit_keeping(self._maker, model.record, whole, said, draw)

    def _own(self, item: Item, model: Model, record: dict[str, Any], resource: Resource) -> Any:
        """The record's key; one that stands beside it is made."""
        if resource.is_single:
            return ONLY
        if model.key:
            return value_at(record, model.key)
        ordinal = self._beside[resource.name] = self._beside.get(resource.name, 0) + 1
        return new_key(self._maker, model, ordinal, Draw.of(item.origin, item.making.clock, full=True))

    def _above(self, item: Item, model: Model, record: dict[str, Any], resource: Resource) -> list[Any]:
        """The keys of the record's parents, as it says them; None, told, for one that it does not say."""
        found = []
        for parent in model.parents:
            key = value_at(record, parent.field) if parent.field else None
            if key is None:
                member = ".".join(parent.field) or parent.parameter
                remedy = f"give it a {member}" if parent.field else "leave it out, and let a client make it"
                place = item.recipe.place
                who = f"{self._tenant.name}, {resource.name} {value_at(record, model.key)}"
                self._keep(Problem(place.file, place.pointer, "does not say whose it is", remedy), who, "parent")
            found.append(key)
        return found


def _pointer(steps: Steps) -> str:
    return "".join(f"/{step}" for step in steps)
