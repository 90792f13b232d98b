"""Filters that name an operator: ``price[gte]=5``, ``name__in=a,b``, ``filter[price][gt]``, ``where={"or": […]}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from mockserver.handlers.planned.addressing.criteria import meets, texts_of, written
from mockserver.handlers.planned.lists.record_parts import held
from mockserver.handlers.planned.lists.selectors import Test
from mockserver.inference.vocabulary.ranges import is_ordered, is_within
from mockserver.messages import Json
from mockserver.values.json_text import BadJson, decode
from mockserver.values.members import value_at
from mockserver.values.name_words import flat

Members: TypeAlias = Mapping[str, str]
"""The names of a record's members by their flat names."""
Operator: TypeAlias = Callable[[Json, Json], bool]
"""Whether a member's value, the first, is to another as the operator says."""
DEEPEST = 10
"""How deep conditions may stand within conditions."""
_HOLDERS = frozenset({"filter", "filters", "where"})
"""Parameters that hold conditions on members."""
_JSON_HOLDERS = _HOLDERS | {"s", "query", "search", "criteria"}
_MARKS: Mapping[str, str] = {">": "gte", "<": "lte", "!": "ne"}
"""What stands before the equals sign: ``DateCreated>=2030-01-01`` has ``>`` in the name."""


def conditions_asked(members: Members, asked: Mapping[str, Json]) -> tuple[list[Test], frozenset[str]]:
    """What the parameters ask of a record's members, and which parameters do.

    What names no member, or no operator, is not theirs.
    """
    tests: list[Test] = []
    names = set()
    for name, value in asked.items():
        if (found := _of_parameter(members, name, value)) is not None:
            tests += found
            names.add(name)
    return tests, frozenset(names)


def _of_parameter(members: Members, name: str, value: Json) -> list[Test] | None:
    low = flat(name)
    if low in members and name.rstrip("=")[-1:] not in _MARKS and not isinstance(value, dict):
        return None
    if isinstance(value, str) and low in _JSON_HOLDERS and value.lstrip()[:1] == "{":
        try:
            value = decode(value.encode(errors="replace"), DEEPEST)
        except BadJson:
            return None
    if isinstance(value, dict):
        way = [] if low in _JSON_HOLDERS else _way(name)
        return _of_any(members, _nested(way, value)) if way is not None else None
    *path, last = _way(name) or [""]
    found = condition_on(members, path, OPERATORS.get(flat(last)), value)
    return None if found is None else [found]


def _of_any(members: Members, said: Mapping[str, Json]) -> list[Test] | None:
    """Each condition of an object that can be read, those of its ``where`` too; None where none can."""
    parts = [
        _of_any(members, one) if flat(name) in _HOLDERS and isinstance(one, dict)
        else _of_object(members, {name: one}, DEEPEST)
        for name, one in said.items()
    ]  # fmt: skip
    known = [one for one in parts if one is not None]
    return [test for one in known for test in one] if known else None


def condition_on(members: Members, path: list[str], operator: Operator | None, value: Json) -> Test | None:
    """Whether a member, or one within it, is to ``value`` as the operator says; None where either is not known."""
    first = members.get(flat(path[0])) if path else None
    return _test((first, *path[1:]), operator, value) if first is not None and operator is not None else None


def _nested(way: list[str], value: Json) -> dict[str, Json]:
    for step in reversed(way):
        value = {step: value}
    return dict(value)


def _way(name: str) -> list[str] | None:
    """The member's names and the operator's, out of what holds them: ``filter[price][gt]`` is price, gt."""
    bare = name.removesuffix("=")
    if bare[-1:] in _MARKS:
        return [bare[:-1], _MARKS[bare[-1]]]
    if "[" in name:
        steps = [one for one in re.split(r"[\[\]]+", name) if one]
        return steps[1:] if flat(steps[0]) in _HOLDERS and len(steps) > 1 else steps
    for mark in ("__", ".", ":"):
        if mark in name:
            return [one for one in name.split(mark) if one]
    return name.rsplit("_", 1) if "_" in name else [name]


def _of_object(members: Members, said: Mapping[str, Json], left: int, above: tuple[str, ...] = ()) -> list[Test] | None:
    """The conditions of an object, all of which have to be met; None where one names no member, or no operator."""
    tests: list[Test] = []
    for name, value in said.items():
        word = name.lstrip("$").lower()
        if not left:
            return None
        if word in ("and", "or", "nor", "not"):
            found = _combined(members, word, value, left)
        elif above and (operator := OPERATORS.get(flat(name))) is not None:
            found = [_test(above, operator, value)]
        else:
            found = _of_member(members, name, value, left, above)
        if found is None:
            return None
        tests += found
    return tests


def _combined(members: Members, word: str, value: Json, left: int) -> list[Test] | None:
    """Conditions that are joined by a word: all of them, one of them, none of them."""
    each = value.values() if isinstance(value, dict) and all(one.isdigit() for one in value) else value
    listed = [each] if isinstance(each, dict) else [*each] if isinstance(each, Iterable) else []
    parts = [_of_object(members, one, left - 1) if isinstance(one, dict) else None for one in listed]
    known = [one for one in parts if one is not None]
    if len(known) < len(parts):
        return None
    return [partial(_COMBINING[word], known)]


def _all_of(parts: list[list[Test]], data: Any) -> bool:
    return all(test(data) for tests in parts for test in tests)


def _one_of(parts: list[list[Test]], data: Any) -> bool:
    return any(all(test(data) for test in tests) for tests in parts)


