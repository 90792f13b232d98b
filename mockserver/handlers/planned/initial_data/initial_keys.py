"""Which keys the first records of a collection have, before any of them is made (A11)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract import Resource
from mockserver.contract.plan import Model
from mockserver.contract.samples.record_examples import record_examples
from mockserver.contract.samples.scalars import Draw
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.new_keys import few_keys, new_key, shown_key
from mockserver.handlers.planned.addressing.places import is_key, model_of, number_first, whole_key
from mockserver.messages import Json
from mockserver.values.members import value_at

PLACES, APART = 100_000, 10
"""Into how many stretches counted keys are cut, and how long each is, where parents' records are counted as one."""


MOST_COMPARED = 5
"""Of so many first records the one is looked for that a list shows first. PERF: of more any is good enough."""


def first_keys(call: Call, tenant: str, resource: Resource, keys: tuple[str, ...]) -> set[str]:
    """The keys of all records that are below ``keys`` from the beginning, pinned ones too."""
    pinned = {str(one) for one in call.tools.beginning.keys(tenant, resource.name)}
    ordinals = range(1, how_many(call, tenant, resource) + 1)
    return pinned | {first_key(call, resource, keys, ordinal) for ordinal in ordinals}


def how_many(call: Call, tenant: str, resource: Resource) -> int:
    """How many first records there are: with room for more where a list or the keys allow only so many."""
    model = model_of(resource)
    usual = call.tools.seed_records if model.seed is None else model.seed
    wanted = call.tools.beginning.begins(tenant, resource.name, usual)
    if (few := few_keys(call.tools.maker, model)) is not None:
        wanted = min(wanted, few // 2)
    return wanted if model.most is None else min(wanted, model.most - 1)


def first_key(call: Call, resource: Resource, keys: tuple[str, ...], ordinal: int = 1) -> str:
    """The key of the first record of that number."""
    return str(drawn(call, resource, keys, ordinal)[2])


def drawn(call: Call, resource: Resource, keys: tuple[str, ...], ordinal: int) -> tuple[Draw, Json, str | int]:
    """Of the first record of that number the chance that makes it, its example, if any, and its key."""
    model = model_of(resource)
    number = call.tools.ids.draw("first", resource.name, *keys, ordinal)
    draw = Draw.of(number, call.tools.began, full=True, varies=ordinal > 1, called=resource.name)
    shown = shown_example(call, model, ordinal)
    key = key_at(call, model, ordinal, draw, shown, apart=_apart(call, resource, keys))
    return draw, shown, whole_key(model, keys, key)


def _apart(call: Call, resource: Resource, keys: tuple[str, ...]) -> int:
    """Where counted keys begin below those parents: elsewhere than below others, if a path leaves them out."""
    if not model_of(resource).is_found_alone:
        return 0
    return call.tools.ids.draw("apart", resource.name, *keys) % PLACES * APART


def shown_example(call: Call, model: Model, ordinal: int) -> Json:
    """The document's example record of that number, where there is one and it is good.

    The one that the path parameter's example names comes first, then those of one record, then those of lists.
    """
    good = [one for one in record_examples(call.tools.maker.shapes.document, model.sources) if isinstance(one, dict)]
    distinct: dict[str, Json] = {}
    for one in good:
        distinct.setdefault(str(_own_key(model, one)), one)
    listed = sorted(distinct, key=lambda key: key != str(model.shown_key))
    if model.record is None or ordinal > len(listed):
        return None
    found = distinct[listed[ordinal - 1]]
    return found if call.tools.maker.allows(model.record, found) else None


def key_at(call: Call, model: Model, ordinal: int, draw: Draw, example: Json, *, apart: int = 0) -> str | int:
    """The key of the first record of that number: the path parameter's example, else the record's own, else made."""
    maker = call.tools.maker
    if model.is_found_alone:
        return new_key(maker, model, ordinal + apart, draw)
    wanted, own = shown_key(maker, model), _own_key(model, example)
    if ordinal == 1 and wanted is not None:
        return wanted
    if own is not None and str(own) not in model.sent_keys:
        return own
    made = new_key(maker, model, ordinal, draw)
    return made if str(made) != str(wanted) else new_key(maker, model, 1, draw)  # the number that the first left free


def _own_key(model: Model, value: Json) -> str | int | None:
    found = value_at(value, model.key) if model.key else None
    return found if is_key(found) else None


def key_there(call: Call, referenced: Resource, ordinal: int, tenant: str) -> Json:
    """The key of a record that the other resource begins with, a different one for each ordinal as far as there are."""
    theirs = model_of(referenced)
    pinned = call.tools.beginning.keys(tenant, referenced.name)
    number = (ordinal - 1) % max(len(pinned) + how_many(call, tenant, referenced), 1)
    if number < len(pinned):
        return pinned[number]
    ordinal = number - len(pinned) + 1
    draw = Draw.of(call.tools.ids.draw("first", referenced.name, ordinal), call.tools.began, full=True)
    shown = shown_example(call, theirs, ordinal)
    return key_at(call, theirs, ordinal, draw, shown)


def placed(
    call: Call, referenced: Resource, ordinal: int, tenant: str, above: Mapping[str, Json]
) -> tuple[tuple[str, ...], Json]:
    """Where the first record of that number stands below others: the keys above it and its own.

    ``above`` are keys that are chosen already, by resource; others are those that lists show first.
    """
    known: dict[str, Json] = {**above, referenced.name: None}  # what stands above itself is nowhere
    keys = list[str]()
    for parent in model_of(referenced).parents:
        other = call.tools.contract.resources.get(parent.resource or "")
        if other is None or other.is_single:
            return (), None
        if other.name not in known:
            total = how_many(call, tenant, other)
            numbers = range(1, total + 1) if total <= MOST_COMPARED else (1,)
            there = [key for one in numbers if (key := placed(call, other, one, tenant, known)[1]) is not None]
            known[other.name] = min(there, key=lambda one: number_first(str(one)), default=None)
        if known[other.name] is None:
            return (), None
        keys.append(str(known[other.name]))
    if not keys:
        return (), key_there(call, referenced, ordinal, tenant)
    total = how_many(call, tenant, referenced)
    return tuple(keys), drawn(call, referenced, tuple(keys), 1 + (ordinal - 1) % total)[2] if total else None


def stands_above(call: Call, other: Resource, seen: set[str]) -> bool:
    """Whether paths lead from ``other`` up to one of ``seen``, or around: nothing there is the outermost."""
    if other.name in seen:
        return True
    above = [call.tools.contract.resources.get(one.resource or "") for one in model_of(other).parents]
    return any(one is not None and stands_above(call, one, {*seen, other.name}) for one in above)
