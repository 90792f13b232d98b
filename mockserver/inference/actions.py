"""What an action such as ``/orders/{id}/cancel`` changes in the record it is done to (O11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.samples.described_values import listed_values
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.paths import ANY
from mockserver.inference.resource_draft import InferredCollection, Reading
from mockserver.values.name_words import flat, singular

_TIME = re.compile(r"(_?at|_?on|At|On)$")
"""What a member that tells when something was done ends in."""
_COUNT = re.compile(r"^(?:numberof|num|total)|(?:counts?|total)$")
_IRREGULAR: Mapping[str, str] = {
    "paid": "pay", "repaid": "repay", "unpaid": "unpay", "sent": "send", "resent": "resend", "withdrawn": "withdraw",
    "begun": "begin", "held": "hold", "frozen": "freeze", "won": "win", "lost": "lose", "sold": "sell", "drawn": "draw",
    "taken": "take", "given": "give", "chosen": "choose", "hidden": "hide",
    "awoken": "wake", "built": "build", "rebuilt": "rebuild", "undone": "undo", "broken": "break", "seen": "see",
}  # fmt: skip
"""What was done, by how it is told."""
_ASKS = re.compile(r"validat|check|test|preview|simulat|calculat|estimat", re.IGNORECASE)
"""How a verb begins that asks what would be, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Action:
    """``sets``: what becomes of which member (a value, or ``{"now": true}``); ``replies``: record, nothing or other.

    ``takes`` are the members that become what the body says of them; ``holder`` is the one member that becomes, or if
    it is a list gets, the body itself; ``counts`` are numbers of how often it was done, and by how much they change.
    """

    sets: Mapping[str, Any] = field(default_factory=dict)
    replies: str = "other"
    why: str = ""
    takes: tuple[str, ...] = ()
    holder: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


def read_action(shapes: Shapes, reading: Reading, above: InferredCollection) -> Action:
    """The action of the path's last fixed segment on a record of ``above``."""
    verb = reading.entry.path.last_fixed if reading.entry.path.key[-1] != ANY else ""
    replies = _replies(shapes, reading, above)
    sets, why = sets_of(shapes, above, verb)
    if reading.entry.method == "delete" and sets and all(one is True or one == {"now": True} for one in sets.values()):
        sets = {name: False if one is True else None for name, one in sets.items()}
        why = f"DELETE takes {', '.join(map(repr, sets))} back"
    counts = _counts(shapes, above, verb, -1 if reading.entry.method == "delete" else 1)
    asks = _ASKS.match(verb) is not None
    takes, holder = () if asks else _taken(shapes, reading, above, verb), ""
    if takes and not sets:
        why = f"the body sets {', '.join(map(repr, takes))}"
    elif not sets and not asks and (holder := _holder(shapes, reading, above, verb)):
        why = f"the body replaces, or is added to, '{holder}'"
    answers = {
        "record": "it answers the record",
        "nothing": "it answers nothing",
        "other": "it answers a schema of its own",
    }
    return Action(sets, replies, f"{why}; {answers[replies]}", takes, holder, counts)


def _taken(shapes: Shapes, reading: Reading, above: InferredCollection, verb: str) -> tuple[str, ...]:
    """The members of the record that the body says anew: by a PUT or PATCH, or where the path names one of them."""
    if reading.body is None or above.record is None:
        return ()
    own = shapes.properties(above.record)
    said = [name for name in shapes.properties(reading.body) if name in own and (name,) != above.identity]
    is_change = reading.entry.method in ("put", "patch") or any(flat(name) in flat(verb) for name in said)
    return tuple(said) if is_change else ()


def _holder(shapes: Shapes, reading: Reading, above: InferredCollection, verb: str) -> str:
    """The object or list of the record that the path names, and whose members the body has: ``/orders/{id}/items``."""
    if reading.body is None or above.record is None or reading.entry.method == "delete":
        return ""
    sent = set(shapes.properties(reading.body))
    for name, place in shapes.properties(above.record).items():
        if singular(flat(name)) not in {singular(flat(verb)), singular(flat(verb)).removeprefix("add")}:
            continue
        kind = shapes.type(place)
        held = shapes.items(place) if kind == "array" else place if kind == "object" else None
        if held is not None and sent & set(shapes.properties(held)):
            return name
    return ""


