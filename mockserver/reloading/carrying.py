"""What clients did in one world, carried over onto the beginning of the next, record by record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.contract import Resource
from mockserver.expressions import RecordProxy
from mockserver.handlers.door import fill, keep, remove
from mockserver.handlers.planned.addressing.places import keys_of
from mockserver.planting import begin_all
from mockserver.runtime.reloads import Misfit
from mockserver.store import Record, Tenant
from mockserver.store.keeping import FactKind, path_of
from mockserver.store.tenant_diff import differing
from mockserver.values.shown import shown
from mockserver.world import World

GONE = "the document no longer has this resource"
REASONS = 3
"""How many reasons are given for one record."""

Place = tuple[str, str]
"""A record's resource and id."""


class Carried(NamedTuple):
    """A tenant as it goes on, whether clients did anything to it, and the records that do not fit."""

    tenant: Tenant
    is_changed: bool
    misfits: Sequence[Misfit]


@dataclass(frozen=True, slots=True)
class Carrying:
    """From the world ``old`` into ``new``, which is at its beginning."""

    old: World
    new: World

    def carry(self, now: Tenant, aside: Sequence[Misfit] = (), snapshot: str | None = None) -> Carried:
        """What ``now``, a tenant of the old world that nobody else uses, is in the new one.

        What clients created, changed and deleted is done to the new beginning; what they left alone is as that says.
        ``aside`` are records that did not fit before and are tried again.
        """
        began, then = self.old.store.beginning(now.name), self.new.store.beginning(now.name)
        has_begun = bool(now.begun) or any(len(now[one]) for one in self.old.contract.resources if now.is_filled(one))
        if has_begun and self.old.contract.maker:
            begin_all(self.old, began)
            begin_all(self.old, now)
        if has_begun and self.new.contract.maker:
            begin_all(self.new, then)
        merge = _Merge(self.new, then, snapshot)
        changes = [*differing(began, now, self.old.contract.resources)]
        for change in changes:
            merge.take(change.resource, change.id, change.after)
        for misfit in aside:
            merge.try_again(misfit)
        merge.settle()
        _go_on_from(now, then, self.new.contract.resources)
        return Carried(then, bool(changes), merge.misfits)


