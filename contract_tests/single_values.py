"""Single records: which values are taken and kept, which are refused, and what only the server sets."""

from __future__ import annotations

from mockserver.conformance import (
    Group,
    Kind,
    Session,
    allowed,
    bodies_inside,
    check,
    forged_values,
    listed,
    moving,
    same_json,
)
from mockserver.conformance import single_records as single

NEEDS = (Kind.CREATE, Kind.READ, Kind.DELETE)
WRITES = (*NEEDS, Kind.REPLACE, Kind.PATCH)


@check(*WRITES, writes=True, owns=True, single=True)
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


@check(*WRITES, writes=True, owns=True, code=206, single=True)
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


@check(*NEEDS, writes=True, owns=True, code=206, single=True)
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


@check(*WRITES, writes=True, owns=True, code=303, single=True)
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


@check(*WRITES, writes=True, owns=True, code=303, single=True)
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
