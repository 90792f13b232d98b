"""Records of other resources within a record: copies as they are at the time, lists of what belongs to it (A12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.contract.plan import Embedded, Model
from mockserver.contract.samples.fitting import shown
from mockserver.contract.schema_shape import Shapes
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import maker_in
from mockserver.handlers.planned.accounts.own_truths import as_asked
from mockserver.handlers.planned.addressing.places import is_key, keys_of, model_of, plan_of
from mockserver.handlers.planned.derived_members.denormalised_fields import copied_names, named_fields
from mockserver.handlers.planned.derived_members.deriving import Deriving
from mockserver.handlers.planned.initial_data.initial_states import MAKERS
from mockserver.handlers.planned.stored_records.counted_children import children_numbers
from mockserver.handlers.planned.stored_records.positions import in_place
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json
from mockserver.store import Record, Tenant
from mockserver.values.equality import same_json
from mockserver.values.name_words import flat

DEEPEST = 3
"""How many records within records are looked up."""
MOST = 100
"""How many records one member shows; more would make a reply as large as the store."""


def presented(call: Call, tenant: Tenant, record: Record) -> Json:
    """A record of the call's resource as clients see it: in members that no client writes, others as they are now."""
    return whole(call, tenant, record, as_replied=True)


def whole(call: Call, tenant: Tenant, record: Record, *, as_replied: bool = False) -> Json:
    """The same with all that the record holds of others; ``as_replied``: with what the call's reply shows of it."""
    value, embedded = record.data(), model_of(call.resource).embedded
    if own := as_asked(call, tenant, call.resource, record):
        value = {**value, **own}
    if isinstance(value, dict) and (numbers := children_numbers(call, tenant, record, value)):
        value = _following(call, value, numbers)
    if all(one.is_written for one in embedded.values()) or not isinstance(value, dict):
        return value  # PERF: most records hold no others
    return value | _held(call, tenant, call.resource, record, place_shown(call) if as_replied else None)


def _following(call: Call, value: dict[str, Json], numbers: Mapping[str, Json]) -> dict[str, Json]:
    """A record with numbers that are worked out when it is shown, and with what follows from these."""
    place = model_of(call.resource).record
    if place is None:
        return value
    return Deriving(call.tools.maker, call.tools.clock.now()).whole(place, {**value, **numbers}, before=value)


def place_shown(call: Call) -> Node | None:
    """The schema by which the reply shows a record."""
    plan, shapes = plan_of(call), call.tools.maker.shapes
    schema = plan.success.schema
    steps = plan.record if plan.items is None else plan.items
    place = None if schema is None or steps is None else shapes.member(schema, steps)
    if place is None or plan.items is None:
        return place
    items = shapes.items(place)
    return items and (shapes.member(items, plan.each) or items)


def _held(
    call: Call, tenant: Tenant, resource: Resource, record: Record, place: Node | None, *, above: tuple[str, ...] = ()
) -> dict[str, Json]:
    """What the members of a record that no client writes hold of others now, as far as ``place`` has them."""
    model, around, shapes = model_of(resource), (*above, resource.name), call.tools.maker.shapes
    if model.record is None or len(around) > DEEPEST:
        return {}
    members, wanted = shapes.properties(model.record), shapes.properties(place) if place else {}
    kept, held = record.data(), {}
    for name, one in model.embedded.items():
        if not one.is_written and one.resource not in around and (not wanted or name in wanted):
            inner = _Inner(call, tenant, one, place=members[name], keys=keys_of(record.id))
            if one.is_owned:
                held[name] = inner.owned(around)
            elif kept.get(name) is not None:
                held[name] = inner.current(kept[name], around)
    return held


def completed(call: Call, scope: Scope, name: str, place: Node, sent: Json) -> Json:
    """``sent`` with each object that names a record, and says nothing else of it than it has, as that record."""
    one = scope.model.embedded.get(name)
    if one is None or scope.is_wide:
        return sent
    inner = _Inner(call, scope.tenant, one, place=place, keys=(*(scope.keys or ()), ""))
    return [inner.named(each) for each in sent] if one.is_many and isinstance(sent, list) else inner.named(sent)


