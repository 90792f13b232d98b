"""Refusals in the shape that the document declares for them, with the text where a person looks (N3)."""

from __future__ import annotations

from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.making import Maker
from mockserver.contract.plan import OperationPlan
from mockserver.contract.record_examples import media_examples
from mockserver.contract.scalars import Draw
from mockserver.errors import Refusal
from mockserver.handlers.planned.listed_violations import MOMENT, TEXTS, with_violations
from mockserver.messages import Json, Reply

PROBLEM = "application/problem+json"
"""The media type of what no document declares (RFC 9457)."""
DEEPEST = 4
_MADE = (0, 1)
"""What numbers come to where no example gives one."""
_STATUSES = ("status", "code", "statusCode", "status_code")


def refused(plan: OperationPlan, refusal: Refusal, body: dict[str, Any]) -> Reply:
    """The reply to a refusal: as declared for its status, ``4XX`` or ``default``, else ``body`` as a problem."""
    status, said = plan.refusal(refusal.status)
    if said is None:
        return Reply(status, body, True, None, refusal.headers, (), PROBLEM)
    if said.media is None:
        return Reply(status, headers=refusal.headers)
    schema, content_type = said.schema, said.media_type or "application/json"
    if "json" not in content_type:
        return Reply(status, raw=refusal.message.encode(), headers=refusal.headers, content_type=content_type)
    if schema is None:
        return Reply(status, body, True, None, refusal.headers, (), content_type)
    made = plan.maker.make(schema, Draw.of(refusal.status, MOMENT), tuple(media_examples(said.media.value)))
    worded = _worded(plan.maker, schema, made, refusal, left=DEEPEST)
    listed = with_violations(plan.maker, schema, worded, refusal)
    tries = (
        _numbered(listed, refusal.status, DEEPEST),
        listed,
        _numbered(worded, refusal.status, DEEPEST),
        worded,
        made,
    )
    chosen = next((one for one in tries if plan.maker.allows(schema, one)), made)
    return Reply(status, chosen, True, None, refusal.headers, (), content_type)


def _worded(maker: Maker, place: Node, value: Json, refusal: Refusal, *, left: int) -> Json:
    """``value`` with the refusal's words in its first text member of a telling name, be it there or only allowed."""
    if isinstance(value, list) and value and left and (items := maker.shapes.items(place)) is not None:
        return [_worded(maker, items, value[0], refusal, left=left - 1)]
    if not isinstance(value, dict) or not left:
        return value
    members = maker.shapes.properties(place)
    for name in (*(one for one in TEXTS if one in value), *(one for one in TEXTS if one in members)):
        if isinstance(value.get(name, ""), str) and (name in value or maker.shapes.type(members[name]) == "string"):
            first = next((f" {one.path}: {one.message}" for one in refusal.violations), "")
            return {**value, name: refusal.message + first}
    for name, one in value.items():
        below = members.get(name)
        if below is not None and (worded := _worded(maker, below, one, refusal, left=left - 1)) != one:
            return {**value, name: worded}
    return value


def _numbered(value: Json, status: int, left: int) -> Json:
    """``value`` with the right status in each member that tells one."""
    if isinstance(value, list) and left:
        return [_numbered(one, status, left - 1) for one in value]
    if not isinstance(value, dict) or not left:
        return value
    return {
        name: _status(one, status) if name in _STATUSES else _numbered(one, status, left - 1)
        for name, one in value.items()
    }


def _status(value: Json, status: int) -> Json:
    """The right status where there is another, or a made-up number; a number of the API's own stays."""
    if type(value) is int:
        return status if value in _MADE or 400 <= value < 600 else value
    return str(status) if isinstance(value, str) and value.isdigit() and len(value) == 3 else value
