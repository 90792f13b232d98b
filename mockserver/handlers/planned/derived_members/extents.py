"""Numbers of a made object that tell between what something is: the least is no more than the greatest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mockserver.handlers.planned.derived_members.intervals import is_exact
from mockserver.messages import Json
from mockserver.values.name_words import words_of

KNOWN = 2_048
"""Of how many kinds of objects it is remembered which members are such a pair."""
_PAIRS = (
    ("min", "max"), ("minimum", "maximum"), ("low", "high"), ("lowest", "highest"), ("lower", "upper"),
    ("smallest", "largest"), ("floor", "ceiling"), ("least", "most"),
)  # fmt: skip


def least_first(value: dict[str, Json]) -> dict[str, Json]:
    """``value`` with the numbers of each pair that stand the wrong way round changed for each other."""
    for least, most in _pairs(tuple(value)):
        low, high = value[least], value[most]
        if is_exact(low) and is_exact(high) and low > high:
            value = {**value, least: high, most: low}
    return value


@lru_cache(KNOWN)
def _pairs(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(_found(names))


def _found(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The members whose names differ by one word, of which one is the least and the other the greatest."""
    called = {tuple(words_of(name)): name for name in names}
    for words, name in called.items():
        for low, high in _PAIRS:
            other = tuple(high if word == low else word for word in words)
            if low in words and other in called:
                yield name, called[other]
