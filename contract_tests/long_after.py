"""Long after: what held of a record at first still holds when it has changed many times and much else was asked."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import (
    Group,
    Kind,
    NotApplicable,
    Session,
    check,
    naming,
    references,
    run_batch,
    walk,
    ways,
)

NEEDS = (Kind.CREATE, Kind.READ, Kind.PATCH)
CHANGES, QUESTIONS = 12, 40
"""How often a record is changed, and how often it is then read."""


@check(*NEEDS, writes=True)
def check_still_held(session: Session, group: Group) -> None:
    """A record that has changed many times is held to its schema and its references, and found as it is."""
    record, operation = session.create(group), group.one(Kind.PATCH)
    key, path = record[group.key], f"/{group.marker}"
    steps = [[{"op": "replace", "path": path, "value": f"{session.mark} turn {turn}"}] for turn in range(CHANGES)]
    if Kind.BATCH in group.operations:
        run_batch(session, group, [{"verb": "patch", "key": key, "patch": one} for one in steps[1:]])
    for one in steps if Kind.BATCH not in group.operations else steps[:1]:
        session.at(group, Kind.PATCH, key, body=one)
    now = session.read(group, key)
    cases: list[tuple[str, int, dict[str, Any]]] = [
        (f"makes {group.marker} a number", 400, {"op": "replace", "path": path, "value": 7}),
        ("fails its test", 409, {"op": "test", "path": path, "value": "what it never was"}),
        *_dangling(session, group),
    ]
    for what, status, step in cases:
        with session.each(operation):
            reply = session.at(group, Kind.PATCH, key, body=[step])
            session.status(reply, status, f"a patch of an old record that {what}", operation)
    for _ in range(QUESTIONS):
        left = session.read(group, key)
    session.same(now, left, "a record changed while it was only asked for")
    for ask in ways(group, now):
        with session.each(ask.operation):
            found = [one for one in walk(session, group, ask) if one[group.key] == key]
            session.same([now], found, f"{ask.operation.id} shows an old record as it is not")


def _dangling(session: Session, group: Group) -> list[tuple[str, int, dict[str, Any]]]:
    """A patch that makes the record name what is not there, for each field that has to name something."""
    try:
        known = [one for one in references(session, group) if not one.crosses]
    except NotApplicable:
        return []
    missing = {one.field: naming(group, one, f"missing-{session.mark}")[one.field] for one in known}
    return [
        (f"makes {name} dangle", 409, {"op": "add", "path": f"/{name}", "value": value})
        for name, value in missing.items()
    ]


@check(Kind.CREATE, Kind.READ, Kind.DELETE, writes=True)
def check_begins_anew(session: Session, group: Group) -> None:
    """What is made after a record was deleted has nothing of it, and does not bring it back."""
    gone = session.create(group)
    session.at(group, Kind.DELETE, gone[group.key])
    few = session.body(group, only_required=True)
    chosen = {group.key: gone[group.key]} if group.resource.is_chosen else {}
    made = session.put_in(group, {**few, **chosen})
    own = {*few, group.key, *group.resource.managed, *group.filled, *group.resource.computed}
    texts = {name: value for name, value in gone.items() if name not in own and isinstance(value, str) and value}
    left = sorted(name for name, value in texts.items() if made.get(name) == value)
    session.expect(not left, "a new record has texts of a deleted one", ", ".join(left))
    if version := group.resource.stamps.get("version"):
        session.expect(made.get(version) == 1, "a new record goes on counting the changes of a deleted one")
    if not chosen:
        reply = session.at(group, Kind.READ, gone[group.key])
        session.status(reply, 404, "a deleted record, once another was made", group.one(Kind.READ))
