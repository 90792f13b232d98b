"""Deleting: gone means gone, everywhere and at once; what others depend on stays."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Kind,
    NotApplicable,
    Reference,
    Session,
    check,
    left_nothing,
    listed,
    naming,
    put,
    quoted,
    record_name,
    references,
    refused_in_batch,
    required_references,
    results_of,
    run_batch,
    send_batch,
    walk,
    ways,
)

NEEDS = (Kind.CREATE, Kind.READ, Kind.DELETE)
JSON = {"Content-Type": "application/json"}
LONG = 60
"""How many letters an id has beyond those of others."""


def projected(group: Group, ask: Ask) -> list[Ask]:
    """A look-up or search for one field only; a list is asked for in pages of some fields elsewhere."""
    name, kind = ask.operation.projection, ask.operation.kind
    return [] if name is None or kind is Kind.LIST else [ask.but(query={**ask.query, name: group.marker})]


def delete(session: Session, group: Group, record_id: str) -> None:
    reply = session.at(group, Kind.DELETE, record_id)
    session.status(reply, 200, "DELETE of a record that exists", group.one(Kind.DELETE))


@check(*NEEDS, writes=True)
def check_answers_the_id(session: Session, group: Group) -> None:
    """DELETE answers with the id of what it deleted, to clients too that name a media type and send no body."""
    made, operation = session.create(group), group.one(Kind.DELETE)
    reply = session.send(Ask(operation, {record_name(operation): made[group.key]}), headers=JSON)
    if reply.status != HTTPStatus.OK:
        session.prefer_one_of(reply, (HTTPStatus.OK,), "DELETE with a media type and without a body is refused")
        reply = session.at(group, Kind.DELETE, made[group.key])
    session.status(reply, 200, "DELETE of a record that exists", operation)
    session.expect(
        session.value(reply) == made[group.key],
        "DELETE does not answer the id",
        quoted(reply.body[:80].decode(errors="replace")),
    )


@check(*NEEDS, writes=True, code=113)
def check_gone_everywhere(session: Session, group: Group) -> None:
    """A deleted record is gone from every operation that could find it."""
    body = session.body(group)
    made, stays = session.put_in(group, body), session.put_in(group, body)
    lists = group.all(Kind.LIST) if session.limits.owns_all else []  # where others change nothing meanwhile
    there = {one.id: {shown[group.key] for shown in walk(session, group, Ask(one))} for one in lists}
    delete(session, group, made[group.key])
    session.status(
        session.at(group, Kind.READ, stays[group.key]), 200, "a record like a deleted one", group.one(Kind.READ)
    )
    for operation in group.all(Kind.READ, Kind.DOCUMENT, Kind.REPLACE, Kind.PATCH, Kind.NOTICE, Kind.PREVIEW):
        with session.each(operation):
            reply = session.send(session.usual(group, operation, made))
            session.status(reply, 404, f"{operation.id} of a deleted record", operation)
    for ask in [one for found in ways(group, made) for one in (found, *projected(group, found))]:
        with session.each(ask.operation):
            ids = [one[group.key] for one in walk(session, group, ask)]
            cause = f"{ask.operation.id} still finds a deleted record"
            session.expect_listing(ask.operation, ids, cause, lacks=[made[group.key]])
            if not ask.query:
                lost = there.pop(ask.operation.id, set()) - {*ids, made[group.key]}
                session.expect(not lost, "DELETE takes records it does not name", listed(sorted(lost)))
    session.same(stays, session.read(group, stays[group.key]), "DELETE changed a record it does not name")


@check(*NEEDS, Kind.BATCH, writes=True, code=113)
def check_gone_from_batches(session: Session, group: Group) -> None:
    """A batch does not find a deleted record either, and cannot delete it again; what it deletes is gone everywhere."""
    made, other = session.create(group), session.create(group)
    delete(session, group, made[group.key])
    items = [{"verb": verb, "key": made[group.key]} for verb in ("read", "delete")]
    for one in results_of(session, group, send_batch(session, group, items)):
        session.expect(
            one.get("status") == 404, f"a batch's {one.get('operation')} of a deleted record is not 404", str(one)[:200]
        )
    finding = [*ways(group, other)]
    run_batch(session, group, [{"verb": "delete", "key": other[group.key]}])
    for ask in finding:
        with session.each(ask.operation):
            ids = [one[group.key] for one in walk(session, group, ask)]
            cause = f"{ask.operation.id} still finds a record that a batch deleted"
            session.expect_listing(ask.operation, ids, cause, lacks=[other[group.key]])


@check(*NEEDS, writes=True)
def check_second_delete(session: Session, group: Group) -> None:
    """Deleting twice, or what never was, is answered 404."""
    made = session.create(group)
    delete(session, group, made[group.key])
    for record_id, what in (
        (made[group.key], "a second DELETE"),
        (f"missing-{session.mark}-{'x' * LONG}", "DELETE of a record that never existed"),
    ):
        reply = session.at(group, Kind.DELETE, record_id)
        session.status(reply, 404, what, group.one(Kind.DELETE))


@check(*NEEDS, writes=True)
def check_ids_are_not_used_again(session: Session, group: Group) -> None:
    """The id of a deleted record is not given to a new one."""
    body = session.body(group)
    made = session.put_in(group, body)
    delete(session, group, made[group.key])
    for _ in range(3):
        fresh = session.put_in(group, body)  # as was there before
        session.expect_other(fresh, group.key, made[group.key], "a new record got the id of a deleted one")


@check(*NEEDS, Kind.PATCH, writes=True)
def check_refers_to_itself(session: Session, group: Group) -> None:
    """A record that refers to itself, and that no other refers to, can be deleted."""
    own = [one for one in references(session, group) if one.resource == group.name and not one.is_nested]
    if not own:
        raise NotApplicable("no field refers to a record of the same kind")
    for reference in own:
        made = session.create(group)
        path, naming_it = f"/{reference.field}", naming(group, reference, made[group.key])
        step = {"op": "add", "path": path, "value": naming_it[reference.field]}
        if session.at(group, Kind.PATCH, made[group.key], body=[step]).status != HTTPStatus.OK:
            continue  # no document says that it may
        with session.each(group.one(Kind.DELETE)):
            reply = session.at(group, Kind.DELETE, made[group.key])
            cause = f"a record that refers to itself by {reference.field} cannot be deleted"
            session.prefer(reply.status == HTTPStatus.OK, cause, f"answered {reply.status}")
        if reply.status != HTTPStatus.OK:
            session.at(group, Kind.PATCH, made[group.key], body=[{"op": "remove", "path": path}])


@check(*NEEDS, writes=True)
def check_dependants(session: Session, group: Group) -> None:
    """What other records refer to cannot be deleted until they are gone."""
    for turn, reference in enumerate(references(session, group)):
        referenced = session.plan.groups[reference.resource]
        if Kind.DELETE not in referenced.operations:
            continue
        made = session.create(referenced)
        naming_it = naming(group, reference, made[referenced.key])
        dependants = [session.create(group, naming_it)] if turn else [*_dependants(session, group, naming_it)]
        wanted = session.read(referenced, made[referenced.key])
        with session.each(referenced.one(Kind.DELETE)):
            reply = session.at(referenced, Kind.DELETE, wanted[referenced.key])
            session.status(
                reply,
                409,
                f"DELETE of a record that {group.name} refer to by {reference.field}",
                referenced.one(Kind.DELETE),
            )
            session.same(
                wanted, session.read(referenced, wanted[referenced.key]), "a refused DELETE changed the record"
            )
            untold = [one[group.key] for one in dependants if one[group.key] not in str(session.value(reply))]
            session.prefer(not untold, "a refused DELETE does not name each record that depends", listed(untold))
        refused_in_batch(session, referenced, wanted[referenced.key], f"{group.name} refer to by {reference.field}")
        for left, one in enumerate(dependants, 1 - len(dependants)):
            delete(session, group, one[group.key])
            if left:
                with session.each(referenced.one(Kind.DELETE)):
                    reply = session.at(referenced, Kind.DELETE, wanted[referenced.key])
                    what = f"DELETE of a record that {group.name} still refer to by {reference.field}"
                    session.status(reply, 409, what, referenced.one(Kind.DELETE))
        reply = session.at(referenced, Kind.DELETE, wanted[referenced.key])
        session.status(reply, 200, "DELETE after the last dependant is gone", referenced.one(Kind.DELETE))
        if not reference.crosses:
            with session.each(group.one(Kind.CREATE)):
                body = {**session.body(group), **naming(group, reference, wanted[referenced.key])}
                reply = session.send(Ask(group.one(Kind.CREATE), body=body))
                what = f"a create whose {reference.field} names a record that was deleted"
                session.status(reply, 409, what, group.one(Kind.CREATE))


def _dependants(session: Session, group: Group, naming_it: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Records that have the fields ``naming_it``: of a create, of a batch, and of a patch that made another so."""
    yield session.create(group, naming_it)
    if Kind.BATCH in group.operations:
        (made,) = run_batch(session, group, [{"verb": "create", "record": session.body(group, naming_it)}])
        yield {group.key: str(made.get("key"))}
    if Kind.PATCH in group.operations:
        record = session.create(group)
        steps = [{"op": "add", "path": f"/{name}", "value": value} for name, value in naming_it.items()]
        if session.at(group, Kind.PATCH, record[group.key], body=steps).status == HTTPStatus.OK:
            yield record


