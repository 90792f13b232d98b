"""The first records of a collection, made when it is first looked at (A11): from examples, else made up."""

from __future__ import annotations

from typing import Any, NamedTuple

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.contract.plan import Embedded, Model
from mockserver.contract.samples.fitting import fit
from mockserver.contract.samples.fitting import shown as of_reply
from mockserver.contract.samples.record_examples import record_examples
from mockserver.contract.samples.scalars import Draw
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.addresses import (
    brought_here,
    first_address_of,
    linked,
    self_addressed,
    with_address,
)
from mockserver.handlers.planned.addressing.new_keys import few_keys, identified, new_key, shown_key
from mockserver.handlers.planned.addressing.places import is_key, model_of, record_id, whole_key
from mockserver.handlers.planned.addressing.repeated_keys import marked
from mockserver.handlers.planned.derived_members.denormalised_fields import named_fields, repeated_fields
from mockserver.handlers.planned.derived_members.deriving import Deriving
from mockserver.handlers.planned.initial_data.agreement import agreeing
from mockserver.messages import Json
from mockserver.store import Tenant
from mockserver.values.members import value_at, with_value

PLACES, APART = 100_000, 10
"""Into how many stretches counted keys are cut, and how long each is, where parents' records are counted as one."""


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
        if above is None or above.is_single or (width := len(model_of(above).parents)) > index:
            continue
        theirs, key = keys[:width], keys[index]
        if record_id(theirs, key) in tenant[above.name] and key not in first_keys(call, tenant.name, above, theirs):
            return True
    return False


def _pass_over(call: Call, tenant: Tenant, resource: Resource, keys: tuple[str, ...]) -> None:
    """Count on from where first records would end: a server's ids seldom depend on what is above."""
    for _ in range(_count(call, tenant.name, resource)):
        tenant.ordinal(*counted_by(resource, keys))


