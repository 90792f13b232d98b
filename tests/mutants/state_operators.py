"""Operators over what an operation does to the store or finds in it: tenants, leftovers, staleness, batches, stamps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from mockserver.contract import Kind, Operation
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.handlers.storing import Storing
from mockserver.messages import Reply
from mockserver.store import Record, Tenant
from mutants.concurrency import Meeting
from mutants.generated import Ground, Made, describe, operator
from mutants.mutant import Area
from mutants.planting import Behaviour, Planting, engine

MANY = (Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
CHANGES = (Kind.REPLACE, Kind.PATCH, Kind.BATCH)
Answer: TypeAlias = Callable[[Behaviour, Call, Tenant], Reply]


def answered(operation: Operation, answer: Answer) -> Callable[[Planting], None]:
    """Answer one operation by ``answer``, the others of its kind as ever."""

    def plant(planting: Planting) -> None:
        def only(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
            return (answer if call.operation.id == operation.id else _as_ever)(original, call, tenant)

        planting.handler(only, operation.kind)

    return plant


def _as_ever(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
    return original(call, tenant)


def sibling(ground: Ground, operation: Operation, *kinds: Kind) -> Operation | None:
    """Another operation on the same resource; None where there is none of these kinds."""
    found = [
        one
        for one in ground.contract.operations()
        if one.resource.name == operation.resource.name and one.kind in kinds
    ]
    return ground.rng.choice(found) if found else None


def twin_with(tenant: Tenant, resource: str, records: list[Record]) -> Tenant:
    """The tenant with other records beside its own, which stay as they are."""
    twin = tenant.copy()
    for record in records:
        twin.put(resource, record.id, record.data(), record.raw)
    return twin


@operator(Area.ISOLATION)
def tenants_mixed(ground: Ground) -> Made:
    kinds = (*MANY, Kind.READ, Kind.COMPUTE, Kind.DOCUMENT)
    operation = ground.operation(*ground.rng.choice([(one,) for one in kinds]))

    def plant(planting: Planting) -> None:
        def others(tenant: Tenant, resource: str) -> list[Record]:
            store = planting.world.store
            return [
                one
                for name in store.names()
                if name != tenant.name
                for one in store.tenant(name)[resource].scan()
                if one.id not in tenant[resource]
            ]

        def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
            twin = tenant
            computes = call.operation.kind is Kind.COMPUTE
            for resource in call.tools.contract.resources if computes else [call.resource.name]:
                if found := others(tenant, resource):
                    twin = twin_with(twin, resource, found)
                    ground.note()
            return original(call, twin)

        answered(operation, answer)(planting)

    return describe(operation, "looks into other tenants too", plant)


@operator(Area.LIFECYCLE)
def deleted_found(ground: Ground) -> Made:
    """A record that was deleted is found still by one operation."""
    delete = ground.operation(Kind.DELETE)
    seeing = sibling(ground, delete, *MANY, Kind.READ, Kind.DOCUMENT)
    if seeing is None or delete.resource.is_single:
        return deleted_found(ground)
    graves: dict[str, list[Record]] = {}

    def bury(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        record = tenant[call.resource.name].get(call.record_id)
        reply = original(call, tenant)
        if record is not None:
            graves.setdefault(tenant.name, []).append(record)
        return reply

    def see(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        if not graves.get(tenant.name):
            return original(call, tenant)
        ground.note()
        return original(call, twin_with(tenant, call.resource.name, graves[tenant.name]))

    def plant(planting: Planting) -> None:
        answered(delete, bury)(planting)
        answered(seeing, see)(planting)

    return describe(seeing, "finds what was deleted", plant)


@operator(Area.LISTS)
def stale_after(ground: Ground) -> Made:
    """What one operation changed is seen by another one as it was before."""
    change = ground.operation(*CHANGES)
    seeing = sibling(ground, change, *MANY, Kind.DOCUMENT)
    if seeing is None:
        return stale_after(ground)
    shadows: dict[tuple[str, str], Record] = {}

    def changed(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        before = {one.id: one for one in tenant[call.resource.name].scan()}
        reply = original(call, tenant)
        for one in tenant[call.resource.name].scan():
            if one.id in before and before[one.id].raw != one.raw:
                shadows[tenant.name, one.id] = before[one.id]
        return reply

    def see(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        known = [
            one for (name, key), one in shadows.items() if name == tenant.name and key in tenant[call.resource.name]
        ]
        if not known:
            return original(call, tenant)
        ground.note()
        return original(call, twin_with(tenant, call.resource.name, known))

    def plant(planting: Planting) -> None:
        answered(change, changed)(planting)
        answered(seeing, see)(planting)

    return describe(seeing, f"does not see what {change.id} changed", plant)


@operator(Area.BATCH)
def batch_off(ground: Ground) -> Made:  # noqa: C901 -- one function for each way
    """One verb of a batch is answered well and does nothing, or does it otherwise."""
    operation = ground.operation(Kind.BATCH)
    how = ground.rng.choice(["create", "update", "patch", "delete", "merges", "first step", "all or nothing"])

    def undone(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record | None:
        found: list[Record] = []
        try:
            with tenant.transaction():
                found.append(original(call, tenant, item))
                _undo()
        except _Undone:
            ground.note()
        return found[0]

    def merged(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record:
        record = tenant[call.resource.name].get(str(item.get("key")))
        body = {**call.resource.writable(record.data() if record else {}), **(item.get("record") or {})}
        return original(call, tenant, {**item, "record": body})

    def one_step(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record:
        steps = item.get("patch")
        return original(call, tenant, {**item, "patch": steps[:1] if isinstance(steps, list) else steps})

    def whole(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        try:
            with tenant.transaction():
                reply = original(call, tenant)
                if reply.value[call.operation.batch.failed]:
                    _undo()
        except _Undone:
            ground.note()
        return reply

    def plant(planting: Planting) -> None:
        if how == "all or nothing":
            answered(operation, whole)(planting)
            return
        verb = {"merges": "update", "first step": "patch"}.get(how, how)
        function = {"merges": merged, "first step": one_step}.get(how, undone)

        def only(original: Callable[..., Any], call: Call, tenant: Tenant, item: Any) -> Any:
            if call.operation.id != operation.id:
                return original(call, tenant, item)
            ground.note()
            return function(original, call, tenant, item)

        planting.entry(engine("handlers.batch")._ITEMS, verb, only)

    return describe(operation, f"an item's effect is off: {how}", plant)


class _Undone(Exception):
    """Ends a transaction that is to leave nothing."""


def _undo() -> None:
    raise _Undone


@operator(Area.BATCH)
def batch_last_lost(ground: Ground) -> Made:
    """The last of several items is answered as the one before it and not carried out."""
    operation = ground.operation(Kind.BATCH)

    def plant(planting: Planting) -> None:
        def result(original: Callable[..., Any], call: Call, tenant: Tenant, item: Any) -> Any:
            items = call.input.body.get(call.operation.batch.items, [])
            is_last = len(items) > 1 and item == call.operation.batch.parts(items[-1])
            if call.operation.id != operation.id or not is_last:
                return original(call, tenant, item)
            ground.note()
            return {"key": item.get("key"), "verb": item["verb"], "status": 200}

        planting.around(engine("handlers.batch"), "_result", result)

    return describe(operation, "the last item is not carried out", plant)


@operator(Area.CHANGES)
def stamp_off(ground: Ground) -> Made:
    """One stamp is not set on one way in, or is what the client sent."""
    operation = ground.operation(Kind.CREATE, *CHANGES)
    stamps = operation.resource.stamps
    names = [one for one in ("modified-at", "modified-by", "version", "created-at", "created-by") if one in stamps]
    if not names:
        return stamp_off(ground)
    name, how = ground.rng.choice(names), ground.rng.choice(["forgotten", "sent"])
    field = stamps[name]

    def plant(planting: Planting) -> None:
        def stamped(original: Callable[..., None], call: Call, resource: Any, record: Any, previous: Any) -> None:
            original(call, resource, record, previous)
            if call.operation.id != operation.id or resource.name != operation.resource.name:
                return
            body = call.input.body
            if how == "sent" and isinstance(body, dict) and field in body and body[field] != record[field]:
                record[field] = body[field]
                ground.note()
            elif how == "forgotten" and previous and previous.get(field) != record.get(field):
                record[field] = previous.get(field)
                ground.note()
            elif how == "forgotten" and previous and name.startswith("created"):
                record[field] = record[stamps[name.replace("created", "modified")]]
                ground.note(record[field] != previous.get(field))

        planting.around(engine("handlers.storing"), "_stamp", stamped)

    return describe(operation, f"{field} is {how}", plant)


@operator(Area.RULES)
def effects_off_by_one_way(ground: Ground) -> Made:
    """What follows from a change does not follow when it came by one way in."""
    known = [one for one in ground.contract.resources if _has_effects(ground, one)]
    ways = [
        one
        for one in ground.contract.operations()
        if one.resource.name in known and one.kind in (Kind.CREATE, *CHANGES)
    ]
    operation = ground.rng.choice(ways)

    def plant(planting: Planting) -> None:
        def follow(original: Callable[..., Any], self: Storing, resource: Any, kept: Record, *of: Any) -> Any:
            if self.call.operation.id != operation.id or self.depth:
                return original(self, resource, kept, *of)
            told = len(self.call.effects)
            try:
                with self.tenant.transaction():
                    probe = original(self, resource, kept, *of)
                    ground.note(probe.raw != kept.raw or len(self.call.effects) > told)
                    _undo()
            except _Undone:
                del self.call.effects[told:]
            return kept

        planting.around(Storing, "_follow", follow)

    return describe(operation, "brings no effects about", plant)


def _has_effects(ground: Ground, name: str) -> bool:
    schema = ground.contract.resources[name].schema
    return bool(ground.contract.document.node("components", "schemas", schema).child("x-mock", "effects").value)


@operator(Area.VALIDATION)
def unchecked_by_one_way(ground: Ground) -> Made:
    """One way in stores what breaks the record's schema, or refers to what is not there."""
    operation = ground.operation(Kind.PATCH, Kind.BATCH)
    what = ground.rng.choice(["_check", "_dangling"] if operation.resource.references else ["_check"])
    running: list[bool] = []

    def plant(planting: Planting) -> None:
        def keep(original: Callable[..., Any], self: Storing, *given: Any) -> Any:
            running.append(self.call.operation.id == operation.id and not self.depth)
            try:
                return original(self, *given)
            finally:
                running.pop()

        def check(original: Callable[..., Any], *given: Any) -> Any:
            if not running or not running[-1]:
                return original(*given)
            try:
                found = original(*given)
            except Refusal:
                found = [True]
            ground.note(found)
            return []

        planting.around(Storing, "keep", keep)
        planting.around(Storing if what == "_check" else engine("handlers.storing"), what, check)

    return describe(operation, f"stores without {what.strip('_')}", plant)


@operator(Area.CONCURRENCY)
def update_lost(ground: Ground) -> Made:
    """Of two changes at the same moment one is lost."""
    operation = ground.operation(Kind.REPLACE, Kind.PATCH)
    meeting = Meeting()

    def plant(planting: Planting) -> None:
        def store(original: Callable[..., Record], call: Call, tenant: Tenant, record: Any, previous: Any) -> Record:
            if call.operation.id == operation.id and meeting.wait(tenant):
                ground.note()
            return original(call, tenant, record, previous)

        planting.around(engine("handlers.records"), "store", store)

    return describe(operation, "loses one of two changes at once", plant)
