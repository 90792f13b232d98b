"""Members that say when a thing begins and ends, and how long that is: as far apart as things of that name are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple, TypeGuard

from mockserver.contract.inferred_reading import EXACT
from mockserver.messages import Json
from mockserver.values.moment import read_datetime
from mockserver.values.name_words import flat, words_of

KNOWN = 2_048
"""Of how many kinds of objects it is remembered what of them is an interval."""
_PAIRS = (
    ("checkedin", "checkedout"), ("checkin", "checkout"), ("starts", "ends"), ("started", "ended"),
    ("started", "finished"), ("started", "completed"), ("started", "stopped"), ("start", "end"), ("start", "finish"),
    ("start", "stop"), ("begins", "ends"), ("begin", "end"), ("began", "ended"), ("opens", "closes"),
    ("opening", "closing"), ("open", "close"), ("departure", "arrival"), ("departs", "arrives"), ("depart", "arrive"),
    ("departed", "arrived"), ("pickup", "dropoff"), ("pickup", "return"), ("pickup", "delivery"), ("loading",
        "unloading"),
    ("pickedup", "delivered"),
    ("movein", "moveout"), ("clockin", "clockout"), ("entry", "exit"), ("from", "until"), ("from", "through"),
    ("from", "to"), ("since", "until"),
)  # fmt: skip
"""What the beginning of an interval is called, and its end."""
_UNITS: Mapping[str, float] = {
    "milliseconds": 0.001, "millis": 0.001, "ms": 0.001, "seconds": 1, "secs": 1, "sec": 1, "second": 1, "s": 1,
    "minutes": 60, "mins": 60, "min": 60, "minute": 60, "hours": 3_600, "hrs": 3_600, "hour": 3_600, "h": 3_600,
    "days": 86_400, "day": 86_400, "nights": 86_400, "weeks": 604_800, "week": 604_800,
}  # fmt: skip
_LENGTHS = frozenset({"duration", "length", "lasts", "elapsed", "runtime", "total", "worked", "stay"})
_ISO = 0.0
"""The unit of a length whose name tells none: a text of ISO 8601, or minutes."""
_DATED = re.compile(r"\d{4}-\d\d-\d\d")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?Z?")
_ISO_LENGTH = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_OF_NIGHTS = frozenset({"checkin", "checkedin", "pickup", "movein"})
_LONG = frozenset(
    {"contract", "lease", "tenancy", "membership", "subscription", "employment", "job", "education", "license",
     "licence", "insurance", "policy", "warranty", "certificate", "certification", "validity", "valid", "position",
     "experience", "semester", "term", "coverage", "enrollment", "plan", "agreement", "rental", "season", "effective"}
)  # fmt: skip
_SOME_DAYS = frozenset(
    {"trip", "booking", "reservation", "stay", "vacation", "leave", "absence", "campaign", "promotion", "sprint",
     "project", "course", "offer", "coupon", "discount", "festival", "conference", "period", "loan", "challenge",
     "experiment", "milestone", "phase", "hire", "sale", "tour", "voyage", "exhibition"}
)  # fmt: skip
_BOOKED = frozenset({"booking", "reservation"})
"""What is of some days unless it is told to the minute: rooms, tables and courts are booked by the hour."""
_OF_DAYS = frozenset({"date", "day"})
_OF_WORK = frozenset({"shift", "workday", "timesheet"})
_OF_MACHINES = frozenset({"started", "began"})
_OF_HOURS = frozenset({"opens", "open", "opening"})
_OF_WAYS = frozenset({"departure", "depart", "departs", "departed"})
_A_DAY = 86_400
_LONGEST = 40


class Span(NamedTuple):
    """The members of one interval; ``length`` is the one that says how long it is, in ``unit`` seconds, if any."""

    start: str
    end: str
    length: str = ""
    unit: float = _ISO
    word: str = ""


@lru_cache(KNOWN)
def spans(names: tuple[str, ...]) -> tuple[Span, ...]:
    """The intervals that members of these names tell of. PERF: worked out once for each kind of object."""
    return tuple(_spans(names))


def _spans(names: Iterable[str]) -> Iterator[Span]:
    called: dict[str, str] = {}
    for name in names:
        called.setdefault(flat(name), name)
    taken: set[str] = set()
    for first, last in _PAIRS:
        for word, start in called.items():
            end = called.get(word.replace(first, last, 1)) if first in word else None
            if end is None or {start, end} & taken:
                continue
            taken |= {start, end}
            length, unit = _length(called, word.partition(first)[0])
            yield Span(start, end, length, unit, first)


def _length(called: Mapping[str, str], before: str) -> tuple[str, float]:
    """The member that says how long an interval is whose names begin with ``before``."""
    for name in called.values():
        own = [one for one in words_of(name) if one != before]
        if not own or not set(own) <= _LENGTHS | _UNITS.keys() | {"in"}:
            continue
        unit = next((_UNITS[one] for one in own if one in _UNITS), _ISO)
        if own[0] in _LENGTHS or (len(own) == 1 and own[0] in ("nights", "days")):
            return name, unit
    return "", _ISO


def as_moment(value: Json) -> datetime | None:
    """A day or a moment as it is written in JSON, in UTC; None for anything else."""
    if not isinstance(value, str) or not _DATED.match(value):
        return None
    try:
        return read_datetime(value)
    except ValueError:
        return None


def is_exact(value: Json) -> TypeGuard[int | float]:
    """Whether a value is a number that every reader of JSON takes exactly."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= EXACT


