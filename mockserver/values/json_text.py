"""JSON as it arrives from strangers: decoded strictly, within limits, with a reason for every refusal."""

from __future__ import annotations

import json
import re
from collections import Counter
from math import inf, nextafter

import orjson

from mockserver.messages import Json

_LOW = re.compile(rb"-9[0-9]{18}")
FEWEST_BITS = 2**63
LONGEST_NUMBER = 300


class BadJson(ValueError):
    """The text is not JSON that this server takes; the message says why, ``pointer`` where if known."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


def whole(text: str) -> int | float:
    """The whole number that ``text`` is; beyond 64 bits the nearest one further from 0, so that no bound takes it."""
    number = int(text) if len(text) < LONGEST_NUMBER else 2 * FEWEST_BITS * (-1 if text.startswith("-") else 1)
    if -FEWEST_BITS <= number < 2 * FEWEST_BITS:
        return number
    return nextafter(float(number), inf if number > 0 else -inf)


def decode(text: bytes, max_depth: int) -> Json:
    """The value of ``text``: UTF-8, finite numbers, no key twice, nested at most ``max_depth`` deep.

    Raises BadJson.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadJson(_reason(text, error)) from None
    if (found := depth(value, max_depth)) > max_depth:
        raise BadJson(f"is nested {found} or more levels deep, at most {max_depth} are taken")
    if _LOW.search(text):  # the parser's nearest number would lie within what 64 bits hold
        value = json.loads(text, parse_int=whole)
    if _may_repeat_a_key(text, value):
        json.loads(text, object_pairs_hook=_without_repeats, parse_int=str, parse_float=str)
    return value


def _reason(text: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        return f"is not UTF-8: byte 0x{text[wrong.start]:02x} at offset {wrong.start}"
    return f"is not JSON: {error}"


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
    """False only if no key repeats: each key brings a colon, so as many keys kept as colons seen means none was lost.

    PERF: texts with colons inside strings (dates, URLs) fall through to the slower, exact check.
    """
    return type(value) in _CONTAINERS and text.count(b":") != _keys(value)


def _keys(value: Json) -> int:
    below = value.values() if type(value) is dict else value
    own = len(value) if type(value) is dict else 0
    return own + sum([_keys(item) for item in below if type(item) in _CONTAINERS])


def _without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise BadJson(f"has the key {twice[:80]!r} twice in one object")
    return found
