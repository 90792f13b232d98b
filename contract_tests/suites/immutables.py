"""Immutables: what the server manages cannot be set by over-posting, and what no field holds is not stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract_tests.asking import Ask
from contract_tests.comparing import same
from contract_tests.kit import Kit
from contract_tests.plan import Group
from contract_tests.suites.patching import refused
from contract_tests.verdicts import NotApplicable, check
from contract_tests.walking import walk
from mockserver.contract import Kind

NEEDS = (Kind.CREATE, Kind.READ)
STRANGER = "no_such_field_of_ours"


def forged(group: Group) -> dict[str, Any]:
    """A value of the right type for each field that the server manages, but for the key."""
    made: dict[str, Any] = {}
    for name in sorted(group.resource.managed - {group.key}):
        node = group.field(name)
        made[name] = (
            4_711
            if group.values.type_of(node) in ("number", "integer")
            else group.values.make(node, f"forged-{name}", 3)
        )
        made[name] = True if group.values.type_of(node) == "boolean" else made[name]
    return made


def kept_out(kit: Kit, found: Mapping[str, Any], sent: Mapping[str, Any], what: str) -> None:
    """Expect none of the forged values in ``found``."""
    taken = sorted(name for name, value in sent.items() if name in found and same(found[name], value))
    kit.expect(not taken, f"{what} sets what only the server sets ({', '.join(taken)})")


@check(*NEEDS, writes=True, code=303)
def check_create_ignores_managed(kit: Kit, group: Group) -> None:
    """Server-managed fields sent with a create are not taken."""
    sent = forged(group)
    made = kit.put_in(group, {**kit.body(group), **sent})
    kept_out(kit, kit.read(group, made[group.key]), sent, "a create")


@check(Kind.CREATE, writes=True, code=303)
def check_create_refuses_the_key(kit: Kit, group: Group) -> None:
    """A create never takes the id that the client brings; where the document forbids one, it is refused."""
    chosen, operation = f"chosen-{kit.mark}", group.one(Kind.CREATE)
    if group.resource.is_chosen:
        raise NotApplicable("clients may choose the ids")
    body = {**kit.body(group), group.key: chosen}
    reply = kit.send(Ask(operation, body=body))
    if operation.body and operation.body.rule.allows(body):
        taken = {made.id for made in kit.records.left() if made.resource == group.name}
        kit.expect(chosen not in taken, "a create takes the id that the client brings")
    else:
        kit.status(reply, 400, "a create that brings its own id", operation)
    if Kind.READ in group.operations:
        kit.status(kit.at(group, Kind.READ, chosen), 404, "the id that a create brought", group.one(Kind.READ))


@check(*NEEDS, writes=True)
def check_create_takes_a_chosen_key(kit: Kit, group: Group) -> None:
    """Where clients may choose the id of a new record, it is taken once, and refused with 409 when another has it."""
    if not group.resource.is_chosen:
        raise NotApplicable("the server makes the ids")
    chosen, operation = f"chosen-{kit.mark}", group.one(Kind.CREATE)
    made = kit.put_in(group, {**kit.body(group), group.key: chosen})
    kit.expect(made[group.key] == chosen, "a create does not take the id that the client may choose")
    kit.same(made, kit.read(group, chosen), "a record with a chosen id reads differently")
    reply = kit.send(Ask(operation, body={**kit.body(group), group.key: chosen}))
    kit.status(reply, 409, "a create with the id of another record", operation)
    kit.same(made, kit.read(group, chosen), "a refused create changed the record that has its id")


@check(*NEEDS, Kind.REPLACE, writes=True, code=303)
def check_replace_keeps_managed(kit: Kit, group: Group) -> None:
    """Server-managed fields sent with a PUT are not taken, and those of the record stay."""
    record, sent = kit.create(group), forged(group)
    body = {**kit.body(group), **sent, group.key: record[group.key]}
    reply = kit.at(group, Kind.REPLACE, record[group.key], body=body)
    kit.status(reply, 200, "PUT with server-managed fields", group.one(Kind.REPLACE))
    found = kit.read(group, record[group.key])
    kept_out(kit, found, sent, "PUT")
    moving = {group.resource.stamps.get(name) for name in ("modified-at", "modified-by", "version")}
    moving |= group.resource.computed
    lost = sorted(name for name in group.resource.managed - moving if not same(record.get(name), found.get(name)))
    kit.expect(not lost, f"PUT changes what only the server sets ({', '.join(lost)})")


@check(*NEEDS, Kind.PATCH, writes=True, code=303)
def check_patch_refuses_managed(kit: Kit, group: Group) -> None:
    """A patch that would change what the server manages is refused, field by field."""
    record = kit.create(group)
    for name, value in {**forged(group), group.key: f"chosen-{kit.mark}"}.items():
        refused(kit, group, record, [{"op": "add", "path": f"/{name}", "value": value}], f"sets {name}")
        if name in record:
            refused(kit, group, record, [{"op": "remove", "path": f"/{name}"}], f"removes {name}")
    texts = [name for name in group.free_texts if name != group.marker]
    if texts:
        refused(
            kit,
            group,
            record,
            [{"op": "copy", "from": f"/{group.marker}", "path": f"/{group.key}"}],
            f"copies onto {group.key}",
        )


@check(*NEEDS, writes=True, code=303)
def check_strangers_are_not_stored(kit: Kit, group: Group) -> None:
    """Members that no field has are not stored, by create, PUT or PATCH."""
    made = kit.put_in(group, {**kit.body(group), STRANGER: "stored?"})
    kit.expect(STRANGER not in kit.read(group, made[group.key]), "create stores members that no field has")
    if Kind.REPLACE in group.operations:
        with kit.each(group.one(Kind.REPLACE)):
            kit.at(
                group,
                Kind.REPLACE,
                made[group.key],
                body={**kit.body(group), STRANGER: "x", group.key: made[group.key]},
            )
            kit.expect(STRANGER not in kit.read(group, made[group.key]), "PUT stores members that no field has")
    if Kind.PATCH in group.operations:
        with kit.each(group.one(Kind.PATCH)):
            kit.at(group, Kind.PATCH, made[group.key], body=[{"op": "add", "path": f"/{STRANGER}", "value": "x"}])
            kit.expect(STRANGER not in kit.read(group, made[group.key]), "PATCH stores members that no field has")


@check(*NEEDS, Kind.BATCH, writes=True, code=303)
def check_batch_ignores_managed(kit: Kit, group: Group) -> None:
    """Server-managed fields are not taken in a batch either, nor is an id of the client's choice."""
    record, sent = kit.create(group), forged(group)
    chosen = f"chosen-{kit.mark}"
    items = [
        {"operation": "create", "object": {**kit.body(group), **sent}},
        {"operation": "update", "id": record[group.key], "object": {**kit.body(group), **sent}},
        *(
            ()
            if group.resource.is_chosen
            else [{"operation": "create", "object": {**kit.body(group), group.key: chosen}}]
        ),
        {
            "operation": "patch",
            "id": record[group.key],
            "patch_directives": [{"op": "add", "path": f"/{group.key}", "value": chosen}],
        },
    ]
    kit.send(Ask(group.one(Kind.BATCH), body={"operations": items}))
    for made in kit.records.left():
        if made.resource == group.name and made.tenant == kit.own.tenant:
            kept_out(kit, kit.read(group, made.id), sent, "a batch")
    for ask in (Ask(operation) for operation in group.all(Kind.LIST)):
        ids = {one[group.key] for one in walk(kit, group, ask)}
        kit.expect(chosen not in ids, "a batch takes an id of the client's choice")
