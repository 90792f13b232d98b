"""The one reader of JSON: strict with what a request brings, bounded with what a server answers, quick with our own."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import inf, nextafter
from typing import Any

import orjson

from mockserver.messages import Json
from mockserver.values.reasons import reason
from mockserver.values.shown import quoted

_LOW = re.compile(rb"-9[0-9]{18}")
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 19
FEWEST_BITS = 2**63
LONGEST_NUMBER = 300
DEEPEST = 64
"""The levels that are taken of JSON whose depth nobody set: a key set, a part of a form, an answer of a mock."""


read_own = orjson.loads
"""What this process wrote, or only looks at. Raises ValueError. PERF: no check, as every record is read through it."""


class BadJson(ValueError):
    """The text is not JSON that this server takes; the message says why, ``pointer`` where if known.

    ``place`` is the line and the column where a parser gave it up, both from 1.
    """

    def __init__(self, message: str, pointer: str = "", place: tuple[int, int] = (1, 1)) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.place = place


def whole(text: str) -> int | float:
    """The whole number that ``text`` is; beyond 64 bits the nearest one further from 0, so that no bound takes it."""
    number = int(text) if len(text) < LONGEST_NUMBER else 2 * FEWEST_BITS * (-1 if text.startswith("-") else 1)
    if -FEWEST_BITS <= number < 2 * FEWEST_BITS:
        return number
    return nextafter(float(number), inf if number > 0 else -inf)


def read_placed(text: bytes) -> Any:
    """The value of a file's ``text``. Raises BadJson, which tells the place."""
    try:
        return read_own(text)
    except orjson.JSONDecodeError as error:
        raise _unparsed(text, error) from None


def decode(text: bytes, max_depth: int) -> Json:
    """The value of ``text``: UTF-8, finite numbers, no key twice, nested at most ``max_depth`` deep.

    Raises BadJson.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _unparsed(text, error) from None
    if (found := depth(value, max_depth)) > max_depth:
        raise BadJson(f"is nested {found} or more levels deep, at most {max_depth} are accepted")
    if _LOW.search(text):  # the parser's nearest number would lie within what 64 bits hold
        value = json.loads(text, parse_int=whole)
    refuse_repeated_keys(text, value)
    return value


def refuse_repeated_keys(text: bytes, value: Json) -> None:
    """Raise BadJson when an object of ``text``, which was read as ``value``, has a key twice."""
    if _may_repeat_a_key(text, value):
        json.loads(text, object_pairs_hook=_without_repeats, parse_int=str, parse_float=str)


def read_leniently(text: bytes, max_depth: int, parse_constant: Callable[[str], Any] | None = None) -> Any:
    """JSON as Python reads it, for what is judged and not refused for its form: at most ``max_depth`` levels deep.

    ``parse_constant`` takes NaN and the infinities, as for ``json.loads``. Raises BadJson.
    """
    if _brackets(text, max_depth) > max_depth:
        raise BadJson(f"nests deeper than {max_depth} levels")
    # PERF: what the quick reader takes both read alike, but for numbers beyond 64 bits. To look for 19 digits with
    # each written as 0 takes 1 µs a kilobyte, where a pattern takes 12, five times as long as reading.
    if _LONG not in text.translate(_DIGITS):
        with suppress(ValueError):
            return orjson.loads(text)
    try:
        return json.loads(text, parse_constant=parse_constant)
    except json.JSONDecodeError as error:
        raise _unparsed(text, error) from None
    except (ValueError, RecursionError) as error:
        raise BadJson(f"is not JSON: {reason(error)}") from None


def _brackets(text: bytes, few: int) -> int:
    """How many arrays and objects stand inside each other, up to one more than ``few``.

    PERF: counted only where there are more than ``few``.
    """
    if text.count(b"[") + text.count(b"{") <= few:
        return 0
    deepest = level = 0
    for bracket in re.finditer(rb"[\[\]{}]", re.sub(rb'"(?:[^"\\]|\\.)*"', b"", text)):
        level += 1 if bracket[0] in b"[{" else -1
        deepest = max(deepest, level)
        if deepest > few:
            break
    return deepest


def _unparsed(text: bytes, error: json.JSONDecodeError) -> BadJson:
    """Why the parser gave ``text`` up, and where."""
    place = (error.lineno, error.colno)
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        return BadJson(f"is not UTF-8: byte 0x{text[wrong.start]:02x} at offset {wrong.start}", place=place)
    words = _PARSER_WORDS.get(error.msg, error.msg)
    return BadJson(f"is not JSON: {words} at line {error.lineno}, column {error.colno}", place=place)


_PARSER_WORDS: Mapping[str, str] = {
    "depth limit exceeded": "nested too deep to be read",
    "number is infinity when parsed as double": "a number too large to be read",
}
"""What the parser says that is about itself more than about the text."""


def depth(value: Json, limit: int) -> int:
    """How deep ``value`` is nested; stops counting just past ``limit``."""
    found, level = 0, [value] if type(value) in _CONTAINERS else []
    while level and found <= limit:
        found += 1
        level = [
            below
            for item in level
            for below in (item.values() if type(item) is dict else item)
            if type(below) in _CONTAINERS
        ]
    return found


_CONTAINERS = (dict, list)


def _may_repeat_a_key(text: bytes, value: Json) -> bool:
    """False only if no key repeats: as many keys kept as the text can have means that none was lost.

    PERF: most texts have no more colons than keys, which is counted in a tenth of the time; texts with JSON inside
    strings fall through to the slower, exact check.
    """
    if type(value) not in _CONTAINERS:
        return False
    kept = _keys(value)
    return text.count(b":") != kept and _most_keys(text) != kept


def _most_keys(text: bytes) -> int:
    """At least as many as there are keys in ``text``: each ends with a quote, and a colon is next."""
    inside_strings = text.count(rb"\":") - text.count(rb'\\":')  # the quote is escaped, unless its backslash is
    found = text.count(b'":') - inside_strings
    if any(blank in text for blank in (b" :", b"\n:", b"\r:", b"\t:")):
        found += sum(1 for _ in _SPACED.finditer(text))
    return found


_SPACED = re.compile(rb'"[ \n\r\t]+:')
"""Where a key ends and its colon does not follow at once."""


def _keys(value: Json) -> int:
    below = value.values() if type(value) is dict else value
    own = len(value) if type(value) is dict else 0
    return own + sum([_keys(item) for item in below if type(item) in _CONTAINERS])


def _without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise BadJson(f"has the key {quoted(twice)} twice in one object")
    return found
