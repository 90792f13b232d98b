"""The functions of recipes for days and moments: ``date(began, clock)``, ``ago(years=2)``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from mockserver.expressions import ANY, Shape, Site, Written, function, standard
from mockserver.expressions.operators import is_number
from mockserver.expressions.standard import moved
from mockserver.runtime.determinism import stamp
from mockserver.seeding.item import Item, UnmakeableError, draw, key_of
from mockserver.values.absent import ABSENT
from mockserver.values.moment import day_text, read_datetime
from mockserver.values.shown import quoted, shown

UNITS = ("years", "months", "weeks", "days", "hours", "minutes")
KNOWN = 2_048
"""How many days are remembered by what was asked, each where it stands: of many records most have the same."""


def _between(
    range_of: Callable[[Any, Any], tuple[Any, int]], at: Callable[[Any, int], str]
) -> Callable[[Written], ast.expr | None]:
    """What is ``at`` a place of a range; each range is worked out once. PERF: two thirds of the time."""

    def write(written: Written) -> ast.expr | None:
        if written.named:
            return None
        key, known = key_of(written.where), _remembering(range_of)

        def make(item: Item, earliest: Any, latest: Any = None) -> Any:
            return _placed(item, key, (known, at), earliest, latest)

        return written.call(make, written.context, *written.given)

    return write


def _remembering(work: Callable[..., Any]) -> Callable[..., Any]:
    """``work`` once for each arguments, of the last ``KNOWN``; nothing is remembered by a list or an object."""
    known = lru_cache(KNOWN)(work)

    def remembered(*given: Any) -> Any:
        try:
            return known(*given)
        except TypeError:
            return work(*given)

    return remembered


def _placed(item: Item, key: int, way: tuple[Any, Any], earliest: Any, latest: Any) -> Any:
    """What stands at the place of a range that is drawn; ``way`` makes the range, and what is at a place of it."""
    if earliest is ABSENT or latest is ABSENT:
        return ABSENT
    range_of, at = way
    first, many = range_of(earliest, latest)
    return at(first, draw(item.base, key) % many)


def _days(earliest: Any, latest: Any) -> tuple[int, int]:
    """The first day, as its ordinal of the calendar, and how many there are. Raises UnmakeableError."""
    low, high = _range(earliest, latest)
    return low.toordinal(), high.toordinal() - low.toordinal() + 1


def _day_at(first: int, place: int) -> str:
    return day_text(first + place)


def _seconds(earliest: Any, latest: Any) -> tuple[datetime, int]:
    """The first moment, and how many seconds there are. Raises UnmakeableError."""
    low, high = _range(earliest, latest)
    return low, int((high - low).total_seconds()) + 1


def _moment_at(first: datetime, place: int) -> str:
    return stamp(first + timedelta(0, place))


@function(name="date", context=True, draws=True, write=_between(_days, _day_at))
def date_(item: Item, earliest: Any, latest: Any = None, *, site: str) -> Any:
    """The day of a moment, or a day between two: ``2024-02-29``."""
    return _placed(item, key_of(site), (_days, _day_at), earliest, latest)


@function(name="datetime", context=True, draws=True, write=_between(_seconds, _moment_at))
def datetime_(item: Item, earliest: Any, latest: Any = None, *, site: str) -> Any:
    """A moment, or one between two, to the second: ``2024-02-29T12:30:00.000Z``."""
    return _placed(item, key_of(site), (_seconds, _moment_at), earliest, latest)


def _units(site: Site) -> Shape:
    for name in site.keywords.keys() - set(UNITS):
        site.complain(f"unknown unit {quoted(name)}", f"use {', '.join(sorted(UNITS))}")
    return ANY


def _moves(sign: int) -> Callable[[Written], ast.expr | None]:
    """A move by what is written out, each start moved once. PERF: a tenth of the time."""

    def write(written: Written) -> ast.expr | None:
        amounts = written.named_literals()
        if len(written.given) != 1 or not all(map(is_number, amounts.values())):
            return None
        way = _amounts(amounts)
        return written.call(_remembering(lambda start: moved(start, sign, *way)), written.given[0])

    return write


def _moves_clock(sign: int) -> Callable[[Written], ast.expr | None]:
    def write(written: Written) -> ast.expr | None:
        amounts = written.named_literals()
        if written.given or not all(map(is_number, amounts.values())):
            return None
        key = (sign, *amounts.items())
        return written.call(lambda item: _from_clock(item, key, amounts), written.context)

    return write


later = replace(standard.later, check=_units, write=_moves(1))


@function(check=_units, write=_moves(-1))
def earlier(start: Any, **amounts: Any) -> Any:
    """So much before a day or moment, as ``later`` after."""
    return moved(start, -1, *_amounts(amounts))


@function(context=True, check=_units, write=_moves_clock(-1))
def ago(item: Item, **amounts: Any) -> Any:
    """So much before the clock: ``ago(years=2, days=1)``."""
    return _moved_clock(item, -1, amounts)


@function(context=True, check=_units, write=_moves_clock(1))
def ahead(item: Item, **amounts: Any) -> Any:
    """So much after the clock."""
    return _moved_clock(item, 1, amounts)


def instant(text: Any) -> datetime:
    """A day or a moment, in UTC. Raises UnmakeableError."""
    try:
        return read_datetime(text)
    except ValueError:
        raise UnmakeableError(f"{shown(text, 80)} is not a date", "name a field that holds a date") from None


def _moved_clock(item: Item, sign: int, amounts: dict[str, Any]) -> Any:
    known = {unit: amount for unit, amount in amounts.items() if is_number(amount)}
    return _from_clock(item, (sign, *known.items()), known)


def _from_clock(item: Item, key: tuple[Any, ...], amounts: dict[str, Any]) -> Any:
    """The clock moved; ``key`` has the sign, and the amounts. PERF: worked out once for each world."""
    moments = item.making.moments
    found = moments.get(key)
    if found is None:
        found = moments[key] = moved(item.making.clock_text, key[0], *_amounts(amounts))
    return found


def _amounts(amounts: dict[str, Any]) -> list[Any]:
    return [amounts.get(unit, ABSENT) for unit in UNITS]


def _range(earliest: Any, latest: Any) -> tuple[datetime, datetime]:
    low = instant(earliest)
    high = low if latest is None else instant(latest)
    if high < low:
        problem = f"the range ends ({stamp(high)}) before it begins ({stamp(low)})"
        raise UnmakeableError(problem, "swap its bounds")
    return low, high
