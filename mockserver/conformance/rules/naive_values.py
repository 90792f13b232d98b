"""What the second reading of rules works with: values as JSON, when they agree, and the functions of rules."""

from __future__ import annotations

import ast
import json
import math
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Self

from mockserver.conformance.findings import Inconclusive
from mockserver.values.moment import read_date, read_moment

NEARLY = 1e-9
"""By what part two numbers may differ that are the same."""


class CannotTell(Inconclusive):
    """The value hangs on something that no reply of the target shows."""


class Rounded(float):
    """A number rounded to some places, and ``either`` way where what was rounded is half between two."""

    either: tuple[float, ...]

    def __new__(cls, exact: float, places: int) -> Self:
        made = super().__new__(cls, round(exact, places))
        slack = max(abs(exact), 1.0) * NEARLY  # what it was summed up from may have been added in another order
        made.either = (round(exact - slack, places), round(exact + slack, places))
        return made


def items(value: Any) -> list[Any]:
    """A list's items; of anything else itself, of what is absent none."""
    return value if isinstance(value, list) else [] if value is None else [value]


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_json(value: Any) -> Any:
    """As JSON, without what is absent."""
    if isinstance(value, Mapping):
        return {name: as_json(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [as_json(one) for one in value if one is not None]
    return dict(value.data) if hasattr(value, "data") else str(value) if isinstance(value, str) else value


def agree(wanted: Any, found: Any, *, ordered: bool = True) -> bool:
    """Whether two values are the same: numbers nearly, moments to the minute, lists in any order unless ``ordered``."""
    if is_number(wanted) and is_number(found):
        sides = wanted.either if isinstance(wanted, Rounded) else (wanted,)
        return any(math.isclose(one, found, rel_tol=NEARLY, abs_tol=NEARLY) for one in sides)
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        both = wanted.keys() | found.keys()
        return all(agree(wanted.get(one), found.get(one), ordered=ordered) for one in both)
    if isinstance(wanted, list) and isinstance(found, list):
        pairs = zip(*(one if ordered else sorted(one, key=_text) for one in (wanted, found)), strict=False)
        return len(wanted) == len(found) and all(agree(one, two, ordered=ordered) for one, two in pairs)
    if isinstance(wanted, str) and isinstance(found, str) and "T" in wanted and wanted != found:
        one, two = read_moment(wanted), read_moment(found)
        return one is not None and two is not None and abs(one.second - two.second) <= 60
    return type(wanted) is type(found) and bool(wanted == found)


def _text(value: Any) -> str:
    return json.dumps(as_json(value), sort_keys=True, default=str)


def spelt(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same(one: Any, two: Any) -> bool:
    one, two = (side.id if hasattr(side, "data") else side for side in (one, two))
    if one is None or two is None or isinstance(one, bool) is not isinstance(two, bool):
        return False
    return bool(one == two)


def holds(sign: ast.cmpop, one: Any, two: Any) -> bool:
    if isinstance(sign, ast.Is | ast.IsNot):
        return (one is None) is isinstance(sign, ast.Is)
    if isinstance(sign, ast.Eq | ast.NotEq):
        return _same(one, two) is isinstance(sign, ast.Eq)
    if isinstance(sign, ast.In | ast.NotIn):
        return any(_same(one, item) for item in items(two)) is isinstance(sign, ast.In)
    pair = _comparable([one, two])
    if len(pair) < 2:
        return False
    first, second = pair
    held = {ast.Lt: first < second, ast.LtE: first <= second, ast.Gt: first > second, ast.GtE: first >= second}
    return bool(held[type(sign)])


def _comparable(values: list[Any]) -> list[Any]:
    """What can be put in order: the numbers, else the texts, as moments where they all are."""
    if numbers := [one for one in values if is_number(one)]:
        return numbers if len(numbers) == len(values) else []
    texts = [one for one in values if isinstance(one, str)]
    moments = [read_moment(one) for one in texts]
    return texts if None in moments else moments


def _extreme(choose: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    many = items(given[0]) if len(given) == 1 else list(given)
    some = [one for one in many if is_number(one)] or [one for one in many if isinstance(one, str)]
    order = _comparable(some)
    return some[order.index(choose(order))] if order else None


def _later(start: Any, **amounts: Any) -> Any:
    given = {name: value for name, value in amounts.items() if is_number(value)}
    if not isinstance(start, str) or not given or read_moment(start) is None:
        return None
    months = int(given.get("years", 0) * 12 + given.get("months", 0))
    rest = timedelta(**{name: value for name, value in given.items() if name not in ("years", "months")})
    if len(start) != len("2025-01-01") or rest.seconds:
        raise CannotTell("a rule shifts a timestamp, which the kit does not evaluate")
    day = read_date(start)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    moved = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return (moved + rest).isoformat()


def _distinct(many: Any) -> list[Any]:
    return [value for _, value in sorted({_text(one): one for one in items(many)}.items())]


def _percent(part: Any, whole: Any) -> Any:
    if not is_number(part) or not is_number(whole):
        return None
    return Rounded(100 * part / whole, 2) if whole else 100


def _first(*given: Any) -> Any:
    many = items(given[0]) if len(given) == 1 else given
    return next((one for one in many if one is not None), None)


def _merged(*given: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in given:
        found |= {name: value for name, value in (one or {}).items() if value is not None}
    return found


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "count": lambda many: len([one for one in items(many) if one is not None]),
    "sum": lambda many: sum(one for one in items(many) if is_number(one)),
    "max": lambda *given: _extreme(max, given),
    "min": lambda *given: _extreme(min, given),
    "first": _first,
    "distinct": _distinct,
    "percent": _percent,
    "round": lambda value, places=0: Rounded(float(value), places) if is_number(value) else None,
    "text": lambda value: None if value is None else spelt(value),
    "lower": lambda value: value.lower() if isinstance(value, str) else None,
    "upper": lambda value: value.upper() if isinstance(value, str) else None,
    "join": lambda between, many: between.join(spelt(one) for one in items(many)),
    "merged": _merged,
    "dict": lambda **named: {name: value for name, value in named.items() if value is not None},
    "later": _later,
}
