"""Constraints of any document: what breaks the schema of a body or a parameter is refused, wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance import (
    REFUSALS,
    SUCCESSES,
    Group,
    Inconclusive,
    InferredTrials,
    InferredViolations,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Received,
    Session,
    check,
    has_members,
    is_lenient,
    is_plain_json,
    media_of,
)

BAD = frozenset({"400", "422", "4XX"})
"""How a document says what a request that breaks it is answered."""
MOST = 96
"""How many spoilt bodies one operation is sent."""


def writing(session: Session, group: Group) -> Iterator[Operation]:
    """The operations that take JSON, or a form of names and values, and that this run may send."""
    yield from (one for one in group.all() if one.plan and session.may(one) and has_members(one))


def place_of(asking: InferredTrials, group: Group, operation: Operation) -> Mapping[str, str]:
    """What fills the path: a record of the check's own where the path names one. Raises Inconclusive."""
    plan = operation.plan
    assert plan
    if plan.key is None or operation.kind is Kind.CREATE:
        return asking.below(operation, asking.above(group))
    if Kind.CREATE not in group.operations:
        raise Inconclusive("there is no record to use")
    return asking.at(operation, asking.create(group))


def spoilt(session: Session, group: Group, *, formats: bool) -> int:
    """Send each operation bodies that break one constraint each; how many were sent."""
    asking, tried = InferredTrials(session), 0
    violations = InferredViolations(asking)
    for operation in writing(session, group):
        try:
            values = place_of(asking, group, operation)
            body = taken_body(asking, group, operation, values)
        except Inconclusive:
            continue
        for what, changed in [*violations.bodies(operation, body, formats=formats)][:MOST]:
            tried += 1
            with session.each(operation):
                sent = asking.renewed(group, operation, changed, body)
                reply = asking.send(operation, values, body=sent)
                shown = asking.record(reply, operation)
                before, now = asking.said(operation, body), asking.said(operation, sent)
                refused(session, reply, f"a body {what}", may_be_passed_over=is_lenient(what, before, now, shown))
            asking.undo(group, operation, values, reply)
    return tried


def taken_body(asking: InferredTrials, group: Group, operation: Operation, values: Mapping[str, str]) -> Any:
    """The fullest valid body that is taken: one that is refused anyway says nothing. Raises Inconclusive."""
    for body in (asking.full_body(operation), asking.body(operation)):
        sent, reply = asking.submit(operation, values, asking.renewed(group, operation, body))
        if reply.status in SUCCESSES:
            return sent
    raise Inconclusive(f"{operation.id} takes no body that its schema allows")


def refused(session: Session, reply: Received, what: str, *, may_be_passed_over: bool = False) -> None:
    """Expect a refusal of ``what``; only prefer it where a reader may take it for something that is allowed."""
    cause = f"{what} is answered {reply.status}"
    if may_be_passed_over:
        session.prefer_one_of(reply, REFUSALS, cause)
    else:
        session.expect_one_of(reply, REFUSALS, cause)


@check(writes=True, inferred=True, code=200)
def check_bodies(session: Session, group: Group) -> None:
    """A body that breaks one constraint of its schema is refused."""
    if not spoilt(session, group, formats=False):
        raise NotApplicable("no accepted body has a constraint")


@check(writes=True, inferred=True, provenance=Provenance.INFERRED, code=200)
def check_formats(session: Session, group: Group) -> None:
    """A text in a body that is not of its format is refused."""
    if not spoilt(session, group, formats=True):
        raise NotApplicable("no accepted body has a string with a format")


@check(writes=True, inferred=True, code=200)
def check_unreadable(session: Session, group: Group) -> None:
    """A body that is not JSON, or is not there though there must be one, is refused."""
    asking, tried = InferredTrials(session), 0
    for operation in writing(session, group):
        assert operation.plan
        if not is_plain_json(media_of(operation)):
            continue  # a form is never unreadable
        try:
            values = place_of(asking, group, operation)
            body = asking.renewed(group, operation, asking.body(operation))
            _, good = asking.submit(operation, values, body)
        except Inconclusive:
            continue
        if good.status not in SUCCESSES:
            continue
        tried += 1
        with session.each(operation):
            refused(session, asking.send(operation, values, raw=b'{"cut": off'), "a body that is not JSON")
        if operation.plan.body_required and operation.kind is not Kind.DELETE:
            with session.each(operation):
                reply, what = asking.send(operation, values), "a request without its required body"
                # what a server reads that is not sent a body may be an empty object
                refused(session, reply, what, may_be_passed_over=asking.accepts(asking.schema(operation), {}))
    if not tried:
        raise NotApplicable("no operation takes a body")


