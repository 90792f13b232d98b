"""Numbers of all records that any document tells of beside them: a summary counts what is made and what is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance import (
    SUCCESSES,
    Group,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    check,
    flat,
    list_words,
    singular,
    within,
)


def _summaries(session: Session) -> Iterator[Operation]:
    """What is read without naming a record and is no record itself."""
    for group in session.plan.groups.values():
        for one in group.all(Kind.STUB):
            needed = [each for each in one.plan.parameters if each.required] if one.plan else []
            if one.method == "GET" and "{" not in one.path and not needed and session.may(one):
                yield one


def _counting(asking: InferredTrials, operation: Operation, group: Group) -> str:
    """The member of a summary that is said to be the number of records of ``group``; empty where there is none."""
    plan, shapes = operation.plan, asking.maker.shapes
    schema = plan.success.schema if plan else None
    inner = shapes.member(schema, plan.record or ()) if plan and schema is not None else None
    many = flat(singular(group.name.rpartition(".")[2]))
    for name, node in shapes.properties(inner).items() if inner is not None else ():
        counted = list_words.number_of(str(shapes.says(node, "description") or ""))
        if shapes.type(node) == "integer" and counted and flat(singular(counted)) == many:
            return name
    return ""


@check(Kind.CREATE, Kind.DELETE, writes=True, inferred=True, provenance=Provenance.INFERRED)
def check_summaries(session: Session, group: Group) -> None:
    """The number of all records that a summary tells follows as one is made and deleted."""
    asking, judged = InferredTrials(session), 0
    model = group.resource.model
    if model is None or model.parents:
        raise NotApplicable("no summary counts records that are below others")
    for operation in _summaries(session):
        if not (name := _counting(asking, operation, group)):
            continue
        asking.remove(group, asking.create(group))  # what that needs is there by now
        before, made = _number(asking, operation, name), asking.create(group)
        more, gone = _number(asking, operation, name), asking.remove(group, made)
        after = _number(asking, operation, name)
        if before is None or more is None or after is None:
            continue
        judged += 1
        with session.each(operation):
            session.expect(more == before + 1, f"{name} does not count what is made", f"{before}, {more}")
            if gone is not None and gone.status in SUCCESSES:
                session.expect(after < more, f"{name} counts what was deleted", f"{more}, {after}")
    if not judged:
        raise NotApplicable("no summary tells how many there are")


def _number(asking: InferredTrials, operation: Operation, name: str) -> int | None:
    reply = asking.send(operation)
    found = within(asking.record(reply, operation), (name,)) if reply.status in SUCCESSES else None
    return found if type(found) is int else None
