"""References of any document: a record that a client names is there, where the words of a refusal say that it must."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance import (
    REFUSALS,
    Group,
    Inconclusive,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    check,
    has_members,
    told_missing,
    within,
)

WRITES = (Kind.CREATE, Kind.REPLACE, Kind.PATCH)


@check(Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=Provenance.INFERRED)
def check_missing(session: Session, group: Group) -> None:
    """What names a record that is not there is refused, as the document says, and is taken where it is there."""
    asking, judged = InferredTrials(session), 0
    asked = [(one, name, other) for one in group.all(*WRITES) for name, other in _told(session, group, one)]
    if not asked:
        raise NotApplicable("nothing says what is answered to the key of a record that is not there")
    for operation, name, other in asked:
        judged += _judged(session, asking, group, operation, (name, other))
    if not judged:
        raise Inconclusive("no body that names another record was taken")


def _told(session: Session, group: Group, operation: Operation) -> Iterator[tuple[str, Group]]:
    """The members of a body that name records which have to be there, each with their resource."""
    plan, model = operation.plan, group.resource.model
    if plan is None or model is None or not has_members(operation) or not session.may(operation):
        return
    for name, (resource, _) in told_missing(plan, model, group.resource.name).items():
        other = session.plan.groups.get(resource)
        if other is not None and any(one.plan and one.plan.names_record for one in other.all(Kind.READ)):
            yield name, other


def _judged(
    session: Session, asking: InferredTrials, group: Group, operation: Operation, named: tuple[str, Group]
) -> int:
    """Judge a write that is taken, and the same with the key of no record; 0 where it is not taken."""
    assert operation.plan
    name, other = named
    made: InferredRecord | None = None if operation.kind is Kind.CREATE else asking.create(group)
    above = asking.above(group)
    place = asking.placed(operation, above) if made is None else asking.at(operation, made)
    body, reply = asking.submit(operation, place, asking.full_body(operation, 91))
    asking.undo(group, operation, place, reply)
    steps, is_taken = (*operation.plan.sent, name), reply.status not in REFUSALS
    judged = 0
    if is_taken and within(body, steps) is not None:
        unknown = asking.typed(operation, asking.at_steps(body, steps, asking.unknown(asking.on_one(other, Kind.READ))))
        wrong = asking.fresh(operation, unknown) if operation.kind is Kind.CREATE else unknown
        if asking.accepts(asking.schema(operation), wrong):
            place = asking.placed(operation, above) if made is None else place
            reply = asking.send(operation, place, body=wrong)
            asking.undo(group, operation, place, reply)
            cause = f"a {name} that is not there is answered {reply.status}, though the document says otherwise"
            with session.each(operation):
                session.expect_one_of(reply, REFUSALS, cause)
            judged = 1
    if made is not None:
        asking.remove(group, made)
    return judged
