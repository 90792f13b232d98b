"""Single records: what a tenant has one of is made once, changed, replaced and deleted, and is each tenant's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contract_tests.asking import Ask
from contract_tests.kit import Identity, Kit
from contract_tests.plan import Group
from contract_tests.suites.authentication import bad_headers
from contract_tests.suites.isolation import other
from contract_tests.verdicts import NotJudged, check
from mockserver.contract import Kind

NEEDS = (Kind.CREATE, Kind.READ, Kind.DELETE)


def ask(kit: Kit, group: Group, kind: Kind, body: Any = None, *, who: Identity | None = None) -> Any:
    """The reply to an operation on the one record."""
    operation = group.one(kind)
    return kit.send(Ask(operation) if body is None else Ask(operation, body=body), who=who)


@contextmanager
def put_aside(kit: Kit, group: Group, *, who: Identity | None = None) -> Iterator[None]:
    """The tenant is without the record for a while, and gets it back as it was."""
    reply = ask(kit, group, Kind.READ, who=who)
    before = kit.value(reply) if reply.status == 200 else None
    if before is not None:
        ask(kit, group, Kind.DELETE, who=who)
    try:
        yield
    finally:
        ask(kit, group, Kind.DELETE, who=who)
        if before is not None:
            managed = group.resource.managed
            ask(kit, group, Kind.CREATE, {n: v for n, v in before.items() if n not in managed}, who=who)


def sent(kit: Kit, group: Group) -> dict[str, Any]:
    """What a create would send."""
    return {name: value for name, value in kit.body(group).items() if name != group.key}


@check(*NEEDS, writes=True, owns=True)
def check_life(kit: Kit, group: Group) -> None:
    """Made once, read as it was made, refused a second time, and gone when it is deleted."""
    with put_aside(kit, group):
        kit.status(ask(kit, group, Kind.READ), 404, "a single record that nobody made", group.one(Kind.READ))
        body = sent(kit, group)
        made = ask(kit, group, Kind.CREATE, body)
        kit.status(made, 200, "a create of a single record", group.one(Kind.CREATE))
        kit.same(
            kit.value(made), kit.value(ask(kit, group, Kind.READ)), "a single record reads differently from its create"
        )
        kit.same(body, {n: v for n, v in kit.value(made).items() if n in body}, "a single record lacks what was sent")
        again = ask(kit, group, Kind.CREATE, sent(kit, group))
        kit.status(again, 409, "a second create of a single record", group.one(Kind.CREATE))
        kit.same(kit.value(made), kit.value(ask(kit, group, Kind.READ)), "a refused create changed the single record")
        gone = ask(kit, group, Kind.DELETE)
        kit.status(gone, 200, "DELETE of a single record", group.one(Kind.DELETE))
        kit.expect(kit.value(gone) == kit.own.tenant, "DELETE of a single record does not answer the tenant")
        for kind in (Kind.READ, Kind.DELETE):
            kit.status(ask(kit, group, kind), 404, f"{kind} of a deleted single record", group.one(kind))


@check(*NEEDS, Kind.REPLACE, Kind.PATCH, writes=True, owns=True)
def check_changes(kit: Kit, group: Group) -> None:
    """PUT replaces it fully, a patch changes what it names, and a patch that does not apply nothing."""
    with put_aside(kit, group):
        ask(kit, group, Kind.CREATE, sent(kit, group))
        only = {n: v for n, v in kit.body(group, only_required=True).items() if n != group.key}
        kit.status(ask(kit, group, Kind.REPLACE, only), 200, "PUT of a single record", group.one(Kind.REPLACE))
        found = kit.value(ask(kit, group, Kind.READ))
        left = sorted(set(found) - set(only) - group.resource.managed)
        kit.expect(not left, "PUT keeps fields of a single record that were not sent", str(left)[:200])
        name = next(iter(group.free_texts))
        step = {"op": "add", "path": f"/{name}", "value": kit.mark}
        changed = ask(kit, group, Kind.PATCH, [step])
        kit.status(changed, 200, "a patch of a single record", group.one(Kind.PATCH))
        kit.same({**found, name: kit.mark}, kit.value(changed), "a patch of a single record leaves the wrong one")
        wrong = ask(kit, group, Kind.PATCH, [step, {"op": "test", "path": f"/{name}", "value": "other"}])
        kit.status(wrong, 400, "a patch of a single record that fails its test", group.one(Kind.PATCH))
        kit.same(kit.value(changed), kit.value(ask(kit, group, Kind.READ)), "a refused patch changed the single record")


@check(*NEEDS, writes=True, owns=True, code=206)
def check_required(kit: Kit, group: Group) -> None:
    """A create without a required field is refused and makes nothing."""
    with put_aside(kit, group):
        for name in sorted(group.required):
            with kit.each(group.one(Kind.CREATE)):
                reply = ask(kit, group, Kind.CREATE, {n: v for n, v in sent(kit, group).items() if n != name})
                kit.status(reply, 400, f"a create of a single record without {name}", group.one(Kind.CREATE))
        kit.status(ask(kit, group, Kind.READ), 404, "a single record after refused creates", group.one(Kind.READ))


@check(Kind.READ, code=206)
def check_projection(kit: Kit, group: Group) -> None:
    """Asked for some fields, the record is answered with just those."""
    operation = group.one(Kind.READ)
    reply = ask(kit, group, Kind.READ)
    if reply.status != 200 or operation.projection is None:
        raise NotJudged("the tenant has none of them")
    whole = kit.value(reply)
    names = sorted(whole)[:2]
    some = kit.send(Ask(operation, query={operation.projection: ",".join([*names, "no_such_field"])}))
    kit.status(some, 200, "a single record in some fields", operation)
    kit.same(
        {name: whole[name] for name in names}, kit.value(some), "a projection of a single record holds other fields"
    )


@check(*NEEDS, pair=True, writes=True, owns=True)
def check_each_tenants_own(kit: Kit, group: Group) -> None:
    """What one tenant makes, changes or deletes is not another's, and another's token opens nothing."""
    with put_aside(kit, group), put_aside(kit, group, who=other(kit)):
        made = kit.value(ask(kit, group, Kind.CREATE, sent(kit, group)))
        theirs = ask(kit, group, Kind.READ, who=other(kit))
        kit.status(theirs, 404, "another tenant's single record", group.one(Kind.READ))
        ask(kit, group, Kind.CREATE, sent(kit, group), who=other(kit))
        ask(kit, group, Kind.DELETE, who=other(kit))
        kit.same(made, kit.value(ask(kit, group, Kind.READ)), "another tenant's delete touched the single record")
        for operation in group.all():
            with kit.each(operation):
                reply = kit.send(kit.usual(group, operation, made), who=other(kit), tenant=kit.own.tenant)
                kit.status(reply, 403, f"{operation.id} with a token for another tenant", operation)


@check(Kind.READ, code=311)
def check_tokens(kit: Kit, group: Group) -> None:
    """Every operation refuses a missing, malformed, forged or outdated token with 401."""
    for operation in group.all():
        if operation.secured and kit.may(operation):
            request = kit.usual(group, operation, {})
            for what, header in bad_headers(kit):
                with kit.each(operation):
                    reply = kit.send(request, headers={"Authorization": header})
                    kit.status(reply, 401, f"{operation.id} of a single record {what}", operation)
