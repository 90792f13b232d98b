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

GROWN, YOUNG = (20 * 365, 70 * 365), (16 * 365, 26 * 365)
"""How many days ago people were born, and those who learn."""
NUMBERS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("price", "amount", "cost", "balance", "subtotal", "revenue"), (5, 500)),
    **dict.fromkeys(("latitude", "lat", "coordinate"), (-60, 70)),
    **dict.fromkeys(("longitude", "lng", "lon"), (-120, 150)),
    **dict.fromkeys(("percent", "percentage", "progress", "score", "humidity", "battery"), (1, 100)),
    **dict.fromkeys(("rating", "stars"), (1, 5)),
    **dict.fromkeys(("quantity", "qty", "count"), (1, 20)),
    **dict.fromkeys(("position", "priority", "rank", "level", "sequence", "order"), (1, 10)),
    **dict.fromkeys(("width", "height"), (200, 1920)),
    **dict.fromkeys(("size", "bytes", "filesize"), (1_000, 5_000_000)),
    **dict.fromkeys(("duration", "seconds", "timeout"), (30, 3_600)),
    "expires in": (3_600, 3_600),
    "year": (2015, 2025), "month": (1, 12), "hour": (0, 23), "minute": (0, 59), "age": (18, 80),
    "port": (1_024, 49_151), "temperature": (-10, 30), "weight": (1, 90), "fee": (2, 25),
    "salary": (30_000, 120_000), "exp year": (2026, 2030), "expiry year": (2026, 2030), "minutes": (15, 120),
        "hours": (1, 8),
    "days": (1, 30), "nights": (1, 7), "guests": (1, 6), "adults": (1, 3), "children": (0, 3), "bedrooms": (1, 5),
    "bathrooms": (1, 3), "rooms": (1, 6), "floor": (0, 12), "floors": (1, 6), "capacity": (10, 60), "seats": (2, 60),
    "area": (30, 180), "mileage": (5_000, 120_000), "odometer": (5_000, 120_000), "speed": (20, 130),
    "calories": (80, 700), "reps": (5, 15), "sets": (3, 5), "distance": (1, 50), "pressure": (980, 1_040),
    "altitude": (0, 2_500), "voltage": (3, 240), "rssi": (-90, -40), "pages": (80, 600),
    "gpa": (2, 4), "likes": (1, 400), "views": (10, 5_000), "followers": (1, 900), "stock": (1, 200),
    "rent": (500, 2_500), "deposit": (100, 2_000), "budget": (1_000, 50_000), "usage": (1, 95),
    "tax rate": (5, 25), "vat rate": (5, 25), "interest rate": (0.5, 7), "exchange rate": (0.5, 2),
    "hourly rate": (20, 120), "daily rate": (30, 250), "nightly rate": (40, 250), "heart rate": (55, 160),
    "square meters": (30, 180), "square feet": (400, 2_000),
}  # fmt: skip
"""Between what a number of that name is, as far as its schema says nothing else."""
_WHOLE = frozenset(
    {"count", "qty", "age", "year", "month", "position", "rank", "sequence", "likes", "views", "followers", "pages",
     "stock", "seats", "capacity", "rooms", "bedrooms", "nights", "guests", "adults", "children", "floor", "floors",
     "reps", "port", "width", "height", "bytes"}
)  # fmt: skip
"""What is counted, and no fraction though its schema says ``number``, as those of generators do that know no other."""


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


def is_time(name: str) -> bool:
    """Whether a member may be a time of day by its name: ``opens_at``, ``startTime``."""
    return is_moment(name) or is_clock(name)


_OF_CLOCKS = ("in", "out", "opening", "closing", "pickup", "lunch")
"""Words before ``time`` that make it a time of day."""


def is_clock(name: str) -> bool:
    """Whether it is called like a time of day and nothing else: ``check_in_time``."""
    words = words_of(name)
    return words == ["time"] or (words[-1:] == ["time"] and words[-2] in _OF_CLOCKS)


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


def is_counted(name: str) -> bool:
    """Whether a number of that name is whole: ``followersCount``."""
    words = words_of(name)
    return bool(words) and (words[-1] in _WHOLE or words[-1] == "counts")


def range_of(name: str) -> tuple[float, float] | None:
    """Between what a number of that name is; None where the name tells nothing: ``price_id`` is not a price."""
    words = words_of(name)
    if (found := NUMBERS.get(" ".join(words[-2:]))) is not None:
        return found
    is_qualified = bool(words) and (words[-1].endswith("ed") or "per" in words)
    return next((NUMBERS[one] for one in words[-1:] + words[:is_qualified] if one in NUMBERS), None)
