"""The state that a record begins in: not one that its life ends with, though that may stand first in an enum."""

from __future__ import annotations

import re
from typing import Any

_CALLED = re.compile(r".*(status|state|phase|stage|lifecycle)", re.IGNORECASE)
_ENDS = (
    r"cancel|complet|succe|fail|error|expire|delet|remov|archiv|reject|declin|deni|refus|refund|void|terminat|resolv|"
    r"merg|revok|inactive|disabl|suspend|deactivat|block|bann|finish|abort|abandon|deliver|fulfil|return|stop|dropp|"
    r"trash|withdr|settl|forfeit|obsolete|deprecat|unsubscrib|uncollectible|dissolv|decommission|retir"
)
_ENDED = re.compile(rf"({_ENDS})|(clos(e|ed|ing)|end(ed)?|deny|paid|done|lost|won|dead)$", re.IGNORECASE)
_ENDED_WHEN = re.compile(rf"((({_ENDS})\w*?|clos|end)ed|paid)_?(at|on|date|time|timestamp)", re.IGNORECASE)
_ASIDE = re.compile(
    r"cancel|reject|declin|deni|deny|refus|fail|error|expire|void|refund|abort|abandon|withdr|delet|remov|archiv|trash|"
    r"revok|suspend|block|bann|disabl|inactive|dropp|terminat|lost|no_?-?show|skip|overdue|dispute|hold|on_?-?hold|pause",
    re.IGNORECASE,
)
"""How states are called that are no step of the usual way of a life."""
_UNSET = re.compile(r"(.*_)?unspecified", re.IGNORECASE)
"""How protocol buffers call the value that stands for none."""
_BEGUN = (
    "draft", "new", "created", "open", "opened", "available", "todo", "backlog", "initial", "requested", "submitted",
    "queued", "scheduled", "unpaid", "pending", "waiting", "incomplete", "active", "enabled", "online", "up",
)  # fmt: skip
"""What things are called at first, the earliest first."""
FEWEST = 3
"""So many values in the order of the alphabet are there for it, and not in the order of a life."""


def is_state(name: str) -> bool:
    """Whether a member is called like one that tells where in its life a record is."""
    return _CALLED.fullmatch(name) is not None


def is_end_date(name: str) -> bool:
    """Whether a member is called like one that tells when a life ended: ``canceled_at``."""
    return _ENDED_WHEN.fullmatch(name) is not None


def is_ended(word: str) -> bool:
    """Whether a word tells of a state that a life ends with: ``cancelled``, ``rejection``."""
    return _ENDED.match(word) is not None


def is_aside(state: str) -> bool:
    """Whether a state stands beside the way that most lives take: whatever is listed before it may never have been."""
    return _ASIDE.match(state) is not None


def in_order_of_life(options: list[str]) -> bool:
    """Whether the order of the values may be that of a life, and is not merely that of the alphabet."""
    return len(options) < FEWEST or options != sorted(options)


def meaningful(options: list[Any]) -> list[Any]:
    """The values but for those that stand for none; all where there is no other."""
    return [one for one in options if not (isinstance(one, str) and _UNSET.fullmatch(one))] or options


def living(options: list[Any]) -> list[Any]:
    """Of the values of a state those that no life ends with; all where there is no other."""
    options = meaningful(options)
    return [one for one in options if not (isinstance(one, str) and _ENDED.match(one))] or options


def first_state(options: list[Any]) -> Any:
    """The value that a new record has: the first of its life where the order tells it, else what is called so."""
    left = living(options)
    words = [one.lower() for one in left if isinstance(one, str)]
    if in_order_of_life([str(one) for one in options]):
        return left[0]
    begun = next((word for word in _BEGUN if word in words), None)
    return left[0] if begun is None else next(one for one in left if str(one).lower() == begun)
