"""The tables, and the steps that led to them: an older database is brought up to date when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

facts = Table(
    "mock_facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("content", Text, nullable=False),
)
"""What is known of the whole: the version of the tables, the document it was made for."""

shelves = Table(
    "mock_shelves",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("world", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("base", BigInteger, nullable=False),
    Column("filled", Boolean, nullable=False),
)
"""One tenant of one world (the live one, or a snapshot's): how many units of work changed it. What was read before
version ``base`` is no longer of use; one that is not ``filled`` appears anew."""

entries = Table(
    "mock_entries",
    metadata,
    Column("shelf", LargeBinary(16), primary_key=True),
    Column("place", LargeBinary(16), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("content", LargeBinary),
    Index("mock_entries_changed", "shelf", "version"),
)
"""What stands at one place of a tenant since a version; without content nothing does.

Texts are bytes, since a client's may be of any length and hold any character, and places are digests of them.
"""

numbers = Table(
    "mock_numbers",
    metadata,
    Column("log", String(10), primary_key=True),
    Column("last", BigInteger, nullable=False),
)
"""The last number that was given to a line of a log."""

lines = Table(
    "mock_lines",
    metadata,
    Column("log", String(10), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Float(53), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("mock_lines_by_time", "log", "at"),
)
"""The newest lines of the journal and the outbox; ``at`` is when one was written, in seconds since 1970."""


def _first(connection: Connection) -> None:
    metadata.create_all(connection)


def _violations_by_keyword(connection: Connection) -> None:
    """What the journal holds was written in other words; it is a log, and begins anew."""
    connection.execute(lines.delete().where(lines.c.log == "journal"))


STEPS: Sequence[Callable[[Connection], None]] = (_first, _violations_by_keyword)
"""What makes tables of version n+1 out of those of version n, beginning with none at all."""
