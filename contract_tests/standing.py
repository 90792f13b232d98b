"""Standing: records that are there and can be listed, and some changed, but neither made nor removed."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    by_id,
    check,
    row_queries,
    walk,
)

LIMITS = {"enum", "const", "pattern", "format", "maxLength"}


def free_text(group: Group, record: dict[str, Any]) -> str:
    """A field of ``record`` that may be any text. Raises Inconclusive."""
    for name in sorted(record.keys() & group.resource.fields - group.resource.managed - group.resource.computed):
        schema = group.field(name).value or {}
        if schema.get("type") == "string" and not LIMITS & set(schema) and name not in group.foreign_keys | {group.key}:
            return name
    raise Inconclusive("no field may be any text")


@check(Kind.LIST, Kind.READ, Kind.PATCH, writes=True, owns=True)
def check_changed(session: Session, group: Group) -> None:
    """A record that can only be changed is changed for good and everywhere, with its stamps, and no other is"""
    if Kind.CREATE in group.operations:
        raise NotApplicable("records can be made: other checks change those")
    records = [*walk(session, group, Ask(group.one(Kind.LIST)))]
    if not records:
        raise Inconclusive("the tenant has no such records")
    record = session.read(group, records[0][group.key])
    name = free_text(group, record)
    theirs = session.at(group, Kind.READ, record[group.key], who=session.other) if session.other else None
    try:
        _changes(session, group, record, name)
        if session.other and theirs and theirs.status == 200:
            after = session.at(group, Kind.READ, record[group.key], who=session.other)
            cause = "PATCH changed the record of the same id in another tenant"
            session.same(session.value(theirs), session.value(after), cause)
        for other in records[1:]:
            now = session.read(group, other[group.key])
            session.same(other, now, "PATCH changed a record it does not name")
    finally:
        patched(session, group, record, {"op": "add", "path": f"/{name}", "value": record[name]})


@check(Kind.LIST, writes=True, owns=True)
def check_listed(session: Session, group: Group) -> None:
    """Of what is there and can only be listed, a list has what a query finds, each as its query shows it"""
    if Kind.CREATE in group.operations:
        raise NotApplicable("records can be made: other checks make and list those")
    fields = sorted(group.resource.fields - group.resource.computed)
    rows = row_queries.all_rows(session, group, fields)
    if rows is None:
        raise NotApplicable("the document has no queries")
    listing = group.one(Kind.LIST)
    listed = by_id(group, walk(session, group, Ask(listing)))
    found = by_id(group, rows)
    session.expect(
        listed.keys() == found.keys(),
        f"{listing.id} lists different records from those a query finds",
        f"{len(listed)} listed, {len(found)} found",
    )
    for key, record in listed.items():
        cause = f"{listing.id} lists a different record from the one a query finds"
        session.same(record, found[key], cause, without=group.resource.computed)


def patched(session: Session, group: Group, record: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    reply = session.at(group, Kind.PATCH, record[group.key], body=[step])
    session.status(reply, 200, "a patch of an existing record", group.one(Kind.PATCH))
    return dict(session.value(reply))


def _changes(session: Session, group: Group, record: dict[str, Any], name: str) -> None:
    operation, stamps = group.one(Kind.PATCH), group.resource.stamps
    answered = patched(session, group, record, {"op": "replace", "path": f"/{name}", "value": session.mark})
    found = session.read(group, record[group.key])
    session.same(found, answered, "PATCH answers a different record from read")
    without = group.resource.managed | group.resource.computed
    session.same({**record, name: session.mark}, found, "PATCH leaves the wrong record", without=without)
    listed = by_id(group, walk(session, group, Ask(group.one(Kind.LIST)))).get(record[group.key])
    session.same(found, listed, "a list holds a different record from the one read after PATCH")
    with session.each(operation):
        if (version := stamps.get("version")) and isinstance(record.get(version), int):
            session.expect(found.get(version) == record[version] + 1, f"{version} does not count PATCH")
        if (who := stamps.get("modified-by")) and session.own.subject:
            session.expect(found.get(who) == session.own.subject, f"{who} is not who made the last change")
    with session.each(operation):
        step = {"op": "replace", "path": f"/{group.key}", "value": f"chosen-{session.mark}"}
        reply = session.at(group, Kind.PATCH, record[group.key], body=[step])
        session.expect(reply.status in (400, 409), f"a patch can change {group.key}", f"answered {reply.status}")
        session.same(found, session.read(group, record[group.key]), "a refused patch changed a record")
