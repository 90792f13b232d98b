"""The functions of recipes for days and moments: ``date(began, clock)``, ``ago(years=2)``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
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
KNOWN = 4_096
"""How many days are remembered by what was asked, each where it stands: of many records most have the same."""
DAY = 24 * 60 * 60
"""Its seconds."""


def _between(
    range_of: Callable[[Any, Any], tuple[Any, int]], at: Callable[[Any, int], str]
) -> Callable[[Written], ast.expr | None]:
    """What is ``at`` a place of a range; each range is worked out once. PERF: two thirds of the time."""

    def write(written: Written) -> ast.expr | None:
        if written.named:
            return None
        if len(written.given) == 1:  # whatever is drawn, it is the only one
            return written.call(_remembering(lambda one: _placed(one, None, range_of, at, 0)), *written.given)
        key, known = key_of(written.where), lru_cache(KNOWN)(range_of)

        def make(item: Item, earliest: Any, latest: Any) -> Any:
            if earliest is ABSENT or latest is ABSENT:
                return ABSENT
            try:
                first, many = known(earliest, latest)
            except TypeError:  # nothing is remembered by a list or an object
                first, many = range_of(earliest, latest)
            return at(first, draw(item, key) % many)

        return written.call(make, written.context, *written.given)

    return write


def _remembering(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``work`` once for each of the last ``KNOWN`` arguments; nothing is remembered by a list or an object."""
    known = lru_cache(KNOWN)(work)

    def remembered(given: Any) -> Any:
        try:
            return known(given)
        except TypeError:
            return work(given)

    return remembered


def _placed(earliest: Any, latest: Any, range_of: Callable[..., Any], at: Callable[..., str], bits: int) -> Any:
    """What stands at the place of a range that the bits tell."""
    if earliest is ABSENT or latest is ABSENT:
        return ABSENT
    first, many = range_of(earliest, latest)
    return at(first, bits % many)


def _days(earliest: Any, latest: Any) -> tuple[int, int]:
    """The first day, as its ordinal of the calendar, and how many there are. Raises UnmakeableError."""
    low, high = _range(earliest, latest)
    return low.toordinal(), high.toordinal() - low.toordinal() + 1


def _day_at(first: int, place: int) -> str:
    return day_text(first + place)


def _seconds(earliest: Any, latest: Any) -> tuple[tuple[int, str], int]:
    """The first moment, as its second of the calendar and what it writes behind that, and how many seconds there are.

    Raises UnmakeableError.
    """
    low, high = _range(earliest, latest)
    second = low.toordinal() * DAY + (low.hour * 60 + low.minute) * 60 + low.second
    return (second, f".{low.microsecond // 1000:03}Z"), int((high - low).total_seconds()) + 1


def _moment_at(first: tuple[int, str], place: int) -> str:
    """As ``stamp``. PERF: a third of the time of making a datetime, and writing that."""
    second, fraction = first
    day, second = divmod(second + place, DAY)
    minute, second = divmod(second, 60)
    return f"{day_text(day)}T{_minute_text(minute)}:{second:02}{fraction}"


@lru_cache(DAY // 60)
def _minute_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@function(name="date", context=True, draws=True, write=_between(_days, _day_at))
def date_(item: Item, earliest: Any, latest: Any = None, *, site: str) -> Any:
    """The day of a moment, or a day between two: ``2024-02-29``."""
    return _placed(earliest, latest, _days, _day_at, draw(item, key_of(site)))


@function(name="datetime", context=True, draws=True, write=_between(_seconds, _moment_at))
def datetime_(item: Item, earliest: Any, latest: Any = None, *, site: str) -> Any:
    """A moment, or one between two, to the second: ``2024-02-29T12:30:00.000Z``."""
    return _placed(earliest, latest, _seconds, _moment_at, draw(item, key_of(site)))


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
