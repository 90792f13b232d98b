"""Queries over a resource's records: conditions, fields, order, a slice; the result is kept and can be read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import orjson

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.errors import Refusal, Violation
from mockserver.expressions import FOUND, as_json, worked_out
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.computing import asked_with
from mockserver.handlers.query_rows import Asked, rows
from mockserver.handlers.showing import show
from mockserver.handlers.storing import Storing, store
from mockserver.messages import Json, Reply, say
from mockserver.store import Tenant
from mockserver.values.shown import quoted

LIMIT = 1_000
"""How many rows one result holds at most."""
KEPT = 50
"""How many queries of a tenant are kept with their results; the oldest make room."""


def query(call: Call, tenant: Tenant) -> Reply:
    """Carry a query out at once, and keep it with its result under one id."""
    asked, body = _resource(call), call.input.body or {}
    _known(asked, body)
    rows = _rows(call, tenant, asked, body)
    query_id = call.new_id(tenant, call.resource)
    words = call.operation.meaning
    results = call.tools.contract.resources[words["results"]]
    _make_room(tenant, call.resource, results)
    columns = _described(call, asked, _names(body))
    found = {
        "rows": len(rows),
        "size": len(orjson.dumps(rows)),
        "address": _address(call, tenant, query_id),
        "columns": columns,
    }
    values = worked_out(
        call.tools.rules.answers[call.operation.id], call.context(tenant), {**asked_with(call), FOUND: found}
    )
    kept = {results.key: query_id, words["rows"]: rows, **({words["columns"]: columns} if "columns" in words else {})}
    Storing(call, tenant).keep(results, query_id, kept, {})
    return show(call, tenant, store(call, tenant, {call.resource.key: query_id, **values}, {}))


def describe(call: Call, tenant: Tenant) -> Reply:
    """What queries of a type may ask for, as the document describes it."""
    asked = _resource(call)
    schema = call.tools.contract.document.node("components", "schemas", asked.schema)
    found = {
        "fields": _described(call, asked, [*schema.child("properties").value]),
        "module": _type(call).partition(":")[0],
        "resource": asked.name,
        "key": asked.key,
        "name": schema.child("title").value or asked.schema,
        "description": schema.child("description").value or "",
        "required": [*(schema.child("required").value or [])],
    }
    reply = call.tools.rules.answers[call.operation.id][""]
    return say(as_json(call.context(tenant).evaluate(reply, {**asked_with(call), FOUND: found})))


def _described(call: Call, resource: Resource, names: Sequence[str]) -> list[dict[str, Json]]:
    """What the document says of these fields, in their order."""
    document = call.tools.contract.document
    properties = document.node("components", "schemas", resource.schema, "properties")
    return [_field(name, node := properties.child(name), document.follow(node)) for name in names]


def _field(name: str, node: Node, schema: Node) -> dict[str, Json]:
    described = {"name": name}
    for word in ("title", "type", "format", "enum", "description"):
        value = node.value.get(word, (schema.value or {}).get(word))
        if value is not None:
            described[word] = value
    referenced = node.child("x-mock", "references").value
    return {**described, "references": referenced} if referenced else described


def _type(call: Call) -> str:
    return str(call.value(call.operation.meaning["type"]))


def _resource(call: Call) -> Resource:
    """The resource that the query type ``module:resource`` names: one of that module, or one that names none and is
    of the operation's own. Raises Refusal(404)."""
    module, _, name = _type(call).partition(":")
    found = call.tools.contract.resources.get(name)
    if found is None or module != (found.module or call.operation.meaning["module"]):
        raise Refusal(404, f"No query type {quoted(_type(call))}.")
    return found


def _address(call: Call, tenant: Tenant, query_id: str) -> str:
    """Where the result can be read, as the client calls this server."""
    results = call.operation.meaning["results"]
    for operation in call.tools.contract.operations():
        if operation.resource.name == results:
            path = operation.path.replace(f"{{{call.tools.contract.tenant}}}", tenant.name)
            return call.input.server + path.rpartition("{")[0] + query_id
    return ""


def _make_room(tenant: Tenant, queries: Resource, results: Resource) -> None:
    made = queries.stamps.get("created-at", "")
    while len(tenant[queries.name]) >= KEPT:
        oldest = min(tenant[queries.name].scan(), key=lambda record: (record.data().get(made, ""), record.id))
        for resource in (queries, results):
            door.remove(tenant, resource, oldest.id)


def _known(resource: Resource, body: Mapping[str, Any]) -> None:
    """Raises Refusal(400) naming everything in the query that no field has."""
    named = [(f"/fields/{index}", name) for index, name in enumerate(body.get("fields", []))]
    named += [(f"/sort/{index}/field", one["field"]) for index, one in enumerate(body.get("sort", []))]
    named += _facts(body.get("criteria") or {}, "/criteria")
    unknown = [
        Violation("body", pointer, "field", f"{resource.name} has no field {quoted(name)}")
        for pointer, name in named
        if name not in resource.fields
    ]
    if unknown:
        raise Refusal(400, "The query names fields that the resource does not have.", violations=unknown)


def _facts(criteria: Mapping[str, Any], pointer: str) -> list[tuple[str, str]]:
    found = [(f"{pointer}/fact", criteria["fact"])] if "fact" in criteria else []
    for word in ("all", "any"):
        for index, one in enumerate(criteria.get(word, [])):
            found += _facts(one, f"{pointer}/{word}/{index}")
    return found


def _rows(call: Call, tenant: Tenant, resource: Resource, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    offset = int(min(max(body.get("offset", 0), 0), len(tenant[resource.name])))
    limit = int(min(max(body.get("limit", LIMIT), 0), LIMIT))
    asked = Asked(body.get("criteria") or {}, body.get("sort", []), offset + limit)
    found = islice(rows(call, tenant, resource, asked), offset, offset + limit)
    names = _names(body)
    return [{name: record[name] for name in names if name in record} for record in found]


def _names(body: Mapping[str, Any]) -> list[str]:
    """The fields that are asked for, each once."""
    return [*dict.fromkeys(body["fields"])]