@check(*NEEDS, writes=True, code=114)
def check_dangling(session: Session, group: Group) -> None:
    """A reference to a record that does not exist is refused with 409, and nothing is stored."""
    _all_dangling(session, group)
    for reference in required_references(session, group):
        dangling = naming(group, reference, f"missing-{session.mark}")
        create = group.one(Kind.CREATE)
        with session.each(create):
            body = session.body(group) | dangling
            before = len(session.records.left())
            reply = session.send(Ask(create, body=body))
            session.expect(
                len(session.records.left()) == before, f"a create with a dangling {reference.field} made a record"
            )
            session.status(reply, 409, f"a create with a dangling {reference.field}", create)
            left_nothing(session, group, f"a create refused for a dangling {reference.field}")
        record = session.create(group)
        for kind in (Kind.PATCH, Kind.REPLACE):
            if kind in group.operations:
                with session.each(group.one(kind)):
                    if kind is Kind.REPLACE and reference.resource != group.name:  # which is there, but none of those
                        dangling = naming(group, reference, record[group.key])
                    elif kind is Kind.PATCH and (near := _nearly(session, group, reference)):
                        dangling = near
                    steps = [{"op": "add", "path": f"/{reference.field}", "value": dangling[reference.field]}]
                    whole = {**session.body(group), **dangling, group.key: record[group.key]}
                    reply = session.at(group, kind, record[group.key], body=steps if kind is Kind.PATCH else whole)
                    session.same(
                        record,
                        session.read(group, record[group.key]),
                        f"a {kind} with a dangling {reference.field} changed the record",
                    )
                    session.status(reply, 409, f"a {kind} with a dangling {reference.field}", group.one(kind))


