"""A log in the database that processes share: its lines are kept with the change that they speak of, or not at all."""

from __future__ import annotations

from typing import Generic, TypeVar

import orjson

from mockserver.store.sql.persistent_store import PersistentStore
from mockserver.values.json_text import read_own

Line = TypeVar("Line")


class PersistentLines(Generic[Line]):
    """The last ``limit`` lines of the log ``name``, by all processes that share ``store``; each is a ``kind``."""

    def __init__(self, name: str, limit: int, store: PersistentStore, kind: type[Line]) -> None:
        self._name, self._limit, self._store, self._kind = name, limit, store, kind

    def add(self, line: Line) -> None:
        """Keep it, with this thread's unit of work."""
        self._store.append(self._name, orjson.dumps(line), self._limit)

    def all(self) -> list[tuple[int, Line]]:
        """What is kept, each with its number, oldest first."""
        with self._store.database.reading() as connection:
            newest = self._store.lines.newest(connection, self._name, self._limit)
        return [(number, self._kind(**read_own(line))) for number, line in newest]

    def clear(self) -> None:
        with self._store.database.writing() as connection:
            self._store.lines.clear(connection, self._name)
