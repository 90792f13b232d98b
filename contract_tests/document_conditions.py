"""Requests on condition, in any document: changes of a version, reads of what has changed, and repetitions."""

from __future__ import annotations

from collections.abc import Iterator

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
    check,
    flat,
    guard_header,
    has_members,
    listed,
    repeat_key,
)

STORED = (Kind.CREATE, Kind.READ)
INFERRED = Provenance.INFERRED
OTHER = '"no-such-version"'
NOT_MODIFIED = 304


def _guarded(session: Session, group: Group) -> Iterator[Operation]:
    """What changes or deletes the record that its path names on condition of its version."""
    for one in group.all(Kind.REPLACE, Kind.PATCH, Kind.DELETE):
        header = guard_header(one)
        if one.plan and one.plan.key and header and flat(header.name) == "ifmatch" and session.may(one):
            yield one


def _changing(session: Session, group: Group) -> list[Operation]:
    """Those of them that change it by JSON. Raises NotApplicable."""
    found = [one for one in _guarded(session, group) if has_members(one)]
    if not found:
        raise NotApplicable("no operation changes a record only if its version is the one sent")
    return found


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_other_versions(session: Session, group: Group) -> None:
    """A change or a delete on condition of another version than the record's is refused, and does nothing."""
    asking, judged = InferredTrials(session), 0
    for operation in _guarded(session, group):
        header = guard_header(operation)
        made = asking.create(group)
        before = asking.read_back(group, made)
        body = asking.body(operation, 90)
        with session.each(operation):
            assert header
            reply = asking.send(operation, asking.at(operation, made), body=body, headers={header.name: OTHER})
            judged += 1
            cause = f"with another version than the record's the request is answered {reply.status}"
            session.expect_one_of(reply, REFUSALS, cause)
            asking.keeps(before, asking.read_back(group, made), "a change that was refused for its version was made")
        asking.remove(group, made)
    if not judged:
        raise NotApplicable("no operation takes a record's version as a condition")


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_versions(session: Session, group: Group) -> None:
    """Of two changes of one version the second is refused; the version that a reply tells is that of the record."""
    asking, judged = InferredTrials(session), 0
    for operation in _changing(session, group):
        header, made = guard_header(operation), asking.create(group)
        assert header
        at = asking.at(operation, made)
        first = asking.version(operation, header, at)
        if not first:
            continue
        with session.each(operation):
            replies = [
                asking.send(operation, at, body=asking.full_body(operation, 91), headers={header.name: first}),
                asking.send(operation, at, body=asking.full_body(operation, 92), headers={header.name: first}),
            ]
            if replies[0].status not in SUCCESSES:
                continue
            judged += 1
            cause = f"a change of a version that has been changed since is answered {replies[1].status}"
            session.expect_one_of(replies[1], REFUSALS, cause)
            if newest := replies[0].header("ETag"):
                again = asking.send(operation, at, body=asking.full_body(operation, 93), headers={header.name: newest})
                cause = f"a change of the version shown by the previous change is answered {again.status}"
                session.expect_one_of(again, SUCCESSES, cause)
        asking.remove(group, made)
    if not judged:
        raise Inconclusive("no read shows a version that a change can name")


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_not_modified(session: Session, group: Group) -> None:
    """A read answers 304 to who has the version that is there, where the document says so, and to nobody else."""
    asking = InferredTrials(session)
    read = asking.on_one(group, Kind.READ)
    named = [one.name for one in read.plan.parameters if flat(one.name) == "ifnonematch"] if read.plan else []
    if not named or not read.plan or str(NOT_MODIFIED) not in read.plan.replies:
        raise NotApplicable("no read is on condition that the record has changed")
    made = asking.create(group)
    first = asking.send(read, asking.at(read, made)).header("ETag")
    if not first:
        raise Inconclusive("a read shows no version")
    same = asking.send(read, asking.at(read, made), headers={named[0]: first})
    session.expect_one_of(same, (NOT_MODIFIED,), f"a read of the version that is known is answered {same.status}")
    other = asking.send(read, asking.at(read, made), headers={named[0]: OTHER})
    session.expect_one_of(other, SUCCESSES, f"a read of another version than is known is answered {other.status}")
    for operation in group.all(Kind.REPLACE, Kind.PATCH)[:1]:
        if operation.plan and operation.plan.key and session.may(operation):
            reply = asking.send(operation, asking.at(operation, made), body=asking.full_body(operation, 94))
            changed = asking.send(read, asking.at(read, made), headers={named[0]: first})
            if reply.status in SUCCESSES:
                cause = f"a read of a version that has been changed since is answered {changed.status}"
                session.expect_one_of(changed, SUCCESSES, cause)
    asking.remove(group, made)


@check(Kind.CREATE, writes=True, inferred=True, provenance=INFERRED)
def check_repeated(session: Session, group: Group) -> None:
    """A create that is sent again with the key of the first makes no second record."""
    asking, create = InferredTrials(session), group.one(Kind.CREATE)
    key = repeat_key(create)
    if key is None or create.plan is None:
        raise NotApplicable("no header marks a request that is sent again")
    body, above = asking.new_body(group, create, 95), asking.above(group)
    values, headers = asking.placed(create, above), {key.name: asking.request_key(key)}
    replies = [asking.send(create, values, body=body, headers=headers) for _ in range(2)]
    if replies[0].status not in SUCCESSES:
        raise Inconclusive(f"{create.id} answered {replies[0].status}")
    keys = [asking.told_key(group, asking.record(one, create), one) for one in replies if one.status in SUCCESSES]
    for one in {*keys} - {""}:
        asking.remembered(group, InferredRecord(one, above, None, None))
    session.expect(len(set(keys)) == 1, "a create that is sent again with its key makes another record", listed(keys))
