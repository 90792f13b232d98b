"""Isolation: what one tenant has, no other sees, changes or learns of, by whatever operation and whatever id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract_tests.asking import Ask
from contract_tests.kit import Identity, Kit
from contract_tests.plan import Group
from contract_tests.suites.deleting import naming, references
from contract_tests.verdicts import NotApplicable, NotJudged, check
from contract_tests.walking import walk, ways
from mockserver.contract import Kind, Operation

ONE_RECORD = (Kind.READ, Kind.DOCUMENT, Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.NOTICE, Kind.PREVIEW)


def other(kit: Kit) -> Identity:
    assert kit.other
    return kit.other


def usable(kit: Kit, group: Group) -> Iterator[Operation]:
    """The operations this run may use."""
    return (one for one in group.all() if kit.may(one))


def unshared(kit: Kit, group: Group) -> dict[str, Any]:
    """A record of this tenant whose id the other tenant has none of. Raises NotJudged where there is none."""
    if not kit.limits.reads_only or Kind.LIST not in group.operations:
        return kit.sample(group)[0]
    theirs = {one[group.key] for one in walk(kit, group, Ask(group.one(Kind.LIST)), who=other(kit))}
    for record in kit.sample(group, 50):
        if record[group.key] not in theirs:
            return record
    raise NotJudged("both tenants have records of the same ids")


@check(pair=True, code=311)
def check_foreign_token(kit: Kit, group: Group) -> None:
    """A token for one tenant is denied in another, by every operation."""
    record = kit.sample(group)[0]
    for operation in usable(kit, group):
        if not operation.secured:
            continue
        with kit.each(operation):
            reply = kit.send(kit.usual(group, operation, record), who=other(kit), tenant=kit.own.tenant)
            kit.status(reply, 403, f"{operation.id} with a token for another tenant", operation)
    if Kind.READ in group.operations:
        kit.same(record, kit.read(group, record[group.key]), "a denied request changed a record")


@check(pair=True)
def check_similar_tenants(kit: Kit, group: Group) -> None:
    """A token is for one tenant exactly: no other case, no longer and no shorter name."""
    operation = next((one for one in usable(kit, group) if one.secured), None)
    if operation is None:
        raise NotApplicable("there is no operation that takes a token")
    name = kit.own.tenant
    for tenant in {f"{name}2", name[:-1], name.upper(), f"{name} ", f" {name}"} - {name, "", other(kit).tenant}:
        with kit.each(operation):
            reply = kit.send(kit.usual(group, operation, {}), tenant=tenant)
            kit.status(reply, 403, f"{operation.id} of a tenant with a similar name", operation)


@check(Kind.READ, pair=True, code=304)
def check_denials_tell_nothing(kit: Kit, group: Group) -> None:
    """The denial is the same whether the record exists or not."""
    record = kit.sample(group)[0]
    for operation in usable(kit, group):
        if operation.kind in ONE_RECORD:
            with kit.each(operation):
                answers = []
                for one in (record, {**record, group.key: f"missing-{kit.mark}"}):
                    reply = kit.send(kit.usual(group, operation, one), who=other(kit), tenant=kit.own.tenant)
                    answers.append((reply.status, reply.body))
                kit.expect(answers[0] == answers[1], f"{operation.id} tells another tenant which records exist")


@check(Kind.READ, pair=True, code=304)
def check_foreign_ids(kit: Kit, group: Group) -> None:
    """The id of one tenant's record leads nowhere in another tenant, by every operation."""
    record = unshared(kit, group)
    for operation in usable(kit, group):
        if operation.kind in ONE_RECORD:
            with kit.each(operation):
                reply = kit.send(kit.usual(group, operation, record), who=other(kit))
                kit.status(reply, 404, f"{operation.id} with the id of another tenant's record", operation)
    kit.same(record, kit.read(group, record[group.key]), "another tenant's request changed a record")


@check(Kind.READ, pair=True)
def check_unseen_by_others(kit: Kit, group: Group) -> None:
    """List, look-up and search of one tenant never hold a record of another."""
    for record in kit.sample(group, 2):
        for ask in ways(group, record):
            with kit.each(ask.operation):
                found = [one for one in walk(kit, group, ask, who=other(kit)) if one[group.key] == record[group.key]]
                kit.expect(not any(one == record for one in found), f"{ask.operation.id} shows another tenant's record")
                kit.expect(not found or kit.limits.reads_only, f"{ask.operation.id} holds another tenant's id")


@check(Kind.CREATE, Kind.READ, Kind.BATCH, pair=True, writes=True, code=304)
def check_batches(kit: Kit, group: Group) -> None:
    """A batch reaches no record of another tenant."""
    record = kit.create(group)
    marker = group.marker
    items: list[dict[str, Any]] = [
        {"operation": "read", "id": record[group.key]},
        {"operation": "update", "id": record[group.key], "object": kit.body(group, who=other(kit))},
        {
            "operation": "patch",
            "id": record[group.key],
            "patch_directives": [{"op": "replace", "path": f"/{marker}", "value": kit.mark}],
        },
        {"operation": "delete", "id": record[group.key]},
    ]
    told = kit.value(kit.send(Ask(group.one(Kind.BATCH), body={"operations": items}), who=other(kit)))
    for result in told.get("results", []):
        with kit.each(group.one(Kind.BATCH)):
            what = f"a batch's {result.get('operation')} with the id of another tenant's record"
            kit.expect(result.get("status") == 404, f"{what}: status {result.get('status')}, wanted 404")
            kit.expect("object" not in result, f"{what} answers the record")
    kit.same(record, kit.read(group, record[group.key]), "another tenant's batch changed a record")


@check(Kind.CREATE, Kind.READ, pair=True, writes=True)
def check_same_values(kit: Kit, group: Group) -> None:
    """Records with the same values in two tenants stay apart in look-ups, searches and deletes."""
    body = kit.body(group)
    theirs = {
        name: value
        for name, value in kit.body(group, who=other(kit)).items()
        if name in {one.field for one in group.references}
    }
    mine, foreign = kit.put_in(group, body), kit.put_in(group, {**body, **theirs}, who=other(kit))
    for who, own, strange in ((kit.own, mine, foreign), (other(kit), foreign, mine)):
        for ask in ways(group, own):
            with kit.each(ask.operation):
                ids = {one[group.key] for one in walk(kit, group, ask, who=who)}
                kit.expect(own[group.key] in ids, f"{ask.operation.id} loses a record when another tenant has its like")
                kit.expect(
                    strange[group.key] not in ids or strange[group.key] == own[group.key],
                    f"{ask.operation.id} mixes tenants",
                )
    if Kind.DELETE in group.operations:
        kit.at(group, Kind.DELETE, foreign[group.key], who=other(kit))
        kit.same(mine, kit.read(group, mine[group.key]), "a delete in one tenant touched another")


@check(Kind.CREATE, pair=True, writes=True)
def check_references(kit: Kit, group: Group) -> None:
    """A reference to another tenant's record is a dangling one."""
    for reference in references(kit, group):
        target = kit.plan.groups[reference.resource]
        foreign = kit.create(target, who=other(kit))
        operation = group.one(Kind.CREATE)
        with kit.each(operation):
            reply = kit.send(Ask(operation, body=kit.body(group) | naming(group, reference, foreign[target.key])))
            kit.status(reply, 409, f"a create whose {reference.field} names another tenant's record", operation)