def end_of(unit: float, _: datetime, start: Json, length: Json) -> Json:
    """When what begins at ``start`` ends after ``length``, written as ``start`` is."""
    begun, seconds = as_moment(start), _seconds(length, unit)
    if begun is None or seconds is None or (_is_day(str(start)) and seconds % 86_400):
        return None
    try:
        return _like(str(start), begun + timedelta(seconds=seconds))
    except OverflowError:
        return None


def length_of(unit: float, _: datetime, start: Json, end: Json) -> Json:
    """How long it is from ``start`` to ``end``."""
    begun, ended = as_moment(start), as_moment(end)
    if begun is None or ended is None or ended < begun:
        return None
    return round((ended - begun).total_seconds() / (unit or 60))


def _seconds(length: Json, unit: float) -> float | None:
    if is_exact(length) and length >= 0:
        return length * (unit or 60)
    is_text = isinstance(length, str) and len("PT") < len(length) < _LONGEST
    found = _ISO_LENGTH.fullmatch(length) if is_text else None
    if found is None:
        return None
    days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return days * 86_400 + hours * 3_600 + minutes * 60 + seconds


def _is_day(text: str) -> bool:
    return len(text) == len("2025-04-18")


def _like(text: str, moment: datetime) -> str:
    """``moment`` as ``text`` writes one: a day, or with the same zone."""
    if _is_day(text):
        return moment.date().isoformat()
    if offset := _OFFSET.search(text, len("2025-04-18T")):
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        moment = moment.astimezone(timezone(ahead if offset[1] == "+" else -ahead))
    written = moment.isoformat(timespec="milliseconds" if "." in text else "seconds")
    return written.replace("+00:00", "Z") if text[-1:] in "Zz" or offset else written[: -len("+00:00")]


def believable(value: dict[str, Any], random: Random, about: str) -> dict[str, Any]:
    """A made object with its intervals as long as such things last, in the objects that it holds first.

    ``about``: what the object is called.
    """
    value = {name: _within(one, random, name) for name, one in value.items()}
    for span in spans(tuple(value)):
        start, end = value[span.start], value[span.end]
        if isinstance(start, str) and isinstance(end, str):
            words = _single({*words_of(about), *words_of(span.start), *words_of(span.end)}) | {span.word}
            value |= _settled(span, start, end, _seconds(value.get(span.length), span.unit), _Lasting(random, words))
    return value


def _within(value: Json, random: Random, name: str) -> Json:
    if isinstance(value, list):
        return [_within(one, random, name) for one in value]
    return believable(value, random, name) if isinstance(value, dict) else value


def _single(words: set[str]) -> set[str]:
    return {one.removesuffix("s") for one in words}


def _settled(span: Span, start: str, end: str, seconds: float | None, lasting: _Lasting) -> dict[str, Json]:
    """Both ends of an interval; ``seconds`` is how long it is where a member says that."""
    if _CLOCK.fullmatch(start) and _CLOCK.fullmatch(end):
        first, last, minute = lasting.hours()
        return {span.start: _clock(start, first, minute), span.end: _clock(end, last, minute)}
    begun, is_day = as_moment(start), _is_day(start)
    if begun is None or as_moment(end) is None or is_day != _is_day(end):
        return {}
    if is_day:
        days = round(seconds / _A_DAY) if seconds and seconds >= _A_DAY else lasting.days()
        return {span.end: _like(end, begun + timedelta(days=days))}
    begun = lasting.begun(begun)
    lasts = timedelta(seconds=seconds) if seconds else lasting.time()
    return {span.start: _like(start, begun), span.end: _like(end, begun + lasts)}


@dataclass(frozen=True)
class _Lasting:
    """How long a thing lasts that these words tell of."""

    random: Random
    words: set[str]

    def begun(self, moment: datetime) -> datetime:
        """What people plan begins by day at a full quarter of an hour."""
        if self.words & _OF_MACHINES:
            return moment
        hour, minute = self.random.randrange(8, 18), self.random.choice((0, 15, 30, 45))
        return moment.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def days(self) -> int:
        if self.words & _LONG:
            return self.random.choice((365, 730))
        return self.random.randrange(2, 8) if self.words & _OF_NIGHTS else self.random.randrange(3, 15)

    def time(self) -> timedelta:
        """As it is told to the minute."""
        is_by_day = self.words & (_LONG | _OF_NIGHTS | _OF_DAYS) or self.words & _SOME_DAYS - _BOOKED
        if is_by_day:
            return timedelta(days=self.days())
        if self.words & _OF_HOURS:
            return timedelta(hours=self.random.randrange(8, 11))
        if self.words & _OF_WORK:
            return timedelta(hours=self.random.choice((4, 6, 8)))
        if self.words & _OF_WAYS:
            return timedelta(minutes=self.random.randrange(9, 60) * 5)
        if self.words & _OF_MACHINES:
            return timedelta(minutes=self.random.randrange(1, 90))
        return timedelta(minutes=self.random.choice((30, 45, 60, 90, 120)))

    def hours(self) -> tuple[int, int, str]:
        """Two hours of one day, the second the later one, and the minute of both."""
        first = self.random.randrange(7, 11)
        is_long = bool(self.words & (_OF_HOURS | _OF_WORK))
        last = first + (self.random.randrange(8, 11) if is_long else self.random.randrange(1, 4))
        return first, last, self.random.choice(("00", "30"))


def _clock(like: str, hour: int, minute: str) -> str:
    """A time of day written as ``like`` is."""
    return f"{hour:02d}:{minute}{':00' if like.count(':') > 1 else ''}{'Z' if like.endswith('Z') else ''}"
