"""What to do about a name that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

NEAR = 0.6
"""From which likeness on, of 0 to 1, a name is offered."""
SHOWN = 60
"""How many names a message lists."""


def meant(name: str, known: Iterable[str]) -> str:
    """The name that was probably meant, or all there are."""
    from difflib import get_close_matches  # PERF: needed only when something is wrong

    names = sorted(known)
    if not names:
        return "leave it out"
    if close := get_close_matches(name, names, n=1):
        return f"did you mean {close[0]!r}?"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"use one of {', '.join(names[:SHOWN])}{more}"


def nearest(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The names most like ``word``, whatever their case: spelt alike, or beginning as it does; at most ``most``."""
    scored = sorted((-_likeness(word.lower(), name.lower()), name) for name in set(known))
    return [name for score, name in scored[:most] if -score >= NEAR]


def _likeness(word: str, name: str) -> float:
    from difflib import SequenceMatcher

    alike = next(
        (at for at, (one, other) in enumerate(zip(word, name, strict=False)) if one != other), min(len(word), len(name))
    )
    begins = alike / max(len(word), 4)
    return max(begins, SequenceMatcher(None, word, name).ratio())
