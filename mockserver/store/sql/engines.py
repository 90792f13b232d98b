"""How a database is connected to: how many connections, in what time, and what is told each of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool, StaticPool

from mockserver.store.sql.location import Location

TRANSACTIONS = 16
"""How many connections a process has at once that hold something for longer than a statement takes."""
WITHIN = 5
"""Seconds in which a connection is made, or one of them is free."""
REACHED: Mapping[str, Any] = {
    "max_overflow": 0,
    "pool_timeout": WITHIN,
    "connect_args": {"connect_timeout": WITHIN, "application_name": "mockserver"},
}


def transacting(location: Location) -> Engine:
    """Connections for transactions; to a file there is one, for everything."""
    if location.is_shared:
        # Of what it gives up on a connection that is lost. That one is lost is told in a line of ours.
        logging.getLogger("psycopg").setLevel(logging.ERROR)
        return create_engine(location.url, pool_size=TRANSACTIONS, **REACHED)
    options = {"check_same_thread": False, "timeout": 1}
    engine = create_engine(location.url, poolclass=StaticPool, connect_args=options, paramstyle="named")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # One process has the file for itself, so that what it holds in memory is what is in the file. A commit that
        # the operating system has is safe from whatever happens to the process.
        for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine


def stating(location: Location) -> Engine:
    """Connections on which each statement stands for itself; who asks for one keeps it."""
    return create_engine(
        location.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=REACHED["connect_args"]
    )
