"""Dates in a recipe: ``certification_date + 2y - 1d`` is a moment, two moments in a list are a range to draw from."""

# ruff: noqa: ARG001, ARG005  # all words are read, and all makers called, in one way

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

from mockserver.seeding.item import Item, Make, draw
from mockserver.seeding.place import Place, told
from mockserver.seeding.scope import Beside, Read, Scope, unmakeable
from mockserver.values.absent import ABSENT

Moment: TypeAlias = Callable[[Item], datetime | None]
"""A moment of an item, in UTC without saying so; None when a field it begins from is absent."""

GRAMMAR = "write a field, clock, or 2024-02-29, then any of + 2y, - 3mo, + 1w, - 10d, + 8h, + 30min"

SHORTEST = 28
"""Days that every month has."""

_STEP = re.compile(r"\s*([+-])\s*(\d{1,6})\s*(y|mo|w|d|h|min)(?![A-Za-z0-9])")
_START = re.compile(r"\s*(\d{4}-\d\d-\d\d(?:T[0-9:.]+Z?)?|[A-Za-z_][A-Za-z0-9_.]*)(?=\s|$)")
_MONTHS = MappingProxyType({"y": 12, "mo": 1})
_LENGTHS = MappingProxyType(
    {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}
)


def read_date(place: Place, scope: Scope, beside: Beside) -> Make:
    """``date: moment`` or ``date: [earliest, latest]``: a day, as ``2024-02-29``."""
    first, last = _bounds(place, scope)
    key = scope.key(place)

    def make(item: Item, base: int) -> Any:
        low, high = first(item), last(item)
        if low is None or high is None:
            return ABSENT
        start = low.toordinal()
        days = high.toordinal() - start
        if days <= 0:
            return low.date().isoformat() if days == 0 else _reversed(place, low, high)
        return date.fromordinal(start + draw(base, key) % (days + 1)).isoformat()

    return make


def read_datetime(place: Place, scope: Scope, beside: Beside) -> Make:
    """The same to the second: ``2024-02-29T12:30:00.000Z``."""
    first, last = _bounds(place, scope)
    key = scope.key(place)

    def make(item: Item, base: int) -> Any:
        low, high = first(item), last(item)
        if low is None or high is None:
            return ABSENT
        seconds = int((high - low).total_seconds())
        if high < low:
            _reversed(place, low, high)
        return _text(low + timedelta(seconds=draw(base, key) % (seconds + 1)))

    return make


def instant(text: Any) -> datetime:
    """A date or a date-time as a moment in UTC. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError(text)  # noqa: TRY004, to its caller all that is no date is the same
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _bounds(place: Place, scope: Scope) -> tuple[Moment, Moment]:
    value = place.value
    if isinstance(value, list) and len(value) == 2:
        return _moment(place.child(0), scope), _moment(place.child(1), scope)
    if isinstance(value, list):
        place.complain(f"wanted a moment, or two in a list, found {told(value)}", "write [earliest, latest]")
        return _never, _never
    moment = _moment(place, scope)
    return moment, moment


def _moment(place: Place, scope: Scope) -> Moment:
    text = place.value
    start = _START.match(text) if isinstance(text, str) else None
    if start is None:
        place.complain(f"{told(text)} is no moment", GRAMMAR)
        return _never
    months, length, end = 0, timedelta(), start.end()
    while step := _STEP.match(text, end):
        sign = 1 if step[1] == "+" else -1
        months += sign * int(step[2]) * _MONTHS.get(step[3], 0)
        length += sign * int(step[2]) * _LENGTHS.get(step[3], timedelta())
        end = step.end()
    if text[end:].strip():
        place.complain(f"{text[end:].strip()!r} in {told(text)} is no step in time", GRAMMAR)
        return _never
    return _shifted(place, _beginning(place, start[1], scope), months, length)


def _shifted(place: Place, begin: Callable[[Item], Any], months: int, length: timedelta) -> Moment:
    def moment(item: Item) -> datetime | None:
        value = begin(item)
        if value is ABSENT:
            return None
        try:
            found = value if isinstance(value, datetime) else instant(value)
            return (_later(found, months) if months else found) + length
        except ValueError:
            raise unmakeable(place, f"{told(value)} is no date", "name a field that holds a date") from None
        except OverflowError:
            raise unmakeable(place, "lies before the year 1 or after 9999", "take smaller steps") from None

    return moment


def _beginning(place: Place, text: str, scope: Scope) -> Read:
    if text == "clock":
        return lambda item: item.making.clock
    if not text[0].isdigit():
        return scope.reader(place, text)
    try:
        fixed = instant(text)
    except ValueError:
        place.complain(f"there is no {text}", "correct the date")
        return lambda item: ABSENT
    return lambda item: fixed


def _later(moment: datetime, months: int) -> datetime:
    """The same day of another month, or that month's last day where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    day = moment.day if moment.day <= SHORTEST else min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _text(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _reversed(place: Place, low: datetime, high: datetime) -> Any:
    problem = f"the range ends ({_text(high)}) before it begins ({_text(low)})"
    raise unmakeable(place, problem, "make its bounds follow each other")


def _never(_: Item) -> None:
    return None
