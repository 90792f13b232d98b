"""What a client may say of a record with its request, and what the document says that it is where she does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract.document import Node
from mockserver.contract.samples.described_values import told_defaults
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.messages import Json


def sendable_members(call: Call) -> Mapping[str, Node]:
    """What a client may say of a record with this request."""
    maker, plan = call.tools.maker, call.operation.plan
    body = next(iter(plan.bodies.values()), None) if plan else None
    body = maker.shapes.member(body, plan.sent) if plan and body is not None and plan.sent else body
    return maker.shapes.properties(body) if body is not None else {}


def is_servers_alone(call: Call, record: Node, name: str) -> bool:
    """Whether no client can say with this request what a member of a record is."""
    shapes = call.tools.maker.shapes
    sendable, own = sendable_members(call), shapes.properties(record).get(name)
    return name not in sendable or (own is not None and shapes.says(own, "readOnly") is True)


def by_default(call: Call, record: Node) -> dict[str, Json]:
    """What a new or a replaced record holds where the client does not say it: the document's defaults, null among them.

    What it may not be without is null, where it may be. PERF: worked out once for each operation.
    """
    known: dict[str, dict[str, Json]] = plan_of(call).remembered.setdefault("defaults", {})
    if record.pointer not in known:
        known[record.pointer] = dict(_defaults(call, record))
    return dict(known[record.pointer])


def _defaults(call: Call, record: Node) -> Iterator[tuple[str, Json]]:
    maker, members = call.tools.maker, call.tools.maker.shapes.properties(record)
    required = maker.shapes.shape(record).required
    for name, place in sendable_members(call).items():
        if (shown := members.get(name)) is None or maker.shapes.says(shown, "readOnly") is True:
            continue
        said = [maker.shapes.shape(one).words for one in (place, shown)]
        usual = [one["default"] for one in said if "default" in one] or [*told_defaults(said[0])]
        usual = usual or [None] * (name in required)
        if usual and maker.allows(shown, usual[0]):
            yield name, usual[0]
