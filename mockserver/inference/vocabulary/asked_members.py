"""Which member of a record a parameter or a segment of a path asks for, be it called a little otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.vocabulary.words import (
    BACKWARD_CURSORS,
    CURSORS,
    DIRECTIONS,
    OFFSETS,
    PAGES,
    SIZES,
    SORTS,
    TEXTS,
)
from mockserver.values.name_words import flat, singular

_SHOWN = frozenset({"fields", "includes", "expands", "embeds", "columns", "properties", "attributes", "relations"})
"""Parameters that say what is shown of a record."""
_ASKING = re.compile(r"(?:find|get|search|list|filter)?by")
_NOTS = ("un", "not", "non")
_OTHERS = SIZES | PAGES | CURSORS | BACKWARD_CURSORS | OFFSETS | SORTS | DIRECTIONS | TEXTS
"""Parameters that say how a list is shown, whatever members are called like them."""


def asked_member(shapes: Shapes, record: Node, *words: str) -> str | None:
    """The member that one of the words means, the first that means any: ``email``, ``by-email``, ``categoryName``."""
    members = {flat(name): name for name in shapes.properties(record)}
    for word in words:
        low = flat(word)
        bare = _ASKING.sub("", low, count=1) if _ASKING.match(low) else low
        for likely in (low, flat(singular(word)), bare, f"{bare}name", *_related(shapes, record, members, bare)):
            if likely in members:
                return members[likely]
    return None


def values_elsewhere(shapes: Shapes, thing: str, records: Iterable[tuple[str, Node]]) -> dict[str, str]:
    """Of which records, by the name of their resource, a list of texts is a member: ``tagList`` for ``/tags``.

    Empty where none has such a member, or more than one.
    """
    low = flat(singular(thing))
    found = {
        resource: name
        for resource, record in records
        for name, node in shapes.properties(record).items()
        if flat(name) in (f"{low}s", f"{low}list", f"{low}names") and shapes.type(node) == "array"
        and (items := shapes.items(node)) is not None and shapes.type(items) == "string"
    }  # fmt: skip
    return found if len(found) == 1 else {}


def filtered_member(shapes: Shapes, record: Node, name: str) -> str | None:
    """The member of ``record`` that a parameter of a list filters by."""
    low, members = flat(name), {flat(one): one for one in shapes.properties(record)}
    if low in members or low in _OTHERS:
        return members.get(low)
    likely = (*_related(shapes, record, members, low), *_of_truths(shapes, record, members, low))
    if (found := next((members[one] for one in likely), None)) is not None or low in _SHOWN:
        return found
    each = (name for one in _ones_of(low) for name in (one, *_related(shapes, record, members, one)))
    return next((members[one] for one in each if one in members), None)


def asks_for_several(name: str, member: str) -> bool:
    """Whether a parameter is called like several values of a member: ``statuses[]`` and ``team_ids`` of ``team``."""
    ones = _ones_of(flat(name))
    return flat(member) in {*ones, *(one.removesuffix("id") for one in ones)}


def _ones_of(low: str) -> list[str]:
    """How one of many is called: ``status`` of ``statuses``, ``category`` of ``categories``."""
    if not low.endswith("s") or low.endswith("ss"):
        return []
    ways = (("ies", "y"), ("es", ""), ("s", ""))
    return [low.removesuffix(end) + rest for end, rest in ways if low.endswith(end) and len(low) > len(end) + 1]


def is_opposite(name: str, member: str) -> bool:
    """Whether a parameter asks for what a truth is not: ``unread`` for what is not ``read``."""
    truth = flat(member).removeprefix("is")
    return flat(name) != flat(member) and flat(name).removeprefix("is") in {f"{one}{truth}" for one in _NOTS}


def _of_truths(shapes: Shapes, record: Node, members: dict[str, str], low: str) -> Iterator[str]:
    """``open``, ``open_now`` and ``unread`` ask for the truths ``isOpen`` and ``read``."""
    bare = low.removeprefix("is").removesuffix("now")
    bares = [bare, *(bare.removeprefix(one) for one in _NOTS if bare.startswith(one))]
    for one in (f"{lead}{each}" for each in bares for lead in ("", "is")):
        if one in members and shapes.type(shapes.properties(record)[members[one]]) == "boolean":
            yield one


def _related(shapes: Shapes, record: Node, members: dict[str, str], low: str) -> Iterator[str]:
    """``play_id`` asks for the ``play`` that a record holds, ``author`` for its ``author_id`` or ``author_ids``.

    And ``tag_name`` for one of its ``tags``.
    """
    held = low.removesuffix("id")
    for one in (held, f"{held}s") if held != low else ():
        if one in members and shapes.type(shapes.properties(record)[members[one]]) in ("object", "array"):
            yield one
    yield from (one for one in (f"{low}id", f"{low}ids", f"{low}s", f"{low}list") if one in members)
    if (called := low.removesuffix("name")) not in ("", low):
        yield from (one for one in (called, f"{called}s") if one in members)
