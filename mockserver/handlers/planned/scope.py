"""Whose records an operation is about, and where they are kept: a record's id is its parents' keys and its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract import Resource
from mockserver.errors import Refusal, Violation
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.beginning import begin, first_key
from mockserver.handlers.planned.places import keys_of, model_of, plan_of, record_id, value_at
from mockserver.messages import Json
from mockserver.store import Record, Tenant


class Scope:
    """The records of one resource below certain parents; ``keys`` None: below any."""

    def __init__(self, call: Call, tenant: Tenant, resource: Resource, keys: tuple[str, ...] | None) -> None:
        self.call = call
        self.tenant = tenant
        self.resource = resource
        self.model = model_of(resource)
        self.keys = keys
        if keys is not None:
            begin(call, tenant, resource, keys)

    def all(self) -> Iterator[Record]:
        """The records in the order of their keys."""
        collection = self.tenant[self.resource.name]
        if self.keys is None or not self.keys:
            yield from collection.scan()
            return
        prefix = record_id(self.keys, "")
        for record in collection.scan(prefix):
            if not record.id.startswith(prefix):
                return
            yield record

    def find(self, key: str) -> Record | None:
        """The record of that key, or of that value in another member that identifies it."""
        if self.keys is not None and (found := self.tenant[self.resource.name].get(record_id(self.keys, key))):
            return found
        ways = self.model.other_keys if self.keys is not None else (self.model.key, *self.model.other_keys)
        if not ways:
            return None
        for record in self.all():
            data = record.data()
            if any(str(value_at(data, steps)) == key for steps in ways if steps):
                return record
        return None

    def get(self, key: str) -> Record:
        """Raises Refusal(404)."""
        found = self.find(key)
        if found is None:
            raise Refusal(404, f"No record {key[:200]!r} in {self.resource.name}.")
        return found

    def put(self, key: str, value: Json) -> Record:
        """Keep ``value`` under ``key``, in place of what was there."""
        return door.keep(self.tenant, self.resource, record_id(self.keys or (), key), value)

    def replace(self, record: Record, value: Json) -> Record:
        """Keep ``value`` where ``record`` is."""
        return door.keep(self.tenant, self.resource, record.id, value)

    def remove(self, record: Record) -> None:
        """Take the record away, and all records below it (R7)."""
        door.remove(self.tenant, self.resource, record.id)
        keys = keys_of(record.id)
        for other in self.call.tools.contract.resources.values():
            if other.model is None or not any(one.resource == self.resource.name for one in other.model.parents):
                continue
            if other.model.parents[len(keys) - 1 : len(keys)] and other.name in self.tenant:
                below = Scope(self.call, self.tenant, other, None)
                below.keys = keys
                for child in [*below.all()]:
                    door.remove(self.tenant, other, child.id)

    def holds(self, key: str) -> bool:
        """Whether a record has that key; what else a record may be found by does not count."""
        return record_id(self.keys or (), key) in self.tenant[self.resource.name]


def scope_of(call: Call, tenant: Tenant) -> Scope:
    """The records that the operation is about."""
    plan = plan_of(call)
    keys = None if plan.scope is None else tuple(str(call.input.values[name]) for name in plan.scope)
    return Scope(call, tenant, call.resource, keys)


def named(call: Call, scope: Scope) -> Record:
    """The record that the path names, itself or by a word such as ``me``. Raises Refusal(404)."""
    plan = plan_of(call)
    if plan.alias:
        return scope.get(first_key(call, scope.resource, scope.keys or ()))
    return scope.get(_key_said(call))


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
    keys = [str(call.input.values[name]) for name in plan.scope]
    for index, parent in enumerate(model.parents[: len(keys)]):
        if parent.must_exist and parent.resource:
            resource = call.tools.contract.resources[parent.resource]
            if len(model_of(resource).parents) == index:
                Scope(call, tenant, resource, tuple(keys[:index])).get(keys[index])
