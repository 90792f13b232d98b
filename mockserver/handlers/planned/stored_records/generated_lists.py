"""Lists that no client could send, made where a reply may also be a stream: the ``choices`` of a completion (A3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.samples.scalars import Draw
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.messages import Json

_STREAM = "event-stream"


def worked_out(call: Call, record: Node, draw: Draw) -> dict[str, Json]:
    """The required lists of a record that the request has no word for, with an entry: ``choices`` of a completion."""
    remembered = plan_of(call).remembered
    if (names := remembered.get("worked out")) is None:  # PERF: worked out once
        names = remembered["worked out"] = _lists(call, record) if _streams(call) else frozenset()
    if not names:
        return {}
    full: Any = call.tools.maker.make(record, Draw(draw.random, draw.now, full=True, varies=True))
    return {name: full[name] for name in names if full.get(name)} if isinstance(full, Mapping) else {}


def _streams(call: Call) -> bool:
    """Whether the document declares the success as a stream as well."""
    shapes, plan = call.tools.maker.shapes, plan_of(call)
    operation = shapes.document.operation(call.operation.path, call.operation.method)
    content = shapes.follow(operation.child("responses").child(str(plan.status))).child("content").value
    return isinstance(content, Mapping) and any(_STREAM in name for name in content)


def _lists(call: Call, record: Node) -> frozenset[str]:
    shapes = call.tools.maker.shapes
    said = {name for body in plan_of(call).bodies.values() for name in shapes.properties(body)}
    required, members = shapes.shape(record).required, shapes.properties(record)
    return frozenset(
        one for one in required if one in members and one not in said and shapes.type(members[one]) == "array"
    )
