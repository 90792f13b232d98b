"""Failed writes: what breaks the contract is refused with 400, field by field, and leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract_tests.asking import Ask, record_name
from contract_tests.kit import Kit
from contract_tests.plan import Group
from contract_tests.verdicts import NotJudged, check
from contract_tests.walking import left_nothing, walk
from mockserver.contract import Kind, Operation
from mockserver.contract.document import Node

NEEDS = (Kind.CREATE,)


def spoilt(kit: Kit, group: Group, kind: Kind) -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies that break one rule each: what is wrong, and the body."""
    operation, known = group.one(kind), group.bodies[kind]
    body = kit.body(group)
    for name in sorted(known.required & set(body)):
        yield f"without {name}", {key: value for key, value in body.items() if key != name}
    for name, node in known.properties.items():
        for how, value in _wrong_values(group, node):
            changed = {**body, name: value}
            if operation.body and not operation.body.rule.allows(
                {**changed, group.key: "x"} if kind is Kind.REPLACE else changed
            ):
                yield f"with {name} {how}", changed


def _wrong_values(group: Group, node: Node) -> Iterator[tuple[str, Any]]:
    schema = group.contract.document.follow(node).value
    yield "null", None
    for value, how in ((4_711, "a number"), ("text", "a text"), ([], "a list"), ({}, "an object"), (True, "true")):
        yield how, value
    if "enum" in schema:
        yield "no word of its list", "no-such-word"
    if "pattern" in schema:
        yield "against its pattern", "söme/thing else"
    if schema.get("format") == "date-time":
        yield "no moment", "yesterday"
    if schema.get("type") == "array":
        yield "holding wrong items", [None]


@check(*NEEDS, writes=True, code=206)
def check_invalid_creates(kit: Kit, group: Group) -> None:
    """A create that breaks the schema anywhere is refused and makes nothing."""
    operation = group.one(Kind.CREATE)
    for what, body in spoilt(kit, group, Kind.CREATE):
        with kit.each(operation):
            before = len(kit.records.left())
            reply = kit.send(Ask(operation, body=body))
            kit.status(reply, 400, f"{operation.id} {what}", operation)
            kit.expect(len(kit.records.left()) == before, "a refused create made a record")
    left_nothing(kit, group, "a refused create")


@check(*NEEDS, Kind.REPLACE, Kind.READ, writes=True, code=114)
def check_invalid_replaces(kit: Kit, group: Group) -> None:
    """A PUT that breaks the schema anywhere is refused and changes nothing."""
    operation = group.one(Kind.REPLACE)
    record = kit.create(group)
    for what, body in spoilt(kit, group, Kind.REPLACE):
        with kit.each(operation):
            reply = kit.at(group, Kind.REPLACE, record[group.key], body={**body, group.key: record[group.key]})
            kit.status(reply, 400, f"{operation.id} {what}", operation)
    kit.same(record, kit.read(group, record[group.key]), "a refused PUT changed a record")


@check(*NEEDS, writes=True, code=114)
def check_unreadable_bodies(kit: Kit, group: Group) -> None:
    """A body that is no JSON, no object, missing, or of another media type is refused, and leaves no trace."""
    record = kit.create(group)
    for operation in group.all(Kind.CREATE, Kind.REPLACE, Kind.PATCH, Kind.SEARCH, Kind.BATCH, Kind.PREVIEW):
        ask = kit.usual(group, operation, record)
        target = ask.target(kit.plan.contract.tenant, kit.own.tenant)
        for what, content, media in _unreadable():
            with kit.each(operation):
                reply = kit.raw(operation.method, target, content, headers={"Content-Type": media})
                kit.status(reply, 400, f"{operation.id} with {what}", operation)
    if Kind.READ in group.operations:
        kit.same(record, kit.read(group, record[group.key]), "an unreadable request changed a record")


def _unreadable() -> Iterator[tuple[str, bytes, str]]:
    json_type = "application/json"
    yield "a body that is no JSON", b'{"name": ', json_type
    yield "an empty body", b"", json_type
    yield "a text for a body", b'"text"', json_type
    yield "null for a body", b"null", json_type
    yield "a body that is not UTF-8", b'{"name": "\xff"}', json_type
    yield "a body of plain text", b"{}", "text/plain"
    yield "a form for a body", b"name=x", "application/x-www-form-urlencoded"


@check(Kind.READ, code=206)
def check_malformed_parameters(kit: Kit, group: Group) -> None:
    """A parameter that breaks its rule is refused by every operation."""
    record = kit.sample(group)[0]
    for operation in group.all():
        if not kit.may(operation):
            continue
        for parameter in operation.parameters:
            wrong = next(
                (value for value in ("a b", "é!", "no;thing", "maybe") if not parameter.rule.allows(value)), None
            )
            if (
                parameter.type == "array"
                or wrong is None
                or parameter.location not in ("path", "query")
                or parameter.name == kit.plan.contract.tenant
            ):
                continue
            ask = kit.usual(group, operation, record)
            changes = (
                {"values": {**ask.values, parameter.name: wrong}}
                if parameter.location == "path"
                else {"query": {parameter.name: wrong}}
            )
            with kit.each(operation):
                reply = kit.send(ask.but(**changes))
                kit.status(reply, 400, f"{operation.id} with a malformed {parameter.name}", operation)


@check(Kind.LIST, Kind.READ, writes=True, owns=True, code=114)
def check_locked_records(kit: Kit, group: Group) -> None:
    """A locked record cannot be changed or deleted by any operation."""
    lock = group.resource.stamps.get("lock")
    locked = [one for one in walk(kit, group, Ask(group.one(Kind.LIST))) if lock and one.get(lock) is True]
    if not locked:
        raise NotJudged("the tenant has no locked record of them")
    record = kit.read(group, locked[0][group.key])
    for operation in group.all(Kind.PATCH, Kind.REPLACE, Kind.NOTICE, Kind.DELETE):
        with kit.each(operation):
            reply = kit.send(kit.usual(group, operation, record))
            kit.status(reply, 409, f"{operation.id} of a locked record", operation)
            kit.same(record, kit.read(group, record[group.key]), f"{operation.id} changed a locked record")
    for operation in group.all(Kind.BATCH):
        with kit.each(operation):
            _locked_in_a_batch(kit, group, operation, record)


def _locked_in_a_batch(kit: Kit, group: Group, operation: Operation, record: dict[str, Any]) -> None:
    step = {"op": "replace", "path": f"/{group.marker}", "value": kit.mark}
    items = [
        {"operation": "patch", "id": record[group.key], "patch_directives": [step]},
        {"operation": "delete", "id": record[group.key]},
    ]
    told = kit.value(kit.send(Ask(operation, body={"operations": items})))
    statuses = [one.get("status") for one in told.get("results", [])]
    kit.expect(statuses == [409, 409], "a batch changes or deletes a locked record", str(statuses))
    kit.same(record, kit.read(group, record[group.key]), "a batch changed a locked record")


@check(Kind.READ, Kind.DELETE, writes=True)
def check_missing_records(kit: Kit, group: Group) -> None:
    """Every operation on a record that does not exist is answered 404."""
    for operation in group.all(Kind.READ, Kind.DOCUMENT, Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.NOTICE):
        with kit.each(operation):
            ask = kit.usual(group, operation, {group.key: f"missing-{kit.mark}"})
            kit.expect(record_name(operation) in ask.values, "the path names no record")
            kit.status(kit.send(ask), 404, f"{operation.id} of a record that does not exist", operation)
