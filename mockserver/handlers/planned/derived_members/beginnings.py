"""What something is at first, where a client says that by another name: the ``balance`` is the ``opening_balance``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.contract.document import Node
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.addressing.sendable import is_servers_alone
from mockserver.values.name_words import words_of

_FIRSTS = frozenset({"starting", "start", "initial", "opening", "original"})
_NOW = frozenset({"current", "present", "remaining", "available"})
"""What a member's name begins with that tells what something is at first, and what it is now."""


def as_begun(call: Call, record: Node, value: dict[str, Any]) -> dict[str, Any]:
    """A new record with what begins as something that was said. PERF: which members do is worked out once."""
    remembered = plan_of(call).remembered
    if (pairs := remembered.get("begun as")) is None:
        pairs = remembered["begun as"] = dict(_pairs(call, record))
    return {**value, **{name: value[first] for name, first in pairs.items() if first in value}} if pairs else value


def _pairs(call: Call, record: Node) -> Iterator[tuple[str, str]]:
    """The members that no client says, each with the one that it is at first: ``current_price``, ``starting_price``."""
    shapes = call.tools.maker.shapes
    members = shapes.properties(record)
    firsts = {"".join(words_of(name)[1:]): name for name in members if {*words_of(name)[:1]} & _FIRSTS}
    for name, node in members.items() if firsts else ():
        words = words_of(name)
        first = firsts.get("".join(words[1:] if {*words[:1]} & _NOW else words))
        if first in (None, name) or not is_servers_alone(call, record, name) or is_servers_alone(call, record, first):
            continue
        if shapes.type(node) == shapes.type(members[first]):
            yield name, first
