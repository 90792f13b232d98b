"""An ordered map whose copies share what none of them has changed since: chunks of entries, copied on write."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, Self, TypeAlias

from mockserver.store.chunks import Chunk, V

Differing: TypeAlias = tuple[str, V | None, V | None]
"""A key, and what two maps have under it; None: nothing."""

CHUNK = 512
"""How many entries a chunk holds at most; one that is full becomes two."""
OWN = 64
"""How many chunks of a copy are changed before it has lists of chunks of its own."""
GROUP = 64
"""Of how many neighbouring chunks the entries are counted together."""
PIECE = 64
"""How many entries are taken at a time while somebody walks through the map."""


class OrderedMap(Generic[V]):
    """Values by key, in the order of the keys.

    PERF: to copy a map costs nothing, and the first change after that a copy of one chunk, where a copy of whole maps
    took 1.6 s of CPU for 100,000 records with their indexes. A walk may go on while the map is changed: it goes on
    behind the last key that it took.
    """

    __slots__ = (
        "_changed", "_chunks", "_firsts", "_groups", "_is_shared", "_owner", "_shares_sizes", "_size", "_sizes",
    )  # fmt: skip

    def __init__(self) -> None:
        self._chunks: list[Chunk[V]] = []
        self._firsts: list[str] = []
        """For each chunk a key that is not above any of its own, and above all of the chunk before."""
        self._sizes = array("L")
        """How many entries each chunk holds."""
        self._groups: array[int] | None = None
        """How many each group of chunks holds, once somebody has counted."""
        self._is_shared = self._shares_sizes = False
        """Whether a copy has the same lists: who changes one makes its own first."""
        self._changed: dict[int, Chunk[V]] = {}
        """Chunks in the place of those that the shared list has."""
        self._owner = object()
        self._size = 0

    @classmethod
    def _sharing(cls, other: OrderedMap[V]) -> Self:
        made = cls()
        made._chunks, made._firsts, made._sizes, made._size = other._chunks, other._firsts, other._sizes, other._size
        made._changed, made._groups = other._changed.copy(), other._groups
        made._is_shared = made._shares_sizes = True
        return made

    @classmethod
    def of(cls, entries: Mapping[str, V]) -> Self:
        """A map of these entries."""
        made = cls()
        keys = sorted(entries)
        for begin in range(0, len(keys), size := CHUNK // 2 + 1):
            piece = keys[begin : begin + size]
            made._chunks.append(Chunk(piece, cls.row([entries[key] for key in piece]), made._owner))
            made._firsts.append(piece[0])
            made._sizes.append(len(piece))
        made._size = len(keys)
        return made

    def __len__(self) -> int:
        return self._size

    def __contains__(self, key: str) -> bool:
        index = bisect_right(self._firsts, key) - 1
        if index < 0:
            return False
        keys = self._chunk(index).keys
        place = bisect_left(keys, key)
        return place < len(keys) and keys[place] == key

    def get(self, key: str) -> V | None:
        index = bisect_right(self._firsts, key) - 1
        if index < 0:
            return None
        chunk = self._chunk(index)
        place = bisect_left(chunk.keys, key)
        return chunk.values[place] if place < len(chunk.keys) and chunk.keys[place] == key else None

    def put(self, key: str, value: V) -> None:
        """Add the entry, or replace its value."""
        if not self._chunks:
            self._chunks, self._firsts, self._sizes = [Chunk([], self.row(()), self._owner)], [key], array("L", [0])
            self._is_shared = self._shares_sizes = False
            self._groups = None
        index = max(bisect_right(self._firsts, key) - 1, 0)
        chunk = self._own(index)
        place = bisect_left(chunk.keys, key)
        if place < len(chunk.keys) and chunk.keys[place] == key:
            chunk.values[place] = value
            return
        chunk.keys.insert(place, key)
        chunk.values.insert(place, value)
        self._resize(index, 1)
        if key < self._firsts[index]:
            self._part()
            self._firsts[index] = key
        if len(chunk.keys) > CHUNK:
            self._split(index, chunk, place)

    def pop(self, key: str) -> V | None:
        """Remove the entry and return its value; None if there was none."""
        if key not in self:
            return None
        index = bisect_right(self._firsts, key) - 1
        chunk = self._own(index)
        place = bisect_left(chunk.keys, key)
        del chunk.keys[place]
        self._resize(index, -1)
        if not chunk.keys:
            self._part()
            del self._chunks[index], self._firsts[index], self._sizes[index]
            self._groups = None
        return chunk.values.pop(place)

    def keys(self, start: str | None = None, *, inclusive: bool = False) -> Iterator[str]:
        """The keys above ``start``, or from it on; all of them without one."""
        for keys, _ in self._pieces(start, inclusive=inclusive):
            yield from keys

    def values(self, start: str | None = None, *, inclusive: bool = False) -> Iterator[V]:
        """The values of ``keys(start)``."""
        for _, values in self._pieces(start, inclusive=inclusive):
            yield from values

    def first(self, start: str) -> tuple[str, V] | None:
        """The first entry whose key is ``start`` or above it."""
        index, place = self._find(start, inclusive=True)
        while index < len(self._chunks):
            chunk = self._chunk(index)
            if place < len(chunk.keys):
                return chunk.keys[place], chunk.values[place]
            index, place = index + 1, 0
        return None

    def last(self, end: str) -> tuple[str, V] | None:
        """The last entry whose key is below ``end``."""
        index, place = self._find(end, inclusive=True)
        while index > 0 and (place == 0 or index >= len(self._chunks)):
            index, place = index - 1, len(self._chunk(index - 1).keys)
        if place == 0:
            return None
        chunk = self._chunk(index)
        return chunk.keys[place - 1], chunk.values[place - 1]

    def count(self, start: str, end: str) -> int:
        """How many keys there are from ``start`` up to ``end``, which does not count."""
        index, place = self._find(start, inclusive=True)
        last, until = self._find(end, inclusive=True)
        if (index, place) >= (last, until):
            return 0
        return self._sum(index, last) - place + until

    def between(self, start: str, end: str) -> list[V]:
        """The values of the keys from ``start`` up to ``end``, which does not count."""
        return [value for values in self._between(start, end) for value in values]

    def runs(self, start: str) -> Iterator[Chunk[V]]:
        """Neighbouring entries, some of them maybe before ``start``, all behind it included; not to be changed."""
        index = max(bisect_right(self._firsts, start) - 1, 0)
        while index < len(self._chunks):
            yield self._chunk(index)
            index += 1

    def differing(self, other: OrderedMap[V]) -> Iterator[Differing[V]]:
        """Where this map and a copy of it are no longer the same.

        PERF: what they share is not looked at: one step a chunk, where one an entry would be needed.
        """
        mine, theirs = ({id(chunk): chunk for chunk in one.runs("")} for one in (self, other))
        before, after = (
            {key: value for number, chunk in one.items() if number not in two for key, value in _entries(chunk)}
            for one, two in ((mine, theirs), (theirs, mine))
        )
        for key, value in before.items():
            if after.get(key) is not value:
                yield key, value, after.get(key)
        yield from ((key, None, value) for key, value in after.items() if key not in before)

    def copy(self) -> Self:
        """The same entries, apart from these from now on."""
        self._is_shared = self._shares_sizes = True
        self._owner = object()  # what was this map's own is shared now
        return self._sharing(self)

    @staticmethod
    def row(values: Iterable[Any]) -> Any:
        """What a chunk's values stand in."""
        return list(values)

    def _chunk(self, index: int) -> Chunk[V]:
        chunk = self._chunks[index]
        return self._changed.get(index, chunk) if self._changed else chunk

    def _own(self, index: int) -> Chunk[V]:
        """The chunk, to be changed. PERF: of a million records the list of chunks is more than a chunk is."""
        chunk = self._chunk(index)
        if chunk.owner is not self._owner:
            chunk = Chunk(list(chunk.keys), self.row(chunk.values), self._owner)
            if self._is_shared and len(self._changed) == OWN:
                self._part()
            (self._changed if self._is_shared else self._chunks)[index] = chunk
        chunk.joined = None
        return chunk

    def _part(self) -> None:
        """Have lists of our own."""
        if not self._is_shared:
            return
        self._chunks, self._firsts, self._is_shared = list(self._chunks), list(self._firsts), False
        for index, chunk in self._changed.items():
            self._chunks[index] = chunk
        self._changed = {}

    def _sum(self, begin: int, end: int) -> int:
        """How many entries the chunks from ``begin`` up to ``end`` hold. PERF: of a million entries 2,000 chunks."""
        if self._groups is None:
            self._groups = array("L", [sum(self._sizes[at : at + GROUP]) for at in range(0, len(self._sizes), GROUP)])
        first, last = -(-begin // GROUP), end // GROUP
        if first >= last:
            return sum(self._sizes[begin:end])
        grouped = sum(self._groups[first:last])
        return sum(self._sizes[begin : first * GROUP]) + grouped + sum(self._sizes[last * GROUP : end])

    def _resize(self, index: int, more: int) -> None:
        if self._shares_sizes:
            self._sizes, self._shares_sizes = self._sizes[:], False
            self._groups = self._groups and self._groups[:]
        self._size += more
        self._sizes[index] += more
        if self._groups is not None:
            self._groups[index // GROUP] += more

    def _split(self, index: int, chunk: Chunk[V], place: int) -> None:
        """Make two of a chunk. PERF: one that is filled in order is split near its end, so that chunks become full."""
        self._part()
        self._resize(index, 0)
        size = len(chunk.keys)
        middle = size - 1 if place == size - 1 and index == len(self._chunks) - 1 else size // 2
        after = Chunk(chunk.keys[middle:], chunk.values[middle:], self._owner)
        del chunk.keys[middle:], chunk.values[middle:]
        self._chunks.insert(index + 1, after)
        self._firsts.insert(index + 1, after.keys[0])
        self._sizes[index] = middle
        self._sizes.insert(index + 1, len(after.keys))
        self._groups = None

    def _pieces(self, start: str | None, *, inclusive: bool) -> Iterator[tuple[list[str], list[V]]]:
        index = place = 0
        if start is not None:
            index, place = self._find(start, inclusive=inclusive)
        while index < len(self._chunks):
            chunk = self._chunk(index)
            keys, values = chunk.keys[place : place + PIECE], chunk.values[place : place + PIECE]
            if not keys:
                index, place = index + 1, 0
                continue
            yield keys, values
            index, place = self._find(keys[-1], inclusive=False)

    def _between(self, start: str, end: str) -> Iterator[list[V]]:
        index, place = self._find(start, inclusive=True)
        last, until = self._find(end, inclusive=True)
        while index < min(last, len(self._chunks)):
            values = self._chunk(index).values
            yield values[place:] if place else values
            index, place = index + 1, 0
        if index == last < len(self._chunks):
            yield self._chunk(index).values[place:until]

    def _find(self, key: str, *, inclusive: bool) -> tuple[int, int]:
        """Where the entries behind ``key`` begin: a chunk, and the place in it, which may be its end."""
        index = max(bisect_right(self._firsts, key) - 1, 0)
        if index >= len(self._chunks):
            return index, 0
        return index, (bisect_left if inclusive else bisect_right)(self._chunk(index).keys, key)


def _entries(chunk: Chunk[V]) -> Iterator[tuple[str, V]]:
    return zip(chunk.keys, chunk.values, strict=True)
