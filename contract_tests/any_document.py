"""Any document: operations that nobody annotated answer as they declare, and remember what their paths imply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance import (
    ABSENT,
    REFUSALS,
    SHORT_LIST,
    SUCCESSES,
    Group,
    Inconclusive,
    InferredList,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    check,
    flat,
    list_words,
    narrowing,
    within,
)

STORED = (Kind.CREATE, Kind.READ)
INFERRED = Provenance.INFERRED
PAGES = 12
"""How many pages of a list are read."""
GONE = (404, 410)
NEEDED = 16
"""How many members that must be there are left out in turn."""
FLAGS = re.compile(r"(is|was)?(deleted|removed|archived|trashed)(at|on|date|time)?")
"""Names of members that tell that a record counts as deleted, without what stands between their words."""


@check(inferred=True)
def check_answers(session: Session, group: Group) -> None:
    """Each operation answers a valid request with a status, a content type and a body that it declares."""
    asking = InferredTrials(session)
    made: InferredRecord | None = None
    for operation in sorted(group.all(), key=lambda one: (one.kind is Kind.DELETE, one.kind is not Kind.CREATE)):
        if not session.may(operation):
            continue
        try:
            body = asking.body(operation)
            if operation in group.all(Kind.CREATE) and made is None and not session.limits.reads_only:
                made = asking.create(group)
            values = asking.at(operation, made) if made else asking.below(operation, asking.above(group))
            reply = asking.send(operation, values, body=body)
        except Inconclusive:
            continue
        with session.each(operation):
            faults = [one for one in asking.replies.faults(reply, operation) if one[0] != "watch.moments"]
            session.expect(not faults and reply.status < 500, *_told(faults, reply.status))


def _told(faults: list[tuple[str, str, str]], status: int) -> tuple[str, str]:
    return (faults[0][1], faults[0][2]) if faults else (f"answered {status}", "")


@check(inferred=True, code=200)
def check_required(session: Session, group: Group) -> None:
    """A body that lacks what it must have is refused."""
    asking = InferredTrials(session)
    tried = 0
    for operation in group.all():
        if not session.may(operation) or not operation.plan or operation.facts.is_safe:
            continue
        try:
            body = asking.body(operation)
            is_new = operation.kind is Kind.CREATE
            values = asking.below(operation, asking.above(group)) if is_new else _own(asking, group, operation)
        except Inconclusive:
            continue
        for name in _required(asking, operation, body)[:NEEDED]:
            lacking = {one: value for one, value in body.items() if one != name}
            if not lacking and not operation.plan.body_required:
                continue  # a form without members is not a body at all
            tried += 1
            with session.each(operation):
                reply = asking.send(operation, values, body=lacking)
                cause = f"a body without a required member is answered {reply.status}"
                session.expect_one_of(reply, REFUSALS, cause, name)
    if not tried:
        raise NotApplicable("no body requires anything")


def _own(asking: InferredTrials, group: Group, operation: Operation) -> dict[str, str]:
    """The path of a record of the check's own. Raises Inconclusive."""
    if Kind.CREATE not in group.operations or operation.plan is None or operation.plan.key is None:
        raise Inconclusive("there is no record to use")
    return asking.at(operation, asking.create(group))


def _required(asking: InferredTrials, operation: Operation, body: Any) -> list[str]:
    """Members without which a body breaks its schema: in a form also if what is left out is an empty list."""
    if not isinstance(body, Mapping) or not operation.plan:
        return []
    schema = asking.schema(operation)
    lacking = ((name, {one: value for one, value in body.items() if one != name}) for name in sorted(body))
    said = asking.read_only(schema)
    empty = [ABSENT] if any("json" in one for one in operation.plan.bodies) else [ABSENT, [], {}]
    return [name for name, value in lacking if name not in said and not any(
        asking.accepts(schema, value if one is ABSENT else {**value, name: one}) for one in empty)]  # fmt: skip


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=207)
def check_created_is_read(session: Session, group: Group) -> None:
    """What was created is read, with what was sent."""
    asking = InferredTrials(session)
    read = asking.on_one(group, Kind.READ)
    made = asking.create(group)
    reply = asking.send(read, asking.at(read, made))
    session.expect_one_of(reply, SUCCESSES, f"a record that was created is answered {reply.status}", made.key)
    record = asking.record(reply, read)
    key = asking.key(group, record)
    session.expect(
        key in ("", made.key), "a different record is read from the one created", f"{key}, wanted {made.key}"
    )
    asking.keeps(asking.comparable(group, made.sent), record, "what was created reads differently from what was sent")
    asking.remove(group, made)


