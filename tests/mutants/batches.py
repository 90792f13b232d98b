"""Mutants in batches: what an item does, what it is told, and what it does to the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.contract import Kind
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.handlers.records import find
from mockserver.messages import Reply, say
from mockserver.store import Record, Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine
from mutants.wire import Wire

Result = dict[str, Any]


def _results(change: Callable[[list[Result]], list[Result]]) -> Plant:
    """Tell other results; the counts stay."""

    def told(wire: Wire) -> None:
        value = wire.value
        wire.say({**value, "results": change(value["results"])})

    return lambda planting: planting.replies(told, Kind.BATCH)


def _counts(change: Callable[[Result], Result]) -> Plant:
    return lambda planting: planting.replies(lambda wire: wire.say({**wire.value, **change(wire.value)}), Kind.BATCH)


def _ids_shifted(results: list[Result]) -> list[Result]:
    ids = [one["id"] for one in results]
    return [{**one, "id": other} for one, other in zip(results, [*ids[1:], *ids[:1]], strict=True)]


def _without(name: str) -> Callable[[list[Result]], list[Result]]:
    return lambda results: [{key: one for key, one in result.items() if key != name} for result in results]


def _stops(planting: Planting) -> None:
    def batch(_: Behaviour, call: Call, tenant: Tenant) -> Reply:
        results: list[Result] = []
        for item in (call.input.body or {}).get("operations", []):
            result = engine("handlers.batch")._result(call, tenant, call.operation.batch.parts(item))
            results.append(call.operation.batch.item(**result))
            if "error" in results[-1]:
                break
        failed = sum("error" in one for one in results)
        return say({"results": results, "success_count": len(results) - failed, "error_count": failed})

    planting.handler(batch, Kind.BATCH)


def _whole_or_nothing(planting: Planting) -> None:
    def batch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        twin = tenant.copy()
        reply = original(call, twin)
        if not reply.value["error_count"]:
            for record in list(tenant[call.resource.name].scan()):
                tenant.delete(call.resource.name, record.id)
            for record in list(twin[call.resource.name].scan()):
                tenant.put(call.resource.name, record.id, record.data(), record.raw)
        return reply

    planting.handler(batch, Kind.BATCH)


def _refused_whole(planting: Planting) -> None:
    def batch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        if reply.value["error_count"]:
            raise Refusal(400, "An operation of the batch failed.")
        return reply

    planting.handler(batch, Kind.BATCH)


def _empty_refused(planting: Planting) -> None:
    def batch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        if not (call.input.body or {}).get("operations"):
            raise Refusal(400, "A batch needs an operation.")
        return original(call, tenant)

    planting.handler(batch, Kind.BATCH)


def _item(verb: str, function: Callable[..., Any]) -> Plant:
    """Carry out items of ``verb`` by ``function(original, call, tenant, item)``."""
    return lambda planting: planting.entry(engine("handlers.batch")._ITEMS, verb, function)


def _update_merges(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record:
    previous = find(call.resource, tenant, str(item.get("key"))).data()
    merged = {**call.resource.writable(previous), **(item.get("record") or {})}
    return original(call, tenant, {**item, "record": merged})


def _delete_nothing(_: Any, call: Call, tenant: Tenant, item: Any) -> None:
    find(call.resource, tenant, str(item.get("key")))


def _own_id(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record:
    sent = dict(item.get("record") or {})
    chosen = sent.pop(call.resource.key, None)
    made = original(call, tenant, {**item, "record": sent})
    if not isinstance(chosen, str):
        return made
    tenant.delete(call.resource.name, made.id)
    data = {**made.data(), call.resource.key: chosen}
    return tenant.put(call.resource.name, chosen, data, call.resource.encode(data))


def _lock_passed_over(planting: Planting) -> None:
    def unlocked(original: Callable[..., None], *arguments: Any) -> None:
        if not running:
            original(*arguments)

    running: list[bool] = []

    def batch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        running.append(True)
        try:
            return original(call, tenant)
        finally:
            running.pop()

    planting.around(engine("handlers.records"), "unlocked", unlocked)
    planting.handler(batch, Kind.BATCH)


def _by_text(planting: Planting) -> None:
    def in_order(_: Any, directives: Any) -> Any:
        return [directives[one] for one in sorted(directives)] if isinstance(directives, dict) else directives

    planting.around(engine("handlers.batch"), "_in_order", in_order)


def _reads_before(planting: Planting) -> None:
    before: list[Tenant] = []

    def batch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        before[:] = [tenant.copy()]
        return original(call, tenant)

    def read(original: Callable[..., Record], call: Call, _: Tenant, item: Any) -> Record:
        return original(call, before[0], item)

    planting.handler(batch, Kind.BATCH)
    planting.entry(engine("handlers.batch")._ITEMS, "read", read)


def _once_each(planting: Planting) -> None:
    def batch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        seen.clear()
        return original(call, tenant)

    seen: dict[str, Record] = {}

    def patch(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record:
        known = str(item.get("key"))
        if known not in seen:
            seen[known] = original(call, tenant, item)
        return seen[known]

    planting.handler(batch, Kind.BATCH)
    planting.entry(engine("handlers.batch")._ITEMS, "patch", patch)


def _not_counted(planting: Planting) -> None:
    def stamped(original: Callable[..., None], call: Call, *told: Any) -> None:
        original(call, *told)
        _, record, previous = told
        if call.operation.kind is Kind.BATCH and previous:
            record["sys_version"] = previous["sys_version"]

    planting.around(engine("handlers.storing"), "_stamp", stamped)


MUTANTS = named(
    Area.BATCH,
    ("batch-stops-at-first-error", "a batch stops at the first item that fails", _stops),
    ("batch-order-wrong", "a batch's results come grouped by operation",
     _results(lambda results: sorted(results, key=lambda one: str(one["operation"])))),
    ("batch-order-turned", "a batch's results come last to first", _results(lambda results: results[::-1])),
    ("batch-failures-left-out", "a batch's results hold only what went well",
     _results(lambda results: [one for one in results if one["status"] < 300])),
    ("batch-counts-wrong", "a batch's error_count is always 0", _counts(lambda _: {"error_count": 0})),
    ("batch-counts-all", "a batch's success_count counts every item",
     _counts(lambda told: {"success_count": len(told["results"])})),
    ("batch-whole-or-nothing", "an item that fails silently undoes the whole batch", _whole_or_nothing),
    ("batch-refused-whole", "an item that fails makes the whole batch a 400", _refused_whole),
    ("batch-ids-shifted", "each result of a batch names the next item's record", _results(_ids_shifted)),
    ("batch-status-always-200", "every result of a batch has the status 200",
     _results(lambda results: [{**one, "status": 200} for one in results])),
    ("batch-errors-untold", "a failed item of a batch does not tell its error", _results(_without("error"))),
    ("batch-records-untold", "results of a batch come without the record", _results(_without("object"))),
    ("batch-empty-refused", "a batch without operations is refused", _empty_refused),
    ("batch-update-merges", "an update in a batch keeps what it does not name", _item("update", _update_merges)),
    ("batch-delete-does-nothing", "a delete in a batch deletes nothing", _item("delete", _delete_nothing)),
    ("batch-takes-own-id", "a create in a batch takes the id that it brings", _item("create", _own_id)),
    ("batch-passes-locks", "a batch changes locked records", _lock_passed_over),
    ("batch-steps-by-text", "directives by index are taken in the order of texts: 10 before 2", _by_text),
    ("batch-reads-before", "reads in a batch see what there was before it", _reads_before),
    ("batch-patches-once", "of several patches of one record, a batch carries out the first", _once_each),
    ("batch-not-counted", "changes by a batch do not raise the version", _not_counted),
)  # fmt: skip
