"""A value as a message shows it: as JSON, cut where it is long, at a cost that does not grow with the value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.values.absent import ABSENT

SHOWN = 120
"""How many characters of a value a message shows."""
QUOTED = 80
"""How many characters of a name a message shows."""
_QUOTED = json.JSONEncoder(ensure_ascii=False).encode
"""PERF: made once; json.dumps makes one for each value."""
DEEPEST = 30
"""How many levels of a value are shown."""


def shown(value: Any, limit: int = SHOWN) -> str:
    """``value`` as JSON text of at most ``limit`` characters and an ellipsis; ABSENT as ``nothing``.

    A pattern is shown as ``/…/``; of anything else that JSON does not know, the name of its type.
    """
    if type(value) in _SCALARS:  # PERF: nearly all are
        return cut(_scalar(value, limit), limit)
    pieces: list[str] = []
    size = 0
    for piece in _pieces(value, limit, DEEPEST):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            break
    return cut("".join(pieces), limit)


def quoted(value: Any, limit: int = QUOTED) -> str:
    """A text in quotes, as a message names it: cut where it is long, on one line; any other value as ``shown``."""
    return repr(cut(str(value), limit)) if isinstance(value, str) else shown(value, limit)


def cut(text: str, limit: int = SHOWN) -> str:
    """``text``, or its beginning with an ellipsis where it is longer than ``limit`` characters."""
    return text if len(text) <= limit else f"{text[:limit]}…"


def named(names: Any, limit: int = 60) -> str:
    """Names as a list in words, the first ``limit`` of them, and how many more there are."""
    known = [str(name) for name in names]
    more = f" and {len(known) - limit} more" if len(known) > limit else ""
    return ", ".join(known[:limit]) + more


def how_many(count: int, noun: str) -> str:
    """``1 record``, ``3 records``: a number and its noun, which takes an s for more than one."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def type_name(value: Any) -> str:
    """What JSON Schema calls a value's type; for anything else the name of its class."""
    for name, kinds in _TYPES:
        if isinstance(value, kinds):
            return name
    return "nothing" if value is ABSENT else type(value).__name__


_TYPES: tuple[tuple[str, Any], ...] = (
    ("null", type(None)),
    ("boolean", bool),
    ("integer", int),
    ("number", float),
    ("string", str),
    ("object", Mapping),
    ("array", list | tuple),
)


_SCALARS = frozenset({str, int, float, bool, type(None)})


def _pieces(value: Any, limit: int, levels: int) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple) and levels == 0:
        yield "…"
    elif isinstance(value, Mapping):
        yield from _object(value, limit, levels)
    elif isinstance(value, list | tuple):
        yield from _array(value, limit, levels)
    else:
        yield _scalar(value, limit)


def _object(value: Mapping[Any, Any], limit: int, levels: int) -> Iterator[str]:
    yield "{"
    for index, (name, member) in enumerate(value.items()):
        yield f"{', ' if index else ''}{_scalar(str(name), limit)}: "
        yield from _pieces(member, limit, levels - 1)
    yield "}"


def _array(value: Any, limit: int, levels: int) -> Iterator[str]:
    yield "["
    for index, item in enumerate(value):
        yield ", " if index else ""
        yield from _pieces(item, limit, levels - 1)
    yield "]"


def _scalar(value: Any, limit: int) -> str:
    if isinstance(value, str):
        return _QUOTED(value[: limit + 1])
    if value is None or isinstance(value, bool | float):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else "a very long integer"
    return f"/{value.pattern}/" if isinstance(value, re.Pattern) else type_name(value)
