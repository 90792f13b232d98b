"""What is done to a store as a whole while no mock needs to run: look, copy, vacuum, empty."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, func, select, text

from mockserver.errors import Problem, SetupError
from mockserver.store.sql.database import Database
from mockserver.store.sql.database_schema import metadata, shelves
from mockserver.store.sql.log_lines import Lines
from mockserver.store.sql.shelves import LIVE, Shelves

BATCH = 1_000
"""How many rows are copied at once."""


def contents(database: Database) -> dict[str, Any]:
    """Tenants by name, each with its version and, by resource, records and bytes; snapshots; lines of the logs."""
    tenants: dict[str, Any] = {}
    worlds: set[str] = set()
    with database.reading() as connection:
        for world, name, version, resource, records, size in Shelves(database).sizes(connection):
            if world != LIVE:
                worlds.add(world)
                continue
            tenant = tenants.setdefault(name, {"version": version, "records": 0, "bytes": 0, "resources": {}})
            tenant["records"] += records
            tenant["bytes"] += size
            if resource:
                tenant["resources"][resource] = {"records": records, "bytes": size}
        names = [one.partition(" ")[2] for one in Shelves(database).worlds(connection) if one.startswith("snapshot ")]
        lines = Lines(database).sizes(connection)
    return {
        "store": database.location.shown,
        "schema": int(database.fact("schema") or 0),
        "tenants": dict(sorted(tenants.items())),
        "snapshots": [name for name in names if name],
        "journal": lines.get("journal", 0),
        "outbox": lines.get("outbox", 0),
    }


def copy(source: Database, destination: Database) -> int:
    """Fill an empty store with all that is in another; how many rows that were. Raises SetupError."""
    with destination.writing() as writing:
        if writing.scalar(select(func.count()).select_from(shelves)):
            remedy = "name an empty place, or empty it: mockserver store empty"
            raise SetupError([Problem(destination.location.shown, "", "something is in it already", remedy)])
        with source.reading() as reading:
            isolation = "REPEATABLE READ" if source.is_shared else "SERIALIZABLE"
            reading.rollback()
            return sum(_copied(reading.execution_options(isolation_level=isolation), writing, destination))


def vacuum(database: Database) -> int:
    """Forget what was deleted, and give its space back; how much it was."""
    with database.writing() as connection:
        forgotten = Shelves(database).vacuum(connection)
    with database.reading() as connection:
        for table in metadata.sorted_tables if database.is_shared else ():
            connection.execute(text(f"VACUUM {table.name}"))
        if not database.is_shared:
            connection.execute(text("VACUUM"))
    return forgotten


def empty(database: Database) -> None:
    """Remove everything: the next start makes a new world."""
    with database.writing() as connection:
        for table in metadata.sorted_tables:
            connection.execute(delete(table))


def _copied(reading: Connection, writing: Connection, destination: Database) -> Iterator[int]:
    for table in metadata.sorted_tables:
        rows = reading.execution_options(yield_per=BATCH).execute(select(table)).mappings()
        while batch := [dict(row) for row in islice(rows, BATCH)]:
            writing.execute(destination.insert(table).on_conflict_do_nothing(), batch)
            yield len(batch)
