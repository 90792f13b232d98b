"""Lines of logs: what is only ever added to, of which the newest are kept."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, func, select, update

from mockserver.store.sql.database import Database
from mockserver.store.sql.database_schema import lines, numbers

OFTEN = 50
"""After how many lines the oldest are looked for."""
TICK = 1e-6
"""Seconds by which the lines of one transaction are apart, so that they have an order."""

MANY = """
INSERT INTO mock_lines (log, number, at, content)
SELECT %(log)s, line.* FROM unnest(%(number)b::bigint[], %(at)b::float8[], %(content)b::bytea[]) AS line
ON CONFLICT DO NOTHING
"""
"""Lines of PostgreSQL in one statement. PERF: one for each line took as long as all that a read does."""


class Lines:
    """The logs of a database, each by its name. What is called with a connection is part of its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_numbers(self, connection: Connection, log: str, count: int) -> range:
        """The next ``count`` numbers of a log, which nobody else gets."""
        appear = self._database.insert(numbers).values(log=log, last=0)
        connection.execute(appear.on_conflict_do_nothing(index_elements=["log"]))
        connection.execute(update(numbers).where(numbers.c.log == log).values(last=numbers.c.last + count))
        last = connection.execute(select(numbers.c.last).where(numbers.c.log == log)).scalar_one()
        return range(last - count + 1, last + 1)

    def append(self, connection: Connection, log: str, contents: Sequence[bytes], most: int) -> None:
        """Add lines with the next numbers; now and then forget all but the newest ``most``."""
        given = self.take_numbers(connection, log, len(contents))
        now = time.time()
        timed = [
            (number, now + TICK * index, line) for index, (number, line) in enumerate(zip(given, contents, strict=True))
        ]
        self.insert(connection, log, timed[-most:])
        if (given.stop - 1) // OFTEN > (given.start - 1) // OFTEN:
            self.trim(connection, log, most)

    def insert(self, connection: Connection, log: str, numbered: Iterable[tuple[int, float, bytes]]) -> None:
        """Add lines that have got their numbers."""
        names = ("number", "at", "content")
        given = [*numbered]
        if given and self._database.is_shared:
            columns = dict(zip(names, map(list, zip(*given, strict=True)), strict=True))
            connection.exec_driver_sql(MANY, {"log": log, **columns})
        elif given:
            rows = [{"log": log, **dict(zip(names, line, strict=True))} for line in given]
            connection.execute(self._database.insert(lines).on_conflict_do_nothing(), rows)

    def newest(self, connection: Connection, log: str, most: int) -> list[tuple[int, bytes]]:
        """Number and content of the newest lines, the oldest of them first."""
        query = select(lines.c.number, lines.c.content).where(lines.c.log == log)
        query = query.order_by(lines.c.at.desc(), lines.c.number.desc()).limit(most)
        return [(number, bytes(content)) for number, content in connection.execute(query)][::-1]

    def trim(self, connection: Connection, log: str, most: int) -> None:
        """Forget all but the newest."""
        older = select(lines.c.at).where(lines.c.log == log).order_by(lines.c.at.desc()).offset(most).limit(1)
        connection.execute(delete(lines).where(lines.c.log == log, lines.c.at <= older.scalar_subquery()))

    def clear(self, connection: Connection, log: str) -> None:
        """Forget all; numbers begin again."""
        connection.execute(delete(lines).where(lines.c.log == log))
        connection.execute(delete(numbers).where(numbers.c.log == log))

    def sizes(self, connection: Connection) -> dict[str, int]:
        """How many lines each log has."""
        counted = connection.execute(select(lines.c.log, func.count()).group_by(lines.c.log))
        return {log: number for log, number in counted}  # noqa: C416 -- dict() would ask the rows for keys()
