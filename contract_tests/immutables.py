"""Immutables: what the server manages cannot be set by over-posting, and what no field holds is not stored."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Kind,
    NotApplicable,
    Session,
    allowed,
    check,
    forged_values,
    moving,
    quoted,
    record_name,
    refused,
    run_batch,
    same_json,
    send_batch,
    update_item,
    walk,
)

NEEDS = (Kind.CREATE, Kind.READ)
STRANGER = "no_such_field_of_ours"
ODD_KEYS = ("Odd_{}", "oDD_{}", "-|_{}|", "a:b:{}", "\u00e9_{}", "e\u0301_{}", "00{}", "{}" + "x" * 100)
"""Ids that a client may choose, ``{}`` the run's mark: some differ in case or in how a letter is composed."""


def kept_out(session: Session, found: Mapping[str, Any], sent: Mapping[str, Any], what: str) -> None:
    """Expect none of the forged values in ``found``."""
    taken = sorted(name for name, value in sent.items() if name in found and same_json(found[name], value))
    session.expect(not taken, f"{what} sets what only the server sets ({', '.join(taken)})")


@check(*NEEDS, writes=True, code=303)
def check_create_ignores_managed(session: Session, group: Group) -> None:
    """Server-managed fields sent with a create are not taken."""
    sent = forged_values(group)
    made = session.put_in(group, {**session.body(group), **sent})
    kept_out(session, session.read(group, made[group.key]), sent, "a create")


@check(Kind.CREATE, writes=True, code=303)
def check_create_refuses_the_key(session: Session, group: Group) -> None:
    """A create never takes the id that the client brings; where the document forbids one, it is refused."""
    chosen, operation = f"chosen-{session.mark}", group.one(Kind.CREATE)
    if group.resource.is_chosen:
        raise NotApplicable("clients may choose the ids")
    body = {**session.body(group), group.key: chosen}
    reply = session.send(Ask(operation, body=body))
    if operation.body and operation.body.validator.allows(body):
        taken = {made.id for made in session.records.left() if made.resource == group.name}
        session.expect(chosen not in taken, "a create takes the id that the client brings")
    else:
        session.status(reply, 400, "a create that brings its own id", operation)
    if Kind.READ in group.operations:
        session.status(session.at(group, Kind.READ, chosen), 404, "the id that a create brought", group.one(Kind.READ))


@check(*NEEDS, writes=True)
def check_create_takes_a_chosen_key(session: Session, group: Group) -> None:
    """Where clients may choose the id of a new record, it is taken once, and refused with 409 when another has it."""
    if not group.resource.is_chosen:
        raise NotApplicable("the server makes the ids")
    chosen, operation = f"chosen-{session.mark}", group.one(Kind.CREATE)
    made = session.put_in(group, {**session.body(group), group.key: chosen})
    session.expect(made[group.key] == chosen, "a create does not take the id that the client may choose")
    session.same(made, session.read(group, chosen), "a record with a chosen id reads differently")
    reply = session.send(Ask(operation, body={**session.body(group), group.key: chosen}))
    session.status(reply, 409, "a create with the id of another record", operation)
    session.same(made, session.read(group, chosen), "a refused create changed the record that has its id")
    for key in (name.format(session.mark) for name in ODD_KEYS):
        if allowed(group, Kind.CREATE, body := {**session.body(group), group.key: key}):
            with session.each(operation):
                reply = session.send(Ask(operation, body=body))
                session.status(reply, 200, "a create with an id that is nearly another's", operation)
                made = session.value(reply)
                session.expect(made[group.key] == key, "a create does not take the id as it was chosen", quoted(key))
                session.same(made, session.read(group, key), "a record with a chosen id reads differently")
            _as_it_is(session, group, key)
    if Kind.BATCH in group.operations:
        item = {"verb": "create", "record": {**session.body(group), group.key: chosen}}
        (result,) = run_batch(session, group, [item])
        cause = "a batch creates a record with the id of another"
        session.expect(result.get("status") == 409, cause, str(result)[:300])
    if Kind.DELETE in group.operations:
        longer = session.put_in(group, {**session.body(group), group.key: f"{chosen}-too"})
        session.at(group, Kind.DELETE, chosen)
        found = session.read(group, longer[group.key])
        session.same(longer, found, "DELETE changed a record whose id only begins like the one it names")
        reply = session.send(Ask(operation, body={**session.body(group), group.key: chosen}))
        cause = "a create is refused the id of a record that was deleted"
        session.prefer(reply.status == 200, cause, f"answered {reply.status}")


