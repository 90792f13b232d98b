"""The first records of a collection, made when it is first looked at (A11): from examples, else made up."""

from __future__ import annotations

from typing import Any, NamedTuple

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.contract.plan import Embedded
from mockserver.contract.samples.fitting import fit
from mockserver.contract.samples.fitting import shown as of_reply
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.addresses import (
    brought_here,
    first_address_of,
    linked,
    self_addressed,
    with_address,
)
from mockserver.handlers.planned.addressing.criteria import with_values
from mockserver.handlers.planned.addressing.new_keys import identified
from mockserver.handlers.planned.addressing.places import keys_of, model_of, record_id
from mockserver.handlers.planned.addressing.repeated_keys import marked
from mockserver.handlers.planned.derived_members.denormalised_fields import (
    has_named_fields,
    named_fields,
    repeated_fields,
)
from mockserver.handlers.planned.derived_members.deriving import Deriving
from mockserver.handlers.planned.initial_data.agreement import agreeing
from mockserver.handlers.planned.initial_data.asked_examples import asked_examples
from mockserver.handlers.planned.initial_data.initial_keys import (
    drawn,
    first_keys,
    how_many,
    key_there,
    placed,
)
from mockserver.handlers.planned.initial_data.relationships import with_relationships
from mockserver.inference.vocabulary.position_names import position_of
from mockserver.messages import Json
from mockserver.store import Tenant
from mockserver.values.members import value_at, with_value


class InitialPlace(NamedTuple):
    """Where a first record stands: its tenant, the keys above it (above what it holds, with its own), its number, and
    whether what its lists name is looked up: not of what is itself looked up so, as two lists may name each other.
    """  # fmt: skip

    tenant: str
    keys: tuple[str, ...]
    ordinal: int
    lists_name: bool = True


def begin(call: Call, tenant: Tenant, resource: Resource, keys: tuple[str, ...]) -> None:
    """Put the first records of ``resource`` below ``keys`` there, once, by seed, names and ordinal."""
    mark = (resource.name, *keys)
    if resource.is_single or mark in tenant.begun:
        return
    with tenant.transaction(lasting=True):  # what is there from the beginning is not undone with a request
        if _is_below_new(call, tenant, resource, keys):
            _pass_over(call, tenant, resource, keys)
        else:
            _begin(call, tenant, resource, keys)
    tenant.mark_begun(*mark)


def _is_below_new(call: Call, tenant: Tenant, resource: Resource, keys: tuple[str, ...]) -> bool:
    """Whether a client made one of the records above: below such a one is only what clients put there."""
    for index, parent in enumerate(model_of(resource).parents[: len(keys)]):
        above = call.tools.contract.resources.get(parent.resource or "")
        if above is None or above.is_single:
            continue
        key, width = keys[index], len(model_of(above).parents)
        theirs = keys[:width] if width <= index else _above_alone(tenant, above, key)
        if theirs is None:
            continue
        own = _own_key(tenant, above, theirs, key)
        if own is not None and own not in first_keys(call, tenant.name, above, theirs):
            return True
    return False


def _own_key(tenant: Tenant, resource: Resource, above: tuple[str, ...], said: str) -> str | None:
    """The key of the record that a path names by it or by another member: a repository by its number or its name."""
    if record_id(above, said) in tenant[resource.name]:
        return said
    prefix = record_id(above, "") if above else ""
    for steps in model_of(resource).other_keys:
        for one in tenant[resource.name].narrowed(with_values([(steps, said)]), prefix):
            if one.id.startswith(prefix) and str(value_at(one.data(), steps)) == said:
                return keys_of(one.id)[-1]
    return None


def _above_alone(tenant: Tenant, resource: Resource, key: str) -> tuple[str, ...] | None:
    """The keys above a record that a path names without them: ``/assignments/{id}`` of what stands below courses."""
    model = model_of(resource)
    if not model.is_found_alone:
        return None
    likely = tenant[resource.name].narrowed(with_values([(model.key, key)]), "")
    return next((tuple(above) for *above, own in (keys_of(one.id) for one in likely) if own == key), None)


def _pass_over(call: Call, tenant: Tenant, resource: Resource, keys: tuple[str, ...]) -> None:
    """Count on from where first records would end: a server's ids seldom depend on what is above."""
    for _ in range(how_many(call, tenant.name, resource)):
        tenant.ordinal(*counted_by(resource, keys))


