"""The functions of every expression: of lists, numbers and texts, and moments on the mock's own clock."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sized
from datetime import UTC, timedelta
from typing import Any

import orjson

from mockserver.expressions.context import Context, member
from mockserver.expressions.functions import Functions, Site, function
from mockserver.expressions.operators import Lazy, bounded, comparable, is_number, listed, present, result, spelt, tidy
from mockserver.expressions.value_shape import ANY, ListOf, Shape
from mockserver.runtime.determinism import stamp
from mockserver.values.absent import ABSENT
from mockserver.values.moment import read_datetime
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

DAY_LENGTH = len("2025-04-18")


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
    """How many there are; of none, 0."""
    if isinstance(items, Lazy) and isinstance(items, Sized):
        return len(items)
    return sum(1 for _ in present(context, items))


@function(name="sum", context=True)
def sum_(context: Context, items: Any) -> Any:
    """Of the numbers among them; of none, 0."""
    return tidy(sum(item for item in present(context, items) if is_number(item)))


@function(name="max", context=True)
def max_(context: Context, *items: Any) -> Any:
    """The largest of the numbers or else of the texts, such as moments; absent of none."""
    found, key = _comparable(context, items)
    return max(found, key=key, default=ABSENT)


@function(name="min", context=True)
def min_(context: Context, *items: Any) -> Any:
    """The smallest, as ``max``."""
    found, key = _comparable(context, items)
    return min(found, key=key, default=ABSENT)


def _comparable(context: Context, items: tuple[Any, ...]) -> tuple[list[Any], Callable[[Any], Any]]:
    return comparable(list(present(context, items[0] if len(items) == 1 else items)))


@function(context=True, whole=False, check=_item)
def first(context: Context, *items: Any) -> Any:
    """The first of several that is not absent; of one list, its first item."""
    if len(items) != 1:
        return next((item for item in items if item is not ABSENT), ABSENT)
    return next(iter(present(context, items[0])), ABSENT)


@function(context=True)
def distinct(context: Context, items: Any) -> Any:
    """Each value once, in the order of their JSON."""
    found = {orjson.dumps(plain(item), option=orjson.OPT_SORT_KEYS): plain(item) for item in present(context, items)}
    return [value for _, value in sorted(found.items())]


@function
def percent(part: Any, whole: Any) -> Any:
    """How much of the second the first is, of a hundred, to two places; all of nothing is a hundred."""
    if not is_number(part) or not is_number(whole):
        return ABSENT
    return tidy(round(100 * part / whole, 2)) if whole else 100


@function(name="round")
def round_(number: Any, places: Any = 0) -> Any:
    """The number to so many places."""
    fits = is_number(number) and isinstance(places, int) and abs(places) <= 15
    return tidy(round(float(number), places)) if fits else ABSENT


@function
def text(value: Any) -> Any:
    """The value as a text."""
    value = result(value)
    return value if value is ABSENT else spelt(value)


@function
def lower(value: Any) -> Any:
    """A text in small letters."""
    return value.lower() if isinstance(value, str) else ABSENT


@function
def upper(value: Any) -> Any:
    """A text in capitals."""
    return value.upper() if isinstance(value, str) else ABSENT


@function(context=True)
def join(context: Context, separator: Any, items: Any) -> Any:
    """The items as texts, with the separator between them."""
    parts = [spelt(item) for item in present(context, items)]
    size = sum(map(len, parts)) + len(parts) * len(separator) if isinstance(separator, str) else 0
    return bounded(separator.join(parts) if bounded("", size) == "" else "") if isinstance(separator, str) else ABSENT


@function(context=True)
def merged(context: Context, *objects: Any) -> Any:
    """One object with the members of all; of one name the last."""
    context.spend(len(objects))
    found: dict[str, Any] = {}
    for one in objects:
        value = plain(one)
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
    """An object of those members that are not absent."""
    return {name: found for name in names if (found := member(value, name)) is not ABSENT}


@function(name="dict")
def dict_(**members: Any) -> Any:
    """An object of the members that are not absent."""
    return {name: result(value) for name, value in members.items() if value is not ABSENT}


@function(context=True)
def today(context: Any) -> Any:
    """The day, as 2025-04-18."""
    return context.now.astimezone(UTC).date().isoformat()


@function(context=True)
def now(context: Any) -> Any:
    """The moment, as 2025-04-18T12:00:00.000Z."""
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
    """So much after a day or moment; a day moved by hours or minutes becomes a moment.

    Absent when all the amounts are, or where no calendar reaches.
    """
    return moved(start, 1, years, months, weeks, days, hours, minutes)


def moved(start: Any, sign: int, *amounts: Any) -> Any:
    """``start`` moved by years, months, weeks, days, hours and minutes, of which those that are no numbers are none."""
    given = [sign * amount if is_number(amount) else 0 for amount in amounts]
    if not isinstance(start, str) or not any(map(is_number, amounts)):
        return ABSENT
    try:
        return _moved(start, given)
    except (ValueError, OverflowError):
        return ABSENT


def _moved(start: str, amounts: list[float]) -> str:
    years, months, weeks, days, hours, minutes = amounts
    moment = read_datetime(start)
    if years or months:
        year, month = divmod(moment.year * 12 + moment.month - 1 + int(years * 12 + months), 12)
        day = min(moment.day, monthrange(year, month + 1)[1])
        moment = moment.replace(year=year, month=month + 1, day=day)
    moment += timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    is_day = len(start) == DAY_LENGTH and not hours and not minutes
    return moment.date().isoformat() if is_day else stamp(moment)


def plain(value: Any) -> Any:
    """The value as JSON: records as whole ones, what is lazy as a list, what is absent left out."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if one is not ABSENT}
    if isinstance(value, str) or value is None or isinstance(value, int | float):
        return value
    if hasattr(value, "whole"):
        return plain(value.whole())
    return [plain(one) for one in listed(value) if one is not ABSENT] if value is not ABSENT else ABSENT


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
