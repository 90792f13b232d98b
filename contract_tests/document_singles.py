"""The one record of its kind in any document: a patch of it leaves as it was what it does not send."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import (
    SUCCESSES,
    Group,
    Inconclusive,
    InferredTrials,
    Kind,
    NotApplicable,
    Provenance,
    Session,
    check,
    has_members,
    listed,
)

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""What a member has that nobody has given a value."""


@check(Kind.SINGLETON, writes=True, inferred=True, provenance=Provenance.INFERRED, code=117)
def check_merged(session: Session, group: Group) -> None:
    """PATCH of the one record leaves as it was what it does not send."""
    asking, judged = InferredTrials(session), 0
    reads = [one for one in group.all(Kind.SINGLETON) if one.method == "GET" and one.plan]
    patches = [
        one for one in group.all(Kind.SINGLETON)
        if one.method == "PATCH" and has_members(one) and one.plan and not one.plan.sent and session.may(one)
    ]  # fmt: skip
    if not reads or not patches:
        raise NotApplicable("nothing changes a part of the one record")
    for operation in patches:
        above, read = asking.above(group), reads[0]
        place, schema = asking.below(operation, above), asking.schema(operation)
        full = asking.full_body(operation, 13)
        first = asking.send(operation, place, body=full)
        before = asking.record(asking.send(read, asking.below(read, above)), read)
        if first.status not in SUCCESSES or not isinstance(before, dict) or not isinstance(full, dict):
            continue
        other = asking.full_body(operation, 14)
        for name in [one for one in full if one in other][:2]:
            part = {name: other[name]}
            if not asking.accepts(schema, part):
                continue
            with session.each(operation):
                if asking.send(operation, place, body=part).status not in SUCCESSES:
                    continue
                found = asking.record(asking.send(read, asking.below(read, above)), read)
                rest = {one: before[one] for one in full if one in before and one != name}
                judged += 1
                asking.keeps(rest, found, "PATCH of the one record changes what it does not send")
                gone = sorted(one for one in rest if one not in (found or {}) and rest[one] not in EMPTY)
                session.expect(not gone, f"PATCH of the one record takes away what it does not send ({listed(gone)})")
                before = found if isinstance(found, dict) else before
    if not judged:
        raise Inconclusive("no part of the one record was taken")
