"""Up to a hundred operations in one request, each on its own: one that fails takes nothing from the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from mockserver.contract import Kind
from mockserver.errors import ContractBreach, Refusal, Violation
from mockserver.handlers import records
from mockserver.handlers.call import Call
from mockserver.handlers.showing import seen
from mockserver.messages import Json, Reply, say
from mockserver.store import Record, Tenant

Item: TypeAlias = Mapping[str, Any]


def batch(call: Call, tenant: Tenant) -> Reply:
    results = [_result(call, tenant, item) for item in (call.input.body or {}).get("operations", [])]
    failed = sum("error" in result for result in results)
    return say({"results": results, "success_count": len(results) - failed, "error_count": failed})


def _result(call: Call, tenant: Tenant, item: Item) -> dict[str, Json]:
    """What became of one item: its id, operation and status, and the record or the error.

    A breach is the item's own too: what it changed is taken back, the others stand.
    """
    told: dict[str, Json] = {"id": item.get("id"), "operation": item["operation"], "status": 200}
    one = replace(call, told=[], mails=[])
    try:
        with tenant.transaction():
            told |= _done(one, tenant, item)
    except Refusal as refusal:
        return {**told, "status": refusal.status, "error": _error(refusal.message, refusal.violations)}
    except ContractBreach as breach:
        call.breaches.append(breach)
        message = f"The mock broke its own contract in {breach.operation}."
        return {**told, "status": 500, "error": _error(message, breach.violations)}
    call.told.extend(one.told)
    call.mails.extend(one.mails)
    return told


def _done(call: Call, tenant: Tenant, item: Item) -> dict[str, Json]:
    record = _ITEMS[item["operation"]](call, tenant, item)
    return {} if record is None else {"id": record.id, "object": seen(call, tenant, record)}


def _error(message: str, violations: Iterable[Violation]) -> dict[str, Json]:
    return {"message": message, "errors": [{"path": one.path, "message": one.message} for one in violations]}


def _create(call: Call, tenant: Tenant, item: Item) -> Record:
    return records.add(call, tenant, _checked(call, Kind.CREATE, item, "object"))


def _read(call: Call, tenant: Tenant, item: Item) -> Record:
    return records.find(call.resource, tenant, _id(item))


def _update(call: Call, tenant: Tenant, item: Item) -> Record:
    named = {**item, "object": {call.resource.key: _id(item), **(item.get("object") or {})}}
    return records.overwrite(call, tenant, _id(item), _checked(call, Kind.REPLACE, named, "object"))


def _patch(call: Call, tenant: Tenant, item: Item) -> Record:
    listed = {**item, "patch_directives": _in_order(item.get("patch_directives"))}
    directives = _checked(call, Kind.PATCH, listed, "patch_directives")
    return records.revise(call, tenant, _id(item), directives)[0]


def _delete(call: Call, tenant: Tenant, item: Item) -> None:
    records.remove(call, tenant, _id(item))


_ITEMS: Mapping[str, Callable[[Call, Tenant, Item], Record | None]] = {
    "create": _create,
    "read": _read,
    "update": _update,
    "patch": _patch,
    "delete": _delete,
}


def _id(item: Item) -> str:
    value = item.get("id")
    if not isinstance(value, str) or not value:
        missing = Violation("item", "/id", "required", "is required and missing")
        raise Refusal(400, f"{item['operation']} needs an id.", violations=[missing])
    return value


def _checked(call: Call, kind: Kind, item: Item, member: str) -> Any:
    """The item's ``member``, held to what the operation of that kind takes as its body."""
    value = item.get(member)
    if value is None:
        missing = Violation("item", f"/{member}", "required", "is required and missing")
        raise Refusal(400, f"{item['operation']} needs {member}.", violations=[missing])
    body = call.tools.contract.bodies.get((call.resource.name, kind))
    if body and (broken := body.violations(value, "item", f"/{member}")):
        raise Refusal(400, "The item breaks the contract.", violations=broken)
    return value


def _in_order(directives: Json) -> Json:
    """Directives as a list; the vendor's sample shows them as an object keyed by index."""
    if not isinstance(directives, dict):
        return directives
    return [directives[index] for index in sorted(directives, key=lambda index: (len(index), index))]
