"""The functions of every expression: of lists, numbers and texts, and moments on the mock's own clock."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sized
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from mockserver.expressions.context import Context, member
from mockserver.expressions.functions import Functions, Site, function
from mockserver.expressions.operators import Lazy, bounded, comparable, is_number, listed, present, result, spelt, tidy
from mockserver.expressions.value_shape import ANY, ListOf, Shape
from mockserver.runtime.determinism import stamp
from mockserver.values.absent import ABSENT
from mockserver.values.moment import day_text, read_datetime
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

DAY_LENGTH = len("2025-04-18")
SHORTEST_MONTH = 28


def _item(site: Site) -> Shape:
    """The first argument's item, for a single argument; the argument where all look alike."""
    if len(site.shapes) == 1:
        return site.shapes[0].item()
    known = [shape for shape in site.shapes if shape is not ANY]
    return known[0] if len(known) == 1 else ANY


def _list(site: Site) -> Shape:
    return ListOf(site.shapes[0].item()) if site.shapes else ANY


@function(context=True, whole=False)
def count(context: Context, items: Any) -> Any:
    """The number of items; 0 if there are none."""
    if isinstance(items, Lazy) and isinstance(items, Sized):
        return len(items)
    return sum(1 for _ in present(context, items))


@function(name="sum", context=True)
def sum_(context: Context, items: Any) -> Any:
    """The sum of the numbers among the items; 0 if there are none."""
    return tidy(sum(item for item in present(context, items) if is_number(item)))


@function(name="max", context=True)
def max_(context: Context, *items: Any) -> Any:
    """The largest number, or the largest string (such as a timestamp); absent if there are none."""
    found, key = _comparable(context, items)
    return max(found, key=key, default=ABSENT)


@function(name="min", context=True)
def min_(context: Context, *items: Any) -> Any:
    """The smallest, by the rules of ``max``."""
    found, key = _comparable(context, items)
    return min(found, key=key, default=ABSENT)


def _comparable(context: Context, items: tuple[Any, ...]) -> tuple[list[Any], Callable[[Any], Any]]:
    return comparable(list(present(context, items[0] if len(items) == 1 else items)))


@function(context=True, whole=False, check=_item)
def first(context: Context, *items: Any) -> Any:
    """The first argument that is not absent; given one list, its first item."""
    if len(items) != 1:
        return next((item for item in items if item is not ABSENT), ABSENT)
    return next(iter(present(context, items[0])), ABSENT)


@function(context=True)
def distinct(context: Context, items: Any) -> Any:
    """Each value once, sorted by its JSON."""
    found = {
        orjson.dumps(as_json(item), option=orjson.OPT_SORT_KEYS): as_json(item) for item in present(context, items)
    }
    return [value for _, value in sorted(found.items())]


@function
def percent(part: Any, whole: Any) -> Any:
    """``part`` as a percentage of ``whole``, to two decimal places; 100 if ``whole`` is 0."""
    if not is_number(part) or not is_number(whole):
        return ABSENT
    return tidy(round(100 * part / whole, 2)) if whole else 100


@function(name="round")
def round_(number: Any, places: Any = 0) -> Any:
    """The number rounded to so many decimal places."""
    fits = is_number(number) and isinstance(places, int) and abs(places) <= 15
    return tidy(round(float(number), places)) if fits else ABSENT


@function
def text(value: Any) -> Any:
    """The value as a string."""
    value = result(value)
    return value if value is ABSENT else spelt(value)


@function
def lower(value: Any) -> Any:
    """The string in lower case."""
    return value.lower() if isinstance(value, str) else ABSENT


@function
def upper(value: Any) -> Any:
    """The string in upper case."""
    return value.upper() if isinstance(value, str) else ABSENT


@function(context=True)
def join(context: Context, separator: Any, items: Any) -> Any:
    """The items as strings, with the separator between them."""
    parts = [spelt(item) for item in present(context, items)]
    size = sum(map(len, parts)) + len(parts) * len(separator) if isinstance(separator, str) else 0
    return bounded(separator.join(parts) if bounded("", size) == "" else "") if isinstance(separator, str) else ABSENT


@function(context=True)
def merged(context: Context, *objects: Any) -> Any:
    """One object with the members of all; the last one wins where names are the same."""
    context.spend(len(objects))
    found: dict[str, Any] = {}
    for one in objects:
        value = as_json(one)
        found |= value if isinstance(value, dict) else {}
    return found


