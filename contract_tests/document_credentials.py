"""Credentials in any document: every operation that asks for some refuses whoever shows none."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.conformance import (
    ABSENT,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Operation,
    PlainTrying,
    Session,
    check,
)

REFUSED = (400, 401, 403, 404)
MOST, READS = 12, 3
"""How many operations of one resource are asked; how many of these read, wherever they stand."""


@check(plain=True)
def check_every_operation(session: Session, group: Group) -> None:
    """No operation that asks for credentials answers without them; where nothing may be written, those that read."""
    asking = PlainTrying(session)
    asked = [one for one in group.all() if one.plan and one.plan.needs and session.may(one)]
    if not asked:
        raise NotApplicable("nothing asks for credentials")
    reads = [one for one in asked if one.facts.is_safe][:READS]
    for operation in [*asked[:MOST], *(one for one in reads if one not in asked[:MOST])]:
        try:
            values = place_of(asking, group, operation)
            body = asking.body(operation) if operation.plan and operation.plan.bodies else ABSENT
        except Inconclusive:
            values, body = {}, ABSENT
        with session.each(operation):
            reply = asking.send(operation, values, body=body, with_credentials=False)
            session.expect_one_of(reply, REFUSED, f"without credentials it is answered {reply.status}")


def place_of(asking: PlainTrying, group: Group, operation: Operation) -> Mapping[str, str]:
    """What fills the path: a record of the check's own, where one may be made and is named. Raises Inconclusive."""
    can_be_made = Kind.CREATE in group.operations and not asking.session.limits.reads_only
    if operation.plan and operation.plan.key and can_be_made and operation.kind is not Kind.CREATE:
        return asking.at(operation, asking.create(group))
    return asking.below(operation, asking.above(group))