def counted_by(resource: Resource, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The name of the sequence that new keys below ``keys`` are drawn from."""
    model = model_of(resource)
    return resource.name, *(keys[: model.reach] if model.is_found_alone else keys)


def first_keys(call: Call, tenant: str, resource: Resource, keys: tuple[str, ...]) -> set[str]:
    """The keys of all records that are below ``keys`` from the beginning, pinned ones too."""
    pinned = {str(one) for one in call.tools.beginning.keys(tenant, resource.name)}
    ordinals = range(1, _count(call, tenant, resource) + 1)
    return pinned | {first_key(call, resource, keys, ordinal) for ordinal in ordinals}


def _begin(call: Call, tenant: Tenant, resource: Resource, keys: tuple[str, ...]) -> None:
    for ordinal in range(1, _count(call, tenant.name, resource) + 1):
        key, value = first(call, resource, keys, ordinal, tenant.name)
        name = record_id(keys, str(key))
        if name not in tenant[resource.name]:
            door.keep(tenant, resource, name, value)


def _count(call: Call, tenant: str, resource: Resource) -> int:
    """How many first records there are: with room for more where a list or the keys allow only so many."""
    model = model_of(resource)
    usual = call.tools.seed_records if model.seed is None else model.seed
    wanted = call.tools.beginning.begins(tenant, resource.name, usual)
    if (few := few_keys(call.tools.maker, model)) is not None:
        wanted = min(wanted, few // 2)
    return wanted if model.most is None else min(wanted, model.most - 1)


def first_key(call: Call, resource: Resource, keys: tuple[str, ...], ordinal: int = 1) -> str:
    """The key of the first record of that number."""
    return str(_drawn(call, resource, keys, ordinal)[2])


def _drawn(call: Call, resource: Resource, keys: tuple[str, ...], ordinal: int) -> tuple[Draw, Json, str | int]:
    """Of the first record of that number the chance that makes it, its example, if any, and its key."""
    model = model_of(resource)
    number = call.tools.ids.draw("first", resource.name, *keys, ordinal)
    draw = Draw.of(number, call.tools.began, full=True, varies=ordinal > 1, called=resource.name)
    shown = _example(call, model, ordinal)
    key = _key_at(call, model, ordinal, draw, shown, apart=_apart(call, resource, keys))
    return draw, shown, whole_key(model, keys, key)


def first(call: Call, resource: Resource, keys: tuple[str, ...], ordinal: int, tenant: str = "") -> tuple[Json, Json]:
    """Key and value of the first record of that number."""
    maker, model = call.tools.maker, model_of(resource)
    draw, shown, key = _drawn(call, resource, keys, ordinal)
    if model.record is None:
        return key, {} if shown is None else shown
    value = brought_here(call, model.record, shown if shown is not None else maker.make(model.record, draw))
    if shown is None and isinstance(value, dict):
        value = identified(maker, model, agreeing(maker, model, value, draw, resource.name), draw)
    if isinstance(value, dict):
        value = related(call, resource, {**value, **model.always}, ordinal, tenant)
        value = marked(call, model, value, keys, key)
        if shown is None:  # what it is found by stays, as two of one title would be one
            kept = [steps[0] for steps in (model.key, *model.other_keys) if steps]
            value = Deriving(maker, call.tools.began).whole(model.record, value, kept=kept)
        if shown is None and tenant:
            value = _embedding(call, resource, value, _Place(tenant, (*keys, str(key)), ordinal))
        if shown is None:
            address = first_address_of(call, model, (*keys, str(key)))
            value = linked(call, model, self_addressed(call, model, value, address), address)
    return key, value if maker.allows(model.record, value) else fit(maker, model.record, value, draw)


def _apart(call: Call, resource: Resource, keys: tuple[str, ...]) -> int:
    """Where counted keys begin below those parents: elsewhere than below others, if a path leaves them out."""
    if not model_of(resource).is_found_alone:
        return 0
    return call.tools.ids.draw("apart", resource.name, *keys) % PLACES * APART


def _example(call: Call, model: Model, ordinal: int) -> Json:
    """The document's example record of that number, where there is one and it is good.

    The one that the path parameter's example names comes first, then those of one record, then those of lists.
    """
    good = [one for one in record_examples(call.tools.maker.shapes.document, model.sources) if isinstance(one, dict)]
    distinct: dict[str, Json] = {}
    for one in good:
        distinct.setdefault(str(_key(model, one)), one)
    listed = sorted(distinct, key=lambda key: key != str(model.shown_key))
    if model.record is None or ordinal > len(listed):
        return None
    found = distinct[listed[ordinal - 1]]
    return found if call.tools.maker.allows(model.record, found) else None


def _key_at(call: Call, model: Model, ordinal: int, draw: Draw, example: Json, *, apart: int = 0) -> str | int:
    """The key of the first record of that number: the path parameter's example, else the record's own, else made."""
    maker = call.tools.maker
    if model.is_found_alone:
        return new_key(maker, model, ordinal + apart, draw)
    wanted, own = shown_key(maker, model), _key(model, example)
    if ordinal == 1 and wanted is not None:
        return wanted
    if own is not None and str(own) not in model.sent_keys:
        return own
    made = new_key(maker, model, ordinal, draw)
    return made if str(made) != str(wanted) else new_key(maker, model, 1, draw)  # the number that the first left free


def _key(model: Model, value: Json) -> str | int | None:
    found = value_at(value, model.key) if model.key else None
    return found if is_key(found) else None


def related(call: Call, resource: Resource, value: dict[str, Any], ordinal: int, tenant: str) -> dict[str, Any]:
    """Foreign keys name first records of the resources that they name."""
    maker, model = call.tools.maker, model_of(resource)
    for name, other in model.foreign.items():
        referenced = call.tools.contract.resources.get(other)
        if name not in value or referenced is None or other == resource.name or model.record is None:
            continue
        place, key = maker.shapes.properties(model.record)[name], _key_there(call, referenced, ordinal, tenant)
        value = next(({**value, name: one} for one in (key, str(key)) if maker.allows(place, one)), value)
        if tenant and not call.tools.beginning.keys(tenant, referenced.name):
            number = 1 + (ordinal - 1) % max(_count(call, tenant, referenced), 1)
            repeats = named_fields(call, model.record, name, first(call, referenced, (), number)[1])
            value |= {one: said for one, said in repeats.items() if one in value}
    for name, other in model.addresses.items():
        referenced = call.tools.contract.resources.get(other)
        if value.get(name) and referenced is not None:
            key = _key_there(call, referenced, ordinal, tenant)
            address = first_address_of(call, model_of(referenced), (str(key),))
            value = with_address(call, model, value, name, address) if address else value
    return _related_within(call, resource, value, ordinal, tenant)


def _related_within(call: Call, resource: Resource, value: dict[str, Any], ordinal: int, tenant: str) -> dict[str, Any]:
    """So do the keys that stand in a list, or in an object that the record holds."""
    maker, model = call.tools.maker, model_of(resource)
    for steps, other in model.keys_within().items() if model.record is not None else ():
        referenced, made = call.tools.contract.resources.get(other), value_at(value, steps)
        place = maker.shapes.member(model.record, steps) if model.record is not None else None
        if made in (None, []) or place is None or referenced is None or other == resource.name:
            continue
        key = _key_there(call, referenced, ordinal, tenant)
        if maker.allows(place, one := [key] if isinstance(made, list) else key):
            value = with_value(value, steps, one)
    return _related_in_lists(call, resource, value, ordinal, tenant)


def _related_in_lists(
    call: Call, resource: Resource, value: dict[str, Any], ordinal: int, tenant: str
) -> dict[str, Any]:
    """And those of the objects of a list, each with what its record has of the object's members."""
    model, shapes = model_of(resource), call.tools.maker.shapes
    for (name, member), other in model.keys_listed().items() if model.record is not None else ():
        referenced, held = call.tools.contract.resources.get(other), value.get(name)
        each = shapes.items(shapes.properties(model.record)[name]) if model.record is not None else None
        if referenced is None or referenced is resource or each is None or not isinstance(held, list):
            continue
        value = {**value, name: [
            _naming(call, each, one, member, (referenced, ordinal + index, tenant))
            if isinstance(one, dict) and member in one else one
            for index, one in enumerate(held)
        ]}  # fmt: skip
    return value


def _naming(
    call: Call, place: Node, one: dict[str, Any], member: str, named: tuple[Resource, int, str]
) -> dict[str, Any]:
    """An object of a list that names a record which is there."""
    (referenced, ordinal, tenant), members = named, call.tools.maker.shapes.properties(place)
    key = _key_there(call, referenced, ordinal, tenant)
    said = next(({member: each} for each in (key, str(key)) if call.tools.maker.allows(members[member], each)), {})
    pinned = call.tools.beginning.keys(tenant, referenced.name)
    total = max(_count(call, tenant, referenced), 1)
    record = {} if not said or pinned else first(call, referenced, (), 1 + (ordinal - 1) % total)[1]
    return {**one, **repeated_fields(call, place, record, set(one)), **said}


def _key_there(call: Call, referenced: Resource, ordinal: int, tenant: str) -> Json:
    """The key of a record that the other resource begins with, a different one for each ordinal as far as there are."""
    theirs = model_of(referenced)
    pinned = call.tools.beginning.keys(tenant, referenced.name)
    number = (ordinal - 1) % max(len(pinned) + _count(call, tenant, referenced), 1)
    if number < len(pinned):
        return pinned[number]
    ordinal = number - len(pinned) + 1
    draw = Draw.of(call.tools.ids.draw("first", referenced.name, ordinal), call.tools.began, full=True)
    shown = _example(call, theirs, ordinal)
    return _key_at(call, theirs, ordinal, draw, shown)


class _Place(NamedTuple):
    """Where a first record stands: its tenant, its keys, its own the last, and its number."""

    tenant: str
    keys: tuple[str, ...]
    ordinal: int


def _embedding(call: Call, resource: Resource, value: dict[str, Any], at: _Place) -> dict[str, Any]:
    """What the record holds of other resources: copies of the records that these begin with (A12)."""
    maker, model = call.tools.maker, model_of(resource)
    assert model.record is not None
    members = maker.shapes.properties(model.record)
    for name, one in model.embedded.items():
        other, place = call.tools.contract.resources[one.resource], members[name]
        each = (maker.shapes.items(place) if one.is_many else None) or place
        theirs = at.keys[: len(model_of(other).parents)]
        if value.get(name) is None or call.tools.beginning.keys(at.tenant, other.name):
            continue
        numbers = _numbers(one, value[name], _count(call, at.tenant, other), at.ordinal)
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
