"""Lists whose entries name records by key: an order's line says what its product is called and costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import is_key, model_of, plan_of
from mockserver.handlers.planned.derived_members.denormalised_fields import named_fields, repeated_fields
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json


def with_listed_copies(call: Call, scope: Scope, value: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` with what the entries of the lists that were sent leave out, and the records that they name have."""
    for name, (member, resource, each) in _naming(call, scope).items():
        held = value.get(name)
        if name in sent and isinstance(held, list):
            value = {**value, name: [_whole(call, scope, one, member, (resource, each)) for one in held]}
    return value


def _whole(call: Call, scope: Scope, entry: Json, member: str, named: tuple[Resource, Node]) -> Json:
    key, (resource, place) = entry.get(member) if isinstance(entry, dict) else None, named
    if not isinstance(entry, dict) or not is_key(key):
        return entry
    found = Scope(call, scope.tenant, resource, ()).find(str(key))
    if found is None:
        return entry
    members = call.tools.maker.shapes.properties(place)
    left_out = set(members) - set(entry)
    said = {**repeated_fields(call, place, found.data(), left_out), **named_fields(call, place, member, found.data())}
    whole = {**{name: one for name, one in said.items() if name in left_out}, **entry}
    whole = {**{name: whole[name] for name in members if name in whole}, **whole}
    return whole if call.tools.maker.allows(place, whole) or not call.tools.maker.allows(place, entry) else entry


def _naming(call: Call, scope: Scope) -> Mapping[str, tuple[str, Resource, Node]]:
    """For each list of objects with keys of another resource the member that has them. PERF: worked out once."""
    known: dict[str, dict[str, tuple[str, Resource, Node]]] = plan_of(call).remembered.setdefault("listed", {})
    if (found := known.get(scope.resource.name)) is None:
        found, shapes, model = {}, call.tools.maker.shapes, scope.model
        for (name, member), about in model.keys_listed().items() if model.record is not None else ():
            resource = call.tools.contract.resources.get(about)
            each = shapes.items(shapes.properties(model.record)[name]) if model.record is not None else None
            if resource is not None and each is not None and not model_of(resource).parents and not resource.is_single:
                found.setdefault(name, (member, resource, each))
        known[scope.resource.name] = found
    return found
