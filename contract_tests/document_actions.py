"""Actions, memberships, records of which there is one, and changes of many at once, in any document."""

from __future__ import annotations

from collections.abc import Iterator
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
    alike,
    check,
    described_alike,
    flat,
    has_members,
    listed,
    same_json,
    singular,
)

INFERRED = Provenance.INFERRED
MANY = "a record written with others reads differently from what was sent"


@check(Kind.ACTION, Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=INFERRED)
def check_actions(session: Session, group: Group) -> None:
    """What is done to a record is seen when it is read, and nothing is done to one that is not there."""
    asking, judged = InferredTrials(session), 0
    for operation in group.all(Kind.ACTION):
        plan = operation.plan
        if not plan or not plan.names_record or plan.scope is None:
            continue
        made = asking.create(group)
        body = asking.full_body(operation)
        with session.each(operation):
            reply = asking.send(operation, asking.at(operation, made), body=body)
            if reply.status not in SUCCESSES:
                continue
            found = asking.read_back(group, made)
            is_own = plan.record is not None and plan.words.get("replies") != "other"  # not what is made of the record
            shown = asking.record(reply, operation) if is_own else None
            if isinstance(shown, dict) and asking.key(group, shown) == made.key:
                shown = described_alike(asking.maker, operation, shown, asking.on_one(group, Kind.READ), found)
                asking.keeps(shown, found, "a record reads differently from what an action on it answered")
                judged += 1
            said = asking.said(operation, body) or {}  # what the body says counts for more than the action's name
            sets = {
                name: one for name, one in (plan.words.get("set") or {}).items()
                if not isinstance(one, dict) and name not in said
            }  # fmt: skip
            if sets and isinstance(found, dict):
                held = found.get("attributes")  # where a record of JSON:API has its members
                own = {**held, **found} if isinstance(held, dict) else found
                other = sorted(name for name, one in sets.items() if not same_json(own.get(name), one))
                session.expect(
                    not other, f"what an action does to a record is not seen by the next read ({listed(other)})"
                )
                judged += 1
            if isinstance(found, dict):
                judged += _as_told(session, asking, operation, said, found)
            unknown = InferredRecord(asking.unknown(operation), made.above, None, None)
            nothing = asking.send(operation, asking.at(operation, unknown), body=body)
            if plan.words.get("replies") == "record" or "404" in plan.replies:
                session.expect_one_of(
                    nothing, REFUSALS, f"an action on a record that does not exist is answered {nothing.status}"
                )
                judged += 1
        asking.remove(group, made)
    if not judged:
        raise Inconclusive("nothing says what an action does to a record")


def _as_told(session: Session, asking: InferredTrials, operation: Operation, said: Any, found: dict[str, Any]) -> int:
    """Judge what an action was told in one of a few words, and when it was done, by the record as it is read."""
    shapes, plan, model = asking.maker.shapes, operation.plan, operation.resource.model
    if plan is None or model is None or model.record is None:
        return 0
    said = said if isinstance(said, dict) else {}
    own, few = shapes.properties(model.record), shapes.properties(asking.schema(operation))
    words = {
        name: value for name, value in said.items()
        if name in few.keys() & own.keys() & found.keys()
        and value in (shapes.says(few[name], "enum") or ()) and value in (shapes.says(own[name], "enum") or ())
    }  # fmt: skip
    called = {
        own: said[name] for name, own in (plan.words.get("called") or {}).items() if name in said and own in found
    }
    asking.keeps(words | called, found, "what an action is told is not seen by the next read")
    moments = [name for name, one in (plan.words.get("set") or {}).items() if one == {"now": True}]
    undone = listed(name for name in moments if found.get(name, "") is None)
    session.expect(not undone, f"a record does not tell when an action was done to it ({undone})")
    return bool(words or called or moments)


@check(Kind.STUB, writes=True, inferred=True, provenance=INFERRED)
def check_repeated(session: Session, group: Group) -> None:
    """A reply to what keeps no record tells what was sent as it was sent, where both are described by one schema."""
    asking, judged = InferredTrials(session), 0
    for operation in group.all(Kind.STUB):
        plan = operation.plan
        if operation.method != "POST" or not plan or not session.may(operation) or plan.success.schema is None:
            continue
        shared = asking.maker.shapes.in_common(asking.schema(operation), plan.success.schema)
        shared = {one for one in shared if flat(one) not in own_keys(operation)}  # which the target may give itself
        for body in (asking.full_body(operation), asking.body(operation)):
            if not has_members(operation) or not isinstance(body, dict) or not shared & body.keys():
                continue
            reply = asking.send(operation, asking.below(operation, asking.above(group)), body=body)
            if reply.status not in SUCCESSES:
                continue
            sent = {name: one for name, one in body.items() if name in shared and not isinstance(one, dict | list)}
            judged += 1
            with session.each(operation):
                asking.keeps(sent, session.value(reply), "a reply does not repeat what was sent")
            break
    if not judged:
        raise NotApplicable("no reply is described by a schema of what is sent")