def _replies(shapes: Shapes, reading: Reading, above: InferredCollection) -> str:
    if reading.success.media is None:
        return "nothing"
    if reading.record is None or above.record is None:
        return "other"
    if above.schema is not None and shapes.name(reading.record.schema) == above.schema:
        return "record"
    mine, theirs = set(shapes.properties(reading.record.schema)), set(shapes.properties(above.record))
    is_same = bool(mine) and len(mine & theirs) >= 0.8 * max(len(mine), len(theirs))
    is_part = above.identity[:1] and above.identity[0] in mine and mine <= theirs
    return "record" if is_same or is_part else "other"


def sets_of(shapes: Shapes, above: InferredCollection, verb: str) -> tuple[dict[str, Any], str]:
    """What a verb makes of which member of a record of ``above``, and the rule; nothing where no member tells."""
    if above.record is None or not verb:
        return {}, "nothing says what it changes"
    stem = _stem(verb)
    if len(stem) <= 2:
        return {}, f"nothing says what '{verb}' changes"
    members = shapes.properties(above.record)
    states = [(name, option) for name, node in members.items() for option in listed_values(shapes, name, node)]
    for wanted in (stem, *(f"in{one}" for one in _undone(stem))):
        if found := next(((name, option) for name, option in states if _stem(option) == wanted), None):
            return dict([found]), f"'{verb}' makes '{found[0]}' '{found[1]}'"
    return _marked(shapes, members, verb) or ({}, f"nothing says what '{verb}' changes")


def _marked(shapes: Shapes, members: Mapping[str, Node], verb: str) -> tuple[dict[str, Any], str] | None:
    """The member that is called like the verb, or like what the verb undoes: a truth value, or a time."""
    stem = _stem(verb)
    named = {name: _stem(_TIME.sub("", name)) for name in members}
    for name in (name for name, own in named.items() if own == stem):
        if shapes.type(members[name]) == "boolean":
            return {name: True}, f"'{verb}' sets '{name}'"
        if shapes.says(members[name], "format") in ("date-time", "date"):
            return {name: {"now": True}}, f"'{verb}' sets '{name}' to now"
    for name in (name for name, own in named.items() if own in _undone(stem) or stem in _undone(own)):
        if shapes.type(members[name]) == "boolean":
            return {name: False}, f"'{verb}' takes '{name}' back"
    return None


def _counts(shapes: Shapes, above: InferredCollection, verb: str, by: int) -> dict[str, int]:
    """The numbers that say how often it was done, or what it takes back: ``favorite`` ``favoritesCount``, ``likes``."""
    stem, found = _stem(verb), {}
    for name, node in shapes.properties(above.record).items() if above.record is not None and len(stem) > 2 else ():
        own = _stem(_COUNT.sub("", flat(name)))
        if shapes.type(node) == "integer" and (own == stem or own in _undone(stem)) and flat(name) != flat(verb):
            found[name] = by if own == stem else -by
    return found


def _undone(stem: str) -> set[str]:
    """What a verb takes back: ``unlock`` the ``lock``, ``disable`` the ``enable``."""
    rests = {stem.removeprefix(one) for one in ("un", "dis", "de") if stem.startswith(one)}
    return {one for rest in rests if len(rest) > 2 for one in (rest, f"en{rest}")}


def _stem(word: str) -> str:
    """``cancel``, ``canceled``, ``cancelled`` and ``cancelling`` are one, as are ``pay`` and ``paid``."""
    low = _IRREGULAR.get(flat(word), flat(word))
    for ending in ("ation", "ating", "ated", "ates", "ate", "ing", "ed", "es", "e", "s"):
        if low.endswith(ending) and len(low) - len(ending) >= 3:
            low = low[: -len(ending)]
            break
    low = f"{low[:-1]}i" if low[-1:] == "y" else low  # verify, verified
    return low[:-1] if len(low) > 3 and low[-1] == low[-2] else low