_COMBINING: Mapping[str, Callable[[list[list[Test]], Any], bool]] = {
    "and": _all_of,
    "or": _one_of,
    "nor": lambda parts, data: not _one_of(parts, data),
    "not": lambda parts, data: not _one_of(parts, data),
}


def _of_member(members: Members, name: str, value: Json, left: int, above: tuple[str, ...]) -> list[Test] | None:
    first, *rest = name.split(".")
    own = first if above else members.get(flat(first))
    if own is None:
        return None
    steps = (*above, own, *rest)
    if isinstance(value, dict):
        return _of_object(members, value, left - 1, steps)
    return [_test(steps, OPERATORS["eq"], value)]


def _test(steps: tuple[str, ...], operator: Operator, value: Any) -> Test:
    value = Among.of(value) if operator in (_is_among, _is_not_among) else value
    return lambda data: operator(
        value_at(held(data, steps[0]), steps[1:]) if steps[1:] else held(data, steps[0]), value
    )


def _options(value: Json) -> list[Json]:
    """The values of a list, or of a text that has commas or bars between them."""
    if isinstance(value, dict):
        return [*value.values()]
    if isinstance(value, str):
        return [one.strip() for one in re.split(r"[,|]", value.strip("()[]"))]
    return value if isinstance(value, list) else [value]


def _is_same(one: Json, other: Json) -> bool:
    return one is None if other in (None, "null") else one is not None and meets(one, _as_number(one, other))


def _as_number(one: Json, other: Json) -> Json:
    """A text as the number that it is to be compared with; as it is where there is none."""
    try:
        return float(other) if type(one) is float and isinstance(other, str) else other
    except ValueError:
        return other


def _compared(one: Json, other: Json, *, is_lower: bool, is_equal: bool) -> bool:
    """Whether a value is at or beyond another one: numbers, moments, else texts by their letters."""
    if isinstance(one, int | float) and isinstance(other, str):
        try:
            other = float(other)
        except ValueError:
            return False
    if is_ordered(one) and is_ordered(other):
        is_there = is_within(one, other, is_lower=is_lower)
        return is_there and (is_equal or not is_within(one, other, is_lower=not is_lower))
    if isinstance(one, str) and isinstance(other, str):
        return (is_equal and one == other) or (one > other if is_lower else one < other)
    return False


def _ordered(*, is_lower: bool, is_equal: bool) -> Operator:
    return partial(_compared, is_lower=is_lower, is_equal=is_equal)


def _has_text(how: Callable[[str, str], bool]) -> Operator:
    """Whatever the letters' case; a list has the text if one of its values has."""

    def has(one: Json, other: Json) -> bool:
        values = one if isinstance(one, list) else [one]
        wanted = written(other).strip("%*").lower()
        return any(isinstance(each, str) and how(each.lower(), wanted) for each in values)

    return has


def _is_yes(value: Json) -> bool:
    return value not in (False, "false", "0", 0)


def _is_between(one: Json, other: Json) -> bool:
    ends = _options(other)
    return len(ends) > 1 and _AT_LEAST(one, ends[0]) and _AT_MOST(one, ends[1])


def _named(words: str, operator: Operator) -> dict[str, Operator]:
    return dict.fromkeys(words.split(), operator)


@dataclass(frozen=True, slots=True)
class Among:
    """The values that a member may have, as they are written: many take as long to look through as one."""

    texts: frozenset[str]
    numbers: frozenset[str]
    has_null: bool

    @classmethod
    def of(cls, value: Json) -> Among:
        options = _options(value)
        return cls(
            frozenset(map(written, options)),
            frozenset(written(_as_number(0.0, one)) for one in options),
            any(one in (None, "null") for one in options),
        )

    def has(self, one: Json) -> bool:
        """As ``_is_same`` compares it with each."""
        if one is None:
            return self.has_null
        return not (self.numbers if type(one) is float else self.texts).isdisjoint(texts_of(one))


def _is_among(one: Json, other: Json | Among) -> bool:
    return (other if isinstance(other, Among) else Among.of(other)).has(one)


def _is_not_among(one: Json, other: Json | Among) -> bool:
    return not _is_among(one, other)


_AT_LEAST, _AT_MOST = _ordered(is_lower=True, is_equal=True), _ordered(is_lower=False, is_equal=True)
_CONTAINS = _has_text(lambda text, part: part in text)
OPERATORS: Mapping[str, Operator] = {
    **_named("eq eqi equals equal equalto is exact iexact", _is_same),
    **_named("ne neq nei not noteq notequals notequal isnot neqi", lambda one, other: not _is_same(one, other)),
    **_named("gt greaterthan", _ordered(is_lower=True, is_equal=False)),
    **_named("lt lessthan", _ordered(is_lower=False, is_equal=False)),
    **_named("gte ge gteq greaterthanorequal greaterthanorequalto", _AT_LEAST),
    **_named("lte le lteq lessthanorequal lessthanorequalto", _AT_MOST),
    **_named("in inq anyof oneof", _is_among),
    **_named("nin notin notinq", _is_not_among),
    **_named("like ilike contains icontains containsi cont contain includes substring search matches", _CONTAINS),
    **_named("nlike nilike notlike notcontains notcontainsi notcont", lambda one, other: not _CONTAINS(one, other)),
    **_named("startswith istartswith startswithi beginswith", _has_text(str.startswith)),
    **_named("endswith iendswith endswithi", _has_text(str.endswith)),
    **_named("null isnull", lambda one, other: (one is None) == _is_yes(other)),
    **_named("notnull isnotnull exists present", lambda one, other: (one is not None) == _is_yes(other)),
    "between": _is_between,
}
"""What operators are called, letters and digits only: ``$gte``, ``_gte``, ``not_in``."""
