"""Ids of records in their order, found by what narrows them down, and what several ways of finding have in common."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from typing import Protocol

from mockserver.store.ordered_map import OrderedMap


class Cursor(Protocol):
    """A set of ids. Nobody asks for one before the last that was asked for."""

    def seek(self, least: str) -> str | None:
        """The first id that is ``least`` or comes behind it."""
        ...


class Filed:
    """The records filed under one key."""

    __slots__ = ("_key", "_map")

    def __init__(self, index: OrderedMap[str | None], key: str) -> None:
        self._map = index
        self._key = key

    def seek(self, least: str) -> str | None:
        found = self._map.first(self._key + least)
        return found[1] if found and found[0].startswith(self._key) else None


class Listed:
    """Ids that are in their order already, each once."""

    __slots__ = ("_ids", "_place")

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._place = 0

    def seek(self, least: str) -> str | None:
        self._place = bisect_left(self._ids, least, self._place)
        return self._ids[self._place] if self._place < len(self._ids) else None


class Holding:
    """The records whose text has a part, looked for in many texts at once.

    PERF: 0.2 ms for 10,000 names of which none has it, where it took 38 ms to read the records.
    """

    __slots__ = ("_found", "_part", "_texts")

    def __init__(self, texts: OrderedMap[str | None], part: str) -> None:
        self._texts = texts
        self._part = part
        self._found: list[str] = []

    def seek(self, least: str) -> str | None:
        if not self._found or self._found[-1] < least:
            self._found = next(self._runs(least), [])
        place = bisect_left(self._found, least)
        return self._found[place] if place < len(self._found) else None

    def _runs(self, least: str) -> Iterator[list[str]]:
        for chunk in self._texts.runs(least):
            if chunk.joined is None and None not in chunk.values:
                chunk.joined = "\n".join([text or "" for text in chunk.values])
            if chunk.joined is None or self._part in chunk.joined:
                pairs = zip(chunk.keys, chunk.values, strict=True)
                found = [key for key, text in pairs if key >= least and (text is None or self._part in text)]
                if found:
                    yield found


class Common:
    """The ids that all cursors have."""

    __slots__ = ("_cursors",)

    def __init__(self, cursors: Sequence[Cursor]) -> None:
        self._cursors = cursors

    def seek(self, least: str) -> str | None:
        agreed = place = 0
        while agreed < len(self._cursors):
            found = self._cursors[place].seek(least)
            if found is None:
                return None
            agreed = agreed + 1 if found == least else 1
            least, place = found, (place + 1) % len(self._cursors)
        return least


class Together:
    """The ids that one of the cursors has at least."""

    __slots__ = ("_ahead", "_cursors")

    def __init__(self, cursors: Sequence[Cursor]) -> None:
        self._cursors = cursors
        self._ahead: list[tuple[str, int]] | None = None
        """The id that each cursor is at, as a heap, and the cursor's number."""

    def seek(self, least: str) -> str | None:
        if self._ahead is None:
            at = [(cursor.seek(least), number) for number, cursor in enumerate(self._cursors)]
            self._ahead = [(found, number) for found, number in at if found is not None]
            heapify(self._ahead)
        while self._ahead and self._ahead[0][0] < least:
            number = self._ahead[0][1]
            found = self._cursors[number].seek(least)
            if found is None:
                heappop(self._ahead)
            else:
                heapreplace(self._ahead, (found, number))
        return self._ahead[0][0] if self._ahead else None


def walk(cursor: Cursor, least: str) -> Iterator[str]:
    """The ids of a cursor from ``least`` on."""
    while (found := cursor.seek(least)) is not None:
        yield found
        least = found + "\0"
