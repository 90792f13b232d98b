"""What to do about a name that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 30
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
