"""Concurrency: requests at the same moment lose nothing, repeat nothing and do not mix."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from mockserver.conformance import (
    Ask,
    Broken,
    Change,
    Group,
    Kind,
    NotApplicable,
    Received,
    Session,
    changes,
    check,
    quoted,
    stamp,
)

EACH = 6
"""Requests that every thread sends."""
FEW = 2
"""Those of them that are sent where a run takes only some cases of a check: the first ones meet most surely."""


def at_once(session: Session, ask: Callable[[int], Any]) -> list[Any]:
    """What ``ask`` returns for 0, 1, 2 …, called from several threads."""
    with ThreadPoolExecutor(session.limits.threads) as pool:
        return list(pool.map(ask, range(how_many(session))))


def how_many(session: Session) -> int:
    """Requests that are sent at one moment, or close to it."""
    return session.limits.threads * (EACH if session.part == 1 else FEW)


@check(Kind.CREATE, Kind.READ, writes=True, every=3, divides=True)
def check_creates(session: Session, group: Group) -> None:
    """Creates at the same moment all succeed, with ids of their own, and all are there afterwards."""
    operation = group.one(Kind.CREATE)
    bodies = [session.body(group) for _ in range(how_many(session))]
    replies = at_once(session, lambda index: session.send(Ask(operation, body=bodies[index])))
    for reply in replies:
        session.status(reply, 200, "one of several creates at the same moment", operation)
    made = [session.value(reply) for reply in replies]
    session.expect(len({one[group.key] for one in made}) == len(made), "creates at the same moment share an id")
    for body, record in zip(bodies, made, strict=True):
        found = session.read(group, record[group.key])
        session.same(record, found, "a record made beside others reads differently")
        session.expect(found.get(group.marker) == body[group.marker], "creates at the same moment mix their values")


@check(Kind.CREATE, Kind.READ, writes=True, every=3, divides=True)
def check_changes(session: Session, group: Group) -> None:
    """Changes of one record at the same moment are all counted, by PUT, notice or batch."""
    field = stamp(group, "version")
    for what, change in changes(session, group):
        if what == "PATCH":  # those are counted by check_patches
            continue
        with session.each():
            record = session.create(group)
            asked = len(at_once(session, lambda _, change=change, record=record: _quietly(change, record)))  # type: ignore[misc]
            found = session.read(group, record[group.key]).get(field)
            session.expect(
                found == record[field] + asked, f"several {what} at once: some are lost", f"{found} of {asked}"
            )


def _quietly(change: Change, record: dict[str, Any]) -> None:
    """Carry out ``change``; beside others, what is read after it may be the work of another."""
    with suppress(Broken):
        change(record)


@check(Kind.CREATE, Kind.READ, Kind.PATCH, writes=True, every=3, divides=True)
def check_patches(session: Session, group: Group) -> None:
    """Patches of one record at the same moment are all applied, one after the other."""
    record = session.create(group)
    field = stamp(group, "version")

    def rename(index: int) -> Received:
        step = [{"op": "replace", "path": f"/{group.marker}", "value": f"{session.mark} by {index}"}]
        return session.at(group, Kind.PATCH, record[group.key], body=step)

    replies = at_once(session, rename)
    for reply in replies:
        session.status(reply, 200, "one of several patches at the same moment", group.one(Kind.PATCH))
    versions = [session.value(reply).get(field) for reply in replies]
    session.expect(len(set(versions)) == len(versions), "patches at the same moment overwrite each other")
    final = session.read(group, record[group.key]).get(field)
    session.expect(
        final == record[field] + len(replies),
        "patches at the same moment are lost",
        f"{quoted(final)} after {len(replies)}",
    )


@check(Kind.CREATE, Kind.READ, Kind.PATCH, writes=True, every=3, divides=True)
def check_fields(session: Session, group: Group) -> None:
    """Patches of different fields of one record at the same moment are all there afterwards."""
    texts = {name: f"{session.mark} {name} at once" for name in group.free_texts if name not in group.triggers}
    allowed = [name for name, text in texts.items() if group.values.allows(group.writable[name], text)]
    names = allowed[: how_many(session)]
    if len(names) < 2:
        raise NotApplicable("there are not two strings to change")
    record = session.create(group)
    values = {name: texts[name] for name in names}

    def change(index: int) -> None:
        name = names[index % len(names)]
        step = [{"op": "add", "path": f"/{name}", "value": values[name]}]
        reply = session.at(group, Kind.PATCH, record[group.key], body=step)
        session.status(reply, 200, "one of several patches at the same moment", group.one(Kind.PATCH))

    at_once(session, change)
    found = session.read(group, record[group.key])
    session.same(
        values, {name: found.get(name) for name in names}, "changes to different fields at once: some are lost"
    )


@check(Kind.CREATE, Kind.READ, Kind.PATCH, writes=True, every=3, divides=True)
def check_test_and_set(session: Session, group: Group) -> None:
    """Of several patches that test and then replace the same value, exactly one succeeds."""
    record = session.create(group)
    path = f"/{group.marker}"

    def take(index: int) -> int:
        steps = [
            {"op": "test", "path": path, "value": record[group.marker]},
            {"op": "replace", "path": path, "value": f"{session.mark} won by {index}"},
        ]
        return session.at(group, Kind.PATCH, record[group.key], body=steps).status

    won = at_once(session, take).count(200)
    session.expect(won == 1, "several patches that test the same value succeed", f"{won} of them")


@check(Kind.CREATE, Kind.READ, Kind.DELETE, writes=True, every=3, divides=True)
def check_deletes(session: Session, group: Group) -> None:
    """Of several deletes of one record at the same moment, exactly one succeeds."""
    record = session.create(group)
    statuses = [reply.status for reply in at_once(session, lambda _: session.at(group, Kind.DELETE, record[group.key]))]
    session.expect(
        statuses.count(200) == 1, "several deletes of one record succeed", f"{statuses.count(200)} of {len(statuses)}"
    )
    session.expect(set(statuses) <= {200, 404}, "deletes at the same moment fail", str(sorted(set(statuses))))
