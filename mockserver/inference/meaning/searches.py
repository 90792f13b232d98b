"""Paths that ask for some of a collection's records, or how many there are, in words of their own (O10)."""

from __future__ import annotations

import re

from mockserver.contract.document import Node
from mockserver.contract.kinds import Kind
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.meaning.marked_records import by_marks
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import is_one
from mockserver.inference.vocabulary.measures import superlative
from mockserver.inference.vocabulary.position_names import REORDERS, position_of
from mockserver.inference.vocabulary.words import COUNTS, FIRST, LATEST, SEARCHES
from mockserver.values.name_words import flat, singular

_BY = re.compile(r"\b(?:by|per|for each|of each) (\w+)", re.IGNORECASE)
"""How words say what a reply counts records by."""


def searching(found: Resources, reading: Reading, key: Key, method: str) -> Guess | None:
    """What a path that says that it searches or counts is about."""
    if not key:
        return None
    for rule in (_counted, _tallied, by_marks, _picked, _reordered):
        if guess := rule(found, reading, key, method):
            return guess
    if reading.list is None or method not in ("get", "post"):
        return None
    if SEARCHES.match(key[-1]):
        return _search(found, reading, key)
    return _searched(found, reading, key, method) if len(key) > 1 and SEARCHES.fullmatch(key[-2]) else None


def _counted(found: Resources, reading: Reading, key: Key, method: str) -> Guess | None:
    """``GET /pets/count``: how many of the collection before it there are, where the reply is one whole number."""
    about = found.at(key[:-1])
    listed = found.reading(key[:-1], "get")
    if method != "get" or about is None or listed is None or listed.list is None or flat(key[-1]) not in COUNTS:
        return None
    steps = _number(found.shapes, reading)
    if steps is None:
        return None
    why = f"'{key[-1]}' is how many {about.name} there are (O10)"
    return Guess(Kind.SEARCH, about, why, {"counts": steps})


def _tallied(found: Resources, reading: Reading, key: Key, method: str) -> Guess | None:
    """``GET /store/inventory``, "pet inventories by status": how many there are of each value of a member.

    Where the reply is whole numbers by name, and its words name the records and the member.
    """
    shapes, node, schema = found.shapes, reading.entry.node, reading.success.schema if reading.is_json else None
    shape = shapes.shape(schema) if method == "get" and ANY not in key and schema is not None else None
    if shape is None or shape.properties or shape.additional is None or shapes.type(shape.additional) != "integer":
        return None
    prose = " ".join(str(node.child(word).value or "") for word in ("summary", "description"))
    words = {flat(singular(one)) for one in re.findall(r"\w+", prose)}
    for about in found.collections.values():
        member = _counted_by(shapes, about, prose)
        if member and about.key and not about.parents and flat(singular(about.key[-1])) in words:
            why = f"how many {about.name} there are by '{member}', as its words say (O10)"
            return Guess(Kind.SEARCH, about, why, {"tallies": member})
    return None


def _counted_by(shapes: Shapes, about: InferredCollection, prose: str) -> str:
    """The member that prose says records are counted by; empty where it names none."""
    members = shapes.properties(about.record) if about.record is not None else {}
    plain = {flat(name): name for name, one in members.items() if shapes.type(one) in ("string", "boolean")}
    return next((plain[one] for word in _BY.findall(prose) if (one := flat(singular(word))) in plain), "")


def _picked(found: Resources, reading: Reading, key: Key, method: str) -> Guess | None:
    """``GET /releases/latest``: the one of the collection before it that was made last, or first; ``/bids/highest``."""
    about, word = found.at(key[:-1]), flat(key[-1])
    which = "last" if word in LATEST else "first" if word in FIRST else ""
    if method != "get" or about is None or about.record is None or reading.record is None:
        return None
    if not is_one(found.shapes, about.record, reading.record.schema):
        return None
    if not which and (found_by := superlative(found.shapes, about.record, word)):
        member, way = found_by
        why = f"'{key[-1]}' is the one of {about.name} whose '{member}' is {way} (O10)"
        return Guess(Kind.LOOKUP, about, why, {"which": way, "by": member})
    if not which:
        return None
    where = at_work(found.shapes, about.record) if word == "current" else {}
    why = f"'{key[-1]}' is the one of {about.name} that {'is so' if where else f'was made {which}'} (O10)"
    return Guess(Kind.LOOKUP, about, why, {"which": which, "where": where})


def at_work(shapes: Shapes, record: Node | None) -> dict[str, bool]:
    """What is true of the record that is at work now, if a member tells it: ``running``."""
    members = shapes.properties(record).items() if record is not None else ()
    truths = {flat(name).removeprefix("is"): name for name, one in members if shapes.type(one) == "boolean"}
    return next(({truths[one]: True} for one in ("current", "running", "active", "open", "live") if one in truths), {})


def _reordered(found: Resources, reading: Reading, key: Key, method: str) -> Guess | None:
    """``PUT /lists/{id}/items/order``: a list of keys, in the order in which the records are to stand."""
    about = found.at(key[:-1])
    if method == "get" or about is None or reading.body is None or flat(key[-1]) not in REORDERS:
        return None
    place, shapes, body = position_of(found.shapes, about.record), found.shapes, reading.body
    lists = [body, *shapes.properties(body).values()]
    if not place or not any(shapes.type(one) == "array" for one in lists):
        return None
    return Guess(Kind.BULK, about, f"'{key[-1]}' tells how {about.name} stand by '{place}' (O8)", {"does": "order"})


def _number(shapes: Shapes, reading: Reading) -> tuple[str, ...] | None:
    """The members that lead to the only number of a reply."""
    steps: tuple[str, ...] = ()
    place = reading.success.schema if reading.is_json else None
    while place is not None and shapes.type(place) == "object" and len(steps) <= 1:
        members = shapes.properties(place)
        if len(members) != 1:
            return None
        [(name, place)] = members.items()
        steps = (*steps, name)
    return steps if place is not None and shapes.type(place) in ("integer", "number") else None


def _search(found: Resources, reading: Reading, key: Key) -> Guess:
    assert reading.list
    below = next((one for n in range(len(key) - 1, 0, -1) if (one := found.at(key[:n]))), None)
    named = found.shapes.name(reading.list.schema)
    same = [one for one in found.collections.values() if named and one.schema == named and one.item]
    about = below if below is not None and (below.schema == named or not same) else next(iter(same), below)
    if about is None or about.key == key:
        about = found.collections.get(key)
    if about is None:
        return Guess(Kind.STUB, None, "a search whose records are nowhere else (O12)")
    return Guess(Kind.SEARCH, about, f"'{key[-1]}' with a list: the records of {about.name}, filtered (O10)")


def _searched(found: Resources, reading: Reading, key: Key, method: str) -> Guess | None:
    """``/search/pets``: the records of the collection that is called so elsewhere; a POST there makes nothing."""
    assert reading.list
    shapes, shown = found.shapes, reading.list.schema
    elsewhere = [one for one in found.collections.values() if one.key[-1:] == key[-1:] and one.key != key]
    about = next((one for one in elsewhere if one.record and is_one(shapes, one.record, shown)), None)
    if about is not None:
        return Guess(Kind.SEARCH, about, f"'{key[-2]}' of a list: the records of {about.name}, filtered (O10)")
    own = found.collections.get(key)
    if own is None or method == "get":
        return None
    return Guess(Kind.SEARCH, own, f"POST below '{key[-2]}' with a list: its records, filtered (O10)")
