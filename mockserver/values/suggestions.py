"""What to do about a name that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.values.shown import quoted

NEAR = 0.6
"""From which likeness on, of 0 to 1, a name is offered."""
LONGEST = 80
"""How many characters of a word are looked at: likeness takes time by the square of them."""
SHOWN = 60
"""How many names a message lists."""


def meant(name: str, known: Iterable[str]) -> str:
    """The name that was probably meant, or all there are."""
    names = sorted(known)
    if not names:
        return "leave it out"
    if close := nearest(name, names, most=1):
        return f"did you mean {quoted(close[0])}?"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"use one of {', '.join(names[:SHOWN])}{more}"


def nearest(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The names most like ``word``, whatever their case: spelt alike, or beginning as it does; at most ``most``."""
    word = word[:LONGEST].lower()
    scored = sorted((_likeness(word, name.lower()), name) for name in set(known))
    return [name for (like, _), name in scored[:most] if -like >= NEAR]


def _likeness(word: str, name: str) -> tuple[float, float]:
    """How like they are, and how like they are spelt, which decides between names that begin alike; less is more."""
    from difflib import SequenceMatcher  # PERF: needed only when something is wrong

    alike = next(
        (at for at, (one, other) in enumerate(zip(word, name, strict=False)) if one != other), min(len(word), len(name))
    )
    begins = alike / max(len(word), 4)
    spelt = SequenceMatcher(None, word, name).ratio()
    return -max(begins, spelt), -spelt
