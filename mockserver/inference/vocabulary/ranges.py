"""Parameters that ask for a range of a member, known by their names: ``min_age``, ``price[lte]``, ``startDate``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockserver.inference.vocabulary.words import CHANGED, MADE
from mockserver.messages import Json
from mockserver.values.amounts import amount_of
from mockserver.values.moment import read_moment
from mockserver.values.name_words import flat, words_of

LOWER = frozenset({"min", "minimum", "from", "after", "since", "gte", "gt", "ge", "start", "newer", "lower"})
UPPER = frozenset({"max", "maximum", "to", "before", "until", "lte", "lt", "le", "end", "older", "upper"})
"""Words in the name of a parameter before or after that of a member: the records are at least, or at most, so."""
ENDINGS = ("", "at", "on", "s")
"""What a member's name may have more: ``created_after`` is about ``created_at``, ``startDate`` about ``dates``."""
_OF_DAY = frozenset({"date", "day", "on", "ondate", "onday"})
"""Parameters that ask for what is on one day."""
_WHEN = (
    "start", "startsat", "startat", "starttime", "startdate", "startdatetime", "begin", "beginsat", "begindate", "date",
    "day", "datetime", "when", "at", "time", "timestamp", "scheduledat", "scheduledfor", "occurredat", "happenedat",
    "departure", "departureat", "departuretime", "departuredate", "checkin", "checkindate", "orderdate", "orderedat",
    "placedat", "issuedat", "issuedate", "invoicedate", "publishedat", "postedat", "sentat", "recordedat", "measuredat",
)  # fmt: skip
"""What members are called that tell when something is, the likeliest first."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DAY_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Bound:
    """The least, or the greatest, value of a member that is asked for."""

    member: str
    is_lower: bool


def bound_of(parameter: str, members: Mapping[str, str]) -> Bound | None:
    """What a parameter is a bound of; ``members`` are the names of a record's members by their flat names."""
    words = words_of(parameter)
    for named, is_lower in ((LOWER, True), (UPPER, False)):
        if len(words) > 1 and {words[0], words[-1]} & named:
            rest = "".join(words[1:] if words[0] in named else words[:-1])
            member = next((members[rest + ending] for ending in ENDINGS if rest + ending in members), None)
            return Bound(member, is_lower) if member is not None else None
    return None


def main_moment(moments: Iterable[str]) -> str | None:
    """Of the members of a record that are days or moments, the one that ``from`` and ``to`` are about.

    What tells when something is, else the only one that no server stamps, else when it was made.
    """
    known = {flat(one): one for one in moments}
    others = [one for word, one in known.items() if not CHANGED.fullmatch(word) and not MADE.fullmatch(word)]
    made = [one for word, one in known.items() if MADE.fullmatch(word)]
    likely = [known[word] for word in _WHEN if word in known]
    return next(iter([*likely, *(others if len(others) == 1 else []), *made]), None)


def bounds_of_moment(parameter: str, moment: str) -> tuple[Bound, ...]:
    """What ``from``, ``since`` or ``day`` are bounds of, which name no member; none of any other parameter."""
    word = flat(parameter)
    ways = (True,) if word in LOWER else (False,) if word in UPPER else (True, False) if word in _OF_DAY else ()
    return tuple(Bound(moment, is_lower) for is_lower in ways)


def is_ordered(value: Json) -> bool:
    """Whether a value has an order that it tells itself: a number, a day or a moment."""
    if isinstance(value, str):
        return _DAY.fullmatch(value) is not None or read_moment(value) is not None
    return type(value) in (int, float)


def is_within(value: Json, end: Json, *, is_lower: bool) -> bool:
    """Whether a member's value, or one of those in its list, is at ``end`` or on the side that is asked for."""
    return any(_compares(one, end, is_lower=is_lower) for one in (value if isinstance(value, list) else [value]))


def _compares(one: Json, end: Json, *, is_lower: bool) -> bool:
    if isinstance(one, str) and isinstance(end, str) and is_ordered(one) and is_ordered(end):
        if _DAY_LENGTH in (len(one), len(end)):
            return one[:10] >= end[:10] if is_lower else one[:10] <= end[:10]
        first, second = read_moment(one), read_moment(end)
        return first is not None and second is not None and (first >= second if is_lower else first <= second)
    number, limit = amount_of(one), amount_of(end)
    return number is not None and limit is not None and (number >= limit if is_lower else number <= limit)
