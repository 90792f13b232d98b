"""Words of the rules that make numbers: sums, counts, differences, shares; whole ones without a decimal point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Any

from mockserver.contract.document import Node
from mockserver.rules.context import Compute, Context
from mockserver.rules.scope import Scope
from mockserver.values.absent import ABSENT


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tidy(value: float) -> Any:
    """Without what binary fractions leave behind, and whole where it is, as far as floats tell whole numbers apart.

    Absent for what no float can tell any more.
    """
    if not isfinite(value):
        return ABSENT
    rounded = round(value, 9)
    return int(rounded) if abs(rounded) < 2**53 and rounded == int(rounded) else float(rounded)


def _sum(values: list[Any]) -> Any:
    return _tidy(sum(value for value in values if is_number(value)))


def _count(values: list[Any]) -> Any:
    return len(values)


def _largest(values: list[Any]) -> Any:
    """Of numbers, or of texts such as moments; absent of none."""
    kept = [value for value in values if is_number(value)] or [value for value in values if isinstance(value, str)]
    return max(kept, default=ABSENT)


def _plus(values: list[Any]) -> Any:
    return _tidy(values[0] + values[1])


def _minus(values: list[Any]) -> Any:
    return _tidy(values[0] - values[1])


def _times(values: list[Any]) -> Any:
    return _tidy(values[0] * values[1])


def _percent(values: list[Any]) -> Any:
    """How much of the second the first is, of a hundred; all of nothing is a hundred."""
    return _tidy(round(100 * values[0] / values[1], 2)) if values[1] else 100


OF_LISTS: Mapping[str, Callable[[list[Any]], Any]] = MappingProxyType(
    {"sum": _sum, "count": _count, "largest": _largest}
)
OF_TWO: Mapping[str, Callable[[list[Any]], Any]] = MappingProxyType(
    {"plus": _plus, "minus": _minus, "times": _times, "percent": _percent}
)


def read_list_word(word: str, node: Node, scope: Scope) -> Compute:
    """``sum: expression``, ``count: …``, ``largest: …``: of the items it gives; of none the sum and count are 0."""
    items, work = scope.summed().read(node.child(word)), OF_LISTS[word]

    def make(context: Context) -> Any:
        found = items(context)
        return work(found if isinstance(found, list) else [] if found is ABSENT else [found])

    return make


def read_pair_word(word: str, node: Node, scope: Scope) -> Compute:
    """``plus: [a, b]``, ``minus: …``, ``times: …``, ``percent: [part, whole]``; absent unless both are numbers."""
    place = node.child(word)
    if not isinstance(place.value, list) or len(place.value) != 2:
        return scope.wrong(place, f"{word} takes two expressions", f"write {word}: [one, other]")
    one, other, work = scope.read(place.child(0)), scope.read(place.child(1)), OF_TWO[word]

    def make(context: Context) -> Any:
        values = [one(context), other(context)]
        return work(values) if all(map(is_number, values)) else ABSENT

    return make
