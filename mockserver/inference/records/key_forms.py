"""How keys look elsewhere than in the record, in a path, another reply, a list's items; and how many a list has."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.document import Node
from mockserver.contract.plan import Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.keys import key_of
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.values.name_words import flat, thing_of


def is_counted(found: Resources, one: InferredCollection) -> bool:
    """Whether some place says that a key which is a text in the record is a number: then only digits fit both."""
    if one.record is None or not one.identity:
        return False
    own = found.shapes.member(one.record, one.identity)
    if own is None or found.shapes.type(own) != "string":
        return False
    return any(found.shapes.type(place) == "integer" for place in _elsewhere(found, one))


def _elsewhere(found: Resources, one: InferredCollection) -> Iterator[Node]:
    """The key where it is not the record's own: in the path, in what a create answers, in a list's items."""
    parameter = found.parameter(one)
    if parameter is not None and parameter.value is not None:
        yield parameter
    for key, method in ((one.key, "post"), (one.key, "get")):
        reading = found.reading(key, method)
        for operation in (reading.record, reading.list) if reading else ():
            if operation is not None and (place := found.shapes.member(operation.schema, one.identity)) is not None:
                yield place


def listed_key(found: Resources, one: InferredCollection) -> Steps:
    """Which member of a list's items holds the key of a record that has none itself."""
    reading = found.reading(one.key, "get")
    if one.identity or one.item is None or reading is None or reading.list is None:
        return ()
    items = reading.list.schema
    steps, _ = key_of(found.shapes, items, one.parameter, "".join(one.key[-1:]), found.parameter(one))
    if not steps:
        ids = [name for name in found.shapes.properties(items) if flat(name).endswith("id")]
        steps = (ids[0],) if len(ids) == 1 else ()
    place = found.shapes.member(items, steps) if steps else None
    return steps if place is not None and found.shapes.type(place) == "string" else ()


def most_listed(found: Resources, one: InferredCollection) -> int | None:
    """How many records its list can hold at most."""
    reading = found.reading(one.key, "get")
    if reading is None or reading.list is None or reading.success.schema is None:
        return None
    array = found.shapes.member(reading.success.schema, reading.list.steps)
    most = found.shapes.says(array, "maxItems") if array is not None else None
    return most if isinstance(most, int) and most > 0 else None


def asked_key(shapes: Shapes, reading: Reading, about: InferredCollection) -> str | None:
    """The parameter of the query without which there is no request, and that names one record."""
    key, thing = flat("".join(about.identity[-1:])) or "id", thing_of(about.name)
    for taken in reading.parameters:
        is_one = taken.location == "query" and taken.required and shapes.type(taken.schema) not in ("array", "boolean")
        if is_one and flat(taken.name) in (key, thing + key, thing + "id"):
            return taken.name
    return None
