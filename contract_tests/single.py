"""Single records: what a tenant has one of is made once, changed, replaced and deleted, and is each tenant's own."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    allowed,
    bad_headers,
    bodies_inside,
    check,
    forged_values,
    listed,
    moving,
    other,
    same_json,
    smaller,
)
from mockserver.conformance import single_records as single

NEEDS = (Kind.CREATE, Kind.READ, Kind.DELETE)


@check(*NEEDS, writes=True, owns=True)
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
        for kind in (Kind.READ, Kind.DELETE):
            session.status(single.ask(session, group, kind), 404, f"{kind} of a deleted single record", group.one(kind))
        few = {n: v for n, v in session.body(group, only_required=True).items() if n != group.key}
        single.ask(session, group, Kind.CREATE, few)
        found, gone_too = single.now(session, group), {n: v for n, v in body.items() if v and n not in few}
        left = sorted(n for n, v in gone_too.items() if same_json(found.get(n), v))
        session.expect(not left, "a new single record has fields of the one that was deleted", str(left)[:200])


@check(*NEEDS, Kind.REPLACE, Kind.PATCH, writes=True, owns=True)
def check_changes(session: Session, group: Group) -> None:
    """PUT replaces it fully, a patch changes what it names, and a patch that does not apply nothing."""
    with single.put_aside(session, group):
        single.ask(session, group, Kind.CREATE, single.sent(session, group))
        only = {n: v for n, v in session.body(group, only_required=True).items() if n != group.key}
        session.status(
            single.ask(session, group, Kind.REPLACE, only), 200, "PUT of a single record", group.one(Kind.REPLACE)
        )
        found = session.value(single.ask(session, group, Kind.READ))
        left = set(found) - set(only) - group.resource.managed
        left -= session.undeclared(left)
        session.expect(not left, "PUT keeps fields of a single record that were not sent", listed(left))
        name = next(iter(group.free_texts))
        step = {"op": "add", "path": f"/{name}", "value": session.mark}
        changed = single.ask(session, group, Kind.PATCH, [step])
        session.status(changed, 200, "a patch of a single record", group.one(Kind.PATCH))
        session.same(
            {**found, name: session.mark}, session.value(changed), "a patch of a single record leaves the wrong one"
        )
        wrong = single.ask(session, group, Kind.PATCH, [step, {"op": "test", "path": f"/{name}", "value": "other"}])
        session.status(wrong, 409, "a patch of a single record that fails its test", group.one(Kind.PATCH))
        after = session.value(single.ask(session, group, Kind.READ))
        session.same(session.value(changed), after, "a refused patch changed the single record")


WRITES = (*NEEDS, Kind.REPLACE, Kind.PATCH)


@check(*WRITES, writes=True, owns=True)
def check_values_survive(session: Session, group: Group) -> None:
    """Values that just keep their limits, and odd ones, are taken and kept by POST, PUT and PATCH."""
    for fields in bodies_inside(group):
        steps = [{"op": "add", "path": f"/{name}", "value": value} for name, value in fields.items()]
        whole = {**single.sent(session, group), **fields}
        for kind, body in ((Kind.CREATE, whole), (Kind.REPLACE, whole), (Kind.PATCH, steps)):
            if kind is not Kind.PATCH and not allowed(group, kind, whole):
                continue
            with session.each(group.one(kind)), single.put_aside(session, group):
                if kind is not Kind.CREATE:
                    single.ask(session, group, Kind.CREATE, single.sent(session, group))
                reply = single.ask(session, group, kind, body)
                session.status(reply, 200, f"{kind} of a single record with values at their limits", group.one(kind))
                found = single.now(session, group)
                kept = {name: found.get(name) for name in fields}
                session.same(fields, kept, f"values of a single record at a limit are not kept by {kind}")


@check(*WRITES, writes=True, owns=True, code=206)
def check_refusals(session: Session, group: Group) -> None:
    """What breaks the schema anywhere, be it just outside a limit, is refused, and changes nothing."""
    with single.made(session, group) as record:
        for kind in (Kind.REPLACE, Kind.PATCH):
            operation = group.one(kind)
            for what, body in single.spoilt(session, group, kind):
                with session.each(operation):
                    session.status(single.ask(session, group, kind, body), 400, f"{operation.id} {what}", operation)
            session.same(record, single.now(session, group), f"a refused {kind} changed a single record")
    with single.put_aside(session, group):
        operation = group.one(Kind.CREATE)
        for what, body in single.spoilt(session, group, Kind.CREATE):
            with session.each(operation):
                reply = single.ask(session, group, Kind.CREATE, body)
                if reply.status == 200:
                    single.ask(session, group, Kind.DELETE)
                session.status(reply, 400, f"{operation.id} {what}", operation)


@check(*WRITES, writes=True, owns=True, code=303)
def check_managed(session: Session, group: Group) -> None:
    """What the server manages cannot be sent; it counts each change, tells when it was, and keeps who made it."""
    forged = {name: value for name, value in forged_values(group).items() if name != group.key}
    stamps = group.resource.stamps
    with single.made(session, group, forged) as record:
        before = record
        for kind in (Kind.CREATE, Kind.REPLACE, Kind.PATCH):
            if kind is Kind.REPLACE:
                reply = single.ask(session, group, kind, {**single.sent(session, group), **forged})
                session.status(reply, 200, "PUT of a single record with what the server manages", group.one(kind))
            elif kind is Kind.PATCH:
                step = {"op": "add", "path": f"/{group.marker}", "value": f"{session.mark} managed"}
                session.status(
                    single.ask(session, group, kind, [step]), 200, "a patch of a single record", group.one(kind)
                )
            found = single.now(session, group)
            taken = sorted(name for name, value in forged.items() if name in found and same_json(found[name], value))
            session.expect(not taken, f"{kind} of a single record sets what only the server sets ({listed(taken)})")
            lasting = group.resource.managed - moving(group) - group.resource.computed
            lost = sorted(name for name in lasting if not same_json(record.get(name), found.get(name)))
            session.expect(not lost, f"{kind} of a single record changes what only the server sets ({listed(lost)})")
            if kind is not Kind.CREATE and "version" in stamps:
                field = stamps["version"]
                session.expect(
                    found.get(field) == before.get(field, 0) + 1, f"{kind} of a single record is not counted"
                )
            if kind is not Kind.CREATE and "modified-at" in stamps:
                field = stamps["modified-at"]
                session.expect(str(found.get(field)) >= str(before.get(field)), f"{kind} of a single record: {field}")
            before = found
        for name, value in forged.items():
            with session.each(group.one(Kind.PATCH)):
                reply = single.ask(session, group, Kind.PATCH, [{"op": "add", "path": f"/{name}", "value": value}])
                session.status(reply, 400, f"a patch of a single record that sets {name}", group.one(Kind.PATCH))


@check(*WRITES, writes=True, owns=True)
def check_steps(session: Session, group: Group) -> None:
    """Each step of a patch does what RFC 6902 says, in order, or none of them does anything."""
    texts = [name for name in group.free_texts if name not in group.required][:2]
    if len(texts) < 2:
        raise NotApplicable("there are no two optional texts")
    one, two = texts
    a, b = f"/{one}", f"/{two}"
    with single.made(session, group, {one: "first", two: "second"}):
        turns: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
            ("takes its steps in order", [{"op": "replace", "path": a, "value": "x"},
              {"op": "copy", "from": a, "path": b}, {"op": "replace", "path": a, "value": "y"}], {one: "y", two: "x"}),
            ("moves", [{"op": "move", "from": a, "path": b}], {one: None, two: "y"}),
            ("adds", [{"op": "add", "path": a, "value": ""}], {one: "", two: "y"}),
            ("removes", [{"op": "remove", "path": b}], {one: "", two: None}),
        ]  # fmt: skip
        for name, inner, value, whole in single.members(group, single.now(session, group)):
            step = {"op": "add", "path": f"/{name}/{inner}", "value": value}
            turns.append((f"sets a member of {name}", [step], {name: whole}))
        for what, steps, wanted in turns:
            before = single.now(session, group)
            reply = single.ask(session, group, Kind.PATCH, steps)
            session.status(reply, 200, f"a patch of a single record that {what}", group.one(Kind.PATCH))
            found, expected = single.now(session, group), {**before, **wanted}
            expected = {name: value for name, value in expected.items() if value is not None}
            cause = f"a patch of a single record that {what} leaves the wrong one"
            session.same(expected, found, cause, without=moving(group))
        last = {"op": "replace", "path": a, "value": "changed"}
        refused = {
            "removes what is not there": [last, {"op": "remove", "path": b}],
            "replaces what is not there": [last, {"op": "replace", "path": b, "value": "x"}],
            "fails its test after a change": [last, {"op": "test", "path": a, "value": "first"}],
        }
        before = single.now(session, group)
        for what, steps in refused.items():
            with session.each(group.one(Kind.PATCH)):
                reply = single.ask(session, group, Kind.PATCH, steps)
                session.status(reply, 409, f"a patch of a single record that {what}", group.one(Kind.PATCH))
                session.same(before, single.now(session, group), f"a patch of a single record that {what} changed it")


@check(*WRITES, writes=True, owns=True, code=303)
def check_strangers(session: Session, group: Group) -> None:
    """Members that no field has are not stored, by create or PUT."""
    strange = f"no_such_field_{session.ordinal()}"
    with single.put_aside(session, group):
        for kind in (Kind.CREATE, Kind.REPLACE):
            with session.each(group.one(kind)):
                single.ask(session, group, kind, {**single.sent(session, group), strange: "stored?"})
                reply = single.ask(session, group, Kind.READ)
                if reply.status == 200:
                    cause = f"{kind} of a single record stores members that no field has"
                    session.expect(strange not in session.value(reply), cause)


@check(*WRITES, writes=True, owns=True, code=117)
def check_shrinks(session: Session, group: Group) -> None:
    """PUT leaves nothing of longer lists and larger objects that were there."""
    body = single.sent(session, group)
    nested = {name: value for name, value in body.items() if isinstance(value, list | dict)}
    if not nested:
        raise NotApplicable("there are no lists and no objects")
    for size in (1, 0):
        with single.made(session, group, nested):
            fields = {name: smaller(value, size) for name, value in nested.items()}
            kept = {name: one for name, one in fields.items() if group.values.allows(group.writable[name], one)}
            reply = single.ask(session, group, Kind.REPLACE, {**body, **kept})
            session.status(reply, 200, "PUT of a single record", group.one(Kind.REPLACE))
            found = single.now(session, group)
            cause = "PUT of a single record keeps items or members that were not sent"
            session.same(kept, {name: found.get(name) for name in kept}, cause)


@check(*NEEDS, writes=True, owns=True, code=206)
def check_required(session: Session, group: Group) -> None:
    """A create without a required field is refused and makes nothing."""
    with single.put_aside(session, group):
        for name in sorted(group.required):
            with session.each(group.one(Kind.CREATE)):
                reply = single.ask(
                    session, group, Kind.CREATE, {n: v for n, v in single.sent(session, group).items() if n != name}
                )
                session.status(reply, 400, f"a create of a single record without {name}", group.one(Kind.CREATE))
        after = single.ask(session, group, Kind.READ)
        session.status(after, 404, "a single record after refused creates", group.one(Kind.READ))


@check(Kind.READ, code=206)
def check_projection(session: Session, group: Group) -> None:
    """Asked for some fields, the record is answered with just those."""
    operation = group.one(Kind.READ)
    reply = single.ask(session, group, Kind.READ)
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
    with single.put_aside(session, group), single.put_aside(session, group, who=other(session)):
        made = session.value(single.ask(session, group, Kind.CREATE, single.sent(session, group)))
        theirs = single.ask(session, group, Kind.READ, who=other(session))
        session.status(theirs, 404, "another tenant's single record", group.one(Kind.READ))
        single.ask(session, group, Kind.CREATE, single.sent(session, group), who=other(session))
        single.ask(session, group, Kind.DELETE, who=other(session))
        session.same(
            made,
            session.value(single.ask(session, group, Kind.READ)),
            "another tenant's delete touched the single record",
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
