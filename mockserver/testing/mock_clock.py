"""The clock of a mock, as a test reads and moves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.runtime.determinism import Clock
from mockserver.values.moment import read_datetime


@dataclass(frozen=True, slots=True)
class MockClock:
    """Tokens that are out grow older too when the clock is advanced; they do not when it is set."""

    _clock: Clock
    _catch_up: Callable[[], None]
    """Has all that is due by now happened: before the clock is moved, and after it."""

    @property
    def now(self) -> datetime:
        """The mock's time, in UTC."""
        return self._clock.now()

    def advance(self, **by: Any) -> datetime:
        """Move on by ``hours=2``, ``days=-1``, or whatever else timedelta takes; returns the new time."""
        self._catch_up()
        self._clock.advance(timedelta(**by))
        self._catch_up()
        return self.now

    def set(self, moment: str | datetime, *, running: bool = False) -> datetime:
        """Be at ``moment`` (an RFC 3339 date-time, UTC without a zone) and stand there, or go on from it; returns it.

        Raises ValueError for a text that denotes no moment, SetupError before 1970 or after 2200.
        """
        self._catch_up()
        at = read_datetime(moment) if isinstance(moment, str) else moment
        self._clock.set(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), running=running)
        self._catch_up()
        return self.now
