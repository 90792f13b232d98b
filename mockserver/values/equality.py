"""The one equality of JSON values: a boolean is never a number, 1 is 1.0, what is absent equals only what is absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from mockserver.values.absent import ABSENT

Unlike: TypeAlias = tuple[tuple[str | int, ...], Any, Any]
"""The steps to a place where two values differ, and what each has there (ABSENT: nothing)."""


def same_json(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON. ABSENT may stand for no value.

    Lists and tuples are arrays; what JSON does not know is the same only if it is of one type and equal.
    """
    if one is other:
        return True
    if (kind := type(one)) is type(other):  # PERF: nearly all values are; a PATCH compares 50
        if kind is str:
            return bool(one == other)
        if kind is dict:
            return _same_members(one, other)
    if isinstance(one, Mapping):
        return isinstance(other, Mapping) and _same_members(one, other)
    if isinstance(one, list | tuple):
        return isinstance(other, list | tuple) and len(one) == len(other) and all(map(same_json, one, other))
    return _is_number(one) == _is_number(other) and (_is_number(one) or type(one) is type(other)) and one == other


def differ(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    """Whether a member is not the same in both objects, or is in one of them only."""
    return not same_json(one.get(name, ABSENT), other.get(name, ABSENT))


def contains(values: Any, wanted: Any) -> bool:
    """Whether ``wanted`` is among the items of a list, by JSON equality; false of what is not a list."""
    return isinstance(values, list | tuple) and any(same_json(one, wanted) for one in values)


def unlike(one: Any, other: Any, steps: tuple[str | int, ...] = ()) -> Iterator[Unlike]:
    """Each place where two values are not the same JSON, in the order of their members' names."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in sorted({*one, *other}):
            yield from unlike(one.get(name, ABSENT), other.get(name, ABSENT), (*steps, name))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from unlike(left, right, (*steps, index))
    elif not same_json(one, other):
        yield steps, one, other


def _same_members(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if len(one) != len(other):
        return False
    for name, value in one.items():  # noqa: SIM110 -- PERF: a generator takes twice as long
        if name not in other or not same_json(value, other[name]):
            return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
