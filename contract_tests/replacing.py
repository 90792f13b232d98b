"""Replacing: PUT leaves nothing of the old record but what the server manages, and twice is as good as once."""

from __future__ import annotations

from mockserver.conformance import (
    Ask,
    Group,
    Kind,
    NotApplicable,
    Session,
    by_id,
    check,
    moving,
    put,
    run_batch,
    smaller,
    update_item,
    walk,
)

NEEDS = (Kind.CREATE, Kind.READ, Kind.REPLACE)


@check(*NEEDS, writes=True, code=117)
def check_replaces_fully(session: Session, group: Group) -> None:
    """PUT replaces the whole record: what is not sent is gone."""
    made = session.create(group)
    body = session.body(group, only_required=True)
    answered = put(session, group, made[group.key], body)
    found = session.read(group, made[group.key])
    session.same(answered, found, "a replaced record reads differently from what PUT answered")
    session.expect_replaced(body, found)
    session.same(
        body, {name: value for name, value in found.items() if name in body}, "PUT does not store what was sent"
    )
    for operation in group.all(Kind.LIST):
        with session.each(operation):
            listed = by_id(group, walk(session, group, Ask(operation)))
            cause = f"{operation.id} returns a different record from read"
            session.same(found, listed.get(made[group.key]), cause)


@check(*NEEDS, writes=True)
def check_takes_every_field(session: Session, group: Group) -> None:
    """PUT stores every field that create does."""
    made = session.create(group)
    body = session.body(group)
    found = put(session, group, made[group.key], body)
    session.same(body, {name: found[name] for name in body if name in found}, "PUT does not store what was sent")


@check(*NEEDS, writes=True, code=117)
def check_shrinks(session: Session, group: Group) -> None:
    """PUT, alone or in a batch, leaves nothing of longer lists and larger objects that were there."""
    body = session.body(group)
    nested = [name for name, value in body.items() if isinstance(value, list | dict) and name not in group.foreign_keys]
    if not nested:
        raise NotApplicable("there are neither lists nor objects")
    for size in (2, 1, 0):
        made = session.put_in(group, body)
        fields = {name: smaller(body[name], size) for name in nested}
        kept = {name: value for name, value in fields.items() if group.values.allows(group.writable[name], value)}
        whole = {**body, **kept}
        for way in ("PUT", "a batch"):
            if way == "PUT":
                put(session, group, made[group.key], whole)
            elif Kind.BATCH in group.operations:
                made = session.put_in(group, body)
                run_batch(session, group, [update_item(group, made[group.key], whole)])
            found = session.read(group, made[group.key])
            cause = f"{way} keeps items or members that were not sent"
            session.same(kept, {name: found.get(name) for name in kept}, cause)


@check(*NEEDS, writes=True, code=118)
def check_is_idempotent(session: Session, group: Group) -> None:
    """The same PUT twice leaves the same record."""
    made = session.create(group)
    body = session.body(group)
    once = put(session, group, made[group.key], body)
    put(session, group, made[group.key], body)
    twice = session.read(group, made[group.key])
    session.same(once, twice, "the same PUT twice leaves a different record", without=moving(group))


@check(*NEEDS, writes=True)
def check_other_id_is_refused(session: Session, group: Group) -> None:
    """A body that names another record than the path is refused, and neither record changes."""
    one, other = session.create(group), session.create(group)
    body = {**session.body(group), group.key: other[group.key]}
    reply = session.at(group, Kind.REPLACE, one[group.key], body=body)
    session.status(reply, 409, "PUT with another id in the body", group.one(Kind.REPLACE))
    for record in (one, other):
        session.same(record, session.read(group, record[group.key]), "a refused PUT changed a record")


@check(*NEEDS, writes=True)
def check_missing_record(session: Session, group: Group) -> None:
    """PUT of a record that does not exist is answered 404 and makes none."""
    missing = f"missing-{session.mark}"
    reply = session.at(group, Kind.REPLACE, missing, body={**session.body(group), group.key: missing})
    session.status(reply, 404, "PUT of a record that does not exist", group.one(Kind.REPLACE))
    session.status(
        session.at(group, Kind.READ, missing), 404, "a record that a refused PUT named", group.one(Kind.READ)
    )


@check(*NEEDS, writes=True)
def check_leaves_others_alone(session: Session, group: Group) -> None:
    """PUT changes the record it names and no other."""
    replaced, bystander = session.create(group), session.create(group)
    put(session, group, replaced[group.key], session.body(group))
    session.same(bystander, session.read(group, bystander[group.key]), "PUT changed a record it does not name")
