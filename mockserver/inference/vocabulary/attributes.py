"""Where a record keeps its members in an object of their own, as JSON:API has it."""

from __future__ import annotations

from mockserver.contract.document import Node
from mockserver.contract.resource import Resource
from mockserver.contract.schema_shape import Shapes

ATTRIBUTES, RELATIONSHIPS = "attributes", "relationships"


def attributes_of(shapes: Shapes, record: Node | None) -> Node | None:
    """The schema of the object that holds a record's members; None where they are its own."""
    members = shapes.properties(record) if record is not None else {}
    place = members.get(ATTRIBUTES)
    is_apart = place is not None and "type" in members and "id" in members and bool(shapes.properties(place))
    return place if is_apart else None


def members_holder(shapes: Shapes, record: Node | None) -> Node | None:
    """The schema of what has a record's states: the record, or its attributes."""
    return attributes_of(shapes, record) or record


def type_of(shapes: Shapes, resource: Resource) -> str:
    """What the records of a resource are called in links to them: the one ``type`` that they have, else its name."""
    record = resource.model.record if resource.model is not None else None
    place = shapes.properties(record).get("type") if record is not None else None
    said = (shapes.says(place, "const"), shapes.says(place, "enum")) if place is not None else (None, None)
    only = said[1][0] if isinstance(said[1], list) and len(said[1]) == 1 else said[0]
    return only if isinstance(only, str) else resource.name.rpartition(".")[2]
