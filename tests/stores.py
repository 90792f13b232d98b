"""Where the worlds of all tests are kept that do not say it themselves: in memory, or each in a place of its own.

As a program: runs the suites that are named, with the worlds in SQLite files and then on a PostgreSQL server.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from postgres import MISSING, postgres, program

STORE = "MOCKSERVER_TEST_STORE"
"""In the environment: ``sqlite``, or the address of a PostgreSQL server, in which each world gets a schema."""


def choose() -> None:
    """Have all worlds kept where the environment says. Called before the first world is made."""
    where = os.environ.get(STORE)
    if not where:
        return
    from mockserver.world import World

    place = _file() if where == "sqlite" else _schema(where)
    make = World.__init__

    def made(self: World, settings: Any, *args: Any, **options: Any) -> None:
        if settings.store == "memory":
            settings = replace(settings, store=place())
        make(self, settings, *args, **options)
        if where != "sqlite":  # a server has only so many connections
            store: Any = self.store
            weakref.finalize(self, store.database.close).atexit = False

    World.__init__ = made  # type: ignore[method-assign]


def _file() -> Callable[[], str]:
    folder, counting = tempfile.mkdtemp(prefix="mockserver-stores-"), itertools.count()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return lambda: f"{folder}/{os.getpid()}-{next(counting)}.db"


def _schema(server: str) -> Callable[[], str]:
    import psycopg

    connection = psycopg.connect(server, autocommit=True)
    atexit.register(connection.close)
    counting = itertools.count()

    def place() -> str:
        name = f"world_{os.getpid()}_{next(counting)}"
        connection.execute(f"CREATE SCHEMA {name}")
        return f"{server}?options=-csearch_path%3D{name}"

    return place


def main(arguments: list[str]) -> int:
    """Status of the first store on which something fell."""
    command = [sys.executable, "-m", "pytest", *arguments]
    print("each world in an SQLite file", flush=True)
    status = subprocess.call(command, env={**os.environ, STORE: "sqlite"})
    if not program("initdb"):
        print(f"left out: each world on PostgreSQL, which {MISSING}")
        return status
    with postgres() as server:
        print("each world in a schema of PostgreSQL", flush=True)
        # Connections that a thread still has when a world goes are closed by nobody.
        command += ["-W", "ignore::ResourceWarning"]
        return subprocess.call(command, env={**os.environ, STORE: server.url}) or status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
