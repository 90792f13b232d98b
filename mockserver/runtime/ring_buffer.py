"""Memory with a bound: the newest things, up to so many and so many bytes; older ones fall out."""

from __future__ import annotations

from collections import deque
from itertools import islice
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """What says about how many bytes it takes."""

    def size(self) -> int: ...


Thing = TypeVar("Thing", bound=Sized)


class Log(Protocol[Thing]):
    """Where things are kept in order, bounded: a ring in memory, or lines of a database."""

    def add(self, thing: Thing, /) -> object:
        """Keep it; the oldest fall out."""

    def all(self) -> list[tuple[int, Thing]]:
        """What is kept, each with its number, oldest first."""

    def clear(self) -> None: ...


class Ring(Generic[Thing]):
    """Numbered things, oldest first. Numbers count from 1 and begin again only after ``clear``."""

    def __init__(self, limit: int, max_bytes: int) -> None:
        self._limit = limit
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._kept: deque[tuple[int, int, Thing]] = deque()
        self._bytes = 0
        self._count = 0
        self._era = 0

    def add(self, thing: Thing) -> int:
        """Keep ``thing``; returns its number."""
        size = thing.size()
        with self._lock:
            self._count += 1
            self._kept.append((self._count, size, thing))
            self._bytes += size
            while len(self._kept) > self._limit or (self._bytes > self._max_bytes and len(self._kept) > 1):
                self._bytes -= self._kept.popleft()[1]
            return self._count

    def all(self) -> list[tuple[int, Thing]]:
        """What is kept, each with its number, oldest first."""
        with self._lock:
            return [(number, thing) for number, _, thing in self._kept]

    def after(self, number: int, era: int) -> tuple[int, list[tuple[int, Thing]]]:
        """The era, and what came after ``number`` of ``era``: all there is where that has ended with a ``clear``.

        It takes as long as there is new to tell.
        """
        with self._lock:
            new = self._count - (number if era == self._era else 0)
            newest = islice(reversed(self._kept), max(new, 0))
            return self._era, [(at, thing) for at, _, thing in newest][::-1]

    def clear(self) -> None:
        with self._lock:
            self._era += 1
            self._kept.clear()
            self._bytes = self._count = 0
