"""Operators over replies: a member, a status, a page or a header is another one than it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.contract import Kind
from mutants.generated import READS, WRITES, Ground, Made, any_field, describe, operator, records, replies
from mutants.mutant import Area
from mutants.wire import Wire


@operator(Area.SHAPE)
def member_dropped(ground: Ground) -> Made:
    operation = ground.operation(*READS, *WRITES)
    name = any_field(ground, operation)
    return describe(
        operation, f"{name} is left out", records(ground, operation, lambda one: one.pop(name, None) is not None)
    )


@operator(Area.SHAPE)
def member_changed(ground: Ground) -> Made:
    operation = ground.operation(*READS, *WRITES)
    name = any_field(ground, operation)

    def change(record: dict[str, Any]) -> bool:
        if name not in record:
            return False
        record[name] = _otherwise(record[name])
        return True

    return describe(operation, f"{name} is another value", records(ground, operation, change))


def _otherwise(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("a" if value[-1:] != "a" else "b")
    return value[:-1] if isinstance(value, list) and value else {}


@operator(Area.SHAPE)
def member_retyped(ground: Ground) -> Made:
    operation = ground.operation(*READS)
    name = any_field(ground, operation)

    def change(record: dict[str, Any]) -> bool:
        done = isinstance(record.get(name), int | float)
        record |= {name: str(record[name])} if done else {}
        return done

    return describe(operation, f"{name} is a text", records(ground, operation, change))


@operator(Area.SHAPE)
def status_changed(ground: Ground) -> Made:
    operation = ground.rng.choice(list(ground.contract.operations()))

    def change(wire: Wire) -> bool:
        wire.status = 202
        return True

    return describe(operation, "202 for 200", replies(ground, operation, change))


@operator(Area.SHAPE)
def refusal_changed(ground: Ground) -> Made:
    operation = ground.rng.choice(list(ground.contract.operations()))
    status = ground.rng.choice([one for one in operation.replies if 400 <= one < 500])
    wanted = ground.rng.choice([one for one in (400, 401, 403, 404, 409) if one != status])

    def change(wire: Wire) -> bool:
        wire.status = wanted
        return True

    return describe(operation, f"{wanted} for {status}", replies(ground, operation, change, status))


@operator(Area.LISTS)
def item_lost(ground: Ground) -> Made:
    operation = ground.operation(Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
    return describe(operation, "the last item is left out", replies(ground, operation, _paged(lambda many: many[:-1])))


@operator(Area.LISTS)
def order_changed(ground: Ground) -> Made:
    operation = ground.operation(Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
    return describe(operation, "items stand in reverse", replies(ground, operation, _paged(lambda many: many[::-1])))


@operator(Area.LISTS)
def item_twice(ground: Ground) -> Made:
    operation = ground.operation(Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
    return describe(
        operation, "the first item comes twice", replies(ground, operation, _paged(lambda many: many[:1] + many))
    )


def _paged(change: Callable[[list[Any]], list[Any]]) -> Callable[[Wire], bool]:
    def changed(wire: Wire) -> bool:
        value = wire.value
        name = wire.operation.page.items if wire.operation and wire.operation.page else None
        many = value.get(name) if name and isinstance(value, dict) else value
        if not isinstance(many, list) or change(many) == many:
            return False
        wire.say({**value, name: change(many)} if name else change(many))
        return True

    return changed


@operator(Area.SHAPE)
def header_missing(ground: Ground) -> Made:
    operation = ground.rng.choice(list(ground.contract.operations()))
    name = ground.rng.choice(["Access-Control-Allow-Origin", "Content-Type"])

    def change(wire: Wire) -> bool:
        return wire.headers.pop(name, None) is not None

    return describe(operation, f"{name} is missing", replies(ground, operation, change))


@operator(Area.LIFECYCLE)
def reply_stale(ground: Ground) -> Made:
    operation = ground.operation(Kind.READ)
    kept: dict[str, bytes] = {}

    def change(wire: Wire) -> bool:
        place = wire.environ["PATH_INFO"] + wire.query
        old = kept.setdefault(place, wire.body)
        wire.body, fresh = old, wire.body
        return old != fresh

    return describe(operation, "answers what it answered first", replies(ground, operation, change))
