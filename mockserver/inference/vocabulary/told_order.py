"""The order that the words of a list tell: ``Newest first``, ``sorted by name``, ``ordered by price, descending``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.contract import Operation
from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.vocabulary.words import MADE
from mockserver.values.name_words import flat

_NEWEST = re.compile(
    r"\b(?:newest|latest|most recent(?:ly (?:created|added|made))?)\b[^.;,]{0,20}?\bfirst\b"
    r"|\breverse(?:d)? chronological(?:ly)?\b",
    re.IGNORECASE,
)
_OLDEST = re.compile(
    r"\b(?:oldest|earliest)\b[^.;,]{0,20}?\bfirst\b"
    r"|\bin (?:the )?order (?:of (?:their )?creation|in which they (?:were|are) (?:made|created|added))\b",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?<!be )\b(?:sorted|ordered|listed) (?:alphabetically )?by (?:the |their |its )?([a-z][\w-]*(?: [a-z][\w-]*)??)"
    r"(?:,? (?:in )?\(?(asc|desc)(?:ending)?\b|,? (?:the )?(newest|latest|highest|largest|oldest|lowest|smallest) first"
    r"|\s*[.;)]|\s*$)",
    re.IGNORECASE,
)
"""How words say by what a list is sorted; ``can be sorted by`` tells of a parameter."""
_DOWN = frozenset({"desc", "newest", "latest", "highest", "largest"})


def told_order(words: str, members: Mapping[str, str], moments: Iterable[str]) -> tuple[str, bool] | None:
    """The member by which a list is in order, and whether the last comes first; None where the words tell none.

    ``members`` are those of the records by their flat names, ``moments`` those of them that tell a moment.
    """
    if by := _BY.search(words):
        named = flat(by[1])
        member = next((members[one] for one in (named, f"{named}at", f"{named}on") if one in members), None)
        return None if member is None else (member, (by[2] or by[3] or "").lower() in _DOWN)
    is_down = _NEWEST.search(words) is not None
    made = [one for one in moments if MADE.fullmatch(flat(one))]
    return (made[0], is_down) if made and (is_down or _OLDEST.search(words)) else None


def order_of_list(
    shapes: Shapes, operation: Operation, record: Node | None, members: Mapping[str, str]
) -> tuple[tuple[str, bool], ...]:
    """As ``told_order``, of what the document says of a list whose records are like ``record``; empty for none."""
    words = shapes.document.operation(operation.path, operation.method).value or {}
    said = ". ".join(str(words[one]) for one in ("summary", "description") if words.get(one))
    if operation.method != "GET" or record is None or not said:
        return ()
    own = shapes.properties(record)
    moments = [name for name in members.values() if name in own and shapes.says(own[name], "format") == "date-time"]
    found = told_order(said, members, moments)
    return (found,) if found else ()
