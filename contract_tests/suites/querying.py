"""Queries: rows that meet the criteria, in the order and the slice asked for, kept to be read again."""

from __future__ import annotations

from typing import Any

from contract_tests.asking import Ask, record_name
from contract_tests.kit import Kit
from contract_tests.plan import Group
from contract_tests.verdicts import NotJudged, check
from mockserver.contract import Kind, Operation

RECORDS = 5


def asked(kit: Kit, group: Group) -> Group:
    """A resource to query: one whose records can be made and marked. Raises NotJudged."""
    for name, one in kit.plan.groups.items():
        if not one.is_single and one.has((Kind.CREATE, Kind.LIST)) and name != group.name and not one.references:
            return one
    raise NotJudged("the document has nothing that could be queried")


def values(operation: Operation, resource: str) -> dict[str, str]:
    words = operation.meaning
    return {words["type"]: f"{words['module']}:{resource}"}


def start(kit: Kit, group: Group, target: Group, body: dict[str, Any]) -> dict[str, Any]:
    operation = group.one(Kind.QUERY)
    reply = kit.send(Ask(operation, values(operation, target.name), body=body))
    kit.status(reply, 200, "a query over records that there are", operation)
    return dict(kit.value(reply))


def rows(kit: Kit, group: Group, target: Group, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Start a query and read its result, looking at how far it has come in between."""
    started = start(kit, group, target, body)
    read = group.one(Kind.READ)
    told = kit.value(kit.send(Ask(read, {record_name(read): started[group.key]})))
    kit.same(started[group.key], told.get(group.key), "a query is described under another id")
    results = kit.plan.groups[group.one(Kind.QUERY).meaning["results"]].one(Kind.READ)
    reply = kit.send(Ask(results, {record_name(results): started[group.key]}))
    kit.status(reply, 200, "the result of a query", results)
    found = kit.value(reply).get("rows")
    kit.expect(isinstance(found, list), "a query's result has no rows")
    kit.expect(told.get("rows") == len(found), "a query tells another number of rows than its result has")
    return list(found)


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_rows(kit: Kit, group: Group) -> None:
    """A query's rows are the records that meet its criteria, in order, in the fields and the slice asked for."""
    target = asked(kit, group)
    marker, key = target.marker, target.key
    made = [kit.create(target, {marker: f"{kit.mark} {number}"}) for number in range(RECORDS)]
    body: dict[str, Any] = {
        "fields": [key, marker],
        "criteria": {"all": [{"fact": marker, "operator": "contains", "value": kit.mark}]},
        "sort": [{"field": marker, "direction": "desc"}],
    }
    wanted = [{key: one[key], marker: one[marker]} for one in reversed(made)]
    mine = {one[key] for one in made}
    whole = [row for row in rows(kit, group, target, body) if row.get(key) in mine]
    kit.expect(whole == wanted, "a query's rows are not the records that meet it, in order", str(whole)[:300])
    narrow = {**body, "criteria": {"all": [{"fact": marker, "operator": "equal", "value": made[1][marker]}]}}
    kit.expect(rows(kit, group, target, narrow) == [wanted[-2]], "a query by one value finds other rows")
    narrow["criteria"] = {"any": [{"fact": key, "operator": "in", "value": [made[0][key], made[2][key]]}]}
    kit.expect(rows(kit, group, target, narrow) == [wanted[-3], wanted[-1]], "a query by several keys finds other rows")
    narrow["limit"], narrow["offset"] = 1, 1
    kit.expect(rows(kit, group, target, narrow) == [wanted[-1]], "a query's limit and offset cut another slice")


@check(Kind.QUERY, writes=True, code=206)
def check_refused(kit: Kit, group: Group) -> None:
    """A query for fields or a type that there are not is refused."""
    operation, target = group.one(Kind.QUERY), asked(kit, group)
    for what, body in {
        "without fields": {},
        "with an empty list of fields": {"fields": []},
        "for a field that there is not": {"fields": ["no_such_field"]},
        "by a field that there is not": {"fields": [target.key], "criteria": {"fact": "no_such_field", "value": 1}},
    }.items():
        with kit.each(operation):
            reply = kit.send(Ask(operation, values(operation, target.name), body=body))
            kit.status(reply, 400, f"a query {what}", operation)
    reply = kit.send(Ask(operation, values(operation, "nothings"), body={"fields": [target.key]}))
    kit.status(reply, 404, "a query over what there is not", operation)


@check(Kind.DESCRIBE)
def check_described(kit: Kit, group: Group) -> None:
    """The description of a type names every field that its records have."""
    for operation in group.all(Kind.DESCRIBE):
        for name, target in kit.plan.groups.items():
            with kit.each(operation):
                reply = kit.send(Ask(operation, values(operation, name)))
                kit.status(reply, 200, "the description of a query type", operation)
                told = {one.get("name") for one in kit.value(reply).get("fields", [])}
                kit.expect(target.resource.fields <= told, "a query type's description lacks fields", name)
