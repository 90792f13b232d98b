"""From items to a tenant's collections: nothing is put that breaks the contract; all that would is reported at once."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Contract, Reference, Resource
from mockserver.errors import Problem, SetupError, Violation
from mockserver.handlers.door import keep
from mockserver.seeding.item import Item
from mockserver.seeding.shortage import Shortage
from mockserver.store import Loading, Tenant
from mockserver.values.absent import ABSENT
from mockserver.values.shown import how_many, shown

REMEDY = "correct its expression"


class Filling:
    """One tenant being filled. A fault that many records share is told once, with how many there are."""

    def __init__(self, contract: Contract, tenant: Tenant) -> None:
        self._contract = contract
        self._tenant = tenant
        self._records = Loading(tenant)
        self._found: dict[tuple[str, str, str], tuple[Problem, int]] = {}
        self._short = Shortage(tenant.name)
        self._references: dict[tuple[str, str], tuple[Item, str]] = {}
        self._places: dict[str, list[tuple[Reference, int | None]]] = {}
        self.trusted: frozenset[str] = frozenset()
        """The resources whose records may be referred to though they are not there."""
        self._passed_over: dict[str, set[Any]] = {}

    def put(self, item: Item) -> None:
        """Make the record of ``item`` and put it where it belongs."""
        resource = self._contract.resources[item.recipe.name]
        try:
            record = item.record()
        except SetupError as error:
            for problem in error.problems:
                self._keep(problem, f"{self._tenant.name}, {resource.name} {item.ordinal or ''}".rstrip(), "made")
            return
        record = resource.stored(record)
        if broken := resource.violations(record):
            if not self._short.explains(item, [one.pointer[1:] for one in broken if one.keyword == "required"]):
                for violation in broken:
                    self._complain(item, record, violation)
            return
        record_id = record[resource.key] if resource.key else self._tenant.name
        if self._is_there(resource.name, record_id):
            message = f"{shown(record_id, 80)} is the id of another record"
            self._complain(item, record, Violation("record", f"/{resource.key}", "unique", message), _fewer(item))
            return
        keep(self._records, resource, record_id, record)
        self._remember(item, record, resource, record_id)

    def pass_over(self, item: Item) -> None:
        """Have the record of ``item`` be there without being made, unless its key alone tells that it cannot be."""
        try:
            key = item.get_key()
        except SetupError:
            key = ABSENT
        if key is ABSENT or self._is_there(item.recipe.name, key):
            self.put(item)  # which tells what is wrong with it
        else:
            self._passed_over.setdefault(item.recipe.name, set()).add(key)

    def finish(self) -> None:
        """Have the tenant hold all that was put."""
        self._records.finish()

    def raise_any(self) -> None:
        """Raises SetupError when anything was wrong, references that lead nowhere included."""
        dangling = {
            (referenced, wanted): at
            for (referenced, wanted), at in self._references.items()
            if referenced not in self.trusted and not self._is_there(referenced, wanted)
        }
        for (referenced, wanted), (item, _) in dangling.items():
            self._short.meet(item.making, referenced, wanted)
        for (referenced, wanted), (item, pointer) in dangling.items():
            broken = Violation("record", pointer, "reference", f"{shown(wanted, 80)} is not in {referenced}")
            self._complain(item, item.record(), broken, self._short.remedy(item.making, referenced) or REMEDY)
        self.raise_found()

    def raise_found(self) -> None:
        """Raises SetupError when a record could not be put."""
        # What else is wrong then mostly follows from that.
        if found := [*self._short.problems()] or [*self._found.values()]:
            raise SetupError(_counted(problem, count) for problem, count in found)

    def _is_there(self, resource: str, key: Any) -> bool:
        return self._records.holds(resource, key) or key in self._passed_over.get(resource, ())

    def _remember(self, item: Item, record: dict[str, Any], resource: Resource, record_id: Any) -> None:
        """Keep what the record refers to, to be looked up when all are in.

        PERF: where it refers to what others do, as nearly all, the keys that it is found by tell that.
        """
        known, found = self._references, self._records.keys(resource.name, record_id)
        for reference, place in self._ways(resource):
            other, keys = reference.resource, () if place is None else found[place]
            if place is not None and (not keys or all((other, key) in known for key in keys if key)):
                continue
            for pointer, key in reference.found_in(record):
                known.setdefault((other, key), (item, pointer))
        if self._tenant.elsewhere is not None:
            for reference in resource.elsewhere:
                for _, key in reference.found_in(record):
                    self._tenant.meet(reference.resource, key)

    def _ways(self, resource: Resource) -> list[tuple[Reference, int | None]]:
        """The references of a resource, and which of the keys that a record is found by are theirs; None for none."""
        found = self._places.get(resource.name)
        if found is None:
            indexed = {path: place for place, path in enumerate(self._tenant[resource.name].indexed)}
            found = [(one, indexed.get(one.path)) for one in resource.references]
            self._places[resource.name] = found
        return found

    def _complain(self, item: Item, record: dict[str, Any], broken: Violation, remedy: str = REMEDY) -> None:
        recipe = item.recipe
        told_id = record.get(recipe.key, f"number {item.ordinal}")
        where = recipe.where(broken.pointer)
        problem = Problem(recipe.place.file, where, f"{broken.pointer or '/'} {broken.message}", remedy)
        # What is wrong with each item of a list is one fault.
        field = "/".join(step for step in broken.pointer.split("/") if not step.isdigit())
        self._keep(problem, f"{self._tenant.name}, {recipe.name} {told_id}", broken.keyword + field)

    def _keep(self, problem: Problem, who: str, rule: str) -> None:
        key = (problem.file, problem.pointer, rule)
        first, count = self._found.get(key, (None, 0))
        text = f"{who}: {problem.problem}"
        kept = first or Problem(problem.file, problem.pointer, text, problem.remedy)
        self._found[key] = (kept, count + 1)


def _fewer(item: Item) -> str:
    """What to do about an id that is given twice."""
    enough = item.ordinal - 1
    return f"{REMEDY}, or make {enough} (--count {item.recipe.name}={enough})" if enough > 0 else REMEDY


def _counted(problem: Problem, count: int) -> Problem:
    more = f" (and {how_many(count - 1, 'more record')})" if count > 1 else ""
    return Problem(problem.file, problem.pointer, problem.problem + more, problem.remedy)
