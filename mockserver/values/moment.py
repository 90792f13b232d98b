"""The one notion of a moment: every date-time that the validator takes, a date alone, and which of two comes first."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

_TEXT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d):?(\d\d)?)?)?",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_CYCLE = 146_097
"""The days of 400 years, after which the calendar repeats itself."""
_EPOCH = date(1970, 1, 1).toordinal()
_KNOWN = 4_096
"""How many moments are remembered by their text: records hold the same days again and again."""
_SHORT = 40
"""How long a text is that is worth remembering."""


class Moment(NamedTuple):
    """A point in time that can be compared with another.

    ``second``: whole seconds since 1970 in UTC; ``is_leap``: the 61st of a minute, which comes after its 60th;
    ``fraction``: the decimal digits of the rest, without zeros at the end.
    """

    second: int
    is_leap: bool = False
    fraction: str = ""

    def as_datetime(self) -> datetime:
        """The moment to a microsecond, in UTC; a leap second as the end of the second before.

        Raises ValueError when it is not within the years 1 to 9999.
        """
        days, seconds = divmod(self.second, 86_400)
        if not 1 <= days + _EPOCH <= date.max.toordinal():
            raise ValueError("is not within the years 1 to 9999")
        micro = 999_999 if self.is_leap else int(self.fraction[:6].ljust(6, "0"))
        day = date.fromordinal(days + _EPOCH)
        hour, minute = seconds // 3_600, seconds // 60 % 60
        return datetime(day.year, day.month, day.day, hour, minute, seconds % 60, micro, UTC)


def read_moment(text: str) -> Moment | None:
    """The moment that an RFC 3339 date-time denotes; None for any other text.

    Also taken: a date alone (its first instant), no seconds, no offset (both mean UTC).
    """
    return _known_moment(text) if len(text) <= _SHORT else _moment(text)


def _moment(text: str) -> Moment | None:
    found = _TEXT.fullmatch(text)
    if found is None or (day := _day(*map(int, found.group(1, 2, 3)))) is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.group(4, 5, 6))
    ahead, behind = int(found[10] or 0), int(found[11] or 0)
    if hour > 23 or minute > 59 or second > 60 or ahead > 23 or behind > 59:
        return None
    offset = (ahead * 60 + behind) * (-60 if found[9] == "-" else 60)
    whole = day * 86_400 + hour * 3_600 + minute * 60 + min(second, 59) - offset
    if second == 60 and whole % 86_400 != 86_399:
        return None
    return Moment(whole, second == 60, (found[7] or "").rstrip("0"))


def read_datetime(text: Any) -> datetime:
    """The moment that a text denotes, in UTC. Raises ValueError saying what is wrong."""
    if isinstance(text, str):
        return _known_datetime(text) if len(text) <= _SHORT else _datetime(text)
    raise ValueError(_NO_MOMENT)


def _datetime(text: str) -> datetime:
    if (found := _read_stamp(text)) is not None:
        return found
    if (moment := read_moment(text)) is None:
        raise ValueError(_NO_MOMENT)
    return moment.as_datetime()


_NO_MOMENT = "is not a date-time such as 2025-04-18T10:00:00Z"


def _read_stamp(text: str) -> datetime | None:
    """A timestamp as this package writes it, None for all else. PERF: a quarter of the time of the other way."""
    if len(text) != 24 or _STAMP.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # a leap second, or the year 0
        return None


def read_date(text: Any) -> date:
    """The day that a text such as 2025-04-18 denotes. Raises ValueError saying what is wrong."""
    if not isinstance(text, str) or _DAY.fullmatch(text) is None:
        raise ValueError("is not a date such as 2025-04-18")
    return date.fromisoformat(text)


@lru_cache(_KNOWN)
def day_text(ordinal: int) -> str:
    """The day of that ordinal of the calendar (1 is the first of the year 1), such as 2025-04-18."""
    return date.fromordinal(ordinal).isoformat()


def whole_second(moment: datetime) -> str:
    """``moment``, which is in UTC, as an RFC 3339 date-time without parts of a second: ``2025-04-18T12:00:00Z``."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def comparable(value: Any) -> Moment | float | None:
    """What a value is ordered by: the moment that a text denotes, or a number; None where there is no order."""
    if isinstance(value, str):
        return read_moment(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def order(one: Any, other: Any) -> int | None:
    """-1, 0 or 1 as ``one`` comes before, with or after ``other``; None unless both are moments, or both numbers.

    Takes what ``comparable`` gave, so that a bound is read once for many values.
    """
    if one is None or other is None or isinstance(one, Moment) is not isinstance(other, Moment):
        return None
    return -1 if one < other else 0 if one == other else 1


_known_moment = lru_cache(_KNOWN)(_moment)
_known_datetime = lru_cache(_KNOWN)(_datetime)


def _day(year: int, month: int, day: int) -> int | None:
    """Days since 1970. The year 0, which the standard knows and Python does not, is counted a cycle later."""
    try:
        return date(year or 400, month, day).toordinal() - (0 if year else _CYCLE) - _EPOCH
    except ValueError:
        return None
