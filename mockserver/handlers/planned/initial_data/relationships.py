"""First records of JSON:API name those that their relationships lead to: an event the venue that it is at."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Resource
from mockserver.contract.plan import Model
from mockserver.handlers.call import Call
from mockserver.handlers.planned.initial_data.initial_keys import key_there
from mockserver.inference.vocabulary.attributes import RELATIONSHIPS, type_of
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat, singular


def with_relationships(call: Call, model: Model, value: dict[str, Any], ordinal: int, tenant: str) -> dict[str, Any]:
    """``value`` with a first record of the resource called like each relationship to one, where it names none yet."""
    maker = call.tools.maker
    shapes, record = maker.shapes, model.record
    place = shapes.properties(record).get(RELATIONSHIPS) if record is not None else None
    for name, node in shapes.properties(place).items() if place is not None else ():
        data = shapes.properties(node).get("data")
        if data is None or "id" not in shapes.properties(data) or value_at(value, (RELATIONSHIPS, name, "data")):
            continue
        if (other := _called(call, name)) is None:
            continue
        link = {"type": type_of(shapes, other), "id": str(key_there(call, other, ordinal, tenant))}
        linked = with_value(value, (RELATIONSHIPS, name, "data"), link)
        value = linked if record is not None and maker.allows(record, linked) else value
    return value


def _called(call: Call, name: str) -> Resource | None:
    """The resource whose records a relationship of that name leads to."""
    wanted = flat(singular(name))
    for one in call.tools.contract.resources.values():
        is_top = one.model is not None and not one.model.parents and not one.is_single
        if is_top and flat(singular(one.name)) == wanted:
            return one
    return None
