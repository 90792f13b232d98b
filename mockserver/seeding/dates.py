"""The functions of recipes for days and moments: ``date(began, clock)``, ``ago(years=2)``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mockserver.expressions import ANY, Shape, Site, function
from mockserver.expressions.standard import moved
from mockserver.runtime.determinism import stamp
from mockserver.seeding.item import Item, UnmakeableError, draw, key_of
from mockserver.values.absent import ABSENT
from mockserver.values.moment import day_text, read_datetime
from mockserver.values.shown import quoted, shown

UNITS = ("years", "months", "weeks", "days", "hours", "minutes")


@function(name="date", context=True, draws=True)
def date_(item: Item, earliest: Any, latest: Any = None, *, site: str) -> Any:
    """The day of a moment, or a day between two: ``2024-02-29``."""
    low, high = _range(earliest, latest)
    if low is None or high is None:
        return ABSENT
    first, last = low.toordinal(), high.toordinal()
    return day_text(first + draw(item.base, key_of(site)) % (last - first + 1))


@function(name="datetime", context=True, draws=True)
def datetime_(item: Item, earliest: Any, latest: Any = None, *, site: str) -> Any:
    """A moment, or one between two, to the second: ``2024-02-29T12:30:00.000Z``."""
    low, high = _range(earliest, latest)
    if low is None or high is None:
        return ABSENT
    seconds = int((high - low).total_seconds())
    return stamp(low + timedelta(seconds=draw(item.base, key_of(site)) % (seconds + 1)))


def _units(site: Site) -> Shape:
    for name in site.keywords.keys() - set(UNITS):
        site.complain(f"unknown unit {quoted(name)}", f"use {', '.join(sorted(UNITS))}")
    return ANY


@function(check=_units)
def earlier(start: Any, **amounts: Any) -> Any:
    """So much before a day or moment, as ``later`` after."""
    return moved(start, -1, *_amounts(amounts))


@function(context=True, check=_units)
def ago(item: Item, **amounts: Any) -> Any:
    """So much before the clock: ``ago(years=2, days=1)``."""
    return _from_clock(item, -1, amounts)


@function(context=True, check=_units)
def ahead(item: Item, **amounts: Any) -> Any:
    """So much after the clock."""
    return _from_clock(item, 1, amounts)


def instant(text: Any) -> datetime:
    """A day or a moment, in UTC. Raises UnmakeableError."""
    try:
        return read_datetime(text)
    except ValueError:
        raise UnmakeableError(f"{shown(text, 80)} is not a date", "name a field that holds a date") from None


def _from_clock(item: Item, sign: int, amounts: dict[str, Any]) -> Any:
    """PERF: the same for every record, so worked out once for each world."""
    key = (sign, *amounts.items())
    found = item.making.moments.get(key)
    if found is None:
        found = item.making.moments[key] = moved(item.making.clock_text, sign, *_amounts(amounts))
    return found


def _amounts(amounts: dict[str, Any]) -> list[Any]:
    return [amounts.get(unit, ABSENT) for unit in UNITS]


def _range(earliest: Any, latest: Any) -> tuple[datetime | None, datetime | None]:
    if earliest is ABSENT or latest is ABSENT:
        return None, None
    low = instant(earliest)
    high = low if latest is None else instant(latest)
    if high < low:
        problem = f"the range ends ({stamp(high)}) before it begins ({stamp(low)})"
        raise UnmakeableError(problem, "swap its bounds")
    return low, high
