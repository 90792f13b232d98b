"""The state that a new record is in where nobody says another: what only the server can know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from mockserver.contract.document import Node
from mockserver.contract.plan import Model
from mockserver.contract.samples.described_values import listed_values
from mockserver.contract.samples.scalars import EPOCHS
from mockserver.contract.samples.states import first_state
from mockserver.contract.schema_shape import Shapes
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.messages import Json
from mockserver.values.name_words import flat, thing_of, words_of

_STATES = ("status", "state", "phase", "stage", "lifecycle")
MAKERS = frozenset(
    {"user", "owner", "author", "creator", "createdby", "reporter", "requester", "sender", "submitter", "actor"}
)
"""How a record calls whoever made it."""
_COUNT = re.compile(r"^(num|total|count)|(count|counts|total)$")
_HAPPENED = re.compile(r"\wcounts?$")
_DONE = frozenset(
    {"paid", "refunded", "received", "captured", "redeemed", "transferred", "consumed", "spent", "raised"}
)
"""Words in the name of a number of what has been done with a record: nothing, at first."""
_WHEN = frozenset({"at", "on", "date", "time", "timestamp"})
_LIVING = frozenset({"active", "enabled", "available", "visible", "valid", "alive"})
"""Words of what is true of a record from the first."""
_PLACES = frozenset({"city", "zip", "zipcode", "postalcode", "postcode", "street", "country"})
"""Members beside which a ``state`` is a part of a country."""


def initial_states(call: Call, model: Model) -> Mapping[str, Json]:
    """The members that tell a state, of those that the document lists, each as a life begins. PERF: worked out once."""
    remembered = plan_of(call).remembered
    if (known := remembered.get("begun")) is None:
        known = remembered["begun"] = dict(_begun(call, model))
    return known


def without_what_nobody_said(call: Call, model: Model, made: Json) -> Json:
    """A record that was made for a create with null where its schema takes it: nothing has been said or happened yet.

    But for what identifies it, what the document says it begins with, who made it, and counts.
    """
    if not isinstance(made, dict):
        return made
    remembered = plan_of(call).remembered
    if (unsaid := remembered.get("unsaid")) is None:  # PERF: worked out once
        unsaid = remembered["unsaid"] = frozenset(_unsaid(call, model))
    counted = _counted(call, model, made)
    return {name: None if name in unsaid else 0 if name in counted else one for name, one in made.items()}


def _counted(call: Call, model: Model, made: Mapping[str, Json]) -> frozenset[str]:
    """The members that count what nothing has happened of yet."""
    shapes, allows = call.tools.maker.shapes, call.tools.maker.allows
    members = shapes.properties(model.record) if model.record is not None else {}
    names = (name for name, one in made.items() if isinstance(one, int) and name in members)
    return frozenset(
        name for name in names if _is_of_the_past(shapes, name, members[name]) and allows(members[name], 0)
    )


def _unsaid(call: Call, model: Model) -> Iterator[str]:
    """The members that are null until somebody says what they are."""
    shapes, allows = call.tools.maker.shapes, call.tools.maker.allows
    kept = {*initial_states(call, model), *(steps[0] for steps in (model.key, *model.other_keys) if steps)}
    for name, node in shapes.properties(model.record).items() if model.record is not None else ():
        is_known = name in kept or flat(name) in MAKERS or _COUNT.search(flat(name)) is not None
        is_null = not is_known and shapes.takes_null(node) and allows(node, None)
        if is_null and "default" not in shapes.shape(node).words:
            yield name


def _begun(call: Call, model: Model) -> Iterator[tuple[str, Json]]:
    if model.record is not None:
        yield from states_at_first(call, model.record, call.resource.name, model.said()).items()


def states_at_first(call: Call, place: Node, called: str, sendable: Collection[str]) -> dict[str, Json]:
    """The members of a new object that tell its state and that nobody says; ``called`` is what its resource is."""
    return dict(_states_at_first(call, place, called, sendable))


def _states_at_first(call: Call, place: Node, called: str, sendable: Collection[str]) -> Iterator[tuple[str, Json]]:
    shapes = call.tools.maker.shapes
    members = shapes.properties(place)
    yield from _own_beginnings(call, members, sendable)
    thing, beside = thing_of(called), {flat(name) for name in members}
    for name, node in members.items():
        word = flat(name).removeprefix(thing)
        if word not in _STATES or (word == "state" and beside & _PLACES):
            continue
        texts = listed_values(shapes, name, node)
        if texts and shapes.type(node) == "string":
            yield name, first_state(texts)


def _own_beginnings(call: Call, members: Mapping[str, Node], sendable: Collection[str]) -> Iterator[tuple[str, Json]]:
    """Truths and counts that no client can say: nothing has happened of what they tell yet."""
    shapes, allows = call.tools.maker.shapes, call.tools.maker.allows
    for name, node in members.items():
        kind, words = shapes.type(node), words_of(name)
        if name in sendable or "default" in shapes.shape(node).words or shapes.says(node, "writeOnly"):
            continue
        if kind == "boolean":
            begins: Json = bool(_LIVING & set(words))
        elif kind in ("integer", "number") and _is_of_the_past(shapes, name, node):
            begins = 0
        else:
            continue
        if allows(node, begins):
            yield name, begins


def _is_of_the_past(shapes: Shapes, name: str, node: Node) -> bool:
    """Whether a number counts what has happened, how much was paid or how often it was redeemed; not when."""
    if _HAPPENED.search(flat(name)):
        return True
    words = words_of(name)
    if len(words) == 1 or not _DONE & {*words}:
        return False
    return words[-1] not in _WHEN and shapes.says(node, "format") not in EPOCHS
