"""Replacing: PUT leaves nothing of the old record but what the server manages, and twice is as good as once."""

from __future__ import annotations

from typing import Any

from contract_tests.comparing import listed
from contract_tests.kit import Kit
from contract_tests.plan import Group
from contract_tests.verdicts import check
from mockserver.contract import Kind

NEEDS = (Kind.CREATE, Kind.READ, Kind.REPLACE)


def put(kit: Kit, group: Group, record_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Replace and return what was answered; Broken when it is refused."""
    operation = group.one(Kind.REPLACE)
    reply = kit.at(group, Kind.REPLACE, record_id, body={**body, group.key: record_id})
    kit.status(reply, 200, f"{operation.id} of a valid record", operation)
    return dict(kit.value(reply))


@check(*NEEDS, writes=True, code=117)
def check_replaces_fully(kit: Kit, group: Group) -> None:
    """PUT replaces the whole record: what is not sent is gone."""
    made = kit.create(group)
    body = kit.body(group, only_required=True)
    answered = put(kit, group, made[group.key], body)
    found = kit.read(group, made[group.key])
    kit.same(answered, found, "a replaced record reads differently from what PUT answered")
    managed = group.resource.managed | group.filled
    left = sorted(set(found) - set(body) - managed)
    kit.expect(not left, f"PUT keeps fields that were not sent ({listed(left)})")
    kit.same(body, {name: value for name, value in found.items() if name in body}, "PUT does not store what was sent")


@check(*NEEDS, writes=True)
def check_takes_every_field(kit: Kit, group: Group) -> None:
    """PUT stores every field that create does."""
    made = kit.create(group)
    body = kit.body(group)
    found = put(kit, group, made[group.key], body)
    kit.same(body, {name: found[name] for name in body if name in found}, "PUT does not store what was sent")


@check(*NEEDS, writes=True, code=118)
def check_is_idempotent(kit: Kit, group: Group) -> None:
    """The same PUT twice leaves the same record."""
    made = kit.create(group)
    body = kit.body(group)
    once = put(kit, group, made[group.key], body)
    put(kit, group, made[group.key], body)
    twice = kit.read(group, made[group.key])
    moving = frozenset(group.resource.stamps.get(name, "") for name in ("modified-at", "modified-by", "version"))
    kit.same(once, twice, "the same PUT twice leaves another record", without=moving)


@check(*NEEDS, writes=True)
def check_other_id_is_refused(kit: Kit, group: Group) -> None:
    """A body that names another record than the path is refused, and neither record changes."""
    one, other = kit.create(group), kit.create(group)
    body = {**kit.body(group), group.key: other[group.key]}
    reply = kit.at(group, Kind.REPLACE, one[group.key], body=body)
    kit.status(reply, 400, "PUT with another id in the body", group.one(Kind.REPLACE))
    for record in (one, other):
        kit.same(record, kit.read(group, record[group.key]), "a refused PUT changed a record")


@check(*NEEDS, writes=True)
def check_missing_record(kit: Kit, group: Group) -> None:
    """PUT of a record that does not exist is answered 404 and makes none."""
    missing = f"missing-{kit.mark}"
    reply = kit.at(group, Kind.REPLACE, missing, body={**kit.body(group), group.key: missing})
    kit.status(reply, 404, "PUT of a record that does not exist", group.one(Kind.REPLACE))
    kit.status(kit.at(group, Kind.READ, missing), 404, "a record that a refused PUT named", group.one(Kind.READ))


@check(*NEEDS, writes=True)
def check_leaves_others_alone(kit: Kit, group: Group) -> None:
    """PUT changes the record it names and no other."""
    target, bystander = kit.create(group), kit.create(group)
    put(kit, group, target[group.key], kit.body(group))
    kit.same(bystander, kit.read(group, bystander[group.key]), "PUT changed a record it does not name")
