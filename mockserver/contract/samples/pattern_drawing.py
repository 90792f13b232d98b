"""Texts that a pattern finds, of characters that can be read, and in every process the same by the same seed."""

from __future__ import annotations

import string
from itertools import chain
from random import Random
from typing import Any

from rstr.xeger import Xeger

_PLAIN = string.ascii_letters + string.digits
_MARKS = "-_.!@#$%&*+=?/:;,()[]{}<>|~^'\"`\\"
_BLANKS = " \t\n\r\f\v"
_ANY = _PLAIN + _MARKS + _BLANKS
"""All that may be drawn, the most readable first."""


class PatternDrawing(Xeger):
    """Where a pattern leaves a character open, it is a letter or a digit, if that is possible, and otherwise a mark.

    The library draws from all of ASCII, line breaks included, and for ``[^…]`` and ``\\W`` from a set, whose order is
    another one in each process.
    """

    def __init__(self, random: Random) -> None:
        super().__init__(
            random, printable=_PLAIN, nondigits=string.ascii_letters, whitespace=" ", nonwhitespace=_PLAIN,
            nonword=_MARKS.replace("_", ""),
        )  # fmt: skip
        self._cases = {**self._cases, "not_literal": lambda code: random.choice(_others({chr(code)}))}

    def _handle_in(self, value: Any) -> str:
        taken: list[Any] = [*chain(*(self._handle_state(one) for one in value))]
        drawn: str = self._random.choice(_others({*taken[1:]}) if taken[0] is False else taken)
        return drawn


def _others(left_out: set[str]) -> str:
    """The most readable characters but for some."""
    kinds = ("".join(one for one in kind if one not in left_out) for kind in (_PLAIN, _MARKS, _BLANKS))
    return next(filter(None, kinds), _ANY)
