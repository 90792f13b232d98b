"""Referring: foreign keys wherever they stand, in lists and inside fields, and whichever way they come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.conformance import (
    ABSENT,
    Ask,
    Group,
    Kind,
    NotApplicable,
    Reference,
    Session,
    check,
    naming,
    refused_in_batch,
    required_references,
    run_batch,
    update_item,
)

NEEDS = (Kind.CREATE, Kind.READ, Kind.DELETE)


def nested(session: Session, group: Group) -> Iterator[tuple[Reference, Group]]:
    """The foreign keys inside fields that a client may set, and what they lead to. Raises NotApplicable."""
    found = [one for one in group.resource.references if one.is_nested and one.field in group.writable]
    fitting = [one for one in found if session.plan.groups[one.resource].has((Kind.CREATE, Kind.DELETE))]
    if not fitting:
        raise NotApplicable("there is no foreign key inside a field")
    yield from ((one, session.plan.groups[one.resource]) for one in fitting)


def holding(session: Session, group: Group, reference: Reference, key: str) -> dict[str, Any]:
    """The reference's field with ``key`` where the key stands; empty where the schema does not let it stand there."""
    base = session.body(group).get(reference.field, ABSENT)
    made = group.values.make(group.field(reference.field), reference.field, 1) if base is ABSENT else base
    value = _with(made, reference.names[1:], key)
    return {reference.field: value} if group.values.allows(group.writable[reference.field], value) else {}


def _with(value: Any, names: tuple[str, ...], key: str) -> Any:
    """``value`` with ``key`` at ``names``: in each item where it is a list, in a list where one stands there."""
    if isinstance(value, list):
        return [_with(item, names, key) for item in value or [{}]]
    if not names:
        return key
    known = value if isinstance(value, dict) else {}
    inner = known.get(names[0])
    if len(names) == 1:
        return {**known, names[0]: [key] if isinstance(inner, list) else key}
    return {**known, names[0]: _with(inner, names[1:], key)}


@check(*NEEDS, writes=True)
def check_inside_fields(session: Session, group: Group) -> None:
    """A foreign key inside a field names a record that is there, and that record cannot be deleted."""
    create = group.one(Kind.CREATE)
    for reference, referenced in nested(session, group):
        target = session.create(referenced)
        good = holding(session, group, reference, target[referenced.key])
        reply = session.send(Ask(create, body={**session.body(group), **good}))
        if not good or reply.status != 200:  # something else in that field names what is not there
            continue
        with session.each(referenced.one(Kind.DELETE)):
            gone = session.at(referenced, Kind.DELETE, target[referenced.key])
            what = f"DELETE of a record that {group.name} refer to by {reference.path}"
            session.status(gone, 409, what, referenced.one(Kind.DELETE))
        refused_in_batch(session, referenced, target[referenced.key], f"{group.name} refer to by {reference.path}")
        if reference.crosses:
            continue
        wrong = holding(session, group, reference, f"missing-{session.mark}")
        with session.each(create):
            refused = session.send(Ask(create, body={**session.body(group), **wrong}))
            session.status(refused, 409, f"a create with a dangling {reference.path}", create)


@check(*NEEDS, writes=True)
def check_each_of_a_list(session: Session, group: Group) -> None:
    """Each key of a list of them must name a record that is there, not the first alone."""
    lists = [
        one for one in required_references(session, group) if group.values.type_of(group.field(one.field)) == "array"
    ]
    if not lists:
        raise NotApplicable("there is no list of foreign keys")
    for reference in lists:
        good = session.referenced(session.plan.groups[reference.resource])
        keys = [str(good[session.plan.groups[reference.resource].key]), f"missing-{session.mark}"]
        if group.values.allows(group.writable[reference.field], keys):
            with session.each(group.one(Kind.CREATE)):
                reply = session.send(Ask(group.one(Kind.CREATE), body={**session.body(group), reference.field: keys}))
                what = f"a create whose {reference.field} dangles in its second key"
                session.status(reply, 409, what, group.one(Kind.CREATE))
            _changed_to(session, group, reference, keys)


def _changed_to(session: Session, group: Group, reference: Reference, dangling: list[str]) -> None:
    """Expect PUT and PATCH to refuse a list of keys of which one dangles, and to keep others in their order."""
    named, record, field = session.plan.groups[reference.resource], session.create(group), reference.field
    keys = sorted((str(session.create(named)[named.key]) for _ in range(3)), reverse=True)
    for kind in (Kind.REPLACE, Kind.PATCH) if group.values.allows(group.writable[field], keys) else ():
        if kind not in group.operations:
            continue
        keys = [*keys[1:], keys[0]]  # in no order, and in another one each time
        for value, status in ((dangling, 409), (keys, 200)):
            whole = {**session.body(group), field: value, group.key: record[group.key]}
            step = {"op": "add", "path": f"/{field}", "value": value}
            with session.each(group.one(kind)):
                body = whole if kind is Kind.REPLACE else [step]
                reply = session.at(group, kind, record[group.key], body=body)
                what = f"{kind} whose {field} " + (
                    "dangles in its second key" if status == 409 else "names three records"
                )
                session.status(reply, status, what, group.one(kind))
        found = session.read(group, record[group.key]).get(field)
        session.expect(found == keys, f"{kind} does not keep the keys of {field} as they were sent", str(found)[:200])


@check(*NEEDS, Kind.BATCH, writes=True)
def check_batches(session: Session, group: Group) -> None:
    """An item of a batch cannot make a reference dangle, whichever way."""
    operation, reference = group.one(Kind.BATCH), required_references(session, group)[0]
    dangling = naming(group, reference, f"missing-{session.mark}")
    record = session.create(group)
    whole, key = {**session.body(group), **dangling}, record[group.key]
    step = {"op": "add", "path": f"/{reference.field}", "value": dangling[reference.field]}
    items = [
        {"verb": "create", "record": whole},
        update_item(group, key, whole),
        {"verb": "patch", "key": key, "patch": [step]},
        *(_dangling(group, one, key, session.mark) for one in required_references(session, group)[1:]),
    ]
    for item, result in zip(items, run_batch(session, group, items), strict=True):
        with session.each(operation):
            named = reference.field if item["verb"] != "patch" else item["patch"][0]["path"][1:]
            cause = f"{result.get('verb')} in a batch with a dangling {named} is not refused with 409"
            session.expect(result.get("status") == 409, cause, str(result)[:300])
    session.same(record, session.read(group, key), "a refused item of a batch changed a record")


def _dangling(group: Group, reference: Reference, key: str, mark: str) -> dict[str, Any]:
    """The item of a batch that patches a record so that ``reference`` dangles."""
    value = naming(group, reference, f"missing-{mark}")[reference.field]
    return {"verb": "patch", "key": key, "patch": [{"op": "add", "path": f"/{reference.field}", "value": value}]}
