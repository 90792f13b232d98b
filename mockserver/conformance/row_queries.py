"""Queries that are started over a resource's records, and the rows that come of them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask, record_name
from mockserver.contract import Kind, Operation

MISCOUNTED = "a query reports a different number of rows from its result"


def asked(session: Session, group: Group) -> Group:
    """A resource to query: one whose records can be made and marked. Raises Inconclusive."""
    for name, one in session.plan.groups.items():
        if not one.is_single and one.has((Kind.CREATE, Kind.LIST)) and name != group.name and not one.references:
            return one
    raise Inconclusive("the document has nothing to query")


def values(operation: Operation, queried: Group) -> dict[str, str]:
    """The parameter that names the records of ``queried``, which may be another module's."""
    words = operation.meaning
    return {words["type"]: f"{queried.resource.module or words['module']}:{queried.name}"}


def result_of(session: Session, group: Group) -> Operation:
    """What reads the rows of a query of ``group``."""
    return session.plan.groups[group.one(Kind.QUERY).meaning["results"]].one(Kind.READ)


def start(
    session: Session,
    group: Group,
    queried: Group,
    body: Mapping[str, Any],
    *,
    operation: Operation | None = None,
    how: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What ``operation`` (default: the first) answers of a new query; ``how`` are further parameters."""
    operation, how = operation or group.one(Kind.QUERY), how or {}
    in_path = {name: value for name, value in how.items() if name in operation.parameter_names("path")}
    in_query = {name: value for name, value in how.items() if name not in in_path}
    reply = session.send(Ask(operation, {**values(operation, queried), **in_path}, in_query, dict(body)))
    session.status(reply, 200, "a query over existing records", operation)
    return dict(session.value(reply))


def rows(session: Session, group: Group, queried: Group, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Start a query and read its result, looking at how far it has come in between."""
    started = start(session, group, queried, body)
    read = group.one(Kind.READ)
    described = session.value(session.send(Ask(read, {record_name(read): started[group.key]})))
    session.same(started[group.key], described.get(group.key), "a query is described under a different id")
    _as_asked(session, group, {**values(group.one(Kind.QUERY), queried), **body}, described)
    found = kept_rows(session, group, started)
    session.expect(described.get("rows") == len(found), MISCOUNTED)
    return found


def kept_rows(session: Session, group: Group, started: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The result of a query that was ``started``."""
    results = result_of(session, group)
    reply = session.send(Ask(results, {record_name(results): started[group.key]}))
    session.status(reply, 200, "the result of a query", results)
    found = session.value(reply).get("rows")
    session.expect(isinstance(found, list), "a query's result has no rows")
    counted = started.get("rows")  # a query that is not carried out at once may not know yet
    session.expect(not counted or counted == len(found), MISCOUNTED)
    return list(found)


def all_rows(session: Session, queried: Group, fields: list[str]) -> list[dict[str, Any]] | None:
    """These fields of all ``queried`` records as a query finds them; None where the document has no query for them."""
    for group in session.plan.groups.values():
        if Kind.QUERY in group.operations and group.has([Kind.READ]) and not queried.is_single:
            return kept_rows(session, group, start(session, group, queried, {"fields": fields}))
    return None


def ids_found(session: Session, queried: Group) -> list[str]:
    """The ids of the records of ``queried`` that a query finds; none where the document knows no query over them."""
    found = all_rows(session, queried, [queried.key]) or []
    return [str(row[queried.key]) for row in found if queried.key in row]


def worded_lists(queried: Group) -> list[tuple[str, tuple[str, str, str]]]:
    """The lists of a resource's own whose items may be three words or more: each with the first three of them."""
    if queried.is_single or not queried.has((Kind.CREATE, Kind.LIST)):
        return []
    items = {
        name: queried.contract.document.follow(queried.field(name).child("items")).child("enum").value or []
        for name in queried.of_type("array")
        if name not in queried.filled and name not in queried.triggers
    }
    return [(name, (words[0], words[1], words[2])) for name, words in items.items() if len(words) > 2]


def numbered(session: Session, group: Group) -> list[Group]:
    """Resources with a number that any value may be given, and a text: Raises Inconclusive."""
    found = [
        one
        for one in session.plan.groups.values()
        if one.has((Kind.CREATE, Kind.LIST))
        and not one.is_single
        and one.free_texts
        and any(one.of_type("number", "integer"))
        and not {one.of_type("number", "integer")[0]} & (set(one.triggers) | one.filled)
    ]
    fitting = [
        one for one in found if one.name != group.name and "effects" not in (one.schema.child("x-mock").value or {})
    ]
    if not fitting:
        raise Inconclusive("the document has no number to query")
    return fitting


def _as_asked(session: Session, group: Group, asked: Mapping[str, Any], described: Mapping[str, Any]) -> None:
    """Expect the description to hold what the document says it takes over from the request as it is."""
    for name, rule in group.one(Kind.QUERY).meaning.get("values", {}).items():
        cause = f"a query is described with another {name}"
        if str(rule) in asked:
            session.same(asked[str(rule)], described.get(name), cause)
        else:
            with suppress(ValueError, SyntaxError):  # a rule that is no plain value
                session.same(ast.literal_eval(str(rule)), described.get(name), cause)
