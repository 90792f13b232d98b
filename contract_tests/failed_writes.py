"""Failed writes: what breaks the contract is refused with 400, field by field, and leaves no trace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Kind,
    NotApplicable,
    Session,
    bodies_mistyped,
    check,
    expect_refusal,
    left_nothing,
    record_name,
    results_of,
    send_batch,
    update_item,
    walk,
)

NEEDS = (Kind.CREATE,)
LOCKED = 5
"""How many locked records are tried: others may refer to the first of them, which then cannot be deleted anyway."""
NUMBER = re.compile(rb'": (-?[0-9.]+)[,}]')


@check(*NEEDS, writes=True, code=206)
def check_invalid_creates(session: Session, group: Group) -> None:
    """A create that breaks the schema anywhere is refused and makes nothing."""
    operation = group.one(Kind.CREATE)
    for what, body in bodies_mistyped(group, Kind.CREATE, session.body(group)):
        with session.each(operation):
            before = len(session.records.left())
            reply = session.send(Ask(operation, body=body))
            expect_refusal(session, group, operation, reply, f"{operation.id} {what}")
            session.expect(len(session.records.left()) == before, "a refused create made a record")
    left_nothing(session, group, "a refused create")


@check(*NEEDS, Kind.REPLACE, Kind.READ, writes=True, code=114)
def check_invalid_replaces(session: Session, group: Group) -> None:
    """A PUT that breaks the schema anywhere is refused and changes nothing."""
    operation = group.one(Kind.REPLACE)
    record = session.create(group)
    for what, body in bodies_mistyped(group, Kind.REPLACE, session.body(group)):
        with session.each(operation):
            reply = session.at(group, Kind.REPLACE, record[group.key], body={**body, group.key: record[group.key]})
            expect_refusal(session, group, operation, reply, f"{operation.id} {what}")
    session.same(record, session.read(group, record[group.key]), "a refused PUT changed a record")


@check(*NEEDS, writes=True, code=114, every=3, divides=True)
def check_unreadable_bodies(session: Session, group: Group) -> None:
    """A body that is missing, not JSON, no object, or of another media type is refused, and leaves no trace."""
    record = session.create(group)
    for operation in group.all(Kind.CREATE, Kind.REPLACE, Kind.PATCH, Kind.SEARCH, Kind.BATCH, Kind.PREVIEW):
        ask = session.usual(group, operation, record)
        request_target = ask.request_target(session.plan.contract.tenant, session.own.tenant)
        for what, content, media in session.some(_unreadable(json.dumps(ask.body).encode()), operation.id):
            with session.each(operation):
                reply = session.raw(operation.method, request_target, content, headers={"Content-Type": media})
                session.status(reply, 400, f"{operation.id} with {what}", operation)
    for operation in group.all(Kind.PATCH):
        ask = session.usual(group, operation, record)
        target = ask.request_target(session.plan.contract.tenant, session.own.tenant)
        content, media = json.dumps({group.marker: session.mark}).encode(), "application/merge-patch+json"
        with session.each(operation):
            reply = session.raw(operation.method, target, content, headers={"Content-Type": media})
            session.status(reply, 400, f"{operation.id} with a merge patch", operation)
    if Kind.READ in group.operations:
        session.same(record, session.read(group, record[group.key]), "an unreadable request changed a record")


def _unreadable(valid: bytes) -> Iterator[tuple[str, bytes, str]]:
    """What is wrong, the body, and its media type; ``valid`` is one that would be taken."""
    json_type = "application/json"
    yield "a body that is not JSON", b'{"name": ', json_type
    yield "an empty body", b"", json_type
    yield "a string as its body", b'"text"', json_type
    yield "null for a body", b"null", json_type
    yield "a body that is not UTF-8", b'{"name": "\xff"}', json_type
    yield "a body of plain text", valid, "text/plain"
    yield "a form for a body", b"name=x", "application/x-www-form-urlencoded"
    yield "one comma too many", b",".join((valid[:-1], valid[-1:])), json_type
    yield "more after its body", valid + valid, json_type
    yield "a comment in its body", valid[:1] + b"/* none in JSON */" + valid[1:], json_type
    if number := NUMBER.search(valid):
        yield "a number that is not one", valid[: number.start(1)] + b"NaN" + valid[number.end(1) :], json_type


@check(Kind.READ, code=206)
def check_malformed_parameters(session: Session, group: Group) -> None:
    """A parameter that breaks its rule is refused by every operation."""
    record = session.sample(group)[0]
    for operation in group.all():
        if not session.may(operation):
            continue
        for parameter in operation.parameters:
            wrong = next(
                (value for value in ("a b", "é!", "no;thing", "maybe") if not parameter.validator.allows(value)), None
            )
            if (
                parameter.type == "array"
                or wrong is None
                or parameter.location not in ("path", "query")
                or parameter.name == session.plan.contract.tenant
            ):
                continue
            ask = session.usual(group, operation, record)
            changes = (
                {"values": {**ask.values, parameter.name: wrong}}
                if parameter.location == "path"
                else {"query": {parameter.name: wrong}}
            )
            with session.each(operation):
                reply = session.send(ask.but(**changes))
                session.status(reply, 400, f"{operation.id} with a malformed {parameter.name}", operation)


@check(Kind.LIST, Kind.READ, writes=True, owns=True, code=114)
def check_locked_records(session: Session, group: Group) -> None:
    """A locked record cannot be changed or deleted by any operation."""
    lock = group.resource.stamps.get("lock")
    locked = [one for one in walk(session, group, Ask(group.one(Kind.LIST))) if lock and one.get(lock) is True]
    if not locked:
        raise NotApplicable("the tenant has no locked record of them")
    for one in locked[:LOCKED]:
        record = session.read(group, one[group.key])
        for operation in group.all(Kind.PATCH, Kind.REPLACE, Kind.NOTICE, Kind.DELETE):
            with session.each(operation):
                reply = session.send(session.usual(group, operation, record))
                session.status(reply, 409, f"{operation.id} of a locked record", operation)
                session.same(record, session.read(group, record[group.key]), f"{operation.id} changed a locked record")
        for operation in group.all(Kind.BATCH):
            with session.each(operation):
                _locked_in_a_batch(session, group, record)


def _locked_in_a_batch(session: Session, group: Group, record: dict[str, Any]) -> None:
    step = {"op": "replace", "path": f"/{group.marker}", "value": session.mark}
    items = [
        {"verb": "patch", "key": record[group.key], "patch": [step]},
        update_item(group, record[group.key], session.body(group)),
        {"verb": "delete", "key": record[group.key]},
    ]
    statuses = [one.get("status") for one in results_of(session, group, send_batch(session, group, items))]
    session.expect(set(statuses) == {409}, "a batch changes or deletes a locked record", str(statuses))
    session.same(record, session.read(group, record[group.key]), "a batch changed a locked record")


@check(Kind.READ, Kind.DELETE, writes=True)
def check_missing_records(session: Session, group: Group) -> None:
    """Every operation on a record that does not exist is answered 404."""
    for operation in group.all(Kind.READ, Kind.DOCUMENT, Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.NOTICE):
        with session.each(operation):
            ask = session.usual(group, operation, {group.key: f"missing-{session.mark}"})
            session.expect(record_name(operation) in ask.values, "the path names no record")
            session.status(session.send(ask), 404, f"{operation.id} of a record that does not exist", operation)
    record = session.create(group) if Kind.CREATE in group.operations else {}
    made = str(record.get(group.key, ""))
    near = {made.swapcase(), made[:-1], f"{made}x", f"{made} "} - {made, ""}
    for record_id in sorted(near) if made else ():
        with session.each(group.one(Kind.READ)):
            what = f"{group.one(Kind.READ).id} by an id close to a record's"
            reply = session.at(group, Kind.READ, record_id)
            session.expect(reply.status in (400, 404), f"{what}: answered {reply.status}, wanted 404")
