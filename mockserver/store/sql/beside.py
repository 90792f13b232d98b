"""What a unit of work does beside its tenant: lines that are written with it, and what is told once it is kept."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from threading import local
from typing import NamedTuple

from sqlalchemy import Connection

from mockserver.store.sql.log_lines import Lines
from mockserver.store.tenant import Tenant


class LogLine(NamedTuple):
    """A line for a log that keeps ``most`` of them."""

    log: str
    most: int
    content: bytes


class Beside:
    """For each thread what its unit of work has beside the tenant; nothing of it happens where the unit is undone."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._here = local()

    def begin(self, tenant: Tenant) -> None:
        self._here.tenant, self._here.lines, self._here.calls = tenant, [], []

    def end(self) -> None:
        self._here.tenant = None

    @property
    def has_lines(self) -> bool:
        return bool(self._here.lines)

    def put(self, line: LogLine) -> bool:
        """Have a line written with this thread's unit of work; False where there is none."""
        return self._add("lines", line)

    def then(self, call: Callable[[], object]) -> bool:
        """Have something called once this thread's unit of work is kept; False where there is none."""
        return self._add("calls", call)

    def write(self, connection: Connection) -> None:
        for log, found in groupby(sorted(self._here.lines, key=_log_of), _log_of):
            lines = [*found]
            self._lines.append(connection, log, [one.content for one in lines], lines[0].most)

    def kept(self) -> None:
        """The unit of work is kept."""
        calls, self._here.calls = self._here.calls, []
        for call in calls:
            call()

    def _add(self, kind: str, thing: object) -> bool:
        tenant = getattr(self._here, "tenant", None)
        if tenant is None:
            return False
        waiting = getattr(self._here, kind)
        waiting.append(thing)
        if tenant.undo is not None:
            tenant.undo.append(waiting.pop)
        return True


def _log_of(line: LogLine) -> str:
    return line.log
