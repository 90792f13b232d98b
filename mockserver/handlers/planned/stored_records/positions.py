"""Where a record stands among those beside it: a new one last, and all of them as a request says (O8)."""

from __future__ import annotations

from functools import partial
from typing import Any

from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import by_key
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.position_names import position_of
from mockserver.messages import Json
from mockserver.store import Record
from mockserver.values.members import value_at


def placed_last(call: Call, scope: Scope, value: dict[str, Any], sent: Json) -> dict[str, Any]:
    """A new record behind those that are there, where nobody says it. PERF: they are kept in that order."""
    name = position_of(call.tools.maker.shapes, scope.model.record)
    if not name or (isinstance(sent, dict) and sent.get(name) is not None):
        return value
    there = scope.ordered(f"at {name}", partial(_place, name))
    last = next((number for one in reversed(there) if (number := _number(name, one)) is not None), 0)
    return {**value, name: last + 1}


def in_place(scope: Scope) -> list[Record]:
    """The records as they stand, where they say it, else in the order of their keys."""
    name, found = position_of(scope.call.tools.maker.shapes, scope.model.record), scope.in_order()
    return sorted(found, key=partial(_place, name)) if name else found


def _number(name: str, record: Record) -> int | None:
    number = value_at(record.data(), (name,))
    return number if isinstance(number, int) else None


def _place(name: str, record: Record) -> tuple[bool, int, tuple[int, int, str]]:
    """Where a record stands: behind the others, if it does not say."""
    number = _number(name, record)
    return number is None, number or 0, by_key(record)


def put_in_order(scope: Scope, keys: list[Json]) -> list[Record]:
    """Let the records of ``keys`` stand first, in that order, and the others behind them as they did."""
    name = position_of(scope.call.tools.maker.shapes, scope.model.record)
    named = [one for key in keys if isinstance(key, str | int) and (one := scope.find(str(key))) is not None]
    after = list({one.id: one for one in (*named, *in_place(scope))}.values())
    return [
        scope.replace(one, {**data, name: number}) if isinstance(data := one.data(), dict) else one
        for number, one in enumerate(after, 1)
    ]
