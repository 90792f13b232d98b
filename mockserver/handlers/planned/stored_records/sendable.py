"""What a client may say of a record with its request, and what the document says that it is where she does not."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.document import Node
from mockserver.handlers.call import Call
from mockserver.messages import Json


def sendable_members(call: Call) -> Mapping[str, Node]:
    """What a client may say of a record with this request."""
    maker, plan = call.tools.maker, call.operation.plan
    body = next(iter(plan.bodies.values()), None) if plan else None
    body = maker.shapes.member(body, plan.sent) if plan and body is not None and plan.sent else body
    return maker.shapes.properties(body) if body is not None else {}


def by_default(call: Call, record: Node) -> dict[str, Json]:
    """What a replaced record holds where the client does not say it: the document's defaults, null among them."""
    maker, members = call.tools.maker, call.tools.maker.shapes.properties(record)
    found: dict[str, Json] = {}
    for name, place in sendable_members(call).items():
        shown = members.get(name)
        said = [maker.shapes.shape(one).words for one in (place, shown) if one is not None]
        usual = [one["default"] for one in said if "default" in one]
        if shown is not None and usual and maker.allows(shown, usual[0]):
            found[name] = usual[0]
    return found
