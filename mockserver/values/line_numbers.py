"""The lines of problems, for which a file is read again: its text is not kept for what is seldom reported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mockserver.errors import Problem
from mockserver.values.json_text import read_own
from mockserver.values.pointer import ancestors, escape
from mockserver.values.yaml_text import places_of

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def with_lines(problems: Iterable[Problem]) -> list[Problem]:
    """``problems``, those without a line with that of the place that they tell, where their file can be read."""
    listed = [*problems]
    wanted: dict[str, set[str]] = {}
    for one in listed:
        if one.line is None and one.pointer:
            wanted.setdefault(one.file, set()).add(one.pointer)
    lines = {file: _lines(Path(file), pointers) for file, pointers in wanted.items()}
    return [
        one if one.line is not None else replace(one, line=lines.get(one.file, {}).get(one.pointer)) for one in listed
    ]


def _lines(file: Path, pointers: set[str]) -> dict[str, int]:
    """The line of each of ``pointers``, or of the nearest value above it; none of a file that cannot be read."""
    try:
        text = file.read_bytes()
    except (OSError, ValueError):  # an address, or gone meanwhile
        return {}
    if text.lstrip()[:1] not in (b"{", b"["):
        return {pointer: place.line for pointer, place in places_of(text, pointers).items()}
    lines = _json_lines(text, {one for pointer in pointers for one in ancestors(pointer)})
    found = {pointer: next((lines[one] for one in ancestors(pointer) if one in lines), None) for pointer in pointers}
    return {pointer: line for pointer, line in found.items() if line is not None}


def _json_lines(text: bytes, wanted: set[str]) -> dict[str, int]:
    """The line of each wanted value, or of its key. PERF: a document of megabytes is read in a second or two."""
    lines: dict[str, int] = {}
    open_: list[
        tuple[str | None, bool]
    ] = []  # the pointer of each collection, if it is wanted, and whether it has keys
    counts: list[int] = []
    here: str | None = ""
    is_key, line, at = False, 1, 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        if first in b":":
            continue
        if first in b"]}":
            open_.pop()
            counts.pop()
        elif first in b",":
            above, has_keys = open_[-1]
            counts[-1] += 1
            is_key = has_keys
            here = None if has_keys or above is None else f"{above}/{counts[-1]}"
        else:
            if is_key:
                above = open_[-1][0]
                here = None if above is None else f"{above}/{escape(read_own(token.group()))}"
            if here in wanted:
                line, at = line + text.count(b"\n", at, token.start()), token.start()
                lines.setdefault(here, line)
            else:
                here = None
            if is_key:
                is_key = False
            elif first in b"{[":
                open_.append((here, first in b"{"))
                counts.append(0)
                is_key = first in b"{"
                here = None if is_key or here is None else f"{here}/0"
    return lines
