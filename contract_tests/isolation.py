"""Isolation: what one tenant has, no other sees, changes or learns of, by whatever operation and whatever id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    check,
    naming,
    other,
    required_references,
    results_of,
    send_batch,
    unlike_replies,
    update_item,
    usable,
    walk,
    ways,
)

ONE_RECORD = (Kind.READ, Kind.DOCUMENT, Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.NOTICE, Kind.PREVIEW)


def unshared(session: Session, group: Group) -> dict[str, Any]:
    """A record of this tenant whose id the other tenant has none of. Raises Inconclusive where there is none."""
    makes = Kind.CREATE in group.operations and not session.limits.reads_only
    if makes:
        return session.sample(group)[0]
    if Kind.LIST not in group.operations:
        raise NotApplicable("there is no list to take records from")
    theirs = {one[group.key] for one in walk(session, group, Ask(group.one(Kind.LIST)), who=other(session))}
    for record in session.sample(group, 50):
        if record[group.key] not in theirs:
            return record
    raise Inconclusive("both tenants have records of the same ids")


@check(pair=True, code=311)
def check_foreign_token(session: Session, group: Group) -> None:
    """A token for one tenant is denied in another, by every operation."""
    record = session.sample(group)[0]
    for operation in usable(session, group):
        if not operation.secured:
            continue
        with session.each(operation):
            reply = session.send(session.usual(group, operation, record), who=other(session), tenant=session.own.tenant)
            session.status(reply, 403, f"{operation.id} with a token for another tenant", operation)
    if Kind.READ in group.operations:
        session.same(record, session.read(group, record[group.key]), "a denied request changed a record")


@check(pair=True)
def check_similar_tenants(session: Session, group: Group) -> None:
    """A token is for one tenant exactly: no other case, no longer and no shorter name."""
    operation = next((one for one in usable(session, group) if one.secured), None)
    if operation is None:
        raise NotApplicable("there is no operation that takes a token")
    name = session.own.tenant
    for tenant in {f"{name}2", name[:-1], name.upper(), f"{name} ", f" {name}"} - {name, "", other(session).tenant}:
        with session.each(operation):
            reply = session.send(session.usual(group, operation, {}), tenant=tenant)
            session.status(reply, 403, f"{operation.id} of a tenant with a similar name", operation)


@check(Kind.READ, pair=True, code=304)
def check_denials_tell_nothing(session: Session, group: Group) -> None:
    """The denial is the same whether the record exists or not, but for what is another in every reply."""
    record = session.sample(group)[0]
    missing = {**record, group.key: f"missing-{session.mark}"}
    for operation in usable(session, group):
        if operation.kind in ONE_RECORD:
            with session.each(operation):
                asks = [session.usual(group, operation, one) for one in (record, record, missing)]
                there, again, nowhere = (
                    session.send(ask, who=other(session), tenant=session.own.tenant) for ask in asks
                )
                session.expect(
                    unlike_replies(there, nowhere) <= unlike_replies(there, again),
                    f"{operation.id} reveals to another tenant which records exist",
                )


@check(Kind.READ, pair=True, code=304)
def check_foreign_ids(session: Session, group: Group) -> None:
    """The id of one tenant's record leads nowhere in another tenant, by every operation."""
    record = unshared(session, group)
    for operation in usable(session, group):
        if operation.kind in ONE_RECORD:
            with session.each(operation):
                reply = session.send(session.usual(group, operation, record), who=other(session))
                session.status(reply, 404, f"{operation.id} with the id of another tenant's record", operation)
    session.same(record, session.read(group, record[group.key]), "another tenant's request changed a record")


