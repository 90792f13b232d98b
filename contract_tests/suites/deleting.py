"""Deleting: gone means gone, everywhere and at once; what others depend on stays."""

from __future__ import annotations

from typing import Any

from contract_tests.asking import Ask
from contract_tests.kit import Kit
from contract_tests.plan import Group
from contract_tests.suites.replacing import put
from contract_tests.verdicts import NotApplicable, check
from contract_tests.walking import left_nothing, walk, ways
from mockserver.contract import Kind
from mockserver.contract.resource import Reference

NEEDS = (Kind.CREATE, Kind.READ, Kind.DELETE)


def delete(kit: Kit, group: Group, record_id: str) -> None:
    reply = kit.at(group, Kind.DELETE, record_id)
    kit.status(reply, 200, "DELETE of a record that exists", group.one(Kind.DELETE))


@check(*NEEDS, writes=True)
def check_answers_the_id(kit: Kit, group: Group) -> None:
    """DELETE answers with the id of what it deleted."""
    made = kit.create(group)
    reply = kit.at(group, Kind.DELETE, made[group.key])
    kit.status(reply, 200, "DELETE of a record that exists", group.one(Kind.DELETE))
    kit.expect(kit.value(reply) == made[group.key], "DELETE answers something else than the id", repr(reply.body[:80]))


@check(*NEEDS, writes=True, code=113)
def check_gone_everywhere(kit: Kit, group: Group) -> None:
    """A deleted record is gone from every operation that could find it."""
    body = kit.body(group)
    made, stays = kit.put_in(group, body), kit.put_in(group, body)
    delete(kit, group, made[group.key])
    kit.status(kit.at(group, Kind.READ, stays[group.key]), 200, "the like of a deleted record", group.one(Kind.READ))
    for operation in group.all(Kind.READ, Kind.DOCUMENT, Kind.REPLACE, Kind.PATCH, Kind.NOTICE, Kind.PREVIEW):
        with kit.each(operation):
            reply = kit.send(kit.usual(group, operation, made))
            kit.status(reply, 404, f"{operation.id} of a deleted record", operation)
    for ask in ways(group, made):
        with kit.each(ask.operation):
            ids = {one[group.key] for one in walk(kit, group, ask)}
            kit.expect(made[group.key] not in ids, f"{ask.operation.id} still finds a deleted record")
    kit.same(stays, kit.read(group, stays[group.key]), "DELETE changed a record it does not name")


@check(*NEEDS, Kind.BATCH, writes=True, code=113)
def check_gone_from_batches(kit: Kit, group: Group) -> None:
    """A batch does not find a deleted record either, and cannot delete it again."""
    made = kit.create(group)
    delete(kit, group, made[group.key])
    items = [{"operation": verb, "id": made[group.key]} for verb in ("read", "delete")]
    told = kit.value(kit.send(Ask(group.one(Kind.BATCH), body={"operations": items})))
    for one in told.get("results", []):
        kit.expect(
            one.get("status") == 404, f"a batch's {one.get('operation')} of a deleted record is not 404", str(one)[:200]
        )


@check(*NEEDS, writes=True)
def check_second_delete(kit: Kit, group: Group) -> None:
    """Deleting twice, or what never was, is answered 404."""
    made = kit.create(group)
    delete(kit, group, made[group.key])
    for record_id, what in ((made[group.key], "a second DELETE"), (f"missing-{kit.mark}", "DELETE of what never was")):
        reply = kit.at(group, Kind.DELETE, record_id)
        kit.status(reply, 404, what, group.one(Kind.DELETE))


@check(*NEEDS, writes=True)
def check_ids_are_not_used_again(kit: Kit, group: Group) -> None:
    """The id of a deleted record is not given to a new one."""
    made = kit.create(group)
    delete(kit, group, made[group.key])
    fresh = [kit.create(group)[group.key] for _ in range(3)]
    kit.expect(made[group.key] not in fresh, "a new record got the id of a deleted one")


def references(kit: Kit, group: Group) -> list[Reference]:
    """Foreign keys of this resource whose records this run can make. Raises NotJudged."""
    found = [one for one in group.references if Kind.CREATE in kit.plan.groups[one.resource].operations]
    if not found:
        raise NotApplicable("there is no foreign key into this document")
    return found


def naming(group: Group, reference: Reference, record_id: str) -> dict[str, Any]:
    is_list = group.values.type_of(group.field(reference.field)) == "array"
    return {reference.field: [record_id] if is_list else record_id}


@check(*NEEDS, writes=True)
def check_dependants(kit: Kit, group: Group) -> None:
    """What other records refer to cannot be deleted until they are gone."""
    for reference in references(kit, group):
        target = kit.plan.groups[reference.resource]
        if Kind.DELETE not in target.operations:
            continue
        made = kit.create(target)
        dependant = kit.create(group, naming(group, reference, made[target.key]))
        wanted = kit.read(target, made[target.key])
        with kit.each(target.one(Kind.DELETE)):
            reply = kit.at(target, Kind.DELETE, wanted[target.key])
            kit.status(
                reply,
                409,
                f"DELETE of a record that {group.name} refer to by {reference.field}",
                target.one(Kind.DELETE),
            )
            kit.same(wanted, kit.read(target, wanted[target.key]), "a refused DELETE changed the record")
        delete(kit, group, dependant[group.key])
        reply = kit.at(target, Kind.DELETE, wanted[target.key])
        kit.status(reply, 200, "DELETE after the last dependant is gone", target.one(Kind.DELETE))


@check(*NEEDS, writes=True, code=114)
def check_dangling(kit: Kit, group: Group) -> None:
    """A reference to a record that does not exist is refused with 409, and nothing is stored."""
    for reference in references(kit, group):
        dangling = naming(group, reference, f"missing-{kit.mark}")
        create = group.one(Kind.CREATE)
        with kit.each(create):
            body = kit.body(group) | dangling
            before = len(kit.records.left())
            reply = kit.send(Ask(create, body=body))
            kit.expect(len(kit.records.left()) == before, f"a create with a dangling {reference.field} made a record")
            kit.status(reply, 409, f"a create with a dangling {reference.field}", create)
            left_nothing(kit, group, f"a create refused for a dangling {reference.field}")
        record = kit.create(group)
        for kind in (Kind.PATCH, Kind.REPLACE):
            if kind in group.operations:
                with kit.each(group.one(kind)):
                    steps = [{"op": "add", "path": f"/{reference.field}", "value": dangling[reference.field]}]
                    whole = {**kit.body(group), **dangling, group.key: record[group.key]}
                    reply = kit.at(group, kind, record[group.key], body=steps if kind is Kind.PATCH else whole)
                    kit.same(
                        record,
                        kit.read(group, record[group.key]),
                        f"a {kind} with a dangling {reference.field} changed the record",
                    )
                    kit.status(reply, 409, f"a {kind} with a dangling {reference.field}", group.one(kind))


@check(*NEEDS, Kind.REPLACE, writes=True)
def check_released(kit: Kit, group: Group) -> None:
    """A record that no longer refers to another no longer holds it."""
    for reference in references(kit, group):
        target = kit.plan.groups[reference.resource]
        if Kind.DELETE not in target.operations or reference.field in group.required:
            continue
        wanted = kit.create(target)
        record = kit.create(group, naming(group, reference, wanted[target.key]))
        put(
            kit,
            group,
            record[group.key],
            {name: value for name, value in kit.body(group).items() if name != reference.field},
        )
        reply = kit.at(target, Kind.DELETE, wanted[target.key])
        kit.status(reply, 200, "DELETE after the last reference is gone", target.one(Kind.DELETE))
