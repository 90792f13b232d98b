"""Where a record stands among those beside it: a new one last, and all of them as a request says (O8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import by_key
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.position_names import position_of
from mockserver.messages import Json
from mockserver.store import Record
from mockserver.values.members import value_at


def placed_last(call: Call, scope: Scope, value: dict[str, Any], sent: Json) -> dict[str, Any]:
    """A new record behind those that are there, where nobody says where it stands."""
    name = position_of(call.tools.maker.shapes, scope.model.record)
    if not name or (isinstance(sent, dict) and sent.get(name) is not None):
        return value
    last = max((value_at(one.data(), (name,)) for one in by_position(scope, name)), default=0)
    return {**value, name: last + 1}


def by_position(scope: Scope, name: str) -> Iterator[Record]:
    """The records that say where they stand, the first one first. PERF: they are kept in that order."""

    def place(record: Record) -> tuple[bool, int, tuple[int, int, str]]:
        position = value_at(record.data(), (name,))
        return (False, position, by_key(record)) if isinstance(position, int) else (True, 0, by_key(record))

    ranked = scope.ordered(f"at {name}", place)
    yield from (one for one in ranked if isinstance(value_at(one.data(), (name,)), int))


def in_place(scope: Scope) -> list[Record]:
    """The records as they stand, where they say it, else in the order of their keys."""
    name, found = position_of(scope.call.tools.maker.shapes, scope.model.record), scope.in_order()
    if not name:
        return found
    placed = [(value_at(one.data(), (name,)), one) for one in found]
    return [
        one
        for _, one in sorted(
            placed, key=lambda one: (not isinstance(one[0], int), one[0] if isinstance(one[0], int) else 0)
        )
    ]


def put_in_order(scope: Scope, keys: list[Json]) -> list[Record]:
    """Let the records of ``keys`` stand first, in that order, and the others behind them as they did."""
    name = position_of(scope.call.tools.maker.shapes, scope.model.record)
    there = [*by_position(scope, name), *scope.in_order()]
    named = [one for key in keys if isinstance(key, str | int) and (one := scope.find(str(key))) is not None]
    after = list({one.id: one for one in (*named, *there)}.values())
    return [
        scope.replace(one, {**data, name: number}) if isinstance(data := one.data(), dict) else one
        for number, one in enumerate(after, 1)
    ]
