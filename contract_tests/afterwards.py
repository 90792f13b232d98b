"""Afterwards: what a change left is what every list, look-up, search and document shows, whichever way it was made."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import Group, Kind, NotApplicable, Session, by_id, changes, check, run_batch, walk, ways

NEEDS = (Kind.CREATE, Kind.READ)


def shown_everywhere(session: Session, group: Group, record_id: str, what: str) -> None:
    """Expect each way to find the record to show it as it is read now."""
    wanted = session.read(group, record_id)
    if (some := mark_of(session, group, record_id)) is not None:
        cause = f"{group.one(Kind.READ).id} of one field shows an outdated record after {what}"
        session.same(wanted.get(group.marker), some.get(group.marker), cause)
    for ask in ways(group, wanted):
        with session.each(ask.operation):
            found = by_id(group, walk(session, group, ask))
            cause = f"{ask.operation.id} shows an outdated record after {what}"
            session.expect(record_id in found, f"{ask.operation.id} loses a record after {what}")
            session.same(wanted, found[record_id], cause)


def mark_of(session: Session, group: Group, record_id: str) -> dict[str, Any] | None:
    """The record as a read of the field that carries the mark shows it; None where no field can be asked for."""
    read = group.one(Kind.READ)
    if read.projection is None:
        return None
    reply = session.at(group, Kind.READ, record_id, query={read.projection: group.marker})
    session.status(reply, 200, f"{read.id} of one field", read)
    return dict(session.value(reply))


@check(*NEEDS, writes=True)
def check_changes_are_shown(session: Session, group: Group) -> None:
    """A record that was changed is shown as it is now by everything that finds it."""
    if not any(group.all(Kind.LIST, Kind.LOOKUP, Kind.SEARCH)):
        raise NotApplicable("nothing finds records")
    for what, change in changes(session, group):
        record = session.create(group)
        mark_of(session, group, record[group.key])  # what was read once may be remembered
        change(record)
        shown_everywhere(session, group, record[group.key], what)


@check(*NEEDS, Kind.LOOKUP, writes=True)
def check_lookups_follow(session: Session, group: Group) -> None:
    """A look-up finds a record by the value it has, and no longer by the one it had."""
    for operation in group.all(Kind.LOOKUP):
        by = next(iter(operation.keys.values()))
        if (
            not isinstance(by, str)
            or by not in group.writable
            or len(operation.keys) > 1
            or by in session.foreign(group)
        ):
            continue
        for what, change in ways_to_set(session, group):
            old, new = (value_for(session, group, by) for _ in range(2))
            record = session.create(group, {by: old})
            change(record, {by: new})
            for value, wanted in ((old, False), (new, True)):
                with session.each(operation):
                    ask = session.usual(group, operation, {**record, by: value})
                    found = by_id(group, walk(session, group, ask))
                    cause = f"{operation.id} {'loses' if wanted else 'still finds'} a record whose {by} {what} changed"
                    holds, lacks = ([record[group.key]], []) if wanted else ([], [record[group.key]])
                    session.expect_listing(operation, found, cause, holds=holds, lacks=lacks)


def value_for(session: Session, group: Group, field: str) -> str:
    """A value for ``field`` that no record has: the key of a new record where it refers to one."""
    reference = next((one for one in group.references if one.field == field), None)
    referenced = session.plan.groups[reference.resource] if reference else group
    made = session.create(referenced)
    return str(made[referenced.key]) if reference else f"{field}-of-{made[group.key]}"


def ways_to_set(session: Session, group: Group) -> list[tuple[str, Any]]:
    """Each way to give fields of a record other values."""

    def steps(fields: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"op": "add", "path": f"/{name}", "value": value} for name, value in fields.items()]

    def put(record: dict[str, Any], fields: dict[str, Any]) -> None:
        body = {**session.body(group), **fields, group.key: record[group.key]}
        session.at(group, Kind.REPLACE, record[group.key], body=body)

    def patch(record: dict[str, Any], fields: dict[str, Any]) -> None:
        session.at(group, Kind.PATCH, record[group.key], body=steps(fields))

    def batch(record: dict[str, Any], fields: dict[str, Any]) -> None:
        run_batch(session, group, [{"verb": "patch", "key": record[group.key], "patch": steps(fields)}])

    known = ((Kind.REPLACE, "a PUT", put), (Kind.PATCH, "a patch", patch), (Kind.BATCH, "a batch", batch))
    return [(what, change) for kind, what, change in known if kind in group.operations]