def usual(call: Call, scope: Scope, made: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """``made`` with a record that there is for each that had to be made up since nobody sent one."""
    value = dict(made)
    if scope.model.record is None or scope.is_wide:
        return value
    members = call.tools.maker.shapes.properties(scope.model.record)
    for name, one in scope.model.embedded.items():
        by = maker_in(call, scope.tenant, one.resource, value.get(name)) if flat(name) in MAKERS else None
        if (name in value or by is not None) and name not in sent and not one.is_many:
            inner = _Inner(call, scope.tenant, one, place=members[name], keys=(*(scope.keys or ()), ""))
            value[name] = inner.any(value.get(name), by=by)
    return value


def named_copies(
    call: Call, scope: Scope, value: dict[str, Any], sent: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``value`` with the record that each of its keys names, where members hold that, or its name: ``patient`` and
    ``patientName`` by ``patientId``.

    ``sent`` is what a client said, ``before`` what the record was: what still has the same key stays.
    """
    if scope.model.record is None or scope.is_wide or not scope.model.foreign:
        return value
    members, sendable = call.tools.maker.shapes.properties(scope.model.record), scope.model.said()
    for key, other in scope.model.foreign.items():
        referenced = call.tools.contract.resources.get(other)
        is_same = before is not None and same_json(value.get(key), before.get(key))
        if referenced is None or is_same or model_of(referenced).parents:
            continue
        if not is_key(value.get(key)):
            gone = {*copied_names(call, scope.model.record, key)} - {*sendable}
            value = {name: one for name, one in value.items() if name not in gone}
            continue
        found = Scope(call, scope.tenant, referenced, ()).find(str(value[key]))
        repeats = named_fields(call, scope.model.record, key, found.data() if found else None)
        value = {**value, **{one: said for one, said in repeats.items() if one not in sendable}}
    for name, one in scope.model.embedded.items():
        by = _key_beside(scope.model, name, one)
        is_same = before is not None and same_json(value.get(by), before.get(by))
        if one.is_many or name in sent or by == "" or (is_same and name in value):
            continue
        copy = _Inner(call, scope.tenant, one, place=members[name], keys=(*(scope.keys or ()), "")).at(value.get(by))
        if copy is not None:
            value = {**value, name: copy}
        elif not is_same and value.get(by) is None and call.tools.maker.allows(members[name], None):
            value = {**value, name: None} if name in value else value
    return value


def _key_beside(model: Model, name: str, one: Embedded) -> str:
    """The member that holds the key of the record that ``name`` holds; empty where none does."""
    keys = [key for key, resource in model.foreign.items() if resource == one.resource and key != name]
    called = next((key for key in keys if flat(key).removesuffix(flat(one.key)) == flat(name)), "")
    others = [each for each in model.embedded.values() if each.resource == one.resource]
    return called or (keys[0] if len(keys) == len(others) == 1 else "")


class _Inner:
    """What one member of a record holds of another resource; ``keys`` are those of the record, its own the last."""

    def __init__(self, call: Call, tenant: Tenant, one: Embedded, *, place: Node, keys: tuple[str, ...]) -> None:
        self._call = call
        self._tenant = tenant
        self._one = one
        self._resource = call.tools.contract.resources[one.resource]
        shapes = call.tools.maker.shapes
        self._each = (shapes.items(place) if one.is_many else place) or place
        self._keys = keys[: len(model_of(self._resource).parents)]
        self._own = keys[-1]

    def owned(self, around: tuple[str, ...]) -> Json:
        """All that belong to the record, in their order, as far as a member can show them."""
        owner = self._one.owner
        below = self._scope((((owner,), self._own),) if owner else ())
        copies = (self._copy(record, around) for record in in_place(below)[:MOST])
        return [one for one in copies if one is not None]

    def current(self, kept: Json, around: tuple[str, ...]) -> Json:
        """Those that were kept, each as it is now, where it is still there."""
        if self._one.is_many:
            return [self._now(one, around) for one in kept] if isinstance(kept, list) else kept
        return self._now(kept, around)

    def named(self, sent: Json) -> Json:
        """The record that ``sent`` names, by its key alone or with members that are its own."""
        says = sent if isinstance(sent, dict) else {self._one.key: sent}
        found = self._find(says.get(self._one.key))
        data = found.data() if found else {}
        if found is None or not all(name in data and same_json(data[name], said) for name, said in says.items()):
            return sent
        copy = self._copy(found, ())
        return sent if copy is None else copy

    def at(self, key: Json) -> Json:
        """The record of that key; None where there is none, or where the member's schema does not take it."""
        found = self._find(key)
        return self._copy(found, ()) if found else None

    def any(self, made: Json, *, by: str | None) -> Json:
        """The record of whoever asks, ``by``, else the first that there is."""
        first = (self._find(by) if by is not None else None) or next(self._scope().all(), None)
        copy = self._copy(first, ()) if first else None
        return made if copy is None else copy

    def _now(self, kept: Json, around: tuple[str, ...]) -> Json:
        found = self._find(kept.get(self._one.key)) if isinstance(kept, dict) else None
        copy = self._copy(found, around) if found else None
        return kept if copy is None else copy

    def _find(self, key: Json) -> Record | None:
        return self._scope().find(str(key)) if is_key(key) else None

    def _scope(self, having: tuple[tuple[tuple[str, ...], str], ...] = ()) -> Scope:
        return Scope(self._call, self._tenant, self._resource, self._keys, having)

    def _copy(self, record: Record, around: tuple[str, ...]) -> Json:
        """The record as the member shows it; None where the member's schema does not take it."""
        maker = self._call.tools.maker
        held = _held(self._call, self._tenant, self._resource, record, self._each, above=around) if around else {}
        own = as_asked(self._call, self._tenant, self._resource, record)
        value = shown(maker, self._each, {**record.data(), **held, **own})
        return value if maker.allows(self._each, value) else None


def copied(call: Call, tenant: Tenant, resource: Resource, record: Record, place: Node | None) -> Json:
    """A record of any resource, with what it holds of others, as far as the schema at ``place`` shows it."""
    held = _held(call, tenant, resource, record, place)
    value = {**record.data(), **held, **as_asked(call, tenant, resource, record)}
    return value if place is None else shown(call.tools.maker, place, value)


def seen(call: Call, tenant: Tenant, record: Record) -> Json:
    """The record as it is shown: on the path of a part of it, with what that has of its objects."""
    plan, value = plan_of(call), presented(call, tenant, record)
    schema = plan.success.schema if plan.words.get("less") else None
    return value if schema is None else _of_part(call.tools.maker.shapes, schema, value)


def _of_part(shapes: Shapes, place: Node, value: Json) -> Json:
    members = shapes.properties(place)
    if not isinstance(value, dict) or not members:
        return value
    return {name: _of_part(shapes, members[name], one) for name, one in value.items() if name in members}
