"""Where the worlds of all tests are kept that do not say it themselves: in memory, or each in an SQLite file."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from dataclasses import replace
from typing import Any

from mockserver.settings import Settings
from mockserver.world import World


def choose() -> None:
    """``MOCKSERVER_TEST_STORE=sqlite`` in the environment: files. Set before the first world is made."""
    if os.environ.get("MOCKSERVER_TEST_STORE") != "sqlite":
        return
    folder, counting = tempfile.mkdtemp(prefix="mockserver-stores-"), itertools.count()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make = World.__init__

    def made(self: World, settings: Settings, *args: Any) -> None:
        if settings.store == "memory":
            settings = replace(settings, store=f"{folder}/{os.getpid()}-{next(counting)}.db")
        make(self, settings, *args)

    World.__init__ = made  # type: ignore[method-assign]
