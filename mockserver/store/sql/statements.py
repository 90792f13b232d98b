"""The statements of which a unit of work is made, whoever executes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, literal_column, select, true, update

from mockserver.store.sql.database import Database
from mockserver.store.sql.database_schema import entries, shelves

ENTRY = (entries.c.kind, entries.c.name, entries.c.key, entries.c.content)


def found_newer(shelf: Any, since: Any) -> Any:
    """The shelf with what stands on it since a version; one row where nothing does."""
    found = (shelves.c.id, shelves.c.version, shelves.c.base, shelves.c.filled, *ENTRY)
    newer = (entries.c.shelf == shelves.c.id) & (entries.c.version > since)
    return select(*found).select_from(shelves.outerjoin(entries, newer)).where(shelves.c.id == shelf)


def moved_on() -> Any:
    """One version more of a ``shelf``, if it has the version ``mine``."""
    mine: Any = bindparam("mine")
    changed = update(shelves).where(shelves.c.id == bindparam("shelf"), shelves.c.version == mine)
    return changed.values(version=mine + literal_column("1"), filled=true())


def put_entries(database: Database) -> Any:
    """What stands at a place from now on."""
    put = database.insert(entries)
    return put.on_conflict_do_update(
        index_elements=["shelf", "place"], set_={"version": put.excluded.version, "content": put.excluded.content}
    )
