"""What a summary says: ``Number of bills``, ``Number of open bills``, ``Sum of the totals of all bills``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.vocabulary.words import number_of
from mockserver.values.name_words import flat, singular

_IN_STATE = re.compile(r"^(?:the |total )*number of (?:the |all )*([\w-]+) (\w+)\W*$", re.IGNORECASE)
_SUM = re.compile(
    r"^(?:the )?(?:sum|total) of (?:the |all )*(\w+) of (?:the |all )*(?:([\w-]+) )?(\w+)\W*$", re.IGNORECASE
)
"""How words say that a number counts those in a state, or adds up a member."""


@dataclass(frozen=True, slots=True)
class ToldNumber:
    """A number of records that are like ``thing``: of those of which ``member`` is ``value``, where it is named; or the
    sum of their ``summed``.
    """

    thing: str
    member: str = ""
    value: Any = None
    summed: str = ""

    def of(self, record: Any) -> int | float:
        """What one record adds to it."""
        if not isinstance(record, dict) or (self.member and record.get(self.member) != self.value):
            return 0
        number = record.get(self.summed) if self.summed else 1
        return number if isinstance(number, int | float) and not isinstance(number, bool) else 0


def thing_of(description: str) -> str:
    """What a number is about, in small letters and singular; empty where its words do not say."""
    said = _SUM.match(description) or _IN_STATE.match(description)
    return flat(singular(number_of(description) or (said[said.lastindex or 0] if said else "")))


def told_tally(shapes: Shapes, description: str, record: Node | None) -> ToldNumber | None:
    """What a number tells of records that are like ``record``; None where their members do not say."""
    thing, members = thing_of(description), shapes.properties(record) if record is not None else {}
    if not thing or number_of(description):
        return ToldNumber(thing) if thing else None
    added, counted = _SUM.match(description), _IN_STATE.match(description)
    state, summed = (added[2], added[1]) if added else (counted[1] if counted else "", "")
    named = next((one for one in members if summed and flat(singular(one)) == flat(singular(summed))), "")
    if summed and (not named or shapes.type(members[named]) not in ("integer", "number")):
        return None
    if not state:
        return ToldNumber(thing, summed=named)
    found = [
        (name, value) for name, node in members.items()
        for value in (shapes.says(node, "enum") or _truth(shapes, name, node, state))
        if flat(str(value)) == flat(state) or value is True
    ]  # fmt: skip
    return ToldNumber(thing, *found[0], named) if len(found) == 1 else None


def _truth(shapes: Shapes, name: str, node: Node, state: str) -> list[bool]:
    """True, where a member of that name says whether a record is in the state: ``is_active``."""
    return [True] if shapes.type(node) == "boolean" and flat(name) in (flat(state), f"is{flat(state)}") else []
