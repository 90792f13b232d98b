"""Fewer members of a record where a read asks for some: ``$select=id,name``, ``fields=id``, ``fields[type]=name``."""

from __future__ import annotations

from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import Steps
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import model_of, plan_of
from mockserver.messages import Json
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat

_SELECTIONS = frozenset({"select", "fields"})
_ATTRIBUTES = "attributes"
"""Where a record has its members of which some are asked for by ``fields[type]``."""


def as_selected(call: Call, value: Json) -> Json:
    """``value``, a record, with the members that are asked for, its key, and those that its schema requires.

    All of it where a word is asked for that is none of its members.
    """
    record = model_of(call.resource).record
    if record is None or not isinstance(value, dict) or call.operation.method != "GET":
        return value
    for name, asked in _asked(call):
        kind = name.partition("[")[2].rstrip("]")
        if not kind:
            return _with_some(call, record, value, asked, kept=model_of(call.resource).key[:1])
        inner = value_at(value, (_ATTRIBUTES,))
        place = call.tools.maker.shapes.member(record, (_ATTRIBUTES,))
        if place is not None and isinstance(inner, dict) and value.get("type", kind) == kind:
            return with_value(value, (_ATTRIBUTES,), _with_some(call, place, inner, asked))
    return value


def _asked(call: Call) -> list[tuple[str, Json]]:
    """The parameters of that sense which the request has. PERF: looked for once."""
    remembered = plan_of(call).remembered
    if (names := remembered.get("selections")) is None:
        members = {*map(flat, _members_of(call))}
        taken = (one.name for one in plan_of(call).parameters if one.location == "query")
        names = remembered["selections"] = [
            one for one in taken if flat(one.partition("[")[0]) in _SELECTIONS - members
        ]
    return [(one, call.input.values[one]) for one in names if call.input.values.get(one)]


def _members_of(call: Call) -> Any:
    record = model_of(call.resource).record
    return call.tools.maker.shapes.properties(record) if record is not None else ()


def _with_some(call: Call, place: Node, value: dict[str, Any], asked: Json, kept: Steps = ()) -> dict[str, Any]:
    shapes = call.tools.maker.shapes
    names = [one.strip() for one in (asked if isinstance(asked, list) else str(asked).split(","))]
    if not all(isinstance(one, str) and one in shapes.properties(place) for one in names):
        return value
    wanted = {*names, *kept, *shapes.shape(place).required}
    return {name: one for name, one in value.items() if name in wanted}
