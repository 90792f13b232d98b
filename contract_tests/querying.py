"""Queries: rows that meet the criteria, in the order and the slice asked for, kept to be read again."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import Ask, Group, Inconclusive, Kind, Operation, Session, check, other, record_name

RECORDS = 5


def asked(session: Session, group: Group) -> Group:
    """A resource to query: one whose records can be made and marked. Raises Inconclusive."""
    for name, one in session.plan.groups.items():
        if not one.is_single and one.has((Kind.CREATE, Kind.LIST)) and name != group.name and not one.references:
            return one
    raise Inconclusive("the document has nothing that could be queried")


def values(operation: Operation, resource: str) -> dict[str, str]:
    words = operation.meaning
    return {words["type"]: f"{words['module']}:{resource}"}


def start(session: Session, group: Group, target: Group, body: dict[str, Any]) -> dict[str, Any]:
    operation = group.one(Kind.QUERY)
    reply = session.send(Ask(operation, values(operation, target.name), body=body))
    session.status(reply, 200, "a query over records that there are", operation)
    return dict(session.value(reply))


def rows(session: Session, group: Group, target: Group, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Start a query and read its result, looking at how far it has come in between."""
    started = start(session, group, target, body)
    read = group.one(Kind.READ)
    described = session.value(session.send(Ask(read, {record_name(read): started[group.key]})))
    session.same(started[group.key], described.get(group.key), "a query is described under another id")
    results = session.plan.groups[group.one(Kind.QUERY).meaning["results"]].one(Kind.READ)
    reply = session.send(Ask(results, {record_name(results): started[group.key]}))
    session.status(reply, 200, "the result of a query", results)
    found = session.value(reply).get("rows")
    session.expect(isinstance(found, list), "a query's result has no rows")
    session.expect(described.get("rows") == len(found), "a query tells another number of rows than its result has")
    return list(found)


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_rows(session: Session, group: Group) -> None:
    """A query's rows are the records that meet its criteria, in order, in the fields and the slice asked for."""
    target = asked(session, group)
    marker, key = target.marker, target.key
    made = [session.create(target, {marker: f"{session.mark} {number}"}) for number in range(RECORDS)]
    body: dict[str, Any] = {
        "fields": [key, marker],
        "criteria": {"all": [{"fact": marker, "operator": "contains", "value": session.mark}]},
        "sort": [{"field": marker, "direction": "desc"}],
    }
    wanted = [{key: one[key], marker: one[marker]} for one in reversed(made)]
    mine = {one[key] for one in made}
    whole = [row for row in rows(session, group, target, body) if row.get(key) in mine]
    session.expect(whole == wanted, "a query's rows are not the records that meet it, in order", str(whole)[:300])
    narrow = {**body, "criteria": {"all": [{"fact": marker, "operator": "equal", "value": made[1][marker]}]}}
    session.expect(rows(session, group, target, narrow) == [wanted[-2]], "a query by one value finds other rows")
    narrow["criteria"] = {"any": [{"fact": key, "operator": "in", "value": [made[0][key], made[2][key]]}]}
    session.expect(
        rows(session, group, target, narrow) == [wanted[-3], wanted[-1]], "a query by several keys finds other rows"
    )
    narrow["limit"], narrow["offset"] = 1, 1
    session.expect(rows(session, group, target, narrow) == [wanted[-1]], "a query's limit and offset cut another slice")


@check(Kind.QUERY, Kind.READ, pair=True, writes=True, owns=True)
def check_of_one_tenant(session: Session, group: Group) -> None:
    """A query finds what its own tenant has, and nothing of another's that meets it as well."""
    target = asked(session, group)
    text = f"{session.mark} in two tenants"
    mine = session.create(target, {target.marker: text})
    session.create(target, {target.marker: text}, who=other(session))
    body = {"fields": [target.key], "criteria": {"fact": target.marker, "operator": "equal", "value": text}}
    found = rows(session, group, target, body)
    session.expect(
        found == [{target.key: mine[target.key]}], "a query finds records of another tenant", str(found)[:200]
    )


@check(Kind.QUERY, writes=True, code=206)
def check_refused(session: Session, group: Group) -> None:
    """A query for fields or a type that there are not is refused."""
    operation, target = group.one(Kind.QUERY), asked(session, group)
    for what, body in {
        "without fields": {},
        "with an empty list of fields": {"fields": []},
        "for a field that there is not": {"fields": ["no_such_field"]},
        "by a field that there is not": {"fields": [target.key], "criteria": {"fact": "no_such_field", "value": 1}},
    }.items():
        with session.each(operation):
            reply = session.send(Ask(operation, values(operation, target.name), body=body))
            session.status(reply, 400, f"a query {what}", operation)
    reply = session.send(Ask(operation, values(operation, "nothings"), body={"fields": [target.key]}))
    session.status(reply, 404, "a query over what there is not", operation)


@check(Kind.DESCRIBE)
def check_described(session: Session, group: Group) -> None:
    """The description of a type names every field that its records have."""
    for operation in group.all(Kind.DESCRIBE):
        for name, target in session.plan.groups.items():
            with session.each(operation):
                reply = session.send(Ask(operation, values(operation, name)))
                session.status(reply, 200, "the description of a query type", operation)
                names = {one.get("name") for one in session.value(reply).get("fields", [])}
                session.expect(target.resource.fields <= names, "a query type's description lacks fields", name)
