"""What the operators of expressions do: total, bounded, and absent where an operand does not fit."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import isfinite
from types import GeneratorType, MappingProxyType
from typing import Any

from mockserver.expressions.context import LONGEST, Context, EvaluationLimit, member
from mockserver.values.absent import ABSENT, Absent
from mockserver.values.equality import same_json
from mockserver.values.moment import read_moment

MANY = 1_000
"""How many records an expression collects at most; for a sum or a count there is no end."""


class Lazy:
    """Many values that are made one by one as they are asked for; subclasses say how."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError

    def __bool__(self) -> bool:
        return next(iter(self), ABSENT) is not ABSENT

    def where(self, name: str, values: Sequence[Any]) -> Lazy | None:  # noqa: ARG002  # overridden where there are indexes
        """Those whose member ``name`` is one of the values, found without looking at the others; None: it cannot be."""
        return None


LAZY = (Lazy, GeneratorType)
_NUMBERS = (int, float)
_NEVER_LAZY = frozenset({str, int, float, bool, dict, list, type(None), Absent})
FOUND_BY = (str, int, float, bool)
"""What indexes find records by."""


def is_number(value: Any) -> bool:
    kind = type(value)  # PERF: an expression asks ten times as often as it goes on to count
    return kind is int or kind is float or (isinstance(value, _NUMBERS) and kind is not bool)


def tidy(value: float) -> Any:
    """Without what binary fractions leave behind, and whole where it is, as far as floats tell whole numbers apart.

    Absent for what a float can no longer tell.
    """
    if type(value) is int and -(2**53) < value < 2**53:  # PERF: as the rest does
        return value
    if not isfinite(value):
        return ABSENT
    rounded = round(value, 9)
    return int(rounded) if abs(rounded) < 2**53 and rounded == int(rounded) else float(rounded)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON; what is absent is the same as nothing."""
    kind = type(one)
    if kind is type(other) and (kind is str or kind is int):  # PERF: nearly all that rules compare
        return bool(one == other)
    return one is not ABSENT and other is not ABSENT and same_json(one, other)


def contains(context: Context, many: Any, one: Any) -> bool:
    """Whether ``one`` is an item of a list, or a part of a text."""
    if isinstance(many, str):
        return isinstance(one, str) and one in many
    return any(same(one, item) for item in each(context, many))


def where(context: Context, items: Any, name: str, value: Any) -> Any:
    """The items whose member ``name`` is ``value``."""
    is_found = isinstance(items, Lazy) and isinstance(value, FOUND_BY)
    if is_found and (found := items.where(name, [value])) is not None:
        return found
    return (one for one in each(context, items) if same(member(one, name), value))


def where_in(context: Context, items: Any, name: str, many: Any) -> Any:
    """The items whose member ``name`` is in ``many``."""
    is_found = isinstance(items, Lazy) and isinstance(many, list) and all(isinstance(one, FOUND_BY) for one in many)
    found = items.where(name, many) if is_found else None
    return (
        (one for one in each(context, items) if contains(context, many, member(one, name))) if found is None else found
    )


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """``holds`` of two numbers, two moments or two other texts; of anything else it does not hold."""

    def test(one: Any, other: Any) -> bool:
        if is_number(one) and is_number(other):
            return holds(one, other)
        if not isinstance(one, str) or not isinstance(other, str):
            return False
        first, second = read_moment(one), read_moment(other)
        return holds(one, other) if first is None or second is None else holds(first, second)

    return test


def comparable(values: list[Any]) -> tuple[list[Any], Callable[[Any], Any]]:
    """Those of the values that can be compared with each other, numbers before texts, and what to compare them by."""
    if numbers := [value for value in values if is_number(value)]:
        return numbers, lambda value: value
    texts = [value for value in values if isinstance(value, str)]
    moments = {text: read_moment(text) for text in texts}
    return texts, (lambda text: text) if None in moments.values() else lambda text: moments[text]


def plus(one: Any, other: Any) -> Any:
    """Of two numbers, two texts or two lists."""
    if is_number(one) and is_number(other):
        return _worked_out(operator.add, one, other)
    if isinstance(one, str) and isinstance(other, str):
        return bounded(one + other) if len(one) + len(other) <= LONGEST else bounded((one, other), LONGEST + 1)
    if isinstance(one, list) and isinstance(other, list):
        return bounded([*one, *other])
    return ABSENT


def bounded(value: Any, length: int | None = None) -> Any:
    """``value``; raises EvaluationLimit where it is longer than any may be."""
    if (len(value) if length is None else length) > LONGEST:
        raise EvaluationLimit(f"would be longer than {LONGEST:,} characters or items")
    return value


def _numeric(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda one, other: _worked_out(work, one, other) if is_number(one) and is_number(other) else ABSENT


def _worked_out(work: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    try:
        return tidy(work(one, other))
    except (OverflowError, ZeroDivisionError):
        return ABSENT


def negative(value: Any) -> Any:
    return -value if is_number(value) else ABSENT


def at(value: Any, index: int) -> Any:
    """The item at that place, from the end where it is negative."""
    items = listed(value)
    return items[index] if -len(items) <= index < len(items) else ABSENT


def text(*parts: Any) -> Any:
    """The parts in a row; absent when one of them is."""
    if ABSENT in parts:
        return ABSENT
    pieces = [part if type(part) is str else spelt(part) for part in parts]
    return bounded("".join(pieces)) if sum(map(len, pieces)) <= LONGEST else bounded((), LONGEST + 1)


def spelt(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def each(context: Context, value: Any) -> Iterable[Any]:
    """The items of a list, the members' names of nothing: what is not a list is one item, what is absent none."""
    if isinstance(value, list | tuple):
        context.spend(len(value))
        return value
    if isinstance(value, Lazy | GeneratorType):
        return _counted(context, value)
    return () if value is ABSENT or value is None else (value,)


