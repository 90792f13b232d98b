"""When the next request may leave: the rate, what Retry-After asked for, and the end of the time there is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 120.0
"""Seconds that one Retry-After may hold a run up; whatever asks for more is taken for this much."""


class OutOfTime(Exception):
    """The time given to the run is over: what is left stays unchecked."""


class RequestRate:
    """Lets requests go one after the other, at most ``rate`` a second, until ``max_time`` seconds are over."""

    def __init__(
        self,
        rate: float | None = None,
        max_time: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        self._clock, self._pause = clock, pause
        self._deadline = clock() + max_time if max_time else None
        self._next = clock()
        self._lock = threading.Lock()
        self._written = float("-inf")
        self.lag = 0.0
        """Seconds that reads wait after a write, so that they see it."""

    @property
    def clock(self) -> Callable[[], float]:
        return self._clock

    def wrote(self, is_write: bool) -> None:
        """Take note of a write that was just answered."""
        if is_write:
            self._written = self._clock()

    def settle(self) -> None:
        """Wait until a read sees what was written last."""
        missing = self._written + self.lag - self._clock() if self.lag else 0.0
        if missing > 0:
            self._pause(missing)

    def turn(self) -> None:
        """Wait until the next request may leave. Raises OutOfTime when that is after the end."""
        with self._lock:
            now = self._clock()
            leaves = max(now, self._next)
            if self._deadline is not None and leaves > self._deadline:
                raise OutOfTime("the run's time is up")
            self._next = leaves + self._gap
        if leaves > now:
            self._pause(leaves - now)

    def hold(self, seconds: float) -> None:
        """Let nothing leave for so long, as a Retry-After asks."""
        with self._lock:
            self._next = max(self._next, self._clock() + min(seconds, LONGEST_WAIT))

    def wait(self, seconds: float) -> None:
        """Wait for something at the other side to move on, such as its clock."""
        self._pause(seconds)

    def extend(self, seconds: float) -> None:
        """Give at least so much more time: for cleaning up after a run that ran out of it."""
        if self._deadline is not None:
            self._deadline = max(self._deadline, self._clock() + seconds)

    def is_over(self) -> bool:
        return self._deadline is not None and self._clock() >= self._deadline


def retry_after(text: str | None) -> float | None:
    """Seconds that a Retry-After header asks for (a number, or a date), None where it asks for nothing readable."""
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        return float(text.strip())
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
