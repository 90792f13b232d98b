"""Under which texts a field's value is filed in an index, so that their order is that of the values."""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import Any

from mockserver.values.moment import Moment, comparable

END = "\0\0"
"""Ends each part of a key: no part has it, and it comes before whatever another part goes on with."""
PAST = "\0\1"
"""Comes behind each key that begins with the same part, and before each that goes on."""
ITEM = "i"
"""What the keys of a list's items begin with."""
SHOWN = 64
"""How many characters of a text are filed; of a longer one a digest stands for the rest."""
LONGEST = 1_000
"""How long a text may be to be kept once more for whoever looks for a part of it."""
_FIRST_SECOND = 10**12
"""Added to seconds, so that none is negative."""


def value_keys(value: Any) -> tuple[str, ...]:
    """The keys of a value, and of each item where it is a list; what is absent is filed as null is.

    In the order of the keys null comes first, then numbers, then texts whatever their case, then all else.
    """
    if type(value) is str:  # PERF: nearly all are
        return (_text_key(value),)
    if isinstance(value, list):
        return (value_key(value), *dict.fromkeys(ITEM + value_key(item) for item in value))
    return (value_key(value),)


def value_key(value: Any) -> str:
    """The key of one value. Two that are the same JSON have the same."""
    if isinstance(value, str):
        return _text_key(value)
    if value is None:
        return f"0{END}{END}"
    if isinstance(value, bool):
        return f"3{END}{value}{END}"
    if isinstance(value, int | float):
        return f"1{_number(value)}{END}{END}"
    return f"3{END}{END}"


def is_exact(value: Any) -> bool:
    """Whether only what is the same JSON has the key of ``value``."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(value) < 2**53
    return isinstance(value, bool | str)


def order_keys(value: Any) -> tuple[str, ...]:
    """The key of a number, or of the moment that a text denotes; none where there is no order."""
    found = comparable(value)
    return () if found is None else (order_key(found) + END,)


def order_key(value: Moment | float) -> str:
    """As ``comparable`` values are ordered; numbers apart from moments."""
    if isinstance(value, Moment):
        return f"m{value.second + _FIRST_SECOND:014}{int(value.is_leap)}{value.fraction}"
    return f"n{_number(value)}"


def folded(value: Any) -> tuple[str | None, ...]:
    """What a part of a text is looked for in, whatever the case; None where that is too long, nothing without texts."""
    texts = _texts(value)
    if not texts:
        return ()
    return ("\n".join(texts).casefold() if sum(map(len, texts)) <= LONGEST else None,)


def joined_texts(value: Any) -> str:
    """A text, or those of a list, each in a line of its own."""
    return "\n".join(_texts(value))


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else (value,)) if isinstance(one, str)]


def rank(key: str) -> str:
    """The part of a value's key that tells where it comes in the order."""
    return key[: key.index(END)]


def whole(key: str, ranked: str) -> str:
    """The key of the value itself, of an index's key that begins with ``ranked``."""
    return key[: key.index(END, len(ranked) + len(END)) + len(END)]


def is_one_rank(ranked: str) -> bool:
    """Whether values of that rank need no further order: no longer texts, no numbers that floats do not tell apart."""
    if ranked[0] == "1":
        return _number(-(2**53)) < ranked[1:] < _number(2**53)
    return ranked[0] == "0" or (ranked[0] == "2" and len(ranked) <= SHOWN)


def _text_key(value: str) -> str:
    shown = value[:SHOWN].casefold()[:SHOWN]  # one letter may become several
    rest = "" if shown == value else _plain(value) if len(value) <= SHOWN else _digest(value)
    return f"2{_plain(shown)}{END}{rest}{END}"


def _plain(text: str) -> str:
    return text.replace("\0", "\0\2") if "\0" in text else text


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _number(value: float) -> str:
    """Sixteen digits in the order of the numbers; whole numbers that no float tells apart have the same."""
    try:
        real = float(value) + 0.0  # there is one zero
    except OverflowError:
        real = float("inf") if value > 0 else float("-inf")
    bits = int.from_bytes(struct.pack(">d", real), "big")
    return f"{bits ^ 0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else bits | 1 << 63:016x}"
