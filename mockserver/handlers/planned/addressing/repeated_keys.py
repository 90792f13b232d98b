"""A record with its own key and with those of its parents, wherever it repeats them."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.contract.plan import Model, Steps
from mockserver.handlers.call import Call
from mockserver.inference.vocabulary.attributes import RELATIONSHIPS, type_of
from mockserver.messages import Json
from mockserver.values.members import with_value


def marked(call: Call, model: Model, value: Json, keys: tuple[str, ...], key: Json) -> Json:
    """``value`` with its key, and with its parents' where it repeats them, each only where the schema takes it."""
    if model.key:
        value = with_value(value, model.key, key)
    return repeated(call, model, value, ((one.field, above) for one, above in zip(model.parents, keys, strict=False)))


def repeated(call: Call, model: Model, value: Json, held: Iterable[tuple[Steps, str]]) -> Json:
    """``value`` with each key where its steps lead, as a text or a number, as the schema takes it."""
    for steps, above in held:
        if steps and model.record is not None:
            place = call.tools.maker.shapes.member(model.record, steps)
            for one in (above, int(above) if above.isascii() and above.isdigit() and len(above) < 18 else above):
                if place is not None and call.tools.maker.allows(place, one):
                    value = with_value(value, steps, one)
                    break
            if steps[0] == RELATIONSHIPS:
                names = (each.resource for each in (*model.parents, *model.holders) if each.field == steps)
                above_it = call.tools.contract.resources.get(next(names, None) or "")
                kind = type_of(call.tools.maker.shapes, above_it) if above_it is not None else None
                value = with_value(value, (*steps[:-1], "type"), kind) if kind is not None else value
    return value