def own_keys(operation: Operation) -> set[str]:
    """What the key of what an operation makes may be called, by flat name."""
    return {"id", "uuid", "key", f"{flat(singular(operation.path.rstrip('/').rpartition('/')[2]))}id"}


@check(Kind.MEMBERSHIP, writes=True, inferred=True, provenance=INFERRED)
def check_memberships(session: Session, group: Group) -> None:
    """What was put into a collection is in it, and no longer once it was taken out."""
    asking, judged = InferredTrials(session), 0
    for operation in group.all(Kind.MEMBERSHIP):
        plan = operation.plan
        if not plan or not plan.key or plan.scope is None or not session.may(operation):
            continue
        made = InferredRecord(asking.unknown(operation), asking.above(group), None, None)
        with session.each(operation):
            reply = asking.send(operation, asking.at(operation, made), body=asking.body(operation))
            if reply.status not in SUCCESSES:
                continue
            for read in _reading(group):
                found = asking.send(read, asking.at(read, made))
                session.expect_one_of(found, SUCCESSES, f"what was put into a collection is answered {found.status}")
                judged += 1
            gone = asking.remove(group, made)
            if gone is not None and gone.status in SUCCESSES:
                for read in _reading(group):
                    found = asking.send(read, asking.at(read, made))
                    session.expect_one_of(
                        found, REFUSALS, f"what was taken out of a collection is answered {found.status}"
                    )
    if not judged:
        raise Inconclusive("nothing shows what is in the collection")


def _reading(group: Group) -> Iterator[Operation]:
    for one in group.all(Kind.READ):
        if one.plan and one.plan.names_record and one.plan.scope is not None:
            yield one


@check(Kind.SINGLETON, writes=True, inferred=True, provenance=INFERRED)
def check_single(session: Session, group: Group) -> None:
    """A change of the one record is seen by the next read; PUT leaves nothing of what it does not send."""
    asking, judged = InferredTrials(session), 0
    reads = [one for one in group.all(Kind.SINGLETON) if one.method == "GET" and one.plan]
    writes = [
        one for one in group.all(Kind.SINGLETON) if one.plan and one.plan.words.get("does") in ("replace", "merge")
    ]
    for read in reads[:1]:
        values = asking.below(read, above := asking.above(group))
        for operation in writes:
            if not session.may(operation) or not has_members(operation):
                continue
            for body in asking.bodies(group, operation):
                with session.each(operation):
                    reply = asking.send(operation, asking.below(operation, above), body=body)
                    if reply.status not in SUCCESSES:
                        continue
                    sent = asking.comparable(group, asking.said(operation, body))
                    found = asking.record(asking.send(read, values), read)
                    asking.keeps(sent, found, "a change of the one record is not seen by the next read")
                    judged += 1
            if operation.method == "PUT":
                with session.each(operation):
                    judged += _shrunk(session, asking, group, operation, read, above)
    if not judged:
        raise Inconclusive("no change of the one record was taken")


def _shrunk(
    session: Session,
    asking: InferredTrials,
    group: Group,
    operation: Operation,
    read: Operation,
    above: tuple[str, ...],
) -> int:
    full, small = asking.full_body(operation, 3), asking.body(operation, 4)
    if not isinstance(full, dict) or not isinstance(small, dict) or not small:
        return 0  # what says nothing at all may as well change nothing
    left_out = full.keys() - small.keys() - asking.needed(group) - asking.read_only(asking.schema(operation))
    replies = [asking.send(operation, asking.below(operation, above), body=one) for one in (full,)]
    before = asking.record(asking.send(read, asking.below(read, above)), read)
    replies.append(asking.send(operation, asking.below(operation, above), body=small))
    found = asking.record(asking.send(read, asking.below(read, above)), read)
    if not left_out or any(one.status not in SUCCESSES for one in replies) or not isinstance(found, dict):
        return 0
    stayed = sorted(
        name for name in left_out
        if name in found and full[name] not in (None, "", 0, False, [], {}) and isinstance(before, dict)
        and alike(full[name], before.get(name)) and same_json(found[name], before[name])
    )  # fmt: skip
    session.expect(not stayed, f"PUT of the one record keeps what it does not send ({listed(stayed)})")
    return 1


