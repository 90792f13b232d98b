"""The journal as it happens, as server-sent events: for threads that wait, and for a front that does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import orjson

from mockserver.runtime.journal import Entry, Journal

JOURNAL_STREAM = "mockserver.journal_stream"
"""Where the environ holds what the reply streams."""
MEDIA_TYPE = "text/event-stream"
EVERY = 0.1
"""Seconds between two looks into the journal."""
QUIET = 15.0
"""Seconds after which a client is told that nothing has happened, so that one that has gone is noticed."""
MOST = 50
"""How many entries one piece holds."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class JournalStream:
    """The entries after the number ``last`` that ``meets``, as they come; to iterate over it takes for ever."""

    journal: Journal
    meets: Callable[[Entry], bool]
    last: int
    era: int
    quiet: float = 0.0
    is_first: bool = field(default=True)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield self.piece()
            time.sleep(EVERY)

    def piece(self) -> bytes:
        """What is to be sent now, maybe nothing; to be asked ``EVERY`` so many seconds."""
        if self.is_first:  # what a client's own first look shows is that the stream is open
            self.is_first = False
            return b": the journal, as it happens\n\n"
        era, entries = self.journal.after(self.last, self.era)
        pieces = []
        if era != self.era:
            self.era, self.last = era, 0
            pieces.append(b"event: reset\ndata: {}\n\n")
        for number, entry in entries[:MOST]:
            self.last = number
            if self.meets(entry):
                described = orjson.dumps({"number": number, **entry.described()})
                pieces.append(b"id: %d\nevent: exchange\ndata: %s\n\n" % (number, described))
        self.quiet = 0.0 if pieces else self.quiet + EVERY
        if self.quiet >= QUIET:
            self.quiet = 0.0
            return b": nothing has happened\n\n"
        return b"".join(pieces)
