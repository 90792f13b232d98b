"""Texts by a pattern of ECMA-262: whether one keeps it, and one that does."""

from __future__ import annotations

import re
from random import Random

LONGEST = 4_096
"""The longest text that is made where nothing asks for one."""


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern finds something in the text; false where Python cannot read it."""
    try:
        return re.search(_as_python(pattern), text) is not None
    except re.error:
        return False


def patterned(pattern: str, random: Random, least: int = 0, most: int = LONGEST) -> str:
    """A text that the pattern finds and whose length is within bounds, or the nearest one."""
    from mockserver.contract.samples.pattern_drawing import PatternDrawing  # PERF: few documents have patterns

    text = ""
    read, drawing = _as_python(pattern), PatternDrawing(random)
    try:
        for _ in range(30):
            text = drawing.xeger(_bounded(read, most))
            if least <= len(text) <= most:
                return text
    except (re.error, KeyError, ValueError, OverflowError, TypeError):
        return "string"
    return text


_SET = re.compile(r"(\[(?:\\.|[^\]\\])*\])")
_DOUBLED = re.compile(r"(?<!\\)(\[|&(?=&)|\|(?=\|)|~(?=~))")
"""What within a set Python means to give a meaning of its own one day."""
_OPEN = re.compile(r"(?<!\\)([+*])(?![?+])")


def _as_python(pattern: str) -> str:
    """A pattern of ECMA-262 as ``re`` reads it: classes of letters and digits, and a ``[`` within a set for itself."""
    pieces = _SET.split(pattern.replace(r"\Z", "$"))
    return "".join(
        "[" + _DOUBLED.sub(r"\\\1", piece[1:]).replace(r"\p{L}", "A-Za-z").replace(r"\p{N}", "0-9") if index % 2
        else piece.replace(r"\p{L}", "[A-Za-z]").replace(r"\p{N}", "[0-9]")
        for index, piece in enumerate(pieces)
    )  # fmt: skip


def _bounded(pattern: str, most: int) -> str:
    """``+`` and ``*`` with an end, outside of brackets: a hundred letters would be right and hard to read."""
    pieces = _SET.split(pattern)
    ends = {"+": f"{{1,{min(8, max(most, 1))}}}", "*": f"{{0,{min(8, most)}}}"}
    return "".join(
        piece if index % 2 else _OPEN.sub(lambda found: ends[found[1]], piece) for index, piece in enumerate(pieces)
    )
