"""Conditions of the rules: ``{status: activated, quantity: {min: wanted}}``, all of which must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from mockserver.contract.document import Node
from mockserver.rules.context import Compute, Context
from mockserver.rules.paths import read_path
from mockserver.rules.scope import Scope
from mockserver.values.absent import ABSENT

Condition: TypeAlias = Callable[[Context], bool]


def read_conditions(node: Node, scope: Scope) -> Condition:
    """Whether everything at ``node`` holds; no conditions always do.

    Each is a path and what is wanted there: a value, one of a list, or ``{min: …}``, ``{max: …}``, ``{in: …}``,
    ``{not in: …}``, ``{same: …}`` (expressions), ``{absent: true}`` or ``{absent: false}``.
    """
    if node.value is None:
        return lambda _: True
    if not isinstance(node.value, Mapping):
        scope.problems.add(node, "is no condition", "write {path: value}")
        return lambda _: False
    tests = [_test(name, place, scope) for name, place in node.items()]
    return lambda context: all(test(context) for test in tests)


def _test(path: str, node: Node, scope: Scope) -> Condition:
    value = read_path(node, scope, path)
    wanted = node.value
    if isinstance(wanted, Mapping):
        return _tests(value, node, scope)
    if isinstance(wanted, list):
        return lambda context: _is_one_of(value(context), wanted)
    return lambda context: _is_one_of(value(context), [wanted])


def _tests(value: Compute, node: Node, scope: Scope) -> Condition:
    tests: list[Condition] = []
    for word, place in node.items():
        if word == "absent":
            tests.append(_absence(value, wanted=bool(place.value)))
        elif word in WORDS:
            tests.append(_compared(value, scope.read(place), WORDS[word], absent=word in ABSENCE))
        else:
            scope.problems.add(place, f"unknown test {word!r}", f"use one of absent, {', '.join(WORDS)}")
    return lambda context: all(test(context) for test in tests)


def _absence(value: Compute, *, wanted: bool) -> Condition:
    return lambda context: (value(context) in (ABSENT, None, "", [])) is wanted


def _compared(value: Compute, wanted: Compute, holds: Callable[[Any, Any], bool], *, absent: bool) -> Condition:
    """``absent`` is what holds of what is not there."""

    def test(context: Context) -> bool:
        found, other = value(context), wanted(context)
        return absent if found is ABSENT or other is ABSENT else holds(found, other)

    return test


def _is_one_of(found: Any, wanted: list[Any]) -> bool:
    """Whether a value, or an item of a list, is one of those wanted; true is not 1."""
    return any(
        one == other and isinstance(one, bool) is isinstance(other, bool) for one in _items(found) for other in wanted
    )


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _ordered(one: Any, other: Any) -> bool:
    """Whether the two can be compared: numbers, or texts such as days."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))
    return numbers or (isinstance(one, str) and isinstance(other, str))


WORDS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "min": lambda found, low: _ordered(found, low) and found >= low,
        "max": lambda found, high: _ordered(found, high) and found <= high,
        "in": lambda found, many: _is_one_of(found, _items(many)),
        "not in": lambda found, many: not _is_one_of(found, _items(many)),
        "same": lambda found, other: _is_one_of(found, [other]),
    }
)
ABSENCE = frozenset({"not in"})
"""Tests that hold of what is not there."""
