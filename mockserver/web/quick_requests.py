"""Which requests are answered where they arrive, and which beside the others: as long as those like them took."""

from __future__ import annotations

from typing import NamedTuple

QUICK = 0.002
"""Seconds within which a request is answered that may hold the others up."""
VERY_SLOW = 10
"""How many times as long as a quick request one takes that is slow beyond doubt."""
SMALL = 16 * 1024
"""Bytes of a body up to which a request is like others for the same path."""
KNOWN = 10_000
"""How many kinds of requests are remembered."""


class TimingKey(NamedTuple):
    """What requests that take equally long have in common: a path of the document, its method, whose records."""

    method: str
    template: str
    tenant: str | None


class QuickRequests:
    """What took how long.

    PERF: to hand a request to a thread and its answer back takes as long as to read a record. So what was quick the
    last times is answered at once: what took long once had the processor taken from it, more often than not, by
    whoever else works on this machine.
    """

    def __init__(self) -> None:
        self._quick: set[TimingKey] = set()
        self._doubtful: set[TimingKey] = set()

    def is_quick(self, one: TimingKey) -> bool:
        """Whether requests like this one took no time."""
        return one in self._quick

    def took(self, one: TimingKey, seconds: float) -> None:
        """Learn from a request."""
        if seconds > QUICK:
            if one in self._doubtful or seconds > QUICK * VERY_SLOW:
                self._quick.discard(one)
                self._doubtful.discard(one)
            elif one in self._quick:
                self._doubtful.add(one)
            return
        if not self._doubtful and one in self._quick:  # PERF: nearly always
            return
        if len(self._quick) >= KNOWN:
            self.forget()
        self._doubtful.discard(one)
        self._quick.add(one)

    def forget(self) -> None:
        """The world was changed as a whole: what comes next may have to make its records first."""
        self._quick.clear()
        self._doubtful.clear()