@check(Kind.CREATE, Kind.LIST, writes=True, inferred=True, provenance=INFERRED)
def check_created_is_listed(session: Session, group: Group) -> None:
    """What was created is in the list."""
    asking = InferredTrials(session)
    made = asking.create(group)
    for operation in _lists(asking, group):
        with session.each(operation):
            keys, is_whole = _listed(asking, group, operation, made)
            if not all(keys):
                continue
            if not is_whole and made.key not in keys:
                raise Inconclusive(f"{operation.id} lists {len(keys)} records: another page may have the new one")
            if made.key not in keys and (name := narrowing(operation, asking.maker.shapes, made.sent)):
                later = _twin(asking, group, made)
                new, _ = _listed(asking, group, operation, later) if later else ([], False)
                cause = "the list lacks a record, and holds it when another like it was created"
                session.expect(later is None or made.key not in new, cause, made.key)
                raise Inconclusive(f"{operation.id} may leave out the new one where {name} is not said")
            session.expect_listing(
                operation, keys, "the list lacks a record that was created", made.key, holds=[made.key]
            )
    asking.remove(group, made)


def _twin(asking: InferredTrials, group: Group, made: InferredRecord) -> InferredRecord | None:
    """Another record that says what ``made`` says, if the target takes it."""
    create = group.one(Kind.CREATE)
    alike = made.sent if create.plan and not create.plan.sent else None
    return asking.attempt(group, made.above, alike) if isinstance(alike, dict) else None


def _listed(asking: InferredTrials, group: Group, operation: Operation, made: InferredRecord) -> tuple[list[str], bool]:
    """The keys on a list's pages up to the one that has that of ``made``, and whether there can be no more."""
    keys: list[str] = []
    for reply in InferredList(asking, group, operation, made.above).replies(PAGES):
        found = [asking.key(group, one) for one in asking.items(reply, operation)]
        is_last = len(found) < SHORT_LIST or not set(found) - set(keys)
        keys += [one for one in found if one not in keys]
        if is_last or made.key in keys or reply.status not in SUCCESSES:
            return keys, is_last and reply.status in SUCCESSES
    return keys, False


def _lists(asking: InferredTrials, group: Group) -> Iterator[Operation]:
    """Lists of the whole collection, whose records tell their keys."""
    for operation in group.all(Kind.LIST):
        model, plan = group.resource.model, operation.plan
        filters = [one for one in plan.parameters if one.required and one.location == "query"] if plan else []
        is_whole = model is not None and bool(model.key) and model.most is None
        if plan and plan.items is not None and is_whole and not filters and asking.is_of_all(group, operation):
            yield operation


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_changed_is_read(session: Session, group: Group) -> None:
    """A change is seen by the next read."""
    asking = InferredTrials(session)
    changes = [one for one in group.all(Kind.REPLACE, Kind.PATCH) if _changes_one(one) and session.may(one)]
    if not changes:
        raise NotApplicable("nothing changes a record that its path names")
    read = asking.on_one(group, Kind.READ)
    for number, operation in enumerate(changes):
        assert operation.plan
        made = asking.create(group)
        body = asking.body(operation, 20 + number)
        with session.each(operation):
            said, reply = asking.submit(operation, asking.at(operation, made), body)
            if body == {} and reply.status in REFUSALS:  # many servers refuse a change of nothing
                said, reply = asking.submit(operation, asking.at(operation, made), asking.full_body(operation, 20))
            session.expect_one_of(reply, SUCCESSES, f"a valid change is answered {reply.status}")
            found = asking.record(asking.send(read, asking.at(read, made)), read)
            sent = asking.comparable(group, asking.said(operation, said))
            asking.keeps(sent, found, "a change is not seen by the next read")
        asking.remove(group, made)


def _changes_one(operation: Operation) -> bool:
    plan = operation.plan
    is_change = bool(plan and plan.names_record and plan.bodies and "json-patch" not in next(iter(plan.bodies)))
    return is_change and operation.path.count("{") <= 1 + len(plan.scope or ()) if plan else False


