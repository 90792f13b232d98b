"""Credentials in any document: every operation that asks for some refuses whoever shows none."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from mockserver.conformance import (
    ABSENT,
    NOBODYS_CREDENTIAL,
    SUCCESSES,
    Group,
    Inconclusive,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    check,
    expired,
)

REFUSED = (400, 401, 403, 404)
MOST, READS = 12, 3
"""How many operations of one resource are asked; how many of these read, wherever they stand."""


@check(inferred=True)
def check_every_operation(session: Session, group: Group) -> None:
    """No operation that asks for credentials answers without them; where nothing may be written, those that read."""
    asking = InferredTrials(session)
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
            session.expect_one_of(reply, REFUSED, f"without credentials the request is answered {reply.status}")


@check(inferred=True, provenance=Provenance.INFERRED)
def check_refused_as_declared(session: Session, group: Group) -> None:
    """Where the document declares a 401, who shows no credentials is not refused by what it does not declare."""
    asking, judged = InferredTrials(session), 0
    asked = [one for one in group.all() if one.plan and one.plan.needs and "401" in one.plan.replies]
    for operation in [one for one in asked if one.facts.is_safe][:READS]:
        with suppress(Inconclusive), session.each(operation):
            reply = asking.send(operation, place_of(asking, group, operation), with_credentials=False)
            wanted = [one for one in (*SUCCESSES, *REFUSED) if operation.plan and operation.plan.declares(one)]
            session.expect_one_of(reply, wanted, f"without credentials the request is answered {reply.status}, not 401")
            judged += 1
    if not judged:
        raise NotApplicable("no read declares what is answered to who shows no credentials")


@check(inferred=True, provenance=Provenance.INFERRED)
def check_wrong_ones(session: Session, group: Group) -> None:
    """No operation that asks for credentials answers to those that nobody issued, or that have expired."""
    asking, judged = InferredTrials(session), 0
    if session.own.mint or not session.own.token:
        raise NotApplicable("the run was given no token, so the target may accept any")
    asked = [one for one in group.all() if one.plan and one.plan.needs and session.may(one)]
    reads = [one for one in asked if one.facts.is_safe]
    for operation in [*reads[:READS], *(one for one in asked if one not in reads)][:MOST]:
        try:
            values = place_of(asking, group, operation)
            body = asking.full_body(operation) if operation.plan and operation.plan.bodies else ABSENT
            if body is not ABSENT and operation.kind is Kind.CREATE:
                body = asking.renewed(group, operation, body)
        except Inconclusive:
            continue
        if asking.send(operation, values, body=body, with_credentials=False).status in SUCCESSES:
            continue  # it asks for none: another check tells it
        good = session.own.token
        for what, token in (
            ("are wrong", NOBODYS_CREDENTIAL),
            ("have expired", expired(good)),
            ("only begin like good ones", f"{good}x"),
            ("only end like good ones", f"x{good}"),
        ):
            reply = asking.send(operation, values, body=body, token=token)
            judged += 1
            with session.each(operation):
                session.expect_one_of(
                    reply, REFUSED, f"with credentials that {what} the request is answered {reply.status}"
                )
    if not judged:
        raise NotApplicable("nothing asks for credentials")


def place_of(asking: InferredTrials, group: Group, operation: Operation) -> Mapping[str, str]:
    """What fills the path: a record of the check's own, where one may be made and is named. Raises Inconclusive."""
    can_be_made = Kind.CREATE in group.operations and not asking.session.limits.reads_only
    if operation.plan and operation.plan.key and can_be_made and operation.kind is not Kind.CREATE:
        return asking.at(operation, asking.create(group))
    return asking.below(operation, asking.above(group))
