"""The state that a new record is in where nobody says another: what only the server can know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract.plan import Model
from mockserver.contract.samples.described_values import described_values
from mockserver.contract.samples.states import first_state
from mockserver.handlers.call import Call
from mockserver.handlers.planned.places import plan_of
from mockserver.messages import Json
from mockserver.values.name_words import flat, singular

_STATES = ("status", "state", "phase", "stage", "lifecycle")
_PLACES = frozenset({"city", "zip", "zipcode", "postalcode", "postcode", "street", "country"})
"""Members beside which a ``state`` is a part of a country."""


def beginning_states(call: Call, model: Model) -> Mapping[str, Json]:
    """The members that tell a state, of those that the document lists, each as a life begins. PERF: worked out once."""
    remembered = plan_of(call).remembered
    if (known := remembered.get("begun")) is None:
        known = remembered["begun"] = dict(_begun(call, model))
    return known


def _begun(call: Call, model: Model) -> Iterator[tuple[str, Json]]:
    shapes = call.tools.maker.shapes
    members = shapes.properties(model.record) if model.record is not None else {}
    thing, beside = flat(singular(call.resource.name.rpartition(".")[2])), {flat(name) for name in members}
    for name, node in members.items():
        word = flat(name).removeprefix(thing)
        if word not in _STATES or (word == "state" and beside & _PLACES):
            continue
        words = shapes.follow(node).value
        options = shapes.says(node, "enum") or (described_values(words, name) if isinstance(words, Mapping) else [])
        texts = [one for one in options if isinstance(one, str)] if isinstance(options, list) else []
        if texts and shapes.type(node) == "string":
            yield name, first_state(texts)
