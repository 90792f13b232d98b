"""Versions and stamps: who changed a record, when, and how many times, counted for changes and for nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mockserver.conformance import (
    Change,
    Group,
    Inconclusive,
    Kind,
    Requester,
    Session,
    allowed,
    changes,
    check,
    listed,
    quoted,
    read_datetime,
    run_batch,
    send_batch,
    stamp,
    update_item,
)

NEEDS = (Kind.CREATE, Kind.READ)
MANY = 9
"""How many changes of one record a batch makes: so many that its version has two digits."""
FINE, COARSEST = 0.005, 1.1
"""Seconds after which a clock of milliseconds, and even one of whole seconds, has moved on."""


@check(*NEEDS, writes=True)
def check_counted(session: Session, group: Group) -> None:
    """The version is 1 after a create and one more after each change, whichever way it was made."""
    field = stamp(group, "version")
    record = session.create(group)
    session.expect(record.get(field) == 1, "a new record's version is not 1", f"found {quoted(record.get(field))}")
    before: Any = 1
    for what, change in changes(session, group):
        after = None
        with session.each():
            change(record)
            after = session.read(group, record[group.key]).get(field)
            session.expect(
                after == (before or 0) + 1,
                f"the version does not count {what}",
                f"it was {quoted(before)}, is {quoted(after)}",
            )
        before = session.read(group, record[group.key]).get(field) if after is None else after
    if group.has((Kind.BATCH, Kind.PATCH)):
        path, key = f"/{group.marker}", record[group.key]
        steps = [{"op": "replace", "path": path, "value": f"{session.mark} {turn}"} for turn in range(MANY)]
        run_batch(session, group, [{"verb": "patch", "key": key, "patch": [step]} for step in steps])
        after, cause = session.read(group, key).get(field), f"the version does not count {MANY} changes in one batch"
        session.expect(after == (before or 0) + MANY, cause, f"it was {quoted(before)}, is {quoted(after)}")
    if Kind.BATCH in group.operations:
        found = batch_made(session, group).get(field)
        session.expect(found == 1, "the version of a record that a batch made is not 1", f"found {quoted(found)}")


def batch_made(session: Session, group: Group) -> dict[str, Any]:
    """A record that a batch made, as it is read. Raises Inconclusive where it made none."""
    (result,) = run_batch(session, group, [{"verb": "create", "record": session.body(group)}])
    if result.get("status") != 200:
        raise Inconclusive("a batch made no record")
    found = session.read(group, str(result.get("key")))
    if "record" in result:
        session.same(found, result["record"], "a batch answers a different record from the one it made")
    return found


@check(*NEEDS, writes=True)
def check_not_counted(session: Session, group: Group) -> None:
    """Reading and refused changes leave version and stamps alone."""
    record = session.create(group)
    for operation in group.all(Kind.READ, Kind.LIST, Kind.LOOKUP, Kind.SEARCH, Kind.DOCUMENT, Kind.PREVIEW):
        session.send(session.usual(group, operation, record))
    if Kind.PATCH in group.operations:
        session.at(
            group, Kind.PATCH, record[group.key], body=[{"op": "test", "path": f"/{group.key}", "value": "other"}]
        )
    if Kind.REPLACE in group.operations and not allowed(group, Kind.REPLACE, nothing := {group.key: record[group.key]}):
        session.at(group, Kind.REPLACE, record[group.key], body=nothing)
    session.same(record, session.read(group, record[group.key]), "reading or refused changes moved stamps")
    if Kind.PATCH in group.operations and not group.resource.counts_every_patch:
        same = {"op": "replace", "path": f"/{group.marker}", "value": record[group.marker]}
        for step in (same, {**same, "op": "test"}):
            session.at(group, Kind.PATCH, record[group.key], body=[step])
        now, stamps = session.read(group, record[group.key]), group.resource.stamps.values()
        moved = [name for name in stamps if now.get(name) != record.get(name)]
        session.prefer(not moved, f"a patch that changes nothing moves {listed(moved)}")
        _there_and_back(session, group)


def _there_and_back(session: Session, group: Group) -> None:
    """Expect a patch that takes away what it added to be no change."""
    record = session.put_in(group, session.body(group, only_required=True))
    texts = [name for name in group.free_texts if name not in {*record, *group.triggers, *group.filled}]
    for path in [f"/{name}" for name in texts[:1]]:
        steps = [{"op": "add", "path": path, "value": "no more"}, {"op": "remove", "path": path}]
        session.at(group, Kind.PATCH, record[group.key], body=steps)
        now, stamps = session.read(group, record[group.key]), group.resource.stamps.values()
        moved = [name for name in stamps if now.get(name) != record.get(name)]
        session.prefer(not moved, f"a patch that takes away what it added moves {listed(moved)}")


@check(*NEEDS, writes=True)
def check_created_stays(session: Session, group: Group) -> None:
    """When and by whom a record was created never changes."""
    fields = [group.resource.stamps[name] for name in ("created-at", "created-by") if name in group.resource.stamps]
    record = session.create(group)
    for what, change in changes(session, group):
        with session.each():
            change(record)
            found = session.read(group, record[group.key])
            for field in fields:
                session.expect(found.get(field) == record.get(field), f"{what} changes {field}")


@check(*NEEDS, writes=True)
def check_modified_moves(session: Session, group: Group) -> None:
    """The moment of the last change moves on with each change of a record, and is not earlier than the creation."""
    field, record = stamp(group, "modified-at"), session.create(group)
    if created := group.resource.stamps.get("created-at"):
        with session.each():
            first, began = _moment(session, record, field), _moment(session, record, created)
            session.expect(first >= began, f"{field} is before {created}")
            is_one = abs(first - began) <= timedelta(minutes=1)
            session.expect(is_one, f"a new record's {created} and {field} are not of one moment")
    now = _moment(session, record, field)
    for what, change in changes(session, group):
        with session.each():
            before, now = now, _moved(session, group, record, change, now)
            session.expect(now > before, f"{what} does not move {field}")


def _moved(session: Session, group: Group, record: dict[str, Any], change: Change, before: datetime) -> datetime:
    """The moment of the last change after ``change``: a tick of a fine clock later, or at most one of the coarsest."""
    field, now = stamp(group, "modified-at"), before
    for tick in (FINE, COARSEST):
        session.client.pace.wait(tick)
        change(record)
        now = _moment(session, session.read(group, record[group.key]), field)
        session.expect(now >= before, f"{field} moves backwards")
        if now > before:
            break
    return now


@check(*NEEDS, writes=True)
def check_whose(session: Session, group: Group) -> None:
    """Writes are stamped with the subject of the token that made them."""
    if session.own.subject is None:
        raise Inconclusive("this run was not told whose token it uses")
    record = session.create(group)
    for one in (record, *([batch_made(session, group)] if Kind.BATCH in group.operations else [])):
        for name in ("created-by", "modified-by"):
            field = stamp(group, name)
            found = one.get(field)
            session.expect(found == session.own.subject, f"{field} of a new record is not the caller", quoted(found))
    if session.own.mint:
        _by_another(session, group, record)


def _by_another(session: Session, group: Group, record: dict[str, Any]) -> None:
    assert session.own.mint
    created, modified = stamp(group, "created-by"), stamp(group, "modified-by")
    another = Requester(session.own.tenant, session.own.mint(sub="auth0|another-checker"), "auth0|another-checker")

    def change(kind: Kind, text: str) -> Any:
        """A body that changes the record, since what changes nothing may leave no trace."""
        if kind is Kind.PATCH:
            return [{"op": "replace", "path": f"/{group.marker}", "value": f"{session.mark} {text}"}]
        return {**session.body(group), group.key: record[group.key], group.marker: f"{session.mark} {text}"}

    for kind in (Kind.PATCH, Kind.REPLACE):
        if kind in group.operations:
            session.at(group, kind, record[group.key], body=change(kind, "by another"), who=another)
            found = session.read(group, record[group.key])
            session.expect(found.get(modified) == another.subject, f"{modified} is not who made the last change")
            session.expect(found.get(created) == session.own.subject, f"{created} changes with another's change")
            session.at(group, kind, record[group.key], body=change(kind, "by us"))
    for operation in group.all(Kind.NOTICE):
        session.send(session.usual(group, operation, record), who=another)
        found = session.read(group, record[group.key])
        cause = f"{modified} is not who made the last change, a notice"
        session.expect(found.get(modified) == another.subject, cause)
    if Kind.BATCH in group.operations:
        for verb in ("patch", "update"):
            steps, body = change(Kind.PATCH, f"{verb} of a batch"), session.body(group)
            item = {"verb": "patch", "key": record[group.key], "patch": steps}
            item = update_item(group, record[group.key], body) if verb == "update" else item
            send_batch(session, group, [item], who=another)
            found = session.read(group, record[group.key])
            cause = f"{modified} is not who made the last change, a batch's {verb}"
            session.expect(found.get(modified) == another.subject, cause)
            session.expect(found.get(created) == session.own.subject, f"{created} changes with another's change")


def _moment(session: Session, record: dict[str, Any], field: str) -> datetime:
    try:
        return read_datetime(record.get(field))
    except ValueError:
        session.expect(False, f"{field} is not a timestamp", quoted(record.get(field)))
        raise
