"""Texts in their order, kept in less memory than a map takes for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mockserver.store.ordered_map import OrderedMap


class OrderedKeys:
    """Copies share what neither has changed since, as those of a map.

    PERF: as bytes a text takes 16 less, in the same order; a byte beside each, where a map has a value, 10 less. Of
    seven keys a record that is a tenth of the memory of all.
    """

    __slots__ = ("_map",)

    def __init__(self, kept: _Bytes | None = None) -> None:
        self._map: Any = _Bytes() if kept is None else kept  # its keys are bytes

    @classmethod
    def of(cls, keys: Iterable[str]) -> OrderedKeys:
        """These texts, each once."""
        entries: Any = dict.fromkeys(map(_packed, keys), 0)
        return cls(_Bytes.of(entries))

    def add(self, key: str) -> None:
        self._map.put(_packed(key), 0)

    def discard(self, key: str) -> None:
        self._map.pop(_packed(key))

    def since(self, start: str, *, inclusive: bool) -> Iterator[str]:
        """The texts above ``start``, or from it on."""
        return (key.decode(errors=_ANY) for key in self._map.keys(_packed(start), inclusive=inclusive))

    def copy(self) -> OrderedKeys:
        """The same texts, apart from these from now on."""
        return OrderedKeys(self._map.copy())


class _Bytes(OrderedMap[int]):
    __slots__ = ()

    @staticmethod
    def row(values: Iterable[int]) -> Any:
        return bytearray(values)


_ANY = "surrogatepass"
"""Half a pair, which no JSON brings but a path may, is looked for as any other letter."""


def _packed(key: str) -> bytes:
    return key.encode(errors=_ANY)
