"""What declared conflicts refuse in words: values that are taken, and deletes of what other records need."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from mockserver.conformance import (
    REFUSALS,
    SUCCESSES,
    Group,
    Inconclusive,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    are_taken_together,
    check,
    child_of,
    children_of,
    has_members,
    is_said_unique,
    listed,
    same_json,
    tells_of_any,
    unique_members,
    within,
)

STORED = (Kind.CREATE, Kind.READ)
INFERRED = Provenance.INFERRED
CONFLICT = "409"


def _words(operation: Operation) -> str:
    """What the document says of the conflict that it declares; empty where it declares none."""
    return operation.plan.said_of(CONFLICT) if operation.plan else ""


def _taken(asking: InferredTrials, operation: Operation) -> list[tuple[str, ...]]:
    """The members whose values are refused where another record has them, together where they are meant together."""
    shapes, plan, model = asking.maker.shapes, operation.plan, operation.resource.model
    place = shapes.member(asking.schema(operation), plan.sent if plan else ())
    if place is None or not has_members(operation):
        return []
    texts = {name: str(shapes.says(node, "description") or "") for name, node in shapes.properties(place).items()}
    shown = shapes.properties(model.record).keys() if model and model.record is not None else texts.keys()
    texts = {name: text for name, text in texts.items() if name in shown and not (model and (name,) == model.key)}
    refused = {"400", "409", "422", "4XX"} & set(operation.statuses)
    said = [name for name, text in texts.items() if refused and is_said_unique(text)]
    named = [one for one in unique_members(_words(operation), dict.fromkeys(texts, "")) if one not in said]
    if are_taken_together(_words(operation), named):
        return [*((one,) for one in said), tuple(named)]
    return [(one,) for one in (*said, *named)]


def _values(sent: Any, names: tuple[str, ...]) -> dict[str, Any] | None:
    """What was sent in those members; None where that says nothing in one of them."""
    values = {name: within(sent, (name,)) for name in names}
    is_told = all(isinstance(one, str | int) and one not in ("", False, True) for one in values.values())
    return values if is_told else None


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_unique(session: Session, group: Group) -> None:
    """A value that is said to be unique is refused where another record has it, and the refusal changes nothing."""
    asking, judged = InferredTrials(session), 0
    writes = [group.one(Kind.CREATE), *(one for one in group.all(Kind.REPLACE, Kind.PATCH) if _is_on_one(session, one))]
    asked = {one.id: _taken(asking, one) for one in writes}
    if not any(asked.values()):
        raise NotApplicable("nothing is said to be unique, or how a value that is taken is refused")
    above, create = asking.above(group), group.one(Kind.CREATE)
    made = [*_two(asking, group, create, above)]
    first, second = (*made, None, None)[:2]
    if first is None:
        raise Inconclusive("no body was taken")
    conflicts = [(one, values) for one in writes for names in asked[one.id] if (values := _values(first.sent, names))]
    for operation, values in conflicts:
        with session.each(operation):
            if operation is create:
                _created_again(session, asking, group, (above, values))
            elif second is not None:
                _changed_to(session, asking, group, operation, second, values)
            judged += 1
    for one in made:
        asking.remove(group, one)
    if not judged:
        raise Inconclusive("no record has a value of what is said to be unique")


def _two(asking: InferredTrials, group: Group, create: Operation, above: tuple[str, ...]) -> Iterator[InferredRecord]:
    """Two records, of the first bodies that are taken: one may be refused for what only words tell."""
    made = (asking.attempt(group, above, asking.fresh(create, asking.full_body(create, 31 + one))) for one in range(5))
    yield from islice(filter(None, made), 2)


def _is_on_one(session: Session, operation: Operation) -> bool:
    plan = operation.plan
    return bool(plan and plan.names_record) and session.may(operation)


def _with(asking: InferredTrials, operation: Operation, body: Any, values: dict[str, Any]) -> Any:
    for name, value in values.items():
        body = asking.at_steps(body, (*(operation.plan.sent if operation.plan else ()), name), value)
    return body


def _created_again(
    session: Session, asking: InferredTrials, group: Group, taken: tuple[tuple[str, ...], dict[str, Any]]
) -> None:
    create, (above, values) = group.one(Kind.CREATE), taken
    body = asking.renewed(group, create, asking.fresh(create, asking.full_body(create, 33)))
    place = asking.placed(create, above)
    reply = asking.send(create, place, body=_with(asking, create, body, values))
    asking.undo(group, create, place, reply)
    cause = f"a create with a {listed(values)} that another record has is answered {reply.status}, though it is unique"
    session.expect_one_of(reply, REFUSALS, cause)


def _changed_to(
    session: Session,
    asking: InferredTrials,
    group: Group,
    operation: Operation,
    own: InferredRecord,
    values: dict[str, Any],
) -> None:
    """Expect a change of ``own`` to those values of another record to be refused, and to keep what it has."""
    before = asking.read_back(group, own)
    body = asking.changing(operation, group, own, asking.fresh(operation, asking.full_body(operation, 34)))
    alone = asking.changing(operation, group, own, _with(asking, operation, {}, values))
    if operation.kind is Kind.PATCH and asking.accepts(asking.schema(operation), alone):
        body = alone  # what else it says might be refused for itself
    reply = asking.send(operation, asking.at(operation, own), body=_with(asking, operation, body, values))
    cause = f"a change to a {listed(values)} that another record has is answered {reply.status}, though it is unique"
    session.expect_one_of(reply, REFUSALS, cause)
    asking.keeps(before, asking.read_back(group, own), "a change that was refused for a taken value was made")
    mine = {name: within(before, (name,)) for name in values}
    if not all(same_json(one, within(own.sent, (name,))) for name, one in mine.items()):
        return
    body = asking.changing(operation, group, own, asking.fresh(operation, asking.full_body(operation, 35)))
    again = asking.send(operation, asking.at(operation, own), body=_with(asking, operation, body, mine))
    cause = f"a change that keeps a record's own {listed(values)} is refused as if another record had it"
    session.expect(str(again.status) != CONFLICT, cause)


def _needing(session: Session, group: Group, refusal: str) -> Iterator[tuple[Group, tuple[str, ...]]]:
    """The resources of which ``refusal`` says that their records keep one of ``group`` from being deleted."""
    for child, member in children_of(session, group):
        if tells_of_any(refusal, child.name) and Kind.READ in child.operations:
            yield child, member


@check(*STORED, Kind.DELETE, writes=True, inferred=True, provenance=INFERRED)
def check_in_use(session: Session, group: Group) -> None:
    """A record that others need, as its delete says, is not deleted while there is one, and is once there is none."""
    asking, judged = InferredTrials(session), 0
    delete = asking.on_one(group, Kind.DELETE)
    for child, member in _needing(session, group, _words(delete)):
        parent = asking.create(group)
        needing = child_of(asking, child, group, parent, member)
        with session.each(delete):
            reply = asking.remove(group, parent)
            asking.remembered(group, parent)
            status = reply.status if reply else 0
            judged += 1
            cause = f"a record that others need ({child.name}) is deleted, though the document says that it is not"
            if reply is not None:
                session.expect_one_of(reply, REFUSALS, cause)
            asking.read_back(group, parent)
            gone = asking.remove(child, needing)
            last = asking.remove(group, parent) if status in REFUSALS and gone and gone.status in SUCCESSES else None
            if last is not None:
                session.expect_one_of(last, SUCCESSES, f"a record that nothing needs any longer ({child.name}) stays")
    if not judged:
        raise NotApplicable("no delete is said to be refused while others need the record")
