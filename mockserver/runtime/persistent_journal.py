"""A journal that outlives its process and shows what every process that shares a store answered."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from dataclasses import asdict
from itertools import count
from threading import Event, Lock, Thread
from typing import Any

import orjson

from mockserver.errors import Violation
from mockserver.runtime.journal import Entry, Journal
from mockserver.store import StoreUnreachable
from mockserver.store.sql.database import Database
from mockserver.store.sql.log_lines import Lines
from mockserver.values.json_text import read_own
from mockserver.values.moment import read_datetime

LOG = "journal"
PAUSE = 0.05
"""Seconds between two writes, for which entries gather. An end without warning loses no more than these."""
LINGERING = 1.0
"""Seconds for which the thread that writes waits for more."""
NUMBERS, FEW = 1_000, 100
"""How many numbers one of several processes takes at once, and how many may be taken in one moment."""
MOST_WAITING = 10_000
"""How many entries wait while the database cannot be reached; the oldest fall out."""


class PersistentJournal(Journal):
    """Numbers are unique; where several processes write, an entry with a higher number may have come earlier."""

    def __init__(self, limit: int, database: Database, lines: Lines) -> None:
        super().__init__(limit)
        self._limit = limit
        self._database = database
        self._lines = lines
        self._numbers: deque[int] = deque()
        self._waiting: deque[tuple[int, float, bytes]] = deque(maxlen=MOST_WAITING)
        self._read: dict[int, Entry] = {}
        self._numbering, self._writing, self._starting = Lock(), Lock(), Lock()
        self._is_running = self._is_closed = False
        self._due = Event()
        self._counted = None if database.is_shared else count(self._last() + 1)
        """The next numbers, where no other process takes any."""

    @property
    def is_at_hand(self) -> bool:
        return self._counted is not None or len(self._numbers) > FEW

    def record(self, entry: Entry) -> int:
        kept = entry.without_secrets()
        number = self._number()
        self._waiting.append((number, time.time(), _as_line(kept)))
        self._write_soon()
        return number

    def entries(self) -> list[tuple[int, Entry]]:
        """The entries kept, each with its number, oldest first: those that others answered just now too."""
        if self._database.is_shared:
            time.sleep(2 * PAUSE)  # by then they have been written
        self._write()
        with self._database.reading() as connection:
            newest = self._lines.newest(connection, LOG, self._limit)
        known = self._read
        self._read = {number: known.get(number) or _entry_of(line) for number, line in newest}
        return list(self._read.items())

    def clear(self) -> None:
        with self._writing, self._numbering, self._database.writing() as connection:
            self._waiting.clear()
            self._numbers.clear()
            self._read = {}
            self._lines.clear(connection, LOG)
            self._counted = None if self._counted is None else count(1)

    def _last(self) -> int:
        with self._database.reading() as connection:
            return max((number for number, _ in self._lines.newest(connection, LOG, 1)), default=0)

    def close(self) -> None:
        """Write what waits, for the last time."""
        self._is_closed = True
        with suppress(StoreUnreachable):
            self._write()

    def _number(self) -> int:
        """The next number; 0 when none can be had: the exchange is told all the same."""
        if self._counted is not None:  # PERF: nothing is asked of the database
            return next(self._counted)
        with self._numbering:
            if not self._numbers:
                try:
                    with self._database.writing() as connection:
                        self._numbers.extend(self._lines.take_numbers(connection, LOG, NUMBERS))
                except StoreUnreachable:
                    return 0
            return self._numbers.popleft()

    def _write_soon(self) -> None:
        with self._starting:
            self._due.set()
            if not self._is_running:
                self._is_running = True
                Thread(target=self._write_later, daemon=True, name="journal").start()

    def _write_later(self) -> None:
        """Write what gathers, until nothing has come for a while.

        PERF: one thread for many entries; to start one took a third of a read.
        """
        while not self._is_closed and self._is_awaited():
            time.sleep(PAUSE)
            self._due.clear()
            try:
                self._write()
            except StoreUnreachable:  # told by the database, once; what waits is written when it is back
                self._due.set()
                time.sleep(1)

    def _is_awaited(self) -> bool:
        """Whether something is to be written, now or soon; the thread ends where nothing is."""
        self._due.wait(LINGERING)
        with self._starting:
            self._is_running = self._due.is_set()
            return self._is_running

    def _write(self) -> None:
        """Write what waits. Raises StoreUnreachable; then it still waits."""
        with self._writing:
            batch = list(self._waiting)
            if batch:
                with self._database.writing() as connection:
                    self._lines.insert(connection, LOG, [line for line in batch if line[0]])
                    self._lines.trim(connection, LOG, self._limit)
                for line in batch:  # where there was no room for them meanwhile, the oldest have gone by themselves
                    if self._waiting[0] is line:
                        self._waiting.popleft()


def _as_line(entry: Entry) -> bytes:
    fields = entry._asdict()
    fields |= {"body": entry.body.decode("latin-1"), "reply": entry.reply.decode("latin-1")}
    fields |= {"headers": dict(entry.headers), "violations": [asdict(one) for one in entry.violations]}
    return orjson.dumps(fields)


def _entry_of(line: bytes) -> Entry:
    fields: dict[str, Any] = read_own(line)
    fields |= {name: fields[name].encode("latin-1") for name in ("body", "reply")}
    fields |= {name: tuple(map(tuple, fields[name])) for name in ("query", "notes")}
    fields["violations"] = tuple(Violation(**one) for one in fields["violations"])
    return Entry(**{**fields, "at": read_datetime(fields["at"])})
