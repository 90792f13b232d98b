"""Whose records an operation is about, and where they are kept: a record's id is its parents' keys and its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from mockserver.contract import Resource
from mockserver.contract.plan import Steps
from mockserver.contract.samples.fitting import fit
from mockserver.contract.samples.scalars import Draw
from mockserver.errors import Refusal, Violation
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import caller_key
from mockserver.handlers.planned.addressing.criteria import meets, with_values
from mockserver.handlers.planned.addressing.places import (
    by_key,
    key_of,
    keys_of,
    model_of,
    named_within,
    plan_of,
    record_id,
)
from mockserver.handlers.planned.initial_data.initial_keys import first_key, stands_above
from mockserver.handlers.planned.initial_data.initial_records import begin
from mockserver.handlers.planned.stored_records.parents_said import says_above
from mockserver.messages import Json
from mockserver.store import Condition, Record, Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.shown import quoted

TAKEN = 100_000
"""By how much the number of a record grows that another record has already where it is taken in."""


class Scope:
    """The records of one resource below certain parents; ``keys`` None: below any; fewer: below any others.

    Of them those that have each of ``having``, a member and its value as text.
    """

    def __init__(
        self, call: Call, tenant: Tenant, resource: Resource, keys: tuple[str, ...] | None,
        having: tuple[tuple[Steps, str], ...] = (),
    ) -> None:  # fmt: skip
        self.call = call
        self.tenant = tenant
        self.resource = resource
        self.model = model_of(resource)
        self.keys = keys
        self.having = having
        if keys is not None and not self.is_wide:
            begin(call, tenant, resource, keys)

    @property
    def is_wide(self) -> bool:
        """Whether more parents stand above the records than are named."""
        return self.keys is None or len(self.keys) < len(self.model.parents)

    def all(self, condition: Condition | None = None) -> Iterator[Record]:
        """The records in the order of their keys; with a condition, of them at least those that meet it."""
        if self.is_wide and self.keys is not None:
            self._begin_below(self.keys)
        kept = self._kept(self.keys or (), with_values(self.having) if condition is None else condition)
        yield from filter(self._has, kept) if self.having else kept

    def in_order(self, condition: Condition | None = None) -> list[Record]:
        """The same, numbers among their keys by size."""
        is_all = condition is None and not self.having
        return [*self.ordered("key", by_key)] if is_all else sorted(self.all(condition), key=by_key)

    def ordered(self, name: str, key: Callable[[Record], Any]) -> Sequence[Record]:
        """All records by ``key``, which ``name`` stands for; they are sorted once. Only without ``having``."""
        if self.is_wide and self.keys is not None:
            self._begin_below(self.keys)
        prefix = record_id(self.keys, "") if self.keys else ""
        return self.tenant[self.resource.name].ordered(name, prefix, key)

    def _kept(self, keys: tuple[str, ...], condition: Condition | None = None) -> Iterator[Record]:
        """The records below those parents, as many as have been looked at."""
        prefix = record_id(keys, "") if keys else ""
        for record in self.tenant[self.resource.name].narrowed(condition, prefix):
            if not record.id.startswith(prefix):
                return
            yield record

    def find(self, key: str) -> Record | None:
        """The record of that key, or the newest with that value in another member that identifies it."""
        if not self.is_wide and (found := self.tenant[self.resource.name].get(record_id(self.keys or (), key))):
            return found if self._has(found) else None
        if not self.is_wide and not self.model.other_keys and not self.model.made_elsewhere:
            return None
        for likely in (with_values([(self.model.key, key)]), None) if self.is_wide else ():
            if own := next((one for one in self.all(likely) if key_of(one.id) == key), None):
                return own
        for steps in filter(None, self.model.other_keys):
            for record in reversed([*self.all(with_values([(steps, key)]))]):
                if str(value_at(record.data(), steps)) == key:
                    return record
        return self._made_elsewhere(key)

    def _made_elsewhere(self, key: str) -> Record | None:
        """The record that was made on another path and is found here by that key and what it says of its parents."""
        ways = [steps for steps in (self.model.key, *self.model.other_keys) if steps]
        for name, steps in product(self.model.made_elsewhere, ways):
            for record in reversed([*self.tenant[name].narrowed(with_values([(steps, key)]), "")]):
                data = record.data()
                above = [says_above(parent, record) for parent in self.model.parents]
                is_here = all(one in said for one, said in zip(self.keys or (), above, strict=False))
                if is_here and str(value_at(data, steps)) == key:
                    return self.took_in(record)
        return None

    def took_in(self, made: Record) -> Record:
        """A record that was made on another path, as one of these."""
        keys = self.keys or ()
        for parent in self.model.parents[len(keys) :]:
            other = self.call.tools.contract.resources.get(parent.resource or "")
            usual = [] if other is None or model_of(other).parents else [first_key(self.call, other, ())]
            keys = (*keys, next(iter((*says_above(parent, made), *usual, "-"))))
        here = Scope(self.call, self.tenant, self.resource, keys)
        draw = Draw.of(self.call.tools.ids.draw("taken in", made.id), self.call.tools.clock.now(), full=True)
        value = made.data()
        if self.model.record is not None:
            value = fit(self.call.tools.maker, self.model.record, value, draw)
        key = value_at(value, self.model.key) if self.model.key else key_of(made.id)
        while isinstance(key, int) and here.holds(str(key)):
            key += TAKEN
            value = with_value(value, self.model.key, key)
        return here.put(str(key), value)

    def _twins(self, record: Record) -> Iterator[tuple[Resource, Record]]:
        """Where the same record stands that was made on another path: of one name, below the parents that it says."""
        if not self.model.made_elsewhere:
            return
        *above, key = keys_of(record.id)
        data = record.data()
        ways = [steps for steps in self.model.other_keys if steps and value_at(data, steps) is not None]
        same = with_values([(steps, value_at(data, steps)) for steps in ways])
        for name in self.model.made_elsewhere:
            for twin in [*self.tenant[name].narrowed(same, "")]:
                theirs, said = twin.data(), [says_above(parent, twin) for parent in self.model.parents]
                is_here = all(one in names for one, names in zip(above[: self.model.reach], said, strict=False))
                is_named = all(value_at(theirs, steps) == value_at(data, steps) for steps in ways)
                if is_here and (is_named if ways else key_of(twin.id) == key):
                    yield self.call.tools.contract.resources[name], twin

    def _has(self, record: Record) -> bool:
        data = record.data() if self.having else None
        return all(meets(value_at(data, steps), value) for steps, value in self.having)

    def _begin_below(self, keys: tuple[str, ...]) -> None:
        """Let there be the first records below each parent that can be known (R6)."""
        parents = self.model.parents
        if len(keys) == len(parents):
            begin(self.call, self.tenant, self.resource, keys)
            return
        above = self.call.tools.contract.resources.get(parents[len(keys)].resource or "")
        if above is None or above.is_single or stands_above(self.call, above, {self.resource.name}):
            return
        width = len(model_of(above).parents)
        theirs = Scope(self.call, self.tenant, above, keys[:width] if width <= len(keys) else ())
        for record in [*theirs.all()]:
            self._begin_below((*keys, key_of(record.id)))

    def get(self, key: str) -> Record:
        """Raises Refusal(404)."""
        found = self.find(key)
        if found is None:
            raise Refusal(404, f"No record {quoted(key)} in {self.resource.name}.")
        return found

    def put(self, key: str, value: Json) -> Record:
        """Keep ``value`` under ``key``, in place of what was there."""
        return door.keep(self.tenant, self.resource, record_id(self.keys or (), key), value)

    def replace(self, record: Record, value: Json) -> Record:
        """Keep ``value`` where ``record`` is, and where it was made."""
        for resource, twin in self._twins(record) if isinstance(value, dict) else ():
            shown, key = twin.data(), model_of(resource).key[:1]
            shared = {name: one for name, one in value.items() if name in shown and (name,) != key}
            door.keep(self.tenant, resource, twin.id, {**shown, **shared})
        return door.keep(self.tenant, self.resource, record.id, value)

    def rename(self, record: Record, key: str) -> Record:
        """Keep ``record`` under another key of its own, and all records below it below that."""
        place = len(keys_of(record.id)) - 1
        for other in self.call.tools.contract.resources.values():
            if other.model is None or other.name not in self.tenant:
                continue
            below = Scope(self.call, self.tenant, other, None)
            if other.model.parents[place : place + 1] and other.model.parents[place].resource == self.resource.name:
                for child in [*below._kept(keys_of(record.id))]:
                    keys = keys_of(child.id)
                    below._move(child, record_id((*keys[:place], key, *keys[place + 1 : -1]), keys[-1]), child.data())
        *parents, _ = keys_of(record.id)
        return self._move(record, record_id(tuple(parents), key), with_value(record.data(), self.model.key, key))

    def _move(self, record: Record, name: str, value: Json) -> Record:
        door.remove(self.tenant, self.resource, record.id)
        return door.keep(self.tenant, self.resource, name, value)

    def remove(self, record: Record) -> None:
        """Take the record away, and all records below it (R7)."""
        for resource, twin in self._twins(record):
            door.remove(self.tenant, resource, twin.id)
        door.remove(self.tenant, self.resource, record.id)
        for other in self.call.tools.contract.resources.values():
            if other.model is None or other.name not in self.tenant:
                continue
            scope = Scope(self.call, self.tenant, other, None)
            for child in [*self._below(record, scope)]:
                scope.remove(child)

    def _below(self, record: Record, other: Scope) -> Iterator[Record]:
        """The records of another resource that stand below ``record`` in a path, or name it where their path does."""
        keys, name = keys_of(record.id), self.resource.name
        for index, parent in enumerate(other.model.parents):
            if parent.resource == name and index == len(keys) - 1:
                yield from other._kept(keys)
            elif parent.resource == name:
                yield from (one for one in other._kept(()) if keys_of(one.id)[index] == keys[-1])
        for holder in other.model.holders:
            if holder.resource == name and holder.field:
                yield from (one for one in other._kept(()) if str(value_at(one.data(), holder.field)) == keys[-1])

    def holds(self, key: str) -> bool:
        """Whether a record has that key; what else a record may be found by does not count."""
        if self.model.is_found_alone:
            return any(key_of(one.id) == key for one in self._kept((self.keys or ())[: self.model.reach]))
        return record_id(self.keys or (), key) in self.tenant[self.resource.name]


def scope_of(call: Call, tenant: Tenant) -> Scope:
    """The records that the operation is about."""
    plan = plan_of(call)
    keys = None if plan.scope is None else tuple(str(call.input.values[name]) for name in plan.scope)
    if keys == () and plan.key is not None and call.resource.model is not None:
        keys = named_within(call.resource.model, str(call.input.values[plan.key]))
    having = tuple((one.field, str(call.input.values[one.parameter])) for one in plan.within if one.field)
    return Scope(call, tenant, call.resource, keys, having)


def named(call: Call, scope: Scope) -> Record:
    """The record that the path names, itself or by a word such as ``me``. Raises Refusal(404)."""
    plan = plan_of(call)
    if plan.alias and (account := caller_key(call, scope.resource.name)) is not None:
        return account_of(scope, account)
    if plan.alias:
        return scope.get(first_key(call, scope.resource, scope.keys or ()))
    return scope.get(_key_said(call))


def account_of(scope: Scope, key: str) -> Record:
    """The record of whoever logged in. Raises Refusal(401) when it is gone."""
    if (found := scope.find(key)) is None:
        raise Refusal(401, "The account of this token no longer exists.")
    return found


def _key_said(call: Call) -> str:
    """The key in the path or, where the document says so, in the body or the query. Raises Refusal(400)."""
    plan = plan_of(call)
    said = plan.words.get("key")
    if not isinstance(said, Mapping):
        assert plan.key is not None
        return str(call.input.values[plan.key])
    [(place, name)] = said.items()
    value = value_at(call.input.body, tuple(name.split("."))) if place == "body" else call.input.values.get(name)
    if isinstance(value, str | int) and value != "":
        return str(value)
    violation = Violation(place, "/" + name.replace(".", "/"), "required", "is required and missing")
    raise Refusal(400, "The request does not name a record.", violations=[violation])


def require_parents(call: Call, tenant: Tenant) -> None:
    """Raises Refusal(404) when the path names a parent that a client could know not to be there."""
    plan, model = plan_of(call), call.resource.model
    if model is None or plan.scope is None:
        return
    parents = (*model.parents[: len(plan.scope)], *plan.within)
    names = (*plan.scope, *(one.parameter for one in plan.within))
    keys = [str(call.input.values[name]) for name in names]
    for index, parent in enumerate(parents):
        above = call.tools.contract.resources[parent.resource] if parent.must_exist and parent.resource else None
        if above is not None and (width := _reach(above)) in (0, index):
            Scope(call, tenant, above, tuple(keys[:width])).get(keys[index])


def _reach(resource: Resource) -> int:
    """How many parents the path of one of its records names."""
    model = model_of(resource)
    return model.reach if model.path else len(model.parents)