def _counted(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        context.spend(1)
        yield item


def present(context: Context, value: Any) -> Iterator[Any]:
    """The items that are not absent."""
    return (item for item in each(context, value) if item is not ABSENT)


def listed(value: Any) -> list[Any]:
    """As a list: what is lazy is made, as many as an expression may collect."""
    if isinstance(value, list):
        return value
    if isinstance(value, GeneratorType):
        return [item for item in value if item is not ABSENT]
    if isinstance(value, Lazy):
        return list(islice(value, MANY))
    return [] if value is ABSENT else [value]


def collected(items: Iterable[Any], most: int | None = None) -> list[Any]:
    """The items that are not absent, as a list."""
    return list(islice((result(item) for item in items if item is not ABSENT), most))


def paired(names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    """An object of what is not absent."""
    return {
        name: value if type(value) in _NEVER_LAZY else result(value)  # PERF: as ``result`` does, without a call
        for name, value in zip(names, values, strict=True)
        if value is not ABSENT
    }


def result(value: Any) -> Any:
    """``value``, a list where it is lazy."""
    if type(value) in _NEVER_LAZY:  # PERF: nearly all are, and each part of an expression comes here
        return value
    return listed(value) if isinstance(value, LAZY) else value


def follow(context: Context, owner: Any, name: str, referenced: str) -> Any:
    return context.follow(owner, name, referenced)


def find(context: Context, referenced: str, key: Any) -> Any:
    return context.find(referenced, key)


OPERATORS: Mapping[str, Any] = MappingProxyType(
    {
        "op_Add": plus,
        "op_Sub": _numeric(operator.sub),
        "op_Mult": _numeric(operator.mul),
        "op_Div": _numeric(operator.truediv),
        "op_FloorDiv": _numeric(operator.floordiv),
        "op_Mod": _numeric(operator.mod),
        "op_USub": negative,
        "op_Eq": same,
        "op_NotEq": lambda one, other: not same(one, other),
        "op_Lt": _ordered(operator.lt),
        "op_LtE": _ordered(operator.le),
        "op_Gt": _ordered(operator.gt),
        "op_GtE": _ordered(operator.ge),
        "op_In": lambda context, one, many: contains(context, many, one),
        "op_NotIn": lambda context, one, many: not contains(context, many, one),
        "op_Is": lambda value: value is ABSENT or value is None,
        "op_at": at,
        "op_text": text,
        "op_each": each,
        "op_where": where,
        "op_where_in": where_in,
        "op_list": collected,
        "op_paired": paired,
        "op_member": member,
        "op_result": result,
        "op_follow": follow,
        "op_find": find,
        "op_absent": ABSENT,
        "_getattr_": member,
        "_getiter_": iter,
        "__builtins__": {},
    }
)
"""By the names that compiled expressions use; what RestrictedPython asks for is among them."""
