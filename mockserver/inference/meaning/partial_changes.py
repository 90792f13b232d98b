"""When a PUT is of a part of a record: it leaves out what no record is made without, and does not require it (O4)."""

from __future__ import annotations

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources


def needed_of(found: Resources, change: Reading, one: InferredCollection) -> tuple[str, ...]:
    """What records are not made without, and a change takes and does not require: without it, it is of a part."""
    create = found.creating(one)
    if create is None or create.body is None or change.body is None:
        return ()
    needed, asked = (found.shapes.shape(_sent(found.shapes, each)) for each in (create.body, change.body))
    may_say = asked.properties.keys() - asked.required.keys()
    return tuple(name for name in needed.required if name in may_say and (name,) != one.identity)


def _sent(shapes: Shapes, body: Node) -> Node:
    """What a body says of a record, out of an envelope of one object."""
    members = [*shapes.properties(body).values()]
    return members[0] if len(members) == 1 and shapes.properties(members[0]) else body
