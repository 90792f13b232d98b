"""Records whose members stand in an object ``attributes`` (JSON:API): they have states, times and deeds there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.sendable import sendable_members
from mockserver.handlers.planned.derived_members.stamps import stamped
from mockserver.handlers.planned.derived_members.state_members import StateMembers
from mockserver.handlers.planned.initial_data.initial_states import states_at_first
from mockserver.inference.vocabulary.attributes import ATTRIBUTES, attributes_of
from mockserver.messages import Json


def with_attributes(
    call: Call, record: Node, value: dict[str, Any], sent: Json, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``value`` with what the server says of its attributes: the state that it begins in, and when it came into one.

    ``sent`` is what a client says of the record, ``before`` what that was; None for a new one.
    """
    place = attributes_of(call.tools.maker.shapes, record)
    if place is None:
        return value
    held, was = value.get(ATTRIBUTES), before.get(ATTRIBUTES) if before is not None else None
    inner = dict(held) if isinstance(held, dict) else {}
    own = sent.get(ATTRIBUTES) if isinstance(sent, dict) else None
    said = own if isinstance(own, dict) else {}
    if before is None:
        body = sendable_members(call).get(ATTRIBUTES)
        sendable = call.tools.maker.shapes.properties(body) if body is not None else {}
        inner = {**states_at_first(call, place, call.resource.name, sendable), **inner}
    earlier = was if isinstance(was, dict) else None
    inner = StateMembers(call.tools.maker, place).after(inner, said, earlier, call.tools.clock.now())
    return {**value, ATTRIBUTES: stamped(call, place, inner, is_new=before is None, sent=said)}
