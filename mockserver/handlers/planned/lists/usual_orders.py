"""The order of a list that nobody asks for: the parameters' defaults, what its words tell, where the records stand."""

from __future__ import annotations

from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import model_of, plan_of
from mockserver.handlers.planned.lists.ordering import Way, asked_order
from mockserver.inference.vocabulary.position_names import position_of
from mockserver.inference.vocabulary.ranges import main_moment
from mockserver.inference.vocabulary.told_order import order_of_list
from mockserver.inference.vocabulary.words import DIRECTIONS, SORTS
from mockserver.messages import Json
from mockserver.values.name_words import flat


def usual_order(call: Call, members: dict[str, str]) -> dict[str, Json]:
    """The order in which the document says that a list comes where nobody asks for another. PERF: worked out once."""
    remembered = plan_of(call).remembered
    if (known := remembered.get("order")) is None:
        shapes = call.tools.maker.shapes
        taken = [one for one in plan_of(call).parameters if one.location == "query" and flat(one.name) not in members]
        usual = {one.name: shapes.says(one.schema, "default") for one in taken if flat(one.name) in SORTS | DIRECTIONS}
        texts = {name: one for name, one in usual.items() if isinstance(one, str)}
        known = remembered["order"] = texts if asked_order(members, texts, moment_of(call, members)) else {}
    return dict(known)


def told_order(call: Call, members: dict[str, str]) -> tuple[Way, ...]:
    """The order that the words of the list tell, or in which the records say that they stand. PERF: read once."""
    remembered = plan_of(call).remembered
    if "told" not in remembered:
        shapes, record = call.tools.maker.shapes, model_of(call.resource).record
        place = position_of(shapes, record)
        by_words = order_of_list(shapes, call.operation, record, members)
        remembered["told"] = by_words or (((place, False),) if place else ())
    return tuple(remembered["told"])


def moment_of(call: Call, members: dict[str, str]) -> str:
    """The member that tells when a record is, empty where there is none. PERF: told once."""
    remembered, model = plan_of(call).remembered, model_of(call.resource)
    if "moment" not in remembered and model.record is not None:
        shapes = call.tools.maker.shapes
        own = shapes.properties(model.record)
        named = (one for one in members.values() if one in own)
        moments = [one for one in named if shapes.says(own[one], "format") in ("date", "date-time")]
        remembered["moment"] = main_moment(moments) or ""
    return str(remembered.get("moment", ""))
