"""What any document says in words and by names: what is counted, goes with a record, or leads to it."""

from __future__ import annotations

import re

from mockserver.conformance import (
    REFUSALS,
    SUCCESSES,
    BrokenConstraint,
    Expected,
    Group,
    InferredRecord,
    InferredTrials,
    Kind,
    Node,
    NotApplicable,
    Operation,
    Provenance,
    Received,
    Session,
    check,
    child_of,
    children_of,
    flat,
    led_to,
    list_words,
    own_links,
    pointer_to,
    singular,
    within,
)

STORED = (Kind.CREATE, Kind.READ)
INFERRED = Provenance.INFERRED
ALONG = re.compile(
    r"\b(?:and|with|including|together)\b[^.;]*?\b(?:its|his|her|their|all)\s+(?:\w+\s+)?(\w+)", re.IGNORECASE
)
"""How the words of a delete say what is deleted with a record."""
DONE = 200
TELLS_GONE = frozenset({"deleted", "is_deleted", "isDeleted", "removed"})
"""Members of what is left of a record that was deleted."""


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_links(session: Session, group: Group) -> None:
    """The address that a record tells of itself leads to it."""
    asking, judged = InferredTrials(session), 0
    read = asking.on_one(group, Kind.READ)
    above = asking.above(group)
    made = [asking.create(group, above) for _ in range(2)]  # the first of all may be what a wrong link leads to
    for one in made:
        reply = asking.send(read, asking.at(read, one))
        record = asking.record(reply, read)
        for steps, address in own_links(record) if reply.status in SUCCESSES else ():
            key = led_to(session, read, address)
            if key is None or not _can_be_its(asking, group, read, one, steps):
                continue
            judged += 1
            if key != one.key:
                found = asking.send(read, asking.at(read, InferredRecord(key, above, None, None)))
                key = asking.key(group, asking.record(found, read)) if found.status in SUCCESSES else ""
            place = (*(read.plan.record or () if read.plan else ()), *steps)
            expected = Expected(reply, constraint=BrokenConstraint(pointer_to(*place), "ending", one.key))
            session.expect(
                key == one.key, f"the address that a record tells of itself leads elsewhere ({steps[-1]})", address,
                expected if read.path.endswith("}") else None,
            )  # fmt: skip
    for one in made:
        asking.remove(group, one)
    if not judged:
        raise NotApplicable("no record tells an address of its own")


def _can_be_its(
    asking: InferredTrials, group: Group, read: Operation, made: InferredRecord, steps: tuple[str, ...]
) -> bool:
    """Whether the member of an address may hold the path of a record at all: its pattern may allow no such key."""
    record = group.resource.model.record if group.resource.model else None
    place = asking.maker.shapes.member(record, steps) if record is not None else None
    own = read.path
    for name, value in asking.at(read, made).items():
        own = own.replace(f"{{{name}}}", value)
    pattern = asking.maker.shapes.says(place, "pattern") if place is not None else None
    return place is None or not pattern or asking.replies.allows(place, own)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_counted_below(session: Session, group: Group) -> None:
    """What a record says of how many others belong to it follows as they are made and deleted."""
    asking, judged = InferredTrials(session), 0
    record = group.resource.model.record if group.resource.model else None
    declared = asking.maker.shapes.properties(record) if record is not None else {}
    for child, member in children_of(session, group):
        many = flat(child.name.rpartition(".")[2])
        called = {f"{one}{word}" for one in (many, flat(singular(many))) for word in ("count", "total")}
        name = next((one for one in declared if flat(one) in called), None)
        if name is None or (member and not _is_told(asking, declared[name], many)):
            continue  # what names a record need not be all that it counts
        other, parent = asking.create(group), asking.create(group)
        elsewhere = child_of(asking, child, group, other, member)  # which is not to be counted
        before = _read(asking, group, parent, name)
        there = asking.as_listed(child, (*parent.above, parent.key)) if not member and child.has((Kind.LIST,)) else {}
        if before is not None and not member and child.has((Kind.LIST,)) and not there:
            _counts(session, asking, group, (name, 0), before, f"{name} counts what is not there")
        made = child_of(asking, child, group, parent, member)
        with_it = _read(asking, group, parent, name)
        gone = asking.remove(child, made)
        after = _read(asking, group, parent, name) if gone and gone.status in SUCCESSES else None
        if before is None or with_it is None:
            continue
        judged += 1
        _counts(session, asking, group, (name, before[0] + 1), with_it, f"{name} does not count what is made")
        if after is not None:
            _counts(session, asking, group, (name, before[0]), after, f"{name} counts what was deleted")
        asking.remove(child, elsewhere)
        for one in (other, parent):
            asking.remove(group, one)
    if not judged:
        raise NotApplicable("no record counts others that belong to it")


