"""Where records are kept: each write is a new edition, so that a read may see the world as it was a moment ago."""

from __future__ import annotations

import copy
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

Record = dict[str, Any]
LONG_AGO = 5.0
"""Seconds after which nothing lags any more."""


class Shelf:
    """The records of one resource of one tenant, with their earlier editions."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._editions: dict[str, list[tuple[float, Record | None]]] = {}
        self._gone: deque[tuple[float, str]] = deque()

    def put(self, key: str, record: Record | None) -> None:
        """Keep a copy of ``record``; None: it is gone."""
        now = self._clock()
        editions = self._editions.setdefault(key, [])
        editions.append((now, copy.deepcopy(record)))
        del editions[:-20]
        if record is None:
            self._gone.append((now, key))
        while self._gone and self._gone[0][0] < now - LONG_AGO:
            self._forget(self._gone.popleft()[1], now)

    def _forget(self, key: str, now: float) -> None:
        """What was removed long ago is not an edition that any read may still see."""
        editions = self._editions.get(key, [])
        if editions and editions[-1][1] is None and editions[-1][0] < now - LONG_AGO:
            del self._editions[key]

    def get(self, key: str, lag: float = 0.0) -> Record | None:
        """The record as it was ``lag`` seconds ago, not to be changed; None where there was none."""
        until = self._clock() - lag
        for since, record in reversed(self._editions.get(key, [])):
            if since <= until:
                return record
        return None

    def keys(self) -> list[str]:
        """All keys, whatever became of their records, in their order: upper and lower case alike."""
        return sorted(self._editions, key=lambda key: (key.casefold(), key))

    def all(self, lag: float = 0.0) -> Iterator[tuple[str, Record]]:
        for key in self.keys():
            if (record := self.get(key, lag)) is not None:
                yield key, record


class Tenant:
    """One tenant's shelves, the counters of numbers that are never given twice, and the mails that went out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._shelves: dict[str, Shelf] = {}
        self.highest: dict[tuple[str, str], float] = {}
        self.mails: list[Record] = []

    def shelf(self, resource: str) -> Shelf:
        if resource not in self._shelves:
            self._shelves[resource] = Shelf(self._clock)
        return self._shelves[resource]

    def names(self) -> list[str]:
        return list(self._shelves)


def new_key() -> str:
    """Opaque, in both cases, and in no order: a UUID with a mark of its own."""
    text = uuid.uuid4().hex
    return "rs|" + "".join(one.upper() if place % 2 else one for place, one in enumerate(text)) + "-Z"