@check(*STORED, Kind.DELETE, writes=True, inferred=True, provenance=INFERRED)
def check_deleted_is_gone(session: Session, group: Group) -> None:
    """What was deleted is no longer read or listed."""
    asking = InferredTrials(session)
    delete, read = asking.on_one(group, Kind.DELETE), asking.on_one(group, Kind.READ)
    made = asking.create(group)
    reply = asking.send(delete, asking.at(delete, made), body=_delete_body(asking, delete))
    session.expect_one_of(reply, SUCCESSES, f"a delete of a record that exists is answered {reply.status}")
    reply = asking.send(read, asking.at(read, made))
    if not _counts_as_deleted(asking.record(reply, read), made.record):
        session.expect_one_of(reply, (*GONE, 400), f"a deleted record is answered {reply.status}")
    for operation in _lists(asking, group):
        keys, _ = _listed(asking, group, operation, made)
        session.expect_listing(operation, keys, "the list has a record that was deleted", made.key, lacks=[made.key])


def _counts_as_deleted(record: Any, before: Any) -> bool:
    """Whether a record that is still read tells that it was deleted: by a flag or date that it had not before."""
    if not isinstance(record, Mapping) or not isinstance(before, Mapping):
        return False
    flags = [name for name in record if FLAGS.fullmatch(re.sub(r"[^a-z]", "", name.lower()))]
    inner = (name for name, one in record.items() if isinstance(one, Mapping))
    return any(record[name] and not before.get(name) for name in flags) or any(
        _counts_as_deleted(record[name], before.get(name)) for name in inner
    )


def _delete_body(asking: InferredTrials, operation: Operation) -> Any:
    return asking.body(operation) if operation.plan and operation.plan.body_required else ABSENT


@check(Kind.READ, inferred=True, provenance=INFERRED)
def check_unknown_is_not_found(session: Session, group: Group) -> None:
    """A record that nobody made is not found."""
    asking = InferredTrials(session)
    read, model = asking.on_one(group, Kind.READ), group.resource.model
    if not model or not model.key:
        raise NotApplicable("a record does not show its key")
    unknown = asking.unknown(read)
    reply = asking.send(read, asking.at(read, InferredRecord(unknown, asking.above(group), None, None)))
    record = asking.record(reply, read)
    if unknown in {str(within(record, steps)) for steps in (model.key, *model.other_keys)}:
        raise Inconclusive("no key is known that no record has")
    session.expect_one_of(reply, REFUSALS, f"a record that does not exist is answered {reply.status}")


@check(Kind.CREATE, Kind.LIST, writes=True, inferred=True, provenance=INFERRED)
def check_parents_are_apart(session: Session, group: Group) -> None:
    """What was made below one record is not listed below another."""
    asking = InferredTrials(session)
    model = group.resource.model
    if not model or not any(one.resource for one in model.parents):
        raise NotApplicable("its records are not below others")
    one, other = asking.above(group), asking.above(group)
    if one == other or not all(one):
        raise Inconclusive("no two records could be made to work below")
    made = asking.create(group, one)
    for operation in _lists(asking, group):
        if asking.below(operation, one) == asking.below(operation, other):
            continue
        with session.each(operation):
            reply = asking.send(operation, asking.below(operation, other))
            keys = [asking.key(group, each) for each in asking.items(reply, operation)]
            cause = "a record below one parent is listed below another"
            session.expect_listing(operation, keys, cause, made.key, lacks=[made.key])
    asking.remove(group, made)


@check(Kind.LIST, inferred=True, provenance=INFERRED)
def check_page_size(session: Session, group: Group) -> None:
    """A list holds no more records than are asked for."""
    asking = InferredTrials(session)
    tried = 0
    for operation in _lists(asking, group):
        sizes = [
            one for one in (operation.plan.parameters if operation.plan else ()) if flat(one.name) in list_words.SIZES
        ]
        for one in sizes[:1]:
            if one.location != "query" or not asking.replies.allows(one.schema, 1):
                continue
            tried += 1
            with session.each(operation):
                values = asking.below(operation, asking.above(group))
                found = asking.items(asking.send(operation, values, query={one.name: "1"}), operation)
                session.expect(len(found) <= 1, f"{len(found)} records are listed where {one.name} is 1")
    if not tried:
        raise NotApplicable("no list takes the size of a page")