@check(Kind.READ, pair=True)
def check_unseen_by_others(session: Session, group: Group) -> None:
    """List, look-up and search of one tenant never hold a record of another."""
    if not group.all(Kind.LIST, Kind.LOOKUP, Kind.SEARCH):
        raise NotApplicable("no operation finds many records")
    for record in (*session.sample(group, 2), *_of_its_kind(session, group)):
        for ask in ways(group, record):
            with session.each(ask.operation):
                found = [
                    one for one in walk(session, group, ask, who=other(session)) if one[group.key] == record[group.key]
                ]
                session.expect(
                    not any(one == record for one in found), f"{ask.operation.id} shows another tenant's record"
                )
                may_share = session.limits.reads_only or Kind.CREATE not in group.operations
                session.expect(not found or may_share, f"{ask.operation.id} holds another tenant's id")


def _of_its_kind(session: Session, group: Group) -> Iterator[dict[str, Any]]:
    """A record for each field that names another of its kind: by that field, too, a look-up finds it."""
    if session.limits.reads_only or Kind.CREATE not in group.operations or not group.all(Kind.LOOKUP):
        return
    for reference in group.references:
        if reference.resource == group.resource.name:
            above = session.create(group)
            yield session.create(group, naming(group, reference, above[group.key]))


@check(Kind.CREATE, Kind.READ, Kind.BATCH, pair=True, writes=True, code=304)
def check_batches(session: Session, group: Group) -> None:
    """A batch reaches no record of another tenant."""
    record = session.create(group)
    marker = group.marker
    items: list[dict[str, Any]] = [
        {"verb": "read", "key": record[group.key]},
        update_item(group, record[group.key], session.body(group, who=other(session))),
        {
            "verb": "patch",
            "key": record[group.key],
            "patch": [{"op": "replace", "path": f"/{marker}", "value": session.mark}],
        },
        {"verb": "delete", "key": record[group.key]},
    ]
    for result in results_of(session, group, send_batch(session, group, items, who=other(session))):
        with session.each(group.one(Kind.BATCH)):
            what = f"a batch's {result.get('verb')} with the id of another tenant's record"
            session.expect(result.get("status") == 404, f"{what}: status {result.get('status')}, wanted 404")
            session.expect("record" not in result, f"{what} answers the record")
    session.same(record, session.read(group, record[group.key]), "another tenant's batch changed a record")
    (made,) = results_of(
        session, group, send_batch(session, group, [{"verb": "create", "record": session.body(group)}])
    )
    for ask in (Ask(one) for one in group.all(Kind.LIST)):
        with session.each(ask.operation):
            ids = [one[group.key] for one in walk(session, group, ask, who=other(session))]
            cause = f"{ask.operation.id} shows what another tenant's batch made"
            session.expect_listing(ask.operation, ids, cause, lacks=[str(made.get("key"))])


@check(Kind.CREATE, Kind.READ, pair=True, writes=True)
def check_same_values(session: Session, group: Group) -> None:
    """Records with the same values in two tenants stay apart in look-ups, searches and deletes."""
    body = session.body(group)
    theirs = {
        name: value
        for name, value in session.body(group, who=other(session)).items()
        if name in {one.field for one in group.references}
    }
    mine, foreign = session.put_in(group, body), session.put_in(group, {**body, **theirs}, who=other(session))
    for who, own, strange in ((session.own, mine, foreign), (other(session), foreign, mine)):
        for ask in ways(group, own):
            with session.each(ask.operation):
                ids = {one[group.key] for one in walk(session, group, ask, who=who)}
                cause = f"{ask.operation.id} loses a record when another tenant has a similar one"
                session.expect_listing(ask.operation, ids, cause, holds=[own[group.key]])
                foreigners = {strange[group.key]} - {own[group.key]}
                session.expect_listing(ask.operation, ids, f"{ask.operation.id} mixes tenants", lacks=foreigners)
    if Kind.DELETE in group.operations:
        session.at(group, Kind.DELETE, foreign[group.key], who=other(session))
        session.same(mine, session.read(group, mine[group.key]), "a delete in one tenant touched another")
    if group.resource.is_chosen:
        _same_ids(session, group, f"shared-{session.mark}")