@check(Kind.BULK, Kind.READ, writes=True, inferred=True, provenance=INFERRED)
def check_bulk(session: Session, group: Group) -> None:
    """Each record of a list that is written at once is read as it was sent."""
    asking, judged, model = InferredTrials(session), 0, group.resource.model
    bulks = [one for one in group.all(Kind.BULK) if one.plan and one.plan.bodies]
    if not any(asking.maker.shapes.items(asking.schema(one)) for one in bulks):
        raise NotApplicable("nothing takes a list of records")
    for operation in bulks:
        plan = operation.plan
        if not plan or plan.words.get("does") == "delete" or not session.may(operation) or not has_members(operation):
            continue
        items = asking.maker.shapes.items(asking.schema(operation))
        if items is None or model is None or not model.key or not model.chosen:
            continue
        above, read = asking.above(group), asking.on_one(group, Kind.READ)
        sent = [asking.with_fresh(group, items, number) for number in (1, 2, 3)]
        with session.each(operation):
            reply = asking.send(operation, asking.below(operation, above), body=sent)
            if reply.status not in SUCCESSES:
                continue
            for one in sent:
                key = asking.key(group, one)
                if not key:
                    continue
                found = asking.send(read, asking.at(read, InferredRecord(key, above, one, None)))
                session.expect_one_of(found, SUCCESSES, f"a record written with others is answered {found.status}")
                asking.keeps(
                    asking.comparable(group, one),
                    asking.record(found, read),
                    MANY,
                )
                judged += 1
    if not judged:
        raise Inconclusive("no record written with others can be read")


@check(Kind.LOOKUP, inferred=True, provenance=INFERRED)
def check_lookups(session: Session, group: Group) -> None:
    """A look-up finds no records of another value than that in its path."""
    asking, judged = InferredTrials(session), 0
    for operation in group.all(Kind.LOOKUP):
        plan = operation.plan
        name = operation.path.rpartition("{")[2].rstrip("}/")
        if not plan or plan.items is None:
            continue
        for text in ("no-such-value", *_values(asking, group, name)):
            reply = asking.send(operation, {**asking.below(operation, asking.above(group)), name: text})
            items = [one for one in asking.items(reply, operation) if isinstance(one, dict)]
            members = [one for one in (items[0] if items else {}) if flat(one) == flat(name)]
            if reply.status in SUCCESSES and members:
                judged += 1
                with session.each(operation):
                    strange = [one for one in items if text.lower() not in str(one.get(members[0])).lower()]
                    session.expect(not strange, f"a look-up finds records with a different {members[0]}")
    if not judged:
        raise NotApplicable("no look-up is by a member of its records")


def _values(asking: InferredTrials, group: Group, name: str) -> list[str]:
    """Values of the member in records that are made."""
    if Kind.CREATE not in group.operations:
        return []
    made = asking.attempt(group, asking.above(group), asking.full_body(group.one(Kind.CREATE), 61))
    record: Any = made.record if made else None
    found = [value for one, value in record.items() if flat(one) == flat(name)] if isinstance(record, dict) else []
    return [str(one) for one in found if isinstance(one, str | int)]


@check(Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=INFERRED)
def check_heads(session: Session, group: Group) -> None:
    """A HEAD that the document declares finds what a GET finds, and nothing else."""
    asking = InferredTrials(session)
    read = asking.on_one(group, Kind.READ)
    heads = [one for one in group.all() if one.method == "HEAD" and one.path == read.path and session.may(one)]
    if not heads:
        raise NotApplicable("no HEAD of a record is declared")
    made = asking.create(group)
    nothing = InferredRecord(asking.unknown(read), made.above, None, None)
    for operation in heads:
        with session.each(operation):
            reply = asking.send(operation, asking.at(read, made))
            session.expect_one_of(reply, SUCCESSES, f"HEAD of a record that is read is answered {reply.status}")
            reply = asking.send(operation, asking.at(read, nothing))
            session.expect_one_of(reply, REFUSALS, f"HEAD of a record that does not exist is answered {reply.status}")
    asking.remove(group, made)
