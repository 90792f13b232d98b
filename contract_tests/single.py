"""Single records: what a tenant has one of is made once, read, deleted, and is each tenant's own."""

from __future__ import annotations

from mockserver.conformance import Ask, Group, Inconclusive, Kind, Session, bad_headers, check, other, same_json
from mockserver.conformance import single_records as single

NEEDS = (Kind.CREATE, Kind.READ, Kind.DELETE)


@check(*NEEDS, writes=True, owns=True, single=True)
def check_life(session: Session, group: Group) -> None:
    """Made once, read as it was made, refused a second time, and gone when it is deleted."""
    with single.put_aside(session, group):
        session.status(
            single.ask(session, group, Kind.READ), 404, "a single record that nobody made", group.one(Kind.READ)
        )
        body = single.sent(session, group)
        made = single.ask(session, group, Kind.CREATE, body)
        session.status(made, 200, "a create of a single record", group.one(Kind.CREATE))
        session.same(
            session.value(made),
            session.value(single.ask(session, group, Kind.READ)),
            "a single record reads differently from its create",
        )
        kept = {n: v for n, v in session.value(made).items() if n in body}
        session.same(body, kept, "a single record lacks what was sent")
        again = single.ask(session, group, Kind.CREATE, single.sent(session, group))
        session.status(again, 409, "a second create of a single record", group.one(Kind.CREATE))
        session.same(
            session.value(made),
            session.value(single.ask(session, group, Kind.READ)),
            "a refused create changed the single record",
        )
        gone = single.ask(session, group, Kind.DELETE)
        session.status(gone, 200, "DELETE of a single record", group.one(Kind.DELETE))
        is_told = session.value(gone) == session.own.tenant
        session.expect(is_told, "DELETE of a single record does not answer the tenant")
        for kind in (Kind.READ, Kind.DELETE, Kind.PATCH, Kind.REPLACE):
            if kind in group.operations:
                sent = {Kind.PATCH: [{"op": "test", "path": "", "value": {}}], Kind.REPLACE: body}.get(kind)
                reply = single.ask(session, group, kind, sent)
                session.status(reply, 404, f"{kind} of a deleted single record", group.one(kind))
        few = {n: v for n, v in session.body(group, only_required=True).items() if n != group.key}
        single.ask(session, group, Kind.CREATE, few)
        found, gone_too = single.now(session, group), {n: v for n, v in body.items() if v and n not in few}
        left = sorted(n for n, v in gone_too.items() if same_json(found.get(n), v))
        session.expect(not left, "a new single record has fields of the deleted one", str(left)[:200])


@check(Kind.READ, code=206, single=True)
def check_projection(session: Session, group: Group) -> None:
    """Asked for some fields, the record is answered with just those."""
    operation = group.one(Kind.READ)
    reply = single.ask(session, group, Kind.READ)
    if reply.status != 200 or operation.projection is None:
        raise Inconclusive("the tenant has no such records")
    whole = session.value(reply)
    names = sorted(whole)[:2]
    some = session.send(Ask(operation, query={operation.projection: ",".join([*names, "no_such_field"])}))
    session.status(some, 200, "a single record in some fields", operation)
    session.same(
        {name: whole[name] for name in names}, session.value(some), "a projection of a single record holds other fields"
    )


@check(*NEEDS, pair=True, writes=True, owns=True, single=True)
def check_each_tenants_own(session: Session, group: Group) -> None:
    """What one tenant makes, changes or deletes is not another's, and another's token opens nothing."""
    with single.put_aside(session, group), single.put_aside(session, group, who=other(session)):
        made = session.value(single.ask(session, group, Kind.CREATE, single.sent(session, group)))
        theirs = single.ask(session, group, Kind.READ, who=other(session))
        session.status(theirs, 404, "another tenant's single record", group.one(Kind.READ))
        single.ask(session, group, Kind.CREATE, single.sent(session, group), who=other(session))
        single.ask(session, group, Kind.DELETE, who=other(session))
        session.same(
            made,
            session.value(single.ask(session, group, Kind.READ)),
            "a delete from another tenant changed the single record",
        )
        for operation in group.all():
            with session.each(operation):
                reply = session.send(
                    session.usual(group, operation, made), who=other(session), tenant=session.own.tenant
                )
                session.status(reply, 403, f"{operation.id} with a token for another tenant", operation)


@check(Kind.READ, code=311, single=True)
def check_tokens(session: Session, group: Group) -> None:
    """Every operation refuses a missing, malformed, forged or outdated token with 401."""
    for operation in group.all():
        if operation.secured and session.may(operation):
            request = session.usual(group, operation, {})
            for what, header in bad_headers(session):
                with session.each(operation):
                    reply = session.send(request, headers={"Authorization": header})
                    session.status(reply, 401, f"{operation.id} of a single record {what}", operation)
