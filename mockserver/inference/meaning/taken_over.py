"""What an operation makes of records that are there: a hold that is confirmed a reservation, a cart an order (O3)."""

from __future__ import annotations

from dataclasses import replace

from mockserver.contract.document import Node
from mockserver.contract.kinds import Kind
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.reading.paths import ANY
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import is_one
from mockserver.values.name_words import flat, words_of

_CHECKS_OUT = frozenset({"checkout", "checkouts", "purchase"})
_MADE = 201


def with_origin(found: Resources, reading: Reading, guess: Guess) -> Guess:
    """The guess, with which resource an action makes a record of, or which one a create takes its lists from."""
    if reading.entry.method != "post" or reading.record is None or guess.about is None:
        return guess
    if guess.kind is Kind.ACTION and guess.words.get("replies") == "other":
        if (home := _made(found, reading, guess.about)) is None:
            return guess
        why = f"{guess.why}; it makes one of {home.name} of it (O3)"
        return replace(guess, why=why, words={**guess.words, "makes": home.name})
    if guess.kind is Kind.CREATE and (taken := _taken_from(found, reading, guess.about)) is not None:
        origin, members = taken
        why = f"{guess.why}; it takes {', '.join(map(repr, members))} over from {origin.name}"
        return replace(guess, why=why, words={**guess.words, "taken_from": origin.name, "takes_over": members})
    return guess


def _made(found: Resources, reading: Reading, about: InferredCollection) -> InferredCollection | None:
    """The collection of whose records an action below another record answers a new one.

    It says that it made one (201), or nothing else makes records of that collection below the very record.
    """
    name = found.shapes.name(reading.record.schema) if reading.record else None
    item = about.item_of(reading.entry.path.key)
    for one in found.collections.values() if name else ():
        if one is about or one.schema != name or one.item is None or found.reading(one.item, "get") is None:
            continue
        is_below = one.key[:-1] == item and found.creating(one) is None
        if is_below or (ANY not in one.key and reading.status == _MADE):
            return one
    return None


def _taken_from(
    found: Resources, reading: Reading, about: InferredCollection
) -> tuple[InferredCollection, list[str]] | None:
    """The only record of its kind, such as a cart, that the words name, and its lists that the new record has as well.

    Not those that the body says.
    """
    shapes = found.shapes
    sent = shapes.properties(reading.body) if reading.body is not None else {}
    prose = " ".join(str(reading.entry.node.child(word).value or "") for word in ("summary", "description"))
    words = {*map(flat, words_of(prose)), *map(flat, reading.entry.path.key)}
    own = shapes.properties(about.record) if about.record is not None else {}
    for one in found.singles.values():
        theirs = shapes.properties(one.record) if one.record is not None and ANY not in one.key else {}
        shared = [name for name in theirs if name in own and name not in sent and (name,) != about.identity]
        has_lists = any(_are_of_one(found, theirs[name], own[name]) for name in shared)
        if has_lists and words & {flat(one.key[-1]), *_CHECKS_OUT}:
            return one, shared
    return None


def _are_of_one(found: Resources, one: Node, other: Node) -> bool:
    """Whether two lists are of the same kind of thing."""
    left, right = found.shapes.items(one), found.shapes.items(other)
    return left is not None and right is not None and is_one(found.shapes, left, right)