@dataclass(slots=True)
class _Merge:
    world: World
    tenant: Tenant
    snapshot: str | None
    misfits: list[Misfit] = field(default_factory=list)
    _mine: dict[Place, tuple[Record | None, bytes]] = field(default_factory=dict)
    """For each record of a client's that is in: what the beginning has there, and what it was before."""
    _removed: dict[Place, Record] = field(default_factory=dict)
    """What the beginning has and a client had deleted."""

    def take(self, resource: str, record_id: str, record: Record | None) -> None:
        """Have a record be as a client left it; None: deleted."""
        if record is not None:
            self._put(resource, record_id, record.raw)
        elif resource in self.tenant and (gone := remove(self.tenant, self._resource(resource), record_id)):
            self._removed[resource, record_id] = gone

    def try_again(self, misfit: Misfit) -> None:
        """Take a record back in that was set aside, unless a client has made another in its place."""
        if (misfit.resource, misfit.id) not in self._mine:
            self._put(misfit.resource, misfit.id, misfit.raw)

    def settle(self) -> None:
        """See that no reference leads nowhere: what was deleted comes back where it is needed, else who refers goes."""
        while sum(  # all that were found, then again
            self._resolved(place, target, pointer, may_stay=may_stay)
            for place, target, pointer, may_stay in [*self._dangling()]
        ):
            pass

    def _resolved(self, place: Place, target: Place, pointer: str, *, may_stay: bool) -> bool:
        """Whether something was done about a reference that led nowhere when it was found."""
        if (gone := self._removed.pop(target, None)) is not None:
            keep(self.tenant, self._resource(target[0]), target[1], gone.data())
            self._miss(*target, f"had been deleted; it is back, since {place[0]} {place[1]} names it")
            return True
        if may_stay or place not in self._mine or target[1] in self.tenant[target[0]]:
            return False  # the new files' own records are as their author left them
        before, raw = self._mine.pop(place)
        self._miss(*place, f"{pointer}: names {shown(target[1], 80)}, which is not in {target[0]}", raw)
        self._put_back(place, before)
        return True

    def _put(self, name: str, record_id: str, raw: bytes) -> None:
        resource = self.world.contract.resources.get(name)
        if resource is None:
            self._miss(name, record_id, GONE, raw)
            return
        value = Record(record_id, raw).data()
        dropped: list[str] = []
        if resource.model is None:
            value, dropped = self._completed(resource, record_id, value)
        if problems := [*self._problems(resource, record_id, value)][:REASONS]:
            self._miss(name, record_id, "; ".join(problems), raw)
            return
        self._mine[name, record_id] = self.tenant[name].get(record_id), raw
        keep(self.tenant, resource, record_id, value)
        if dropped:
            self._miss(name, record_id, f"no longer declared and dropped: {', '.join(dropped)[:200]}")

    def _completed(self, resource: Resource, record_id: str, value: Any) -> tuple[dict[str, Any], list[str]]:
        """A record without fields that are not declared, those filled in that may be left out; and what it lost."""
        dropped = resource.ignored(value)
        record = {name: one for name, one in resource.stored(value).items() if name not in dropped}
        context = self.world.rules.context(self.tenant, self.world.clock.now())
        fill(self.world.rules, RecordProxy(context, resource, record_id, record), {})
        return record, dropped

    def _problems(self, resource: Resource, record_id: str, value: Any) -> Iterator[str]:
        if resource.model is None:
            found = resource.violations(value)
            if not resource.is_single and value.get(resource.key) != record_id:
                yield f"/{resource.key}: is not its id, {shown(record_id, 80)}"
        else:
            if not resource.is_single and len(keys_of(record_id)) != len(resource.model.parents) + 1:
                yield "its paths name other parents now"
            maker, schema = self.world.contract.maker, resource.model.record
            is_good = maker is None or schema is None or maker.allows(schema, value)
            found = () if is_good or maker is None or schema is None else maker.validator(schema).violations(value, "")
        yield from (f"{one.pointer or '/'}: {one.message}" for one in found)

    def _dangling(self) -> Iterator[tuple[Place, Place, str, bool]]:
        """References that lead nowhere: the record's place, its target's, the pointer, and whether it may stay so."""
        for resource in self.world.contract.resources.values() if self._mine or self._removed else ():
            if not resource.references:
                continue
            binding = resource.binding(strict=self.tenant.is_strict)
            for record in self._suspects(resource.name):
                data = record.data()
                for reference in resource.references:
                    for pointer, key in reference.found_in(data):
                        if key not in self.tenant[reference.resource]:
                            place, target = (resource.name, record.id), (reference.resource, key)
                            yield place, target, pointer, reference not in binding

    def _suspects(self, resource: str) -> Iterator[Record]:
        """The records that may name one that is not there."""
        if self._removed:
            yield from [*self.tenant[resource].scan()]
            return
        for name, record_id in [*self._mine]:
            if name == resource and (record := self.tenant[name].get(record_id)) is not None:
                yield record

    def _put_back(self, place: Place, before: Record | None) -> None:
        resource = self._resource(place[0])
        if before is None:
            remove(self.tenant, resource, place[1])
        else:
            keep(self.tenant, resource, place[1], before.data())

    def _resource(self, name: str) -> Resource:
        return self.world.contract.resources[name]

    def _miss(self, resource: str, record_id: str, why: str, raw: bytes = b"") -> None:
        self.misfits.append(Misfit(self.tenant.name, resource, record_id, why, self.snapshot, raw))


def _go_on_from(now: Tenant, then: Tenant, resources: Mapping[str, Resource]) -> None:
    """Let new ids and numbers go on from where they were, and what has got its first records not get them again."""
    for place, content in now.everything():
        kind, name, key = place
        if kind is FactKind.RECORD or (kind is not FactKind.COUNT and _is_unknown(kind, name, key, resources)):
            continue
        is_number = kind in (FactKind.COUNT, FactKind.HIGHEST)
        then.take(place, b"%d" % max(int(content), int(then.at(place) or 0)) if is_number else content)


def _is_unknown(kind: FactKind, name: str, key: str, resources: Mapping[str, Resource]) -> bool:
    """Whether a fact is of a resource that is not there, or not below such parents."""
    if kind is FactKind.ELSEWHERE:
        return False
    resource = resources.get(name)
    if resource is None or kind is FactKind.HIGHEST:
        return resource is None
    return resource.model is None or len(path_of(key)) > len(resource.model.parents)
