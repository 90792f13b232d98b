"""A log in the database that processes share: its lines are kept with the change that they speak of, or not at all."""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.store.sql.kept_store import KeptStore
from mockserver.values.json_text import read_own


class KeptLines:
    """The last ``limit`` lines of the log ``name``, by all processes that share ``store``."""

    def __init__(self, name: str, limit: int, store: KeptStore) -> None:
        self._name, self._limit, self._store = name, limit, store

    def add(self, line: object) -> None:
        """Keep a dataclass, with this thread's unit of work."""
        self._store.append(self._name, orjson.dumps(line), self._limit)

    def all(self) -> list[tuple[int, dict[str, Any]]]:
        """What is kept, each with its number, oldest first."""
        with self._store.database.reading() as connection:
            newest = self._store.lines.newest(connection, self._name, self._limit)
        return [(number, read_own(line)) for number, line in newest]

    def clear(self) -> None:
        with self._store.database.writing() as connection:
            self._store.lines.clear(connection, self._name)
