"""What nearly every request asks of a database, as one statement each: a tenant's news, and what was changed in it.

PERF: said to the driver itself. SQLAlchemy writes the statements, once; its own way through each of them takes three
quarters of the time of a read.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
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
  WHERE id = %(shelf)s AND version = %(mine)s{condition}
  RETURNING version
), signed AS (
  INSERT INTO mock_lines (log, number, at, content) SELECT %(log)s, %(number)s, %(at)s, '' FROM moved
), put AS (
  INSERT INTO mock_entries (shelf, version, place, kind, name, key, content)
  SELECT %(shelf)s, moved.version, changed.*
  FROM moved, {rows} AS changed
  ON CONFLICT (shelf, place) DO UPDATE SET version = excluded.version, content = excluded.content
)
SELECT version FROM moved
"""
"""A unit of work in one statement of PostgreSQL, which puts ``rows``: nothing happens where the shelf has another
version, or where a ``condition`` does not hold."""
BESIDE = """
    AND EXISTS (SELECT FROM mock_shelves WHERE id = %(beside)s AND version = %(since)s)"""
"""The condition that another shelf has no other version than is known."""
COLUMNS = MappingProxyType({"place": "bytea", "kind": "text", "name": "bytea", "key": "bytea", "content": "bytea"})
"""Of each row that is put, with their types."""
MANY = f"unnest({', '.join(f'%({name})b::{kind}[]' for name, kind in COLUMNS.items())})"
"""Rows of which each column is an array."""
FEW = 8
"""How many rows are said one by one. PERF: five arrays take as long as the rest of the statement."""


class Direct:
    """Reads and changes live tenants, each time in a transaction that one statement is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reads: dict[int, str] = {}
        """What reads the news of so many shelves."""
        self._move_on, self._put = database.compiled(moved_on()), database.compiled(put_entries(database))
        self._changes: dict[tuple[int, bool], str] = {}
        """What puts so many rows, whether or not another shelf is a condition."""

    def news(self, tenants: Mapping[str, int], beside: NewerThan) -> tuple[dict[str, News], News]:
        """What is newer than a version of each tenant, and of another shelf, all at one moment.

        Raises StoreUnreachable.
        """
        wanted = {name: shelf_id(LIVE, name) for name in tenants}
        asked: dict[str, Any] = {"shelf0": beside.shelf, "since0": beside.since}
        for number, (name, since) in enumerate(tenants.items(), 1):
            asked |= {f"shelf{number}": wanted[name], f"since{number}": since}
        rows: dict[bytes, list[Any]] = {}
        for row in self._database.rows(self._reading(len(tenants) + 1), asked):
            rows.setdefault(bytes(row[0]), []).append(row)
        found = {name: news_of_rows(rows.get(shelf, ())) for name, shelf in wanted.items()}
        return found, news_of_rows(rows.get(beside.shelf, ()))

    def _reading(self, shelves: int) -> str:
        if shelves not in self._reads:
            numbers = range(shelves)
            each = [found_newer(bindparam(f"shelf{one}"), bindparam(f"since{one}")) for one in numbers]
            self._reads[shelves] = self._database.compiled(union_all(*each))
        return self._reads[shelves]

    def write(
        self,
        name: str,
        version: int,
        changes: Sequence[tuple[FactPlace, bytes | None]],
        beside: NewerThan | None = None,
    ) -> None:
        """Make version ``version`` + 1 of a tenant that has been kept before; at most ``MOST`` changes.

        Raises Overtaken when it has another version than that, or the shelf ``beside``, which only a shared database is
        asked for, has another than is known; and StoreUnreachable.
        """
        shelf = shelf_id(LIVE, name)
        rows = [row_of(shelf, place, version + 1, content) for place, content in changes]
        is_moved = self._write_shared if self._database.is_shared else self._write_alone
        condition = {"beside": beside.shelf, "since": beside.since} if beside else {}
        if not is_moved({"shelf": shelf, "mine": version, **condition}, rows):
            raise Overtaken(name)

    def _write_shared(self, moving: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
        number = self._database.number()
        bound = {**moving, "log": COMMITS, "number": number, "at": time.time()}
        if len(rows) <= FEW:
            bound |= {f"{name}{index}": one[name] for index, one in enumerate(rows) for name in COLUMNS}
        else:
            bound |= {name: [one[name] for one in rows] for name in COLUMNS}
        kind = (len(rows) if len(rows) <= FEW else 0, "beside" in moving)
        if kind not in self._changes:
            self._changes[kind] = _change(*kind)
        return self._database.changes(self._changes[kind], bound, number)

    def _write_alone(self, moving: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
        with self._database.cursor() as cursor:
            cursor.execute(self._move_on, moving)
            if cursor.rowcount != 1:
                return False
            cursor.executemany(self._put, rows)
            self._database.end(cursor)
        return True


def _change(few: int, is_beside: bool) -> str:
    """For ``few`` rows, or any number where that is 0."""
    each = (", ".join(f"%({name}{index})b::{kind}" for name, kind in COLUMNS.items()) for index in range(few))
    rows = f"(VALUES ({'), ('.join(each)}))" if few else MANY
    return CHANGE.format(rows=rows, condition=BESIDE if is_beside else "")
