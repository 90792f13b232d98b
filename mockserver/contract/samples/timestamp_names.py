"""Which members are moments or days by their names, and which numbers fit a name: for schemas that do not say."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.values.name_words import words_of

_WHEN = frozenset({"created", "updated", "modified", "timestamp", "datetime", "deadline"})
_BEFORE_TIME = frozenset(
    {"start", "end", "created", "create", "updated", "update", "modified", "modify", "modification", "creation", "send",
     "sent", "begin", "finish", "expiry", "expiration", "arrival", "departure", "due", "event", "login", "publish",
     "published", "date", "scheduled", "last", "issue", "release"}
)  # fmt: skip
_DAYS = frozenset({"date", "birthday", "birthdate", "dob"})
_OF_DAYS = [[one] for one in ("start", "end", "from", "to", "created", "updated", "added", "joined", "due", "issued")]
_LAST = frozenset({"modified", "updated", "seen", "login", "used", "changed", "accessed", "synced"})
_AHEAD = frozenset({"expires", "expiry", "expiration", "expire", "due", "deadline", "renewal", "renews"})

GROWN = (20 * 365, 70 * 365)
"""How many days ago people were born."""
NUMBERS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("price", "amount", "cost", "balance", "subtotal", "fee", "revenue", "salary"), (5, 500)),
    **dict.fromkeys(("latitude", "lat", "coordinate"), (-60, 70)),
    **dict.fromkeys(("longitude", "lng", "lon"), (-120, 150)),
    **dict.fromkeys(("percent", "percentage", "progress", "score", "humidity", "battery"), (1, 100)),
    **dict.fromkeys(("rating", "stars"), (1, 5)),
    **dict.fromkeys(("quantity", "qty", "count"), (1, 20)),
    **dict.fromkeys(("position", "priority", "rank", "level", "sequence", "order"), (1, 10)),
    **dict.fromkeys(("width", "height"), (200, 1920)),
    **dict.fromkeys(("size", "bytes", "filesize"), (1_000, 5_000_000)),
    **dict.fromkeys(("duration", "seconds", "timeout"), (30, 3_600)),
    "year": (2015, 2025), "month": (1, 12), "hour": (0, 23), "minute": (0, 59), "age": (18, 80),
    "port": (1_024, 49_151), "temperature": (-10, 30), "weight": (1, 90),
}  # fmt: skip
"""Between what a number of that name is, as far as its schema says nothing else."""


def is_moment(name: str) -> bool:
    """Whether a member is called like a moment: ``created_at``, ``startTime``, ``lastSeen``."""
    words = words_of(name)
    last, before = words[-1:] or [""], words[-2:-1] or [""]
    return (
        last[0] in _WHEN
        or (last[0] == "at" and len(words) > 1)
        or (last[0] == "on" and (before[0].endswith("ed") or before[0] == "available"))
        or (last[0] == "time" and before[0] in _BEFORE_TIME)
        or (last[0] in _LAST and before[0] == "last")
        or (len(words) == 1 and last[0] in _AHEAD)
    )


def is_day(name: str) -> bool:
    """Whether a member is called like a day: ``birthday``, ``start_date``."""
    words = words_of(name)
    is_last = words[-1:] != [] and words[-1] in _DAYS
    return is_last or words[-3:] == ["date", "of", "birth"] or (words[:1] == ["date"] and words[1:] in _OF_DAYS)


def is_birth(name: str) -> bool:
    return bool({"birth", "birthday", "birthdate", "dob", "born"} & set(words_of(name)))


def is_ahead(name: str) -> bool:
    """Whether what the name tells of is yet to come: ``expires_at``, ``due_date``."""
    words = words_of(name)
    return bool(_AHEAD & set(words)) or words[-2:] in (["valid", "until"], ["valid", "to"])


def range_of(name: str) -> tuple[float, float] | None:
    """Between what a number of that name is; None where the name tells nothing: ``price_id`` is not a price."""
    words = words_of(name)
    is_qualified = bool(words) and (words[-1].endswith("ed") or "per" in words)
    return next((NUMBERS[one] for one in words[-1:] + words[:is_qualified] if one in NUMBERS), None)
