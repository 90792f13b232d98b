"""What nearly every request asks of a database, as one statement each: a tenant's news, and what was changed in it.

PERF: said to the driver itself. SQLAlchemy writes the statements, once; its own way through each of them takes three
quarters of the time of a read.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, union_all

from mockserver.store.keeping import FactPlace, Overtaken
from mockserver.store.sql.database import COMMITS, Database
from mockserver.store.sql.shelves import LIVE, NewerThan, News, news_of_rows, row_of, shelf_id
from mockserver.store.sql.statements import found_newer, moved_on, put_entries

MOST = 1_000
"""How many places are changed in one statement."""
CHANGE = """
WITH moved AS (
  UPDATE mock_shelves SET version = version + 1, filled = true
  WHERE id = %(shelf)s AND version = %(mine)s
  RETURNING version
), signed AS (
  INSERT INTO mock_lines (log, number, at, content) SELECT %(log)s, %(number)s, %(at)s, '' FROM moved
), put AS (
  INSERT INTO mock_entries (shelf, version, place, kind, name, key, content)
  SELECT %(shelf)s, moved.version, changed.*
  FROM moved, unnest(%(place)b::bytea[], %(kind)b::text[], %(name)b::bytea[], %(key)b::bytea[], %(content)b::bytea[])
    AS changed
  ON CONFLICT (shelf, place) DO UPDATE SET version = excluded.version, content = excluded.content
)
SELECT version FROM moved
"""
"""A unit of work in one statement of PostgreSQL: nothing happens where the shelf has another version."""
ARRAYS = ("place", "kind", "name", "key", "content")


class Direct:
    """Reads and changes live tenants, each time in a transaction that one statement is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        mine = found_newer(bindparam("shelf"), bindparam("since"))
        other = found_newer(bindparam("other"), bindparam("other_since"))
        self._read = database.compiled(union_all(mine, other))
        self._move_on, self._put = database.compiled(moved_on()), database.compiled(put_entries(database))

    def news_of_two(self, name: str, since: int, beside: NewerThan) -> tuple[News, News]:
        """What is newer of a tenant and of another shelf, both at one moment. Raises StoreUnreachable."""
        mine = shelf_id(LIVE, name)
        asked = {"shelf": mine, "since": since, "other": beside.shelf, "other_since": beside.since}
        rows = self._database.rows(self._read, asked)
        other = [one for one in rows if one[0] != mine]
        return news_of_rows([one for one in rows if one[0] == mine]), news_of_rows(other)

    def write(self, name: str, version: int, changes: Sequence[tuple[FactPlace, bytes | None]]) -> None:
        """Make version ``version`` + 1 of a tenant that has been kept before; at most ``MOST`` changes.

        Raises Overtaken when it has another version than that, and StoreUnreachable.
        """
        shelf = shelf_id(LIVE, name)
        rows = [row_of(shelf, place, version + 1, content) for place, content in changes]
        is_moved = self._write_shared if self._database.is_shared else self._write_alone
        if not is_moved({"shelf": shelf, "mine": version}, rows):
            raise Overtaken(name)

    def _write_shared(self, moving: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
        number = self._database.number()
        bound = {**moving, "log": COMMITS, "number": number, "at": time.time()}
        bound |= {name: [one[name] for one in rows] for name in ARRAYS}
        return self._database.changes(CHANGE, bound, number)

    def _write_alone(self, moving: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
        with self._database.cursor() as cursor:
            cursor.execute(self._move_on, moving)
            if cursor.rowcount != 1:
                return False
            cursor.executemany(self._put, rows)
            self._database.end(cursor)
        return True
