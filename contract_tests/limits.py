"""Limits: the nearest value inside every constraint is taken and kept, the nearest outside refused, by every way in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Kind,
    Session,
    allowed,
    blame_items,
    bodies_inside,
    check,
    expect_refusal,
    is_failure,
    other_types,
    results_of,
    run_batch,
    send_batch,
    update_item,
    values_outside,
)

STORED = (Kind.CREATE, Kind.READ)
OPS = ("add", "replace")
AT_ONCE = 25
"""How many wrong items one batch holds."""


def kept(session: Session, group: Group, fields: dict[str, Any], record: dict[str, Any], way: str) -> None:
    found = session.read(group, record[group.key])
    session.same(fields, {name: found.get(name) for name in fields}, f"values at a limit are not kept by {way}")


@check(*STORED, writes=True)
def check_inside(session: Session, group: Group) -> None:
    """Values that just keep their limits, and odd ones, are taken and kept by POST, PUT and PATCH."""
    create = group.one(Kind.CREATE)
    for fields in bodies_inside(group, session.mark):
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
    for name, how, value in values_outside(group):
        with session.each(operation):
            step = {"op": "add", "path": f"/{name}", "value": value}
            reply = session.at(group, Kind.PATCH, record[group.key], body=[step])
            expect_refusal(session, group, operation, reply, f"a patch that makes {name} {how}")
    session.same(record, session.read(group, record[group.key]), "a refused patch changed a record")


@check(*STORED, Kind.PATCH, writes=True, code=206, every=3, divides=True)
def check_mistyped_patches(session: Session, group: Group) -> None:
    """A patch that makes a field null, or gives it a value of another type, is refused and changes nothing."""
    operation, record = group.one(Kind.PATCH), session.create(group)
    for what, step in session.some(steps_mistyped(group, record)):
        with session.each(operation):
            reply = session.at(group, Kind.PATCH, record[group.key], body=[step])
            expect_refusal(session, group, operation, reply, f"a patch that {what}")
    session.same(record, session.read(group, record[group.key]), "a refused patch changed a record")


def steps_mistyped(group: Group, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Null for two fields, by ``add`` and ``replace``, and for each JSON type that fields have one of another type."""
    nulls, seen = 0, set[str]()
    for name, node in group.writable.items():
        if nulls < len(OPS) and name in record and name != group.key and not group.values.allows(node, None):
            yield f"makes {name} null by {OPS[nulls]}", {"op": OPS[nulls], "path": f"/{name}", "value": None}
            nulls += 1
        kind = group.values.type_of(node)
        for how, value in () if kind in seen or name == group.key else other_types(group, node):
            seen.add(kind)
            yield f"makes {name} {how}", {"op": "add", "path": f"/{name}", "value": value}


@check(*STORED, writes=True, code=206)
def check_outside(session: Session, group: Group) -> None:
    """A create or a PUT with a value just outside a limit is refused and stores nothing."""
    record = session.create(group)
    for kind in (Kind.CREATE, Kind.REPLACE):
        if kind not in group.operations:
            continue
        operation, valid = group.one(kind), session.body(group)
        valid |= {group.key: record[group.key]} if kind is Kind.REPLACE else {}
        for name, how, value in values_outside(group):
            body = {**valid, name: value}
            if allowed(group, kind, body):
                continue
            with session.each(operation):
                is_put = kind is Kind.REPLACE
                reply = (
                    session.at(group, kind, record[group.key], body=body)
                    if is_put
                    else session.send(Ask(operation, body=body))
                )
                expect_refusal(session, group, operation, reply, f"{operation.id} with {name} {how}")
    session.same(record, session.read(group, record[group.key]), "a refused PUT changed a record")


@check(*STORED, Kind.BATCH, writes=True, every=3, divides=True)
def check_inside_batches(session: Session, group: Group) -> None:
    """Values that just keep their limits, and odd ones, are taken and kept by the items of a batch."""
    tried = [(fields, {**session.body(group), **fields}) for fields in session.some(bodies_inside(group))]
    taken = [(fields, body) for fields, body in tried if allowed(group, Kind.CREATE, body)]
    made = [session.create(group) for _ in range(2 * len(taken))]
    keys = [one[group.key] for one in made]
    items: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
    for (fields, body), key, other in zip(taken, keys, keys[len(taken) :], strict=False):
        steps = [{"op": "add", "path": f"/{name}", "value": value} for name, value in fields.items()]
        items += [
            ("a create", fields, {"verb": "create", "record": body}),
            ("an update", fields, update_item(group, key, body)),
            ("a patch", fields, {"verb": "patch", "key": other, "patch": steps}),
        ]
    for start in range(0, len(items), AT_ONCE):
        some = items[start : start + AT_ONCE]
        results = run_batch(session, group, [item for _, _, item in some])
        for (way, fields, _), result in zip(some, results, strict=True):
            with session.each(group.one(Kind.BATCH)):
                cause = f"{way} in a batch with values at their limits is refused"
                session.expect(result.get("status") == 200, cause, str(result)[:300])
                kept(session, group, fields, {group.key: result.get("key")}, f"{way} in a batch")


@check(*STORED, Kind.BATCH, writes=True, code=206, every=3, divides=True)
def check_outside_batches(session: Session, group: Group) -> None:
    """An item of a batch with a value just outside a limit is refused by itself."""
    record = session.create(group)
    key, valid = record[group.key], session.body(group)
    wrong: list[tuple[str, dict[str, Any]]] = []
    for name, how, value in session.some(values_outside(group)):
        body = {**valid, name: value}
        if not allowed(group, Kind.CREATE, body):
            wrong.append((f"stores one with {name} {how}", {"verb": "create", "record": body}))
            wrong.append((f"updates one with {name} {how}", update_item(group, key, body)))
        step = {"op": "add", "path": f"/{name}", "value": value}
        wrong.append((f"patches one so that {name} is {how}", {"verb": "patch", "key": key, "patch": [step]}))
    for start in range(0, len(wrong), AT_ONCE):
        _refused_in_a_batch(session, group, wrong[start : start + AT_ONCE])
    session.same(record, session.read(group, key), "a refused item of a batch changed a record")


def _refused_in_a_batch(session: Session, group: Group, wrong: list[tuple[str, dict[str, Any]]]) -> None:
    """Expect each of ``wrong`` to be refused; where a batch is refused as a whole, in a batch of its own."""
    operation = group.one(Kind.BATCH)
    reply = send_batch(session, group, [item for _, item in wrong])
    if reply.status == 400:
        for one in wrong if len(wrong) > 1 else ():
            _refused_in_a_batch(session, group, [one])
        session.expect(reply.status == 400, "a batch with values just outside a limit is accepted")
        return
    if is_failure(reply):
        blame_items(session, group, [item for _, item in wrong])
    session.status(reply, 200, "a batch with values just outside a limit", operation)
    results = results_of(session, group, reply)
    session.expect(len(results) == len(wrong), "a batch has a different number of results from its items")
    for (what, _), result in zip(wrong, results, strict=True):
        with session.each(operation):
            session.expect(result.get("status") == 400, f"a batch {what}", str(result)[:200])
