"""Limits: the nearest value inside every constraint is taken and kept, the nearest outside refused, by every way in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Kind,
    NotApplicable,
    Session,
    check,
    inside,
    outside,
    results_of,
    send_batch,
)

STORED = (Kind.CREATE, Kind.READ)
MOST = 8
"""How many values of one field are sent."""


def free(group: Group) -> list[str]:
    """Writable fields whose values bring nothing else about: no key, and nothing that effects or look-ups hang on."""
    left_out = group.foreign_keys | set(group.triggers) | {group.key, group.marker} | group.filled
    return [name for name in group.writable if name not in left_out]


def bodies(group: Group) -> Iterator[dict[str, Any]]:
    """Sets of values, one of each field, until every value has been in one."""
    document = group.contract.document
    known = {name: inside(document, group.values, group.writable[name])[:MOST] for name in free(group)}
    for row in zip_longest(*known.values()):
        yield {name: value for name, value in zip(known, row, strict=True) if value is not None}


def allowed(group: Group, kind: Kind, body: dict[str, Any]) -> bool:
    operation = group.one(kind)
    return operation.body is not None and operation.body.rule.allows(body)


def kept(session: Session, group: Group, fields: dict[str, Any], record: dict[str, Any], way: str) -> None:
    found = session.read(group, record[group.key])
    session.same(fields, {name: found.get(name) for name in fields}, f"values at a limit are not kept by {way}")


@check(*STORED, writes=True)
def check_inside(session: Session, group: Group) -> None:
    """Values that just keep their limits, and odd ones, are taken and kept by POST, PUT, PATCH and batch."""
    create = group.one(Kind.CREATE)
    for fields in bodies(group):
        body = {**session.body(group), **fields}
        if not allowed(group, Kind.CREATE, body):
            continue
        with session.each(create):
            reply = session.send(Ask(create, body=body))
            session.status(reply, 200, "a create with values at their limits", create)
            kept(session, group, fields, session.value(reply), "POST")
        _changed(session, group, fields)


def _changed(session: Session, group: Group, fields: dict[str, Any]) -> None:
    record = session.create(group)
    key = record[group.key]
    if Kind.REPLACE in group.operations and allowed(
        group, Kind.REPLACE, body := {**session.body(group), **fields, group.key: key}
    ):
        with session.each(group.one(Kind.REPLACE)):
            reply = session.at(group, Kind.REPLACE, key, body=body)
            session.status(reply, 200, "a PUT with values at their limits", group.one(Kind.REPLACE))
            kept(session, group, fields, record, "PUT")
    if Kind.PATCH in group.operations:
        record = session.create(group)
        steps = [{"op": "add", "path": f"/{name}", "value": value} for name, value in fields.items()]
        with session.each(group.one(Kind.PATCH)):
            reply = session.at(group, Kind.PATCH, record[group.key], body=steps)
            session.status(reply, 200, "a patch with values at their limits", group.one(Kind.PATCH))
            kept(session, group, fields, record, "PATCH")


@check(*STORED, Kind.PATCH, writes=True, code=206)
def check_outside_patches(session: Session, group: Group) -> None:
    """A patch that leaves a value just outside a limit is refused and changes nothing."""
    operation, record = group.one(Kind.PATCH), session.create(group)
    for name, how, value in wrong(group):
        with session.each(operation):
            step = {"op": "add", "path": f"/{name}", "value": value}
            reply = session.at(group, Kind.PATCH, record[group.key], body=[step])
            session.status(reply, 400, f"a patch that makes {name} {how}", operation)
    session.same(record, session.read(group, record[group.key]), "a refused patch changed a record")


@check(*STORED, writes=True, code=206)
def check_outside(session: Session, group: Group) -> None:
    """A create or a PUT with a value just outside a limit is refused and stores nothing."""
    record = session.create(group)
    for kind in (Kind.CREATE, Kind.REPLACE):
        if kind not in group.operations:
            continue
        operation = group.one(kind)
        for name, how, value in wrong(group):
            body = {**session.body(group), name: value}
            body |= {group.key: record[group.key]} if kind is Kind.REPLACE else {}
            if allowed(group, kind, body):
                continue
            with session.each(operation):
                is_put = kind is Kind.REPLACE
                reply = (
                    session.at(group, kind, record[group.key], body=body)
                    if is_put
                    else session.send(Ask(operation, body=body))
                )
                session.status(reply, 400, f"{operation.id} with {name} {how}", operation)
    session.same(record, session.read(group, record[group.key]), "a refused PUT changed a record")


@check(*STORED, Kind.BATCH, writes=True, code=206)
def check_outside_batches(session: Session, group: Group) -> None:
    """An item of a batch with a value just outside a limit is refused by itself."""
    operation = group.one(Kind.BATCH)
    for name, how, value in wrong(group):
        body = {**session.body(group), name: value}
        if allowed(group, Kind.CREATE, body):
            continue
        with session.each(operation):
            reply = send_batch(session, group, [{"verb": "create", "record": body}])
            if reply.status == 400:
                continue
            session.status(reply, 200, f"a batch that creates one with {name} {how}", operation)
            results = results_of(session, group, reply)
            is_refused = len(results) == 1 and results[0].get("status") == 400
            session.expect(is_refused, f"a batch stores one with {name} {how}", str(results)[:200])


def wrong(group: Group) -> list[tuple[str, str, Any]]:
    """Each field with each value just outside; those that keep the schema all the same are left out."""
    document, values = group.contract.document, group.values
    places = [(name, node) for name, node in group.writable.items() if name != group.key]
    tried = [(name, node, how, value) for name, node in places for how, value in outside(document, values, node)]
    found = [(name, how, value) for name, node, how, value in tried if not values.allows(node, value)]
    if not found:
        raise NotApplicable("no field has a limit")
    return found
