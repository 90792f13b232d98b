"""Up to a hundred operations in one request, each on its own: one that fails takes nothing from the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from mockserver.contract import Kind
from mockserver.errors import ContractBreach, Refusal, Violation
from mockserver.handlers import records
from mockserver.handlers.call import Call
from mockserver.handlers.showing import seen
from mockserver.messages import Json, Reply, say
from mockserver.store import Record, Tenant
from mockserver.values.pointer import pointer_to

Item: TypeAlias = Mapping[str, Any]


def batch(call: Call, tenant: Tenant) -> Reply:
    words = call.operation.batch
    items = (call.input.body or {}).get(words.items, [])
    results = [_result(call, tenant, words.parts(item)) for item in items]
    failed = sum("error" in result for result in results)
    listed = [words.item(**result) for result in results]
    return say({words.results: listed, words.succeeded: len(results) - failed, words.failed: failed})


def _result(call: Call, tenant: Tenant, item: Item) -> dict[str, Json]:
    """What became of one item: its key, verb and status, and the record or the error.

    A breach is the item's own too: what it changed is taken back, the others stand.
    """
    result: dict[str, Json] = {"key": item.get("key"), "verb": item["verb"], "status": 200}
    one = call.apart()
    try:
        with tenant.transaction():
            result |= _done(one, tenant, item)
    except Refusal as refusal:
        return {**result, "status": refusal.status, "error": _error(refusal.message, refusal.violations)}
    except ContractBreach as breach:
        call.breaches.append(breach)
        message = f"The mock broke its own contract in {breach.operation}."
        return {**result, "status": 500, "error": _error(message, breach.violations)}
    call.effects.extend(one.effects)
    call.mails.extend(one.mails)
    return result


def _done(call: Call, tenant: Tenant, item: Item) -> dict[str, Json]:
    record = _ITEMS[item["verb"]](call, tenant, item)
    return {} if record is None else {"key": record.id, "record": seen(call, tenant, record)}


def _error(message: str, violations: Iterable[Violation]) -> dict[str, Json]:
    return {"message": message, "errors": [{"path": one.path, "message": one.message} for one in violations]}


def _create(call: Call, tenant: Tenant, item: Item) -> Record:
    return records.add(call, tenant, _checked(call, Kind.CREATE, item, "record"))


def _read(call: Call, tenant: Tenant, item: Item) -> Record:
    return records.find(call.resource, tenant, _key(call, item))


def _update(call: Call, tenant: Tenant, item: Item) -> Record:
    key = _key(call, item)
    named = {**item, "record": {call.resource.key: key, **(item.get("record") or {})}}
    return records.overwrite(call, tenant, key, _checked(call, Kind.REPLACE, named, "record"))


def _patch(call: Call, tenant: Tenant, item: Item) -> Record:
    steps = _checked(call, Kind.PATCH, {**item, "patch": _in_order(item.get("patch"))}, "patch")
    return records.revise(call, tenant, _key(call, item), steps)[0]


def _delete(call: Call, tenant: Tenant, item: Item) -> None:
    records.remove(call, tenant, _key(call, item))


_ITEMS: Mapping[str, Callable[[Call, Tenant, Item], Record | None]] = {
    "create": _create,
    "read": _read,
    "update": _update,
    "patch": _patch,
    "delete": _delete,
}


def _key(call: Call, item: Item) -> str:
    value = item.get("key")
    if not isinstance(value, str) or not value:
        raise _missing(call, item, "key")
    return value


def _missing(call: Call, item: Item, part: str) -> Refusal:
    name = getattr(call.operation.batch, part)
    missing = Violation("item", pointer_to(name), "required", "is required and missing")
    return Refusal(400, f"{item['verb']} needs {name}.", violations=[missing])


def _checked(call: Call, kind: Kind, item: Item, part: str) -> Any:
    """The item's ``part``, held to what the operation of that kind takes as its body."""
    value = item.get(part)
    if value is None:
        raise _missing(call, item, part)
    body = call.tools.contract.bodies.get((call.resource.name, kind))
    if body and not body.allows(value):
        broken = body.violations(value, "item", pointer_to(getattr(call.operation.batch, part)))
        raise Refusal(400, "The item breaks the contract.", violations=broken)
    return value


def _in_order(steps: Json) -> Json:
    """The steps as a list; some clients send them as an object keyed by index."""
    if not isinstance(steps, dict):
        return steps
    return [steps[index] for index in sorted(steps, key=lambda index: (len(index), index))]
