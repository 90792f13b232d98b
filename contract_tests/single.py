"""Single records: what a tenant has one of is made once, changed, replaced and deleted, and is each tenant's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mockserver.conformance import Ask, Group, Inconclusive, Kind, Requester, Session, bad_headers, check, other

NEEDS = (Kind.CREATE, Kind.READ, Kind.DELETE)


def ask(session: Session, group: Group, kind: Kind, body: Any = None, *, who: Requester | None = None) -> Any:
    """The reply to an operation on the one record."""
    operation = group.one(kind)
    return session.send(Ask(operation) if body is None else Ask(operation, body=body), who=who)


@contextmanager
def put_aside(session: Session, group: Group, *, who: Requester | None = None) -> Iterator[None]:
    """The tenant is without the record for a while, and gets it back as it was."""
    reply = ask(session, group, Kind.READ, who=who)
    before = session.value(reply) if reply.status == 200 else None
    if before is not None:
        ask(session, group, Kind.DELETE, who=who)
    try:
        yield
    finally:
        ask(session, group, Kind.DELETE, who=who)
        if before is not None:
            managed = group.resource.managed
            ask(session, group, Kind.CREATE, {n: v for n, v in before.items() if n not in managed}, who=who)


def sent(session: Session, group: Group) -> dict[str, Any]:
    """What a create would send."""
    return {name: value for name, value in session.body(group).items() if name != group.key}


@check(*NEEDS, writes=True, owns=True)
def check_life(session: Session, group: Group) -> None:
    """Made once, read as it was made, refused a second time, and gone when it is deleted."""
    with put_aside(session, group):
        session.status(ask(session, group, Kind.READ), 404, "a single record that nobody made", group.one(Kind.READ))
        body = sent(session, group)
        made = ask(session, group, Kind.CREATE, body)
        session.status(made, 200, "a create of a single record", group.one(Kind.CREATE))
        session.same(
            session.value(made),
            session.value(ask(session, group, Kind.READ)),
            "a single record reads differently from its create",
        )
        session.same(
            body, {n: v for n, v in session.value(made).items() if n in body}, "a single record lacks what was sent"
        )
        again = ask(session, group, Kind.CREATE, sent(session, group))
        session.status(again, 409, "a second create of a single record", group.one(Kind.CREATE))
        session.same(
            session.value(made),
            session.value(ask(session, group, Kind.READ)),
            "a refused create changed the single record",
        )
        gone = ask(session, group, Kind.DELETE)
        session.status(gone, 200, "DELETE of a single record", group.one(Kind.DELETE))
        session.expect(
            session.value(gone) == session.own.tenant, "DELETE of a single record does not answer the tenant"
        )
        for kind in (Kind.READ, Kind.DELETE):
            session.status(ask(session, group, kind), 404, f"{kind} of a deleted single record", group.one(kind))


@check(*NEEDS, Kind.REPLACE, Kind.PATCH, writes=True, owns=True)
def check_changes(session: Session, group: Group) -> None:
    """PUT replaces it fully, a patch changes what it names, and a patch that does not apply nothing."""
    with put_aside(session, group):
        ask(session, group, Kind.CREATE, sent(session, group))
        only = {n: v for n, v in session.body(group, only_required=True).items() if n != group.key}
        session.status(ask(session, group, Kind.REPLACE, only), 200, "PUT of a single record", group.one(Kind.REPLACE))
        found = session.value(ask(session, group, Kind.READ))
        left = sorted(set(found) - set(only) - group.resource.managed)
        session.expect(not left, "PUT keeps fields of a single record that were not sent", str(left)[:200])
        name = next(iter(group.free_texts))
        step = {"op": "add", "path": f"/{name}", "value": session.mark}
        changed = ask(session, group, Kind.PATCH, [step])
        session.status(changed, 200, "a patch of a single record", group.one(Kind.PATCH))
        session.same(
            {**found, name: session.mark}, session.value(changed), "a patch of a single record leaves the wrong one"
        )
        wrong = ask(session, group, Kind.PATCH, [step, {"op": "test", "path": f"/{name}", "value": "other"}])
        session.status(wrong, 409, "a patch of a single record that fails its test", group.one(Kind.PATCH))
        session.same(
            session.value(changed),
            session.value(ask(session, group, Kind.READ)),
            "a refused patch changed the single record",
        )


@check(*NEEDS, writes=True, owns=True, code=206)
def check_required(session: Session, group: Group) -> None:
    """A create without a required field is refused and makes nothing."""
    with put_aside(session, group):
        for name in sorted(group.required):
            with session.each(group.one(Kind.CREATE)):
                reply = ask(session, group, Kind.CREATE, {n: v for n, v in sent(session, group).items() if n != name})
                session.status(reply, 400, f"a create of a single record without {name}", group.one(Kind.CREATE))
        session.status(
            ask(session, group, Kind.READ), 404, "a single record after refused creates", group.one(Kind.READ)
        )


@check(Kind.READ, code=206)
def check_projection(session: Session, group: Group) -> None:
    """Asked for some fields, the record is answered with just those."""
    operation = group.one(Kind.READ)
    reply = ask(session, group, Kind.READ)
    if reply.status != 200 or operation.projection is None:
        raise Inconclusive("the tenant has none of them")
    whole = session.value(reply)
    names = sorted(whole)[:2]
    some = session.send(Ask(operation, query={operation.projection: ",".join([*names, "no_such_field"])}))
    session.status(some, 200, "a single record in some fields", operation)
    session.same(
        {name: whole[name] for name in names}, session.value(some), "a projection of a single record holds other fields"
    )


@check(*NEEDS, pair=True, writes=True, owns=True)
def check_each_tenants_own(session: Session, group: Group) -> None:
    """What one tenant makes, changes or deletes is not another's, and another's token opens nothing."""
    with put_aside(session, group), put_aside(session, group, who=other(session)):
        made = session.value(ask(session, group, Kind.CREATE, sent(session, group)))
        theirs = ask(session, group, Kind.READ, who=other(session))
        session.status(theirs, 404, "another tenant's single record", group.one(Kind.READ))
        ask(session, group, Kind.CREATE, sent(session, group), who=other(session))
        ask(session, group, Kind.DELETE, who=other(session))
        session.same(
            made, session.value(ask(session, group, Kind.READ)), "another tenant's delete touched the single record"
        )
        for operation in group.all():
            with session.each(operation):
                reply = session.send(
                    session.usual(group, operation, made), who=other(session), tenant=session.own.tenant
                )
                session.status(reply, 403, f"{operation.id} with a token for another tenant", operation)


@check(Kind.READ, code=311)
def check_tokens(session: Session, group: Group) -> None:
    """Every operation refuses a missing, malformed, forged or outdated token with 401."""
    for operation in group.all():
        if operation.secured and session.may(operation):
            request = session.usual(group, operation, {})
            for what, header in bad_headers(session):
                with session.each(operation):
                    reply = session.send(request, headers={"Authorization": header})
                    session.status(reply, 401, f"{operation.id} of a single record {what}", operation)