def _all_dangling(session: Session, group: Group) -> None:
    """Expect a create to be told each of its references that dangles."""
    create, known = group.one(Kind.CREATE), required_references(session, group)
    wrong = {name: one for each in known for name, one in naming(group, each, f"missing-{session.mark}").items()}
    with session.each(create):
        reply = session.send(Ask(create, body=session.body(group) | wrong))
        session.status(reply, 409, "a create of which every reference dangles", create)
        answer = str(session.value(reply))
        untold = [name for name in wrong if f"/{name}" not in answer]
        session.prefer(not untold, "a refused create does not name all that dangles", listed(untold))


def _nearly(session: Session, group: Group, reference: Reference) -> dict[str, Any]:
    """The field of ``reference`` with a record's key and a blank behind it; empty where its schema forbids that."""
    named = session.plan.groups[reference.resource]
    near = naming(group, reference, f"{session.referenced(named)[named.key]} ")
    return near if group.values.allows(group.writable[reference.field], near[reference.field]) else {}


@check(*NEEDS, Kind.REPLACE, Kind.PATCH, writes=True)
def check_released(session: Session, group: Group) -> None:
    """A record that no longer refers to another no longer holds it."""
    kinds = (Kind.REPLACE, Kind.PATCH)
    for turn, reference in enumerate(one for one in references(session, group) if one.field not in group.required):
        if Kind.DELETE in session.plan.groups[reference.resource].operations:
            for kind in kinds if turn == 0 else kinds[turn % 2 :][:1]:
                _released(session, group, reference, kind)


def _released(session: Session, group: Group, reference: Reference, kind: Kind) -> None:
    """Expect what a record refers to by ``reference`` to be free to go after a change by ``kind``."""
    referenced = session.plan.groups[reference.resource]
    wanted = session.create(referenced)
    record = session.create(group, naming(group, reference, wanted[referenced.key]))
    if kind is Kind.REPLACE:
        body = {name: value for name, value in session.body(group).items() if name != reference.field}
        put(session, group, record[group.key], body)
    else:
        steps = [{"op": "remove", "path": f"/{reference.field}"}]
        reply = session.at(group, kind, record[group.key], body=steps)
        session.status(reply, 200, f"a patch that removes {reference.field}", group.one(kind))
    with session.each(referenced.one(Kind.DELETE)):
        reply = session.at(referenced, Kind.DELETE, wanted[referenced.key])
        session.status(reply, 200, "DELETE after the last reference is gone", referenced.one(Kind.DELETE))