def _as_it_is(session: Session, group: Group, key: str) -> None:
    """Expect a record to be found by an address whose colons are not escaped: a path may have them (RFC 3986, 3.3)."""
    read = group.one(Kind.READ)
    ask = Ask(read, {record_name(read): key})
    address = ask.request_target(session.plan.contract.tenant, session.own.tenant)
    if "%3A" in address:
        with session.each(read):
            reply = session.raw("GET", address.replace("%3A", ":"))
            session.prefer_one_of(reply, (HTTPStatus.OK,), f"{read.id} does not take a colon that is not escaped")


@check(*NEEDS, Kind.REPLACE, writes=True, code=303)
def check_replace_keeps_managed(session: Session, group: Group) -> None:
    """Server-managed fields sent with a PUT are not taken, and those of the record stay."""
    record, sent = session.create(group), forged_values(group)
    body = {**session.body(group), **sent, group.key: record[group.key]}
    reply = session.at(group, Kind.REPLACE, record[group.key], body=body)
    session.status(reply, 200, "PUT with server-managed fields", group.one(Kind.REPLACE))
    found = session.read(group, record[group.key])
    kept_out(session, found, sent, "PUT")
    moved = moving(group) | group.resource.computed
    lost = sorted(name for name in group.resource.managed - moved if not same_json(record.get(name), found.get(name)))
    session.expect(not lost, f"PUT changes what only the server sets ({', '.join(lost)})")


@check(*NEEDS, Kind.PATCH, writes=True, code=303)
def check_patch_refuses_managed(session: Session, group: Group) -> None:
    """A patch that would change what the server manages is refused, field by field."""
    record, operation = session.create(group), group.one(Kind.PATCH)
    for name, value in {**forged_values(group), group.key: f"chosen-{session.mark}"}.items():
        tried = {f"sets {name}": {"op": "add", "path": f"/{name}", "value": value}}
        tried |= {f"removes {name}": {"op": "remove", "path": f"/{name}"}} if name in record else {}
        for what, step in tried.items():
            with session.each(operation):
                reply = session.at(group, Kind.PATCH, record[group.key], body=[step])
                session.status(reply, 400, f"a patch that {what}", operation)
    # One look is enough: what a refused patch leaves stays.
    session.same(record, session.read(group, record[group.key]), "a patch of what the server manages changed a record")
    texts = [name for name in group.free_texts if name != group.marker]
    if texts:
        refused(
            session,
            group,
            record,
            [{"op": "copy", "from": f"/{group.marker}", "path": f"/{group.key}"}],
            f"copies onto {group.key}",
        )


@check(*NEEDS, writes=True, code=303)
def check_strangers_are_not_stored(session: Session, group: Group) -> None:
    """Members that no field has are not stored, by create, PUT or PATCH."""
    made = session.put_in(group, {**session.body(group), STRANGER: "stored?"})
    session.expect(STRANGER not in session.read(group, made[group.key]), "create stores members that no field has")
    if Kind.REPLACE in group.operations:
        with session.each(group.one(Kind.REPLACE)):
            session.at(
                group,
                Kind.REPLACE,
                made[group.key],
                body={**session.body(group), STRANGER: "x", group.key: made[group.key]},
            )
            session.expect(STRANGER not in session.read(group, made[group.key]), "PUT stores members that no field has")
    if Kind.PATCH in group.operations:
        with session.each(group.one(Kind.PATCH)):
            session.at(group, Kind.PATCH, made[group.key], body=[{"op": "add", "path": f"/{STRANGER}", "value": "x"}])
            session.expect(
                STRANGER not in session.read(group, made[group.key]), "PATCH stores members that no field has"
            )


@check(*NEEDS, Kind.BATCH, writes=True, code=303)
def check_batch_ignores_managed(session: Session, group: Group) -> None:
    """Server-managed fields are not taken in a batch either, nor is an id of the client's choice."""
    record, sent = session.create(group), forged_values(group)
    chosen = f"chosen-{session.mark}"
    items = [
        {"verb": "create", "record": {**session.body(group), **sent}},
        update_item(group, record[group.key], {**session.body(group), **sent}),
        *(
            ()
            if group.resource.is_chosen
            else [{"verb": "create", "record": {**session.body(group), group.key: chosen}}]
        ),
        {
            "verb": "patch",
            "key": record[group.key],
            "patch": [{"op": "add", "path": f"/{group.key}", "value": chosen}],
        },
    ]
    send_batch(session, group, items)
    for made in session.records.left():
        if made.resource == group.name and made.tenant == session.own.tenant:
            kept_out(session, session.read(group, made.id), sent, "a batch")
    for ask in (Ask(operation) for operation in group.all(Kind.LIST)):
        ids = {one[group.key] for one in walk(session, group, ask)}
        cause = "a batch takes an id of the client's choice"
        session.expect_listing(ask.operation, ids, cause, lacks=[chosen])