@check(writes=True, inferred=True, provenance=Provenance.INFERRED, code=200)
def check_media_types(session: Session, group: Group) -> None:
    """A body of a media type that the document does not declare is refused."""
    asking, tried = InferredTrials(session), 0
    for operation in writing(session, group):
        assert operation.plan
        if any("*" in name or name.startswith("text/") for name in operation.plan.bodies):
            continue
        try:
            values = place_of(asking, group, operation)
        except Inconclusive:
            continue
        tried += 1
        with session.each(operation):
            reply = asking.send(operation, values, raw=b"no JSON at all", media="text/x-other")
            may_be_none = asking.accepts(asking.schema(operation), {})
            what = "a body of a media type that is not declared"
            refused(session, reply, what, may_be_passed_over=may_be_none)
        if "415" in operation.plan.replies and is_plain_json(media_of(operation)):
            body = asking.renewed(group, operation, asking.body(operation))
            with session.each(operation):
                reply = asking.send(operation, values, raw=json.dumps(body).encode(), media="text/x-other")
                asking.undo(group, operation, values, reply)
                refused(session, reply, "a valid body that is said to be of a media type that is not declared")
    if not tried:
        raise NotApplicable("no operation takes JSON alone")


@check(inferred=True, code=200)
def check_parameters(session: Session, group: Group) -> None:
    """A parameter that breaks its schema, or is missing though it must be there, is refused."""
    if not spoilt_parameters(session, group, formats=False):
        raise NotApplicable("no parameter has a constraint")


@check(writes=True, inferred=True, code=200)
def check_needed_by_writes(session: Session, group: Group) -> None:
    """A write without a header or query parameter that must be there is refused."""
    asking, tried = InferredTrials(session), 0
    violations = InferredViolations(asking)
    for operation in group.all():
        if not operation.plan or not session.may(operation) or operation.facts.is_safe:
            continue
        needed = [what for what in violations.parameters(operation, formats=False) if what[0].startswith("without ")]
        try:
            for what, _, without in needed:
                values = place_of(asking, group, operation)
                body = asking.renewed(group, operation, asking.body(operation))
                reply = asking.send(operation, values, body=body, without=without)
                tried += 1
                with session.each(operation):
                    refused(session, reply, f"a request {what}")
                asking.undo(group, operation, values, reply)
        except Inconclusive:
            continue
    if not tried:
        raise NotApplicable("no write requires a header or a parameter")


@check(inferred=True, provenance=Provenance.INFERRED, code=200)
def check_formats_of_parameters(session: Session, group: Group) -> None:
    """A parameter that is not of its format is refused."""
    if not spoilt_parameters(session, group, formats=True):
        raise NotApplicable("no parameter has a format")


def spoilt_parameters(session: Session, group: Group, *, formats: bool) -> int:
    """Ask with parameters that are wrong in one way each; how often that was."""
    asking, tried = InferredTrials(session), 0
    violations = InferredViolations(asking)
    for operation in group.all():
        plan = operation.plan
        if not plan or not session.may(operation) or not operation.facts.is_safe or not plan.parameters:
            continue
        wrong = [*violations.parameters(operation, formats=formats)]
        try:
            values = place_of(asking, group, operation) if wrong and not session.limits.reads_only else {}
            good = asking.send(operation, values) if wrong else None
        except Inconclusive:
            continue
        if good is None or good.status not in SUCCESSES:
            continue
        for what, more, without in wrong:
            tried += 1
            with session.each(operation):
                reply = asking.send(operation, values, query=more, without=without)
                if BAD & set(plan.replies):
                    refused(session, reply, f"a request {what}")
                else:  # many servers pass over what they cannot read, and this one promises nothing
                    session.prefer_one_of(reply, REFUSALS, f"a request {what} is answered {reply.status}")
    return tried