def _members(site: Site) -> Shape:
    """Each name after the first argument is to be a member of it."""
    for name in (site.text(index) for index in range(1, len(site.shapes))):
        if name is not None and site.shapes[0].member(name) is None:
            site.complain(f"{site.shapes[0].about()} has no field {quoted(name)}", meant(name, site.shapes[0].names()))
    return site.shapes[0]


@function(whole=False, check=_members)
def pick(value: Any, *names: str) -> dict[str, Any]:
    """An object of the named members, without those that are absent."""
    return {name: found for name in names if (found := member(value, name)) is not ABSENT}


@function(name="dict")
def dict_(**members: Any) -> Any:
    """An object of the given members, without those that are absent."""
    return {name: result(value) for name, value in members.items() if value is not ABSENT}


@function(context=True)
def today(context: Any) -> Any:
    """The current date, as 2025-04-18."""
    return context.now.astimezone(UTC).date().isoformat()


@function(context=True)
def now(context: Any) -> Any:
    """The current time, as 2025-04-18T12:00:00.000Z."""
    return stamp(context.now)


@function
def later(
    start: Any,
    *,
    years: Any = ABSENT,
    months: Any = ABSENT,
    weeks: Any = ABSENT,
    days: Any = ABSENT,
    hours: Any = ABSENT,
    minutes: Any = ABSENT,
) -> Any:
    """The date or timestamp that much later; a date moved by hours or minutes becomes a timestamp.

    Absent when all the amounts are, or where the calendar ends.
    """
    return moved(start, 1, years, months, weeks, days, hours, minutes)


def moved(start: Any, sign: int, *amounts: Any) -> Any:
    """``start`` moved by years, months, weeks, days, hours and minutes, each nothing where it is not a number."""
    try:
        way = _known_way(sign, *amounts)
    except TypeError:  # a list or an object is among them, which nothing is remembered by
        way = _way(sign, *amounts)
    if way is None or not isinstance(start, str):
        return ABSENT
    try:
        moment = read_datetime(start)
        day = (_by_months(moment, way.months) if way.months else moment.date()) + way.days
        if way.is_of_days and len(start) == DAY_LENGTH:
            return day_text(day.toordinal())
        return stamp(datetime.combine(day, moment.timetz()) + way.time)
    except (ValueError, OverflowError):
        return ABSENT


class _Way(NamedTuple):
    """How far a moment is moved: by whole months, then by whole days, and then by a time."""

    months: int
    days: timedelta
    time: timedelta
    is_of_days: bool


def _way(sign: int, *amounts: Any) -> _Way | None:
    """None where no amount is a number, or one leads out of every calendar."""
    if not any(map(is_number, amounts)):
        return None
    years, months, weeks, days, hours, minutes = (sign * one if is_number(one) else 0 for one in amounts)
    try:
        whole = timedelta(days, 0, 0, 0, minutes, hours, weeks)
        return _Way(int(years * 12 + months), timedelta(whole.days), whole % _DAY, not hours and not minutes)
    except (ValueError, OverflowError):
        return None


_DAY = timedelta(1)
_known_way = lru_cache(256, typed=True)(_way)
"""PERF: rules and recipes move by the same few amounts again and again."""


def _by_months(moment: datetime, months: int) -> date:
    """The day so many months later; the last of that month where it has not so many days."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = moment.day if moment.day <= SHORTEST_MONTH else min(moment.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def as_json(value: Any) -> Any:
    """The value as JSON: records as whole ones, what is lazy as a list, what is absent left out."""
    if isinstance(value, dict):
        return {name: as_json(one) for name, one in value.items() if one is not ABSENT}
    if isinstance(value, str) or value is None or isinstance(value, int | float):
        return value
    if hasattr(value, "whole"):
        return as_json(value.whole())
    return [as_json(one) for one in listed(value) if one is not ABSENT] if value is not ABSENT else ABSENT


STANDARD = Functions().also(
    count,
    sum_,
    max_,
    min_,
    first,
    distinct,
    percent,
    round_,
    text,
    lower,
    upper,
    join,
    merged,
    pick,
    dict_,
    today,
    now,
    later,
)
