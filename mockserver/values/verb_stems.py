"""What forms of a verb have in common (``cancel``, ``cancelled``), and what it takes back: ``unlock`` the ``lock``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from mockserver.values.name_words import KNOWN, words_of

_IRREGULAR: Mapping[str, str] = {
    "paid": "pay", "repaid": "repay", "unpaid": "unpay", "sent": "send", "resent": "resend", "withdrawn": "withdraw",
    "begun": "begin", "held": "hold", "frozen": "freeze", "won": "win", "lost": "lose", "sold": "sell", "drawn": "draw",
    "taken": "take", "given": "give", "chosen": "choose", "hidden": "hide",
    "awoken": "wake", "built": "build", "rebuilt": "rebuild", "undone": "undo", "broken": "break", "seen": "see",
}  # fmt: skip
"""What was done, by how it is told."""


_PARTICLES = frozenset({"in", "out", "up", "down", "on", "off", "over", "back"})
"""What stands behind a verb and is never changed with it."""


def undone(stem: str) -> set[str]:
    """What a verb takes back: ``unlock`` the ``lock``, ``disable`` the ``enable``."""
    rests = {stem.removeprefix(one) for one in ("un", "dis", "de") if stem.startswith(one)}
    return {one for rest in rests if len(rest) > 2 for one in (rest, f"en{rest}")} | _TAKEN_BACK.get(stem, set())


@lru_cache(KNOWN)
def stem_of(name: str) -> str:
    """``cancel``, ``canceled``, ``cancelled`` and ``cancelling`` are one, as are ``pay`` and ``paid``, ``check-in`` and
    ``checkedIn``.
    """  # fmt: skip
    *verb, last = words_of(name) or [""]
    return _stem("".join(verb)) + last if verb and last in _PARTICLES else _stem("".join([*verb, last]))


def _stem(word: str) -> str:
    low = _IRREGULAR.get(word, word)
    for ending in ("ation", "ating", "ated", "ates", "ate", "ing", "ed", "es", "e", "s"):
        if low.endswith(ending) and len(low) - len(ending) >= 3:
            low = low[: -len(ending)]
            break
    low = f"{low[:-1]}i" if low[-1:] == "y" else low  # verify, verified
    return low[:-1] if len(low) > 3 and low[-1] == low[-2] else low


_TAKEN_BACK: Mapping[str, set[str]] = {
    stem_of(verb): set(map(stem_of, taken))
    for verb, taken in {
        "restore": ("trash", "archive", "delete", "remove"), "recover": ("trash", "archive", "delete", "remove"),
        "reopen": ("close", "resolve", "complete", "done", "finish"), "resume": ("pause", "suspend", "stop"),
        "reactivate": ("suspend", "deactivate", "disable", "inactive"), "enable": ("disable",),
        "release": ("hold", "block", "lock"), "stop": ("run", "start"), "pause": ("run",),
    }.items()
}  # fmt: skip
"""What verbs take back that are not called like it."""
