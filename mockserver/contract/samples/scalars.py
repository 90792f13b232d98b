"""Texts, numbers and truth values of a shape: by format, pattern, bounds and the name of the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from mockserver.contract.samples.patterns import LONGEST, matches, patterned
from mockserver.contract.samples.sample_texts import is_class, is_known, words_for
from mockserver.contract.samples.subjects import Subject
from mockserver.contract.samples.timestamp_names import (
    GROWN,
    NUMBERS,
    YOUNG,
    is_ahead,
    is_birth,
    is_clock,
    is_counted,
    is_day,
    is_moment,
    is_time,
    range_of,
)
from mockserver.contract.schema_shape import SchemaShape
from mockserver.messages import Json
from mockserver.values.moment import whole_second

COMPUTERS = 2**31 - 1
"""Bounds from here on say what a computer can hold, not what is meant."""
WORK = 20_000
"""How many values one draw makes, a long text counting as one for each of its ``LONGEST`` characters."""
EPOCHS = frozenset({"unix-time", "unixtime", "unix-timestamp", "unix_timestamp", "timestamp", "epoch"})
"""Formats of whole numbers that are moments, in seconds since 1970."""
_MONEY = NUMBERS["price"]
_LEARN = frozenset({"student", "pupil", "learner", "apprentice"})
_MARKS = re.compile(r"[^A-Za-z0-9+]")
LONGEST_ASKED = 1_000_000
"""The longest text that is made for a ``minLength``."""


class DrawBudget:
    """What is left of the work that one draw may cost, whatever a schema asks for."""

    def __init__(self, left: int = WORK) -> None:
        self._left = left

    def spend(self, cost: int = 1) -> bool:
        """Whether that much was left."""
        self._left -= cost
        return self._left >= 0


@dataclass(frozen=True, slots=True)
class Draw:
    """What a made value depends on: chance, the moment, and whether all is wanted (``full``) or what must be there.

    ``varies``: it stands beside others of its kind, so that it is made where an example would make all of them alike.
    ``subject``: the object whose members are made.
    """

    random: Random
    now: datetime
    full: bool = False
    varies: bool = False
    budget: DrawBudget = field(default_factory=DrawBudget, compare=False, repr=False)
    subject: Subject | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, number: int, now: datetime, *, full: bool = False, varies: bool = False, called: str = "") -> Draw:
        """The draw that ``number`` begins: the same number, the same values. ``called``: what the object is called."""
        random = Random(number)  # noqa: S311 -- test data, and to be repeatable
        return cls(random, now, full, varies, subject=Subject(random, (called,)))

    @property
    def about(self) -> Subject:
        return self.subject or Subject(self.random)

    def within(self, schema: str, name: str, members: Iterable[str]) -> Draw:
        """The draw for the members of one object, the value of a member ``name``; none: what the draw began with."""
        words = (schema, name) if name else (schema, *self.about.called)
        inner = Subject(self.random, words, members)
        if not name and self.subject is not None and self.subject.is_somebody:
            inner.person = self.subject.person
        return replace(self, subject=inner)

    @property
    def bare(self) -> Draw:
        """The same, with what must be there only."""
        return replace(self, full=False)


def scalar(shape: SchemaShape, draw: Draw, name: str = "") -> Json:
    """A text, number or truth value of that shape."""
    words = shape.words
    if "const" in words:
        return words["const"]
    if words.get("enum"):
        return next((one for one in words["enum"] if one is not None), None)
    if shape.type in ("integer", "number"):
        return _number(shape, draw, name)
    if shape.type == "boolean":
        return bool(draw.full and draw.random.random() < 0.5)
    return None if shape.type == "null" else _text(words, draw, name)


def is_told_by_name(shape: SchemaShape, name: str, example: Json) -> bool:
    """Whether a made text is as good as ``example``: its format or its name tells what it is, or it is plain words."""
    words = shape.words
    if shape.type != "string" or not isinstance(example, str) or words.get("enum") or is_class(name):
        return False
    if words.get("pattern"):
        return is_known(name)
    is_named = is_known(name) or is_moment(name) or is_day(name)
    return words.get("format") in _FORMATS or (not words.get("format") and (" " in example or is_named))


def _number(shape: SchemaShape, draw: Draw, name: str) -> int | float:
    words, step = shape.words, shape.words.get("multipleOf")
    is_whole = shape.type == "integer" or (not step and "format" not in words and is_counted(name))
    low = _human(words.get("minimum", words.get("exclusiveMinimum")))
    high = _human(words.get("maximum", words.get("exclusiveMaximum")))
    if is_whole and low is None and high is None and words.get("format") in EPOCHS:
        return int(moment(draw, name).timestamp())
    if draw.full and not step and (found := _named_number(name, draw, low, high, is_whole=is_whole)) is not None:
        return found
    bottom = low if low is not None else (min(1, high) if high is not None else 1)
    top = high if high is not None else bottom + 99
    value = bottom + (draw.random.random() * (top - bottom) if draw.full else 0)
    if step:
        value = round(value / step) * step
        value = value + step if value < bottom else value
    elif is_whole:
        value = int(value)
    if "exclusiveMinimum" in words and value <= words["exclusiveMinimum"]:
        value += step or (1 if is_whole else (top - bottom) / 2)
    if "exclusiveMaximum" in words and value >= words["exclusiveMaximum"]:
        value -= step or (1 if is_whole else (top - bottom) / 2)
    return int(value) if is_whole else round(value, 2) if round(value, 2) >= bottom else value


def _named_number(
    name: str, draw: Draw, low: float | None, high: float | None, *, is_whole: bool
) -> int | float | None:
    """A number that the name tells, strictly within the bounds: seconds since 1970, a price. None where it does not."""
    if is_whole and low is None and high is None and (is_moment(name) or is_day(name)):
        return int(moment(draw, name).timestamp())
    if not name or (found := range_of(name)) is None:
        return None
    if is_whole and found == _MONEY:
        found = (500, 50_000)  # in the smallest coin
    bottom = found[0] if low is None or low <= found[0] else low
    top = found[1] if high is None or high >= found[1] else high
    value = bottom + (0.01 + 0.98 * draw.random.random()) * (top - bottom)
    if (own := _coordinate(name, draw)) is not None and bottom < own < top and not is_whole:
        value = own
    if is_whole:
        value = round(value)
    if bottom > top or (low is not None and value <= low) or (high is not None and value >= high):
        return None
    return int(value) if is_whole else round(value, 2)


def _coordinate(name: str, draw: Draw) -> float | None:
    """One near the town that the object is in; None for any other number."""
    word = name.lower().rpartition("_")[2]
    near = draw.about.place.latitude if word in ("lat", "latitude") else None
    near = draw.about.place.longitude if word in ("lng", "lon", "longitude") else near
    return None if near is None else near + draw.random.uniform(-0.05, 0.05)


def _human(bound: float | None) -> float | None:
    """A bound that is not merely what a computer's integers can hold."""
    return None if bound is not None and abs(bound) >= COMPUTERS else bound