def counted_by(resource: Resource, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The name of the sequence that new keys below ``keys`` are drawn from."""
    model = model_of(resource)
    return resource.name, *(keys[: model.reach] if model.is_found_alone else keys)


def _begin(call: Call, tenant: Tenant, resource: Resource, keys: tuple[str, ...]) -> None:
    for ordinal in range(1, how_many(call, tenant.name, resource) + 1):
        key, value = first(call, resource, keys, ordinal, tenant.name)
        name = record_id(keys, str(key))
        if name not in tenant[resource.name]:
            door.keep(tenant, resource, name, value)


def first(
    call: Call, resource: Resource, keys: tuple[str, ...], ordinal: int, tenant: str = "", *, lists_name: bool = True
) -> tuple[Json, Json]:
    """Key and value of the first record of that number."""
    maker, model = call.tools.maker, model_of(resource)
    draw, shown, key = drawn(call, resource, keys, ordinal)
    if model.record is None:
        return key, {} if shown is None else shown
    value = brought_here(call, model.record, shown if shown is not None else maker.make(model.record, draw))
    if shown is None and isinstance(value, dict):
        asked = asked_examples(call, resource, ordinal)
        value = identified(maker, model, agreeing(maker, model, {**value, **asked}, draw, resource.name), draw) | asked
        if (place := position_of(maker.shapes, model.record)) in value and place not in asked:
            value[place] = ordinal
    if isinstance(value, dict):
        value = related(call, resource, {**value, **model.always}, InitialPlace(tenant, keys, ordinal, lists_name))
        value = marked(call, model, value, keys, key)
        value = with_relationships(call, model, value, ordinal, tenant) if shown is None else value
        if shown is None:  # what it is found by stays, as two of one title would be one
            kept = [steps[0] for steps in (model.key, *model.other_keys) if steps]
            value = Deriving(maker, call.tools.began).whole(model.record, value, kept=kept)
        if shown is None and tenant:
            value = _embedding(call, resource, value, InitialPlace(tenant, (*keys, str(key)), ordinal))
        if shown is None:
            address = first_address_of(call, model, (*keys, str(key)))
            value = linked(call, model, self_addressed(call, model, value, address), address)
    return key, value if maker.allows(model.record, value) else fit(maker, model.record, value, draw)


def related(call: Call, resource: Resource, value: dict[str, Any], place: InitialPlace) -> dict[str, Any]:
    """Foreign keys name first records of the resources that they name."""
    maker, model, (tenant, keys, ordinal, _) = call.tools.maker, model_of(resource), place
    named = list[str]()
    chosen: dict[str, Json] = {one.resource: key for one, key in zip(model.parents, keys, strict=False) if one.resource}
    for name, other in {**model.foreign, **model.likely_foreign}.items() if model.record is not None else ():
        referenced = call.tools.contract.resources.get(other)
        if name not in value or referenced is None or model.record is None:
            continue
        if referenced is resource:
            value = _of_its_kind(call, resource, value, name, place)
            continue
        number = ordinal + named.count(other)  # where to is not where from
        named.append(other)
        above, key = placed(call, referenced, number, tenant, chosen)
        if key is None:
            continue
        chosen.setdefault(other, key)
        member = maker.shapes.properties(model.record)[name]
        value = next(({**value, name: one} for one in (key, str(key)) if maker.allows(member, one)), value)
        if tenant and has_named_fields(value, name) and not call.tools.beginning.keys(tenant, referenced.name):
            there = 1 + (number - 1) % max(how_many(call, tenant, referenced), 1)
            repeats = named_fields(call, model.record, name, first(call, referenced, above, there)[1])
            value |= {one: said for one, said in repeats.items() if one in value}
    for name, other in model.addresses.items():
        referenced = call.tools.contract.resources.get(other)
        if value.get(name) and referenced is not None:
            key = key_there(call, referenced, ordinal, tenant)
            address = first_address_of(call, model_of(referenced), (str(key),))
            value = with_address(call, model, value, name, address) if address else value
    return _related_within(call, resource, value, place)


def _of_its_kind(
    call: Call, resource: Resource, value: dict[str, Any], name: str, place: InitialPlace
) -> dict[str, Any]:
    """A key of another record of the same resource names one that was there before: of the first none, where none may
    be said.
    """  # fmt: skip
    maker, record, earlier = call.tools.maker, model_of(resource).record, place.ordinal // 2
    assert record is not None
    member = maker.shapes.properties(record)[name]
    if earlier == 0:
        unnamed = [name, *(one for one in named_fields(call, record, name, None) if one in value)]
        members = maker.shapes.properties(record)
        if all(maker.shapes.takes_null(members[one]) and maker.allows(members[one], None) for one in unnamed):
            return {**value, **dict.fromkeys(unnamed)}
        less = {one: said for one, said in value.items() if one not in unnamed}
        return less if maker.allows(record, less) else value
    key = drawn(call, resource, place.keys, earlier)[2]
    is_repeated = place.tenant and has_named_fields(value, name)  # PERF: else nothing of the other is said
    other = first(call, resource, place.keys, earlier)[1] if is_repeated else None
    repeats = named_fields(call, record, name, other) if other is not None else {}
    said = {one: each for one, each in repeats.items() if one in value}
    return next(({**value, name: one, **said} for one in (key, str(key)) if maker.allows(member, one)), value)


def _related_within(call: Call, resource: Resource, value: dict[str, Any], at: InitialPlace) -> dict[str, Any]:
    """So do the keys that stand in a list, or in an object that the record holds."""
    maker, model = call.tools.maker, model_of(resource)
    for steps, other in model.keys_within().items() if model.record is not None else ():
        referenced, made = call.tools.contract.resources.get(other), value_at(value, steps)
        place = maker.shapes.member(model.record, steps) if model.record is not None else None
        if made in (None, []) or place is None or referenced is None or other == resource.name:
            continue
        key = key_there(call, referenced, at.ordinal, at.tenant)
        if maker.allows(place, one := [key] if isinstance(made, list) else key):
            value = with_value(value, steps, one)
    return _related_in_lists(call, resource, value, at) if at.lists_name else value


def _related_in_lists(call: Call, resource: Resource, value: dict[str, Any], at: InitialPlace) -> dict[str, Any]:
    """And those of the objects of a list, each with what its record has of the object's members."""
    model, shapes = model_of(resource), call.tools.maker.shapes
    for (name, member), other in model.keys_listed().items() if model.record is not None else ():
        referenced, held = call.tools.contract.resources.get(other), value.get(name)
        each = shapes.items(shapes.properties(model.record)[name]) if model.record is not None else None
        if referenced is None or referenced is resource or each is None or not isinstance(held, list):
            continue
        value = {**value, name: [
            _naming(call, each, one, member, (referenced, at.ordinal + index, at.tenant))
            if isinstance(one, dict) and member in one else one
            for index, one in enumerate(held)
        ]}  # fmt: skip
    return value


def _naming(
    call: Call, place: Node, one: dict[str, Any], member: str, named: tuple[Resource, int, str]
) -> dict[str, Any]:
    """An object of a list that names a record which is there."""
    (referenced, ordinal, tenant), members = named, call.tools.maker.shapes.properties(place)
    key = key_there(call, referenced, ordinal, tenant)
    said = next(({member: each} for each in (key, str(key)) if call.tools.maker.allows(members[member], each)), {})
    pinned = call.tools.beginning.keys(tenant, referenced.name)
    total = max(how_many(call, tenant, referenced), 1)
    record = {} if not said or pinned else first(
        call, referenced, (), 1 + (ordinal - 1) % total, lists_name=False)[1]  # fmt: skip
    names = {name: each for name, each in named_fields(call, place, member, record).items() if name in one}
    return {**one, **repeated_fields(call, place, record, set(one)), **names, **said}


def _embedding(call: Call, resource: Resource, value: dict[str, Any], at: InitialPlace) -> dict[str, Any]:
    """What the record holds of other resources: copies of the records that these begin with (A12)."""
    maker, model = call.tools.maker, model_of(resource)
    assert model.record is not None
    members, named = maker.shapes.properties(model.record), list[str]()
    for name, one in model.embedded.items():
        other, place = call.tools.contract.resources[one.resource], members[name]
        each = (maker.shapes.items(place) if one.is_many else None) or place
        theirs = at.keys[: len(model_of(other).parents)]
        if value.get(name) is None or call.tools.beginning.keys(at.tenant, other.name):
            continue
        number = at.ordinal + (0 if one.is_many else named.count(one.resource))
        named += () if one.is_many else (one.resource,)
        numbers = _numbers(one, value[name], how_many(call, at.tenant, other), number)
        copies = [of_reply(maker, each, first(call, other, theirs, number)[1]) for number in numbers]
        held = copies if one.is_many else next(iter(copies), None)
        if held is not None and maker.allows(place, held):
            value = {**value, name: held}
    return value


def _numbers(one: Embedded, made: Json, total: int, ordinal: int) -> list[int]:
    """Which of the first ``total`` records of the other resource the record of number ``ordinal`` holds."""
    if one.is_owned:
        return [] if one.owner else [*range(1, total + 1)]
    wanted = len(made) if isinstance(made, list) else 1
    return [1 + (ordinal - 1 + number) % total for number in range(min(wanted, total))]
