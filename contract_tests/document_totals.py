"""Numbers of all records that any document tells of beside them: a summary counts what is made and what is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.conformance import (
    SUCCESSES,
    Group,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    ToldNumber,
    check,
    flat,
    singular,
    thing_of,
    told_tally,
    within,
)

NEARLY = 0.005
"""By how much sums of money may differ from one another."""


def _summaries(session: Session) -> Iterator[Operation]:
    """What is read without naming a record and is no record itself."""
    for group in session.plan.groups.values():
        for one in group.all(Kind.STUB):
            needed = [each for each in one.plan.parameters if each.required] if one.plan else []
            if one.method == "GET" and "{" not in one.path and not needed and session.may(one):
                yield one


def _tallies(asking: InferredTrials, operation: Operation, group: Group) -> Iterator[tuple[str, ToldNumber]]:
    """The members of a summary that are said to be a number of records of ``group``, or a sum of theirs."""
    plan, shapes, model = operation.plan, asking.maker.shapes, group.resource.model
    schema = plan.success.schema if plan else None
    inner = shapes.member(schema, plan.record or ()) if plan and schema is not None else None
    many = flat(singular(group.name.rpartition(".")[2]))
    for name, node in shapes.properties(inner).items() if inner is not None else ():
        words = str(shapes.says(node, "description") or "")
        if shapes.type(node) not in ("integer", "number") or thing_of(words) != many or model is None:
            continue
        if (tally := told_tally(shapes, words, model.record)) is not None:
            yield name, tally


@check(Kind.CREATE, Kind.DELETE, writes=True, inferred=True, provenance=Provenance.INFERRED)
def check_summaries(session: Session, group: Group) -> None:
    """The number of all records that a summary tells, and of those in a state, follows as one is made and deleted."""
    asking, judged = InferredTrials(session), 0
    model = group.resource.model
    if model is None or model.parents:
        raise NotApplicable("no summary counts records that are below others")
    for operation in _summaries(session):
        for name, tally in _tallies(asking, operation, group):
            asking.remove(group, asking.create(group))  # what that needs is there by now
            for body in _bodies(asking, group, tally):
                before = _number(asking, operation, name)
                made = asking.attempt(group, asking.above(group), body)
                if made is None or before is None:
                    continue
                adds = _adds(asking, group, made, tally)
                more, gone = _number(asking, operation, name), asking.remove(group, made)
                after = _number(asking, operation, name)
                if more is None or after is None or adds is None:
                    continue
                judged += 1
                with session.each(operation):
                    cause = f"{name} does not count what is made"
                    session.expect(abs(more - before - adds) < NEARLY, cause, f"{before}, {more}")
                    if gone is not None and gone.status in SUCCESSES:
                        cause = f"{name} counts what was deleted"
                        session.expect(not adds or abs(after - before) < NEARLY, cause, f"{more}, {after}")
    if not judged:
        raise NotApplicable("no summary tells how many there are")


def _bodies(asking: InferredTrials, group: Group, tally: ToldNumber) -> Iterator[Any]:
    """What makes a record, and another one that is in the state that is counted, where that may be sent."""
    create = group.one(Kind.CREATE)
    body = asking.full_body(create)
    yield body
    schema = asking.body_schema(create)
    if tally.member and isinstance(body, dict) and schema and tally.member in asking.maker.shapes.properties(schema):
        yield {**asking.full_body(create, 73), tally.member: tally.value}


def _adds(asking: InferredTrials, group: Group, made: InferredRecord, tally: ToldNumber) -> int | float | None:
    """What a new record adds; None where it does not show the members that tell."""
    shown = made.record
    if Kind.READ in group.operations:
        read = asking.on_one(group, Kind.READ)
        shown = asking.record(asking.send(read, asking.at(read, made)), read)
    needed = {one for one in (tally.member, tally.summed) if one}
    return tally.of(shown) if isinstance(shown, dict) and needed <= shown.keys() else None if needed else 1


def _number(asking: InferredTrials, operation: Operation, name: str) -> int | float | None:
    reply = asking.send(operation)
    found = within(asking.record(reply, operation), (name,)) if reply.status in SUCCESSES else None
    return found if type(found) in (int, float) else None
