"""Moments that any document shows of a record: when it was last changed follows each change."""

from __future__ import annotations

import re
import time
from typing import Any

from mockserver.conformance import (
    SUCCESSES,
    Group,
    Inconclusive,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    alike,
    check,
    flat,
    has_members,
    leveled,
    listed,
)

CHANGED = frozenset(
    f"{beginning}{word}{ending}"
    for beginning in ("", "last", "date")
    for word in ("updated", "modified", "edited", "changed")
    for ending in ("", "at", "on", "date", "time", "timestamp")
) | frozenset({"updatetime", "modificationdate", "lastupdate", "lastmodification"})
"""What tells when a record was last changed."""
LONGER_THAN_A_SECOND = 1.1
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def is_moment(value: Any) -> bool:
    """Whether a value tells a moment, and not only a day."""
    return isinstance(value, str) and MOMENT.match(value) is not None


@check(Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=Provenance.INFERRED)
def check_changed(session: Session, group: Group) -> None:
    """A change of a record changes what it tells of when it was last changed."""
    asking, model, judged = InferredTrials(session), group.resource.model, 0
    shapes = asking.maker.shapes
    members = shapes.properties(model.record) if model and model.record is not None else {}
    create = asking.body_schema(group.one(Kind.CREATE))
    sent = shapes.properties(create) if create is not None else {}
    moments = [
        name for name, node in members.items()
        if flat(name) in CHANGED and shapes.type(node) in ("string", None)
        and (name not in sent or shapes.says(node, "readOnly") is True)
    ]  # fmt: skip
    if not moments:
        raise NotApplicable("no record tells when it was last changed")
    for operation in group.all(Kind.REPLACE, Kind.PATCH):
        if operation.plan and operation.plan.names_record and has_members(operation) and session.may(operation):
            judged += _judged(session, asking, group, operation, moments)
    if not judged:
        raise Inconclusive("no change of a record was taken")


def _judged(session: Session, asking: InferredTrials, group: Group, operation: Operation, moments: list[str]) -> int:
    made = asking.create(group)
    before: Any = leveled(asking.read_back(group, made))
    body = asking.changing(operation, group, made, asking.full_body(operation, 53))
    time.sleep(LONGER_THAN_A_SECOND)  # as many clocks tell no less
    _, reply = asking.submit(operation, asking.at(operation, made), body)
    found: Any = leveled(asking.read_back(group, made))
    asking.remove(group, made)
    if reply.status not in SUCCESSES or not isinstance(before, dict) or not isinstance(found, dict):
        return 0
    shown = [before.get(name) for name in moments]
    if any(one is not None and not is_moment(one) for one in shown):
        return 0  # who did so, or a day
    if all(alike(value, found.get(name)) for name, value in before.items() if name not in moments):
        return 0
    stayed = sorted(name for name in moments if name in before and name in found and found[name] == before[name])
    with session.each(operation):
        session.expect(not stayed, f"a change does not change when a record was last changed ({listed(stayed)})")
    return 1
