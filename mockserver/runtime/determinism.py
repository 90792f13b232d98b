"""The only sources of "now" and of "a new id": the same seed and the same calls give the same world."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic, time
from typing import TypeAlias

import orjson

from mockserver.errors import Problem, SetupError
from mockserver.values.json_text import read_own
from mockserver.values.moment import read_datetime

Digesting: TypeAlias = "hashlib.blake2b"


def digest(*parts: object) -> int:
    """A 128-bit number that depends on ``parts`` alone: same parts, same number, in any process."""
    return int.from_bytes(digesting(*parts).digest())


def digesting(*parts: object) -> Digesting:
    """``parts`` on the way to being digested; what ``digested`` adds is joined to the last of them, as text."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16)


def digested(begun: Digesting, more: object) -> int:
    """The digest of what was begun, with ``more`` at its end. PERF: half of a whole digest."""
    made = begun.copy()
    made.update(str(more).encode())
    return int.from_bytes(made.digest())


def stamp(moment: datetime) -> str:
    """``moment`` as RFC 3339 in UTC with milliseconds: ``2025-04-18T12:00:00.000Z``.

    PERF: ``isoformat`` takes four times as long, most of it for the offset.
    """
    at = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    text = str(orjson.dumps(at, option=orjson.OPT_UTC_Z), "ascii")
    return f"{text[1:20]}.000Z" if len(text) == _WHOLE_SECOND else f"{text[1:24]}Z"


_WHOLE_SECOND = len('"2025-04-18T12:00:00Z"')
"""What of JSON a moment takes that has no parts of a second; of one that has, all six digits are there."""


EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these the clock can be set: far enough from the ends of the calendar that rules may add to it."""
_WHOLE_RANGE = (LATEST - EARLIEST).total_seconds()
_FAR = 10**9
"""Seconds that may be added to any moment of the range."""
ADVANCES = 256
"""How many advances are remembered one by one."""


Advances: TypeAlias = tuple[tuple[float, timedelta], ...]
"""When a clock was moved on, in seconds since 1970, and by how much."""


class Clock:
    """What the mock takes for "now", and for how long.

    It begins at ``start`` (None: the machine's time) and, when ``running``, goes on at ``speed`` times the machine's
    pace, to LATEST at most; otherwise it stands until someone moves it. Tokens live by the machine's time, since other
    processes mint them, and age by each ``advance`` that came after they were issued.
    """

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        self._lock = Lock()
        self._setting: tuple[datetime, bool, float, float, float, Advances]
        """Where it was, whether it runs and how fast, what the machine's monotonic clock and its wall clock said then,
        advances. Replaced as a whole: who asks meanwhile has the old one or the new one. PERF: a tuple with names takes
        as long again as the rest of ``now``.
        """
        self.set(start or datetime.now(UTC), running=running)

    @property
    def running(self) -> bool:
        """Whether it goes on by itself."""
        return self._setting[1]

    @property
    def speed(self) -> float:
        """Its seconds for each second of the machine, when it goes on."""
        return self._setting[2]

    def now(self) -> datetime:
        """The mock's time, in UTC."""
        base, running, speed, since, _, _ = self._setting
        if not running:
            return base
        ran = (monotonic() - since) * speed
        if ran < _FAR:  # PERF: each request asks several times
            moment = base + timedelta(0, ran)
            return moment if moment < LATEST else LATEST  # noqa: FURB136 -- PERF: a third of a call
        return min(base + timedelta(seconds=min(ran, _WHOLE_RANGE)), LATEST)

    def setting(self) -> tuple[object, ...]:
        """What differs once somebody has set, moved, stopped or started it."""
        return self._setting

    def wall(self) -> datetime:
        """The machine's time, moved on by all that was advanced."""
        *_, advances = self._setting
        return datetime.now(UTC) + sum((by for _, by in advances), timedelta())

    def wall_seconds(self, issued: float | None) -> float:
        """The machine's time, moved on by what was advanced after ``issued``; both in seconds since 1970. None: by all.

        PERF: each request asks; as a datetime it takes three times as long.
        """
        *_, advances = self._setting
        seconds = time()
        for at, by in advances:
            if issued is None or at > issued:
                seconds += by.total_seconds()
        return seconds

    def set(self, moment: datetime, *, running: bool = False, speed: float = 1.0) -> None:
        """Be at ``moment``; forgets what was advanced. Raises SetupError outside EARLIEST to LATEST."""
        _hold_to_range(moment)
        with self._lock:
            self._setting = moment, running, speed, monotonic(), time(), ()

    def run(self, *, running: bool, speed: float | None = None) -> None:
        """Go on from now, at this speed from now on, or stand."""
        with self._lock:
            _, _, known_speed, _, _, advances = self._setting
            speed = known_speed if speed is None else speed
            self._setting = self.now(), running, speed, monotonic(), time(), advances

    def advance(self, by: timedelta) -> None:
        """Move on (or, for a negative ``by``, back). Raises SetupError when that leads outside EARLIEST to LATEST."""
        with self._lock:
            try:
                moved = self.now() + by
            except OverflowError:
                moved = datetime.max.replace(tzinfo=UTC)
            _hold_to_range(moved)
            base, running, speed, since, wall, advances = self._setting
            advances = (*advances, (datetime.now(UTC).timestamp(), by))
            if len(advances) > ADVANCES:  # the two oldest become one, so that memory has a bound
                (_, first), (at, second), *others = advances
                advances = ((at, first + second), *others)
            self._setting = base + by, running, speed, since, wall, advances

    def state(self) -> bytes:
        """All that it is, for another process to ``be`` it; a running clock went on meanwhile."""
        base, running, speed, _, wall, advances = self._setting
        kept = {"base": base.isoformat(), "since": wall, "running": running, "speed": speed}
        return orjson.dumps({**kept, "advances": [(at, by.total_seconds()) for at, by in advances]})

    def be(self, state: bytes) -> None:
        """Be what ``state`` told."""
        kept = read_own(state)
        base, since = read_datetime(kept["base"]), monotonic() - (time() - kept["since"])
        advances = tuple((at, timedelta(seconds=by)) for at, by in kept["advances"])
        with self._lock:
            self._setting = base, kept["running"], kept["speed"], since, kept["since"], advances


def _hold_to_range(moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        problem = f"the clock would be at {moment.year:04}, outside {EARLIEST.year} to {LATEST.year}"
        remedy = f"choose a moment from {stamp(EARLIEST)} to {stamp(LATEST)}"
        raise SetupError([Problem("clock", "/now", problem, remedy)])


class IdSource:
    """New ids and numbers to draw from: each depends on the world's seed and on what it is asked for alone."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def new(self, ordinal: int, *scope: str) -> str:
        """The id number ``ordinal`` of a scope (tenant and resource), in the form of a version 4 UUID."""
        raw = f"{self.draw('id', *scope, ordinal):032x}"
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"

    def draw(self, *parts: object) -> int:
        """A number to draw from that depends on the world's seed and ``parts`` alone."""
        return digest(self._seed, *parts)