def _text(words: Mapping[str, Any], draw: Draw, name: str) -> str:
    least = int(words.get("minLength", 0))
    most = int(words.get("maxLength", max(least, LONGEST)))
    if words.get("pattern"):
        for likely in _likely(words, draw, name):
            if least <= len(likely) <= most and likely and matches(words["pattern"], likely):
                return likely
        return patterned(words["pattern"], draw.random, least, most)
    text = _FORMATS[words["format"]](draw, name) if words.get("format") in _FORMATS else _worded(name, draw)
    if len(text) < least <= LONGEST_ASKED and draw.budget.spend(least // LONGEST):
        text += "x" * (least - len(text))
    return text[:most].rstrip() if len(text) > most > 0 else text[:most]


def _likely(words: Mapping[str, Any], draw: Draw, name: str) -> Iterator[str]:
    """The texts that a pattern may be meant for, likeliest first: what the name tells, as it is and closed up."""
    if words.get("format") == "decimal":  # such a pattern often allows a sign or a point alone
        yield f"{draw.random.randrange(1, 100)}.00" if draw.full else "1"
        return
    worded = _worded(name, draw)
    yield worded
    if is_time(name):
        yield clock(draw.random)
    yield worded.replace(" ", "")
    yield _MARKS.sub("", worded)
    yield words_for("", draw.about)
    yield clock(draw.random)
    yield moment(draw).date().isoformat()


def _worded(name: str, draw: Draw) -> str:
    """A text that the name tells: a day, a moment, or words."""
    if is_day(name):
        return moment(draw, name).date().isoformat()
    if is_moment(name):
        return _said_moment(draw, name)
    return clock(draw.random) if is_clock(name) else words_for(name, draw.about)


def clock(random: Random) -> str:
    """A time of day at a full half of an hour, such as 09:30."""
    return f"{random.randrange(8, 18):02d}:{random.choice(('00', '30'))}"


def moment(draw: Draw, name: str = "") -> datetime:
    """Now or, where all is wanted, some moment of the year before; of the year to come where the name tells that.

    Who has a day of birth is grown up.
    """
    if draw.full and is_birth(name) and draw.about.is_person:
        return draw.now - timedelta(days=draw.random.randrange(*(YOUNG if _LEARN & {*draw.about.nouns} else GROWN)))
    way = 1 if is_ahead(name) else -1
    return draw.now + way * timedelta(minutes=draw.random.randrange(500_000)) if draw.full else draw.now


def _said_moment(draw: Draw, name: str) -> str:
    return whole_second(moment(draw, name))


def uuid_from(random: Random) -> str:
    """A version 4 UUID."""
    raw = f"{random.getrandbits(128):032x}"
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


def _address(random: Random) -> str:
    """One of the range that is set aside for tests of networks (RFC 2544), so that no two need be alike."""
    return f"198.{random.randrange(18, 20)}.{random.randrange(256)}.{random.randrange(1, 255)}"


def _address_for(draw: Draw, name: str) -> str:
    """A web address: of a picture where the name tells so."""
    text = words_for(name, draw.about)
    return text if text.startswith("https://") else words_for("url", draw.about)


_FORMATS: Mapping[str, Any] = {
    "date-time": _said_moment,
    "date": lambda draw, name: moment(draw, name).date().isoformat(),
    "time": lambda draw, _: moment(draw).strftime("%H:%M:%SZ"),
    "duration": lambda *_: "P1D",
    "uuid": lambda draw, _: uuid_from(draw.random),
    "email": lambda draw, _: words_for("email", draw.about),
    "idn-email": lambda draw, _: words_for("email", draw.about),
    "uri": _address_for,
    "url": _address_for,
    "iri": _address_for,
    "uri-reference": _address_for,
    "hostname": lambda draw, _: words_for("hostname", draw.about),
    "idn-hostname": lambda draw, _: words_for("hostname", draw.about),
    "ipv4": lambda draw, _: _address(draw.random),
    "ip": lambda draw, _: _address(draw.random),
    "ipv6": lambda draw, _: f"2001:db8::{draw.random.randrange(1, 65_000):x}:{draw.random.randrange(1, 65_000):x}",
    "byte": lambda *_: "dmFsdWU=",
    "json-pointer": lambda *_: "/name",
    "relative-json-pointer": lambda *_: "0/name",
    "uri-template": lambda *_: "https://example.com/{id}",
    "regex": lambda *_: "^[a-z]+$",
}