def _same_ids(session: Session, group: Group, key: str) -> None:
    """Expect an id to be free in each tenant, whatever others have chosen, and to name each one's own record."""
    create = group.one(Kind.CREATE)
    for who in (session.own, other(session)):
        body = {**session.body(group, who=who), group.key: key}
        with session.each(create):
            reply = session.send(Ask(create, body=body), who=who)
            session.status(reply, 200, f"{create.id} with an id that another tenant has chosen", create)
            cause = "an id that two tenants have chosen names another's record"
            found = session.read(group, key, who=who)
            session.same(body, {name: found[name] for name in body if name in found}, cause)
    if Kind.DELETE in group.operations:
        _held_by_others(session, group, key)


def _held_by_others(session: Session, group: Group, key: str) -> None:
    """Expect a record to be free to go while another tenant's records refer to one of the same id."""
    naming_it = [
        (one, reference)
        for one in session.plan.groups.values()
        for reference in one.references
        if reference.resource == group.name and Kind.CREATE in one.operations and one.name != group.name
    ]
    for one, reference in naming_it[:1]:
        session.create(one, naming(one, reference, key), who=other(session))
        with session.each(group.one(Kind.DELETE)):
            reply = session.at(group, Kind.DELETE, key)
            what = "DELETE of a record whose id another tenant's records refer to"
            session.status(reply, 200, what, group.one(Kind.DELETE))


@check(Kind.CREATE, pair=True, writes=True)
def check_references(session: Session, group: Group) -> None:
    """A reference to another tenant's record is a dangling one."""
    for reference in required_references(session, group):
        referenced = session.plan.groups[reference.resource]
        foreign = session.create(referenced, who=other(session))
        operation = group.one(Kind.CREATE)
        with session.each(operation):
            reply = session.send(
                Ask(operation, body=session.body(group) | naming(group, reference, foreign[referenced.key]))
            )
            session.status(reply, 409, f"a create whose {reference.field} names another tenant's record", operation)
        if reference is required_references(session, group)[0]:
            _changed_to_name(session, group, naming(group, reference, foreign[referenced.key]))


@check(Kind.CREATE, pair=True, writes=True, code=304)
def check_named_by_parameters(session: Session, group: Group) -> None:
    """A parameter that names another tenant's record, or none that there is, leads nowhere"""
    found = [(one, parameter) for one in usable(session, group) for parameter in one.parameters if parameter.references]
    if not found:
        raise NotApplicable("no parameter names a record of another resource")
    for operation, parameter in found:
        named = session.plan.groups[str(parameter.references)]
        if Kind.CREATE not in named.operations:
            continue
        foreign = session.create(named, who=other(session))[named.key]
        for what, key in (("another tenant's record", foreign), ("no record", f"missing-{session.mark}")):
            ask = session.usual(group, operation, session.create(group))
            values, query = dict(ask.values), dict(ask.query)
            (values if parameter.location == "path" else query)[parameter.name] = key
            with session.each(operation):
                reply = session.send(replace(ask, values=values, query=query))
                session.status(reply, 404, f"{operation.id} whose {parameter.name} names {what}", operation)


def _changed_to_name(session: Session, group: Group, foreign: dict[str, Any]) -> None:
    """Expect no change to make a record name another tenant's: ``foreign`` is a field that does."""
    record = session.create(group)
    steps = [{"op": "add", "path": f"/{name}", "value": value} for name, value in foreign.items()]
    whole = {**session.body(group), **foreign, group.key: record[group.key]}
    for kind, body in ((Kind.PATCH, steps), (Kind.REPLACE, whole)):
        if kind in group.operations:
            with session.each(group.one(kind)):
                reply = session.at(group, kind, record[group.key], body=body)
                what = f"{group.one(kind).id} whose {''.join(foreign)} names another tenant's record"
                session.status(reply, 409, what, group.one(kind))
