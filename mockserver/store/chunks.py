"""What an ordered map is made of: neighbouring entries in order."""

from __future__ import annotations

from array import array
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")


class Joined(NamedTuple):
    """Texts in a row as one, and where each begins in it: to look for a part of them in all at once."""

    text: str
    starts: array[int]


class Chunk(Generic[V]):
    """Neighbouring entries in order. Only the map that it belongs to may change it."""

    __slots__ = ("joined", "keys", "owner", "values")

    def __init__(self, keys: list[str], values: list[V], owner: object) -> None:
        self.keys: list[str] = keys
        self.values: list[V] = values
        self.owner = owner
        self.joined: Joined | None = None
        """The values, once somebody has looked for a part of them."""
