"""Which records stand in the way of a delete, as its refusal tells."""

from __future__ import annotations

from mockserver.conformance.check_plan import Plan
from mockserver.conformance.wire.traffic import Received, json_or_none


def dependants(plan: Plan, reply: Received) -> list[tuple[str, str, str]]:
    """Resource, id and referring field of the records that, as a refused delete tells, stand in its way.

    A change may have made them: they were in no reply.
    """
    body = json_or_none(reply.body)
    errors = body.get("errors") if isinstance(body, dict) else None
    paths = [str(one.get("path", "")).split("/") for one in errors or [] if isinstance(one, dict)]
    return [
        (path[1], path[2], path[3])
        for path in paths
        if len(path) > 3 and path[0] == "record" and path[1] in plan.groups
    ]