def _is_told(asking: InferredTrials, count: Node, many: str) -> bool:
    """Whether a member is described as the number of all of them: ``Number of items of this category``."""
    counted = list_words.number_of(str(asking.maker.shapes.says(count, "description") or ""))
    return flat(singular(counted)) == flat(singular(many))


def _read(asking: InferredTrials, group: Group, made: InferredRecord, name: str) -> tuple[int, Received] | None:
    """A count of a record as it is read now, and the reply; None where it tells none."""
    read = asking.on_one(group, Kind.READ)
    reply = asking.send(read, asking.at(read, made))
    value = within(asking.record(reply, read), (name,))
    return (value, reply) if type(value) is int else None


def _counts(
    session: Session,
    asking: InferredTrials,
    group: Group,
    wanted: tuple[str, int],
    found: tuple[int, Received],
    cause: str,
) -> None:
    plan, (name, count) = asking.on_one(group, Kind.READ).plan, wanted
    place = pointer_to(*(plan.record or () if plan else ()), name)
    expected = Expected(found[1], constraint=BrokenConstraint(place, "enum", [count]))
    session.expect(found[0] == count, cause, f"{found[0]}, {count}", expected)


@check(*STORED, Kind.DELETE, writes=True, inferred=True, provenance=INFERRED)
def check_goes_along(session: Session, group: Group) -> None:
    """What a delete is said to take with it is gone, too."""
    asking, judged = InferredTrials(session), 0
    delete = asking.on_one(group, Kind.DELETE)
    words = session.plan.contract.document.operation(delete.path, delete.method).value or {}
    description = " ".join(str(words.get(one) or "") for one in ("summary", "description"))
    named = {flat(singular(word)) for word in ALONG.findall(description)}
    for child, member in children_of(session, group):
        if flat(singular(child.name.rpartition(".")[2])) not in named or Kind.READ not in child.operations:
            continue
        parent = asking.create(group)
        made = child_of(asking, child, group, parent, member)
        gone = asking.remove(group, parent)
        if gone is None or gone.status not in SUCCESSES:
            continue
        judged += 1
        read = asking.on_one(child, Kind.READ)
        reply = asking.send(read, asking.at(read, made))
        session.expect_one_of(reply, REFUSALS, f"what a delete takes with it is answered {reply.status} ({child.name})")
    if not judged:
        raise NotApplicable("no delete is said to take others with it")


@check(Kind.CREATE, Kind.DELETE, writes=True, inferred=True, provenance=INFERRED)
def check_told_deleted(session: Session, group: Group) -> None:
    """The record that a delete answers with is the one that it deleted."""
    asking, judged = InferredTrials(session), 0
    delete, needed = asking.on_one(group, Kind.DELETE), asking.needed(group)
    if delete.plan is None or delete.plan.success.schema is None:
        raise NotApplicable("a delete answers without content")
    made = [asking.create(group, asking.above(group)) for _ in range(2)]
    for one in made:
        reply = asking.remove(group, one)
        found = asking.record(reply, delete) if reply and reply.status == DONE else None
        is_whole = isinstance(found, dict) and needed and needed <= found.keys()
        if not isinstance(found, dict) or not (is_whole or found.keys() & TELLS_GONE):
            continue  # a job, or words
        judged += 1
        key, place = asking.key(group, found), (*(delete.plan.record or ()), *_key_of(group))
        expected = Expected(reply, constraint=BrokenConstraint(pointer_to(*place), "ending", one.key))
        cause = "a delete tells the key of another record"
        session.expect(key in ("", one.key), cause, f"{key}, {one.key}", expected)
    if not judged:
        raise NotApplicable("a delete answers with no record")


def _key_of(group: Group) -> tuple[str, ...]:
    return group.resource.model.key if group.resource.model else ()
