"""Lists that a record holds and that are written below it: ``/cart/items``, ``/carts/{id}/items/{itemId}`` (R2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockserver.contract.document import Node
from mockserver.contract.plan import Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.meaning.written_below import WRITES, single_at
from mockserver.inference.reading.keys import key_of
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.replies import Found
from mockserver.inference.reading.resource_draft import HeldList, InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import is_one
from mockserver.values.name_words import flat, singular


@dataclass(frozen=True, slots=True)
class _Whole:
    """What shows a record whole: its schema, where it stands in the reply, and which of its members is the list."""

    record: Node
    steps: Steps
    member: str
    items: Node


def hold_lists(found: Resources) -> None:
    """Let what is written below a record, and told by that record alone, be entries of the list that it holds."""
    for key in _below_records(found):
        whole = _whole(found, key)
        if whole is None or not (_is_shown(found, key, whole) or _is_told_by(found, key, whole)):
            continue
        owner = _owner(found, key[:-1], whole)
        found.collections.pop(key, None)
        found.singles.pop(key, None)
        entry = found.paths.entries.get((*key, ANY), {})
        name = next(iter(entry.values())).path.names[-1] if entry else ""
        identity, _ = key_of(found.shapes, whole.items, name, key[-1])
        found.lists[key] = HeldList(owner, whole.member, identity)


def _below_records(found: Resources) -> Iterator[Key]:
    """Paths that are written, or whose items are, below what shows one record."""
    keys = {key[:-1] if key[-1] == ANY else key for key in found.paths.entries if len(key) > 1}
    for key in sorted(keys, key=len):
        if len(key) < 2 or key[-1] == ANY or _is_elsewhere(found, key):
            continue
        is_below = key[-2] != ANY or (*key, ANY) in found.paths.entries
        if (is_below and any(reading.entry.method in WRITES for reading in _on(found, key))) or _is_read(found, key):
            yield key


def _is_read(found: Resources, key: Key) -> bool:
    """Whether a list below a record of many is read, whole and without a choice, and nothing else."""
    reading = found.reading(key, "get")
    if reading is None or reading.list is None or any(one.location == "query" for one in reading.parameters):
        return False
    return key[-2] == ANY and len(found.paths.verbs(key)) == 1 and (*key, ANY) not in found.paths.entries


def _is_shown(found: Resources, key: Key, whole: _Whole) -> bool:
    """Whether a list that is only read has the very items of the record's own, which nothing else has."""
    listed = found.readings[key, "get"].list if _is_read(found, key) else None
    name = found.shapes.name(whole.items)
    if listed is None or name is None or found.shapes.name(listed.schema) != name:
        return False
    return not any(one.schema == name for place, one in found.collections.items() if place != key)


def _is_elsewhere(found: Resources, key: Key) -> bool:
    """Whether the path lists records that have a path of their own elsewhere and none here."""
    others = (one.key[-1] for one in found.collections.values() if one.item and one.key and one.key != key)
    return (*key, ANY) not in found.paths.entries and key[-1] in others


def _on(found: Resources, key: Key) -> Iterator[Reading]:
    for place in (key, (*key, ANY)):
        yield from (found.readings[place, method] for method in found.paths.verbs(place))


def _whole(found: Resources, key: Key) -> _Whole | None:
    """What GET above the path shows, where it is one record with a list that is called like the path's end."""
    above = found.reading(key[:-1], "get")
    if above is None or above.success.schema is None or (*key[:-1], ANY) in found.paths.entries:
        return None
    if key[-2] == ANY and (about := found.at(key[:-2])) is not None and about.item_of(key[:-1]) != key[:-1]:
        return None
    return _shown(found.shapes, above, key[-1])


def _shown(shapes: Shapes, reading: Reading, name: str) -> _Whole | None:
    """The record of a reply that has a list of objects, or of texts, of that name."""
    schema, listed = reading.success.schema, reading.list
    steps = reading.record.steps if reading.record else listed.steps[:-1] if listed and listed.steps else None
    record = shapes.member(schema, steps) if schema is not None and steps is not None else None
    for member, place in shapes.properties(record).items() if record is not None else ():
        items = shapes.items(place) if shapes.type(place) == "array" else None
        kind = shapes.type(items) if items is not None else None
        if items is not None and kind in ("object", "string") and _called(member) == _called(name):
            assert record is not None
            assert steps is not None
            return _Whole(record, steps, member, items)
    return None


def _called(name: str) -> str:
    return flat(singular(name))


def _is_told_by(found: Resources, key: Key, whole: _Whole) -> bool:
    """Whether a write below answers the record itself, or nothing below shows anything."""
    replies = [(one, _shown(found.shapes, one, key[-1])) for one in _on(found, key)]
    wholes = [(one, shown) for one, shown in replies if shown is not None and _is_same(found.shapes, whole, shown)]
    if any(one.entry.method in WRITES for one, _ in wholes):
        for one, shown in wholes:
            one.list, one.record = None, Found(shown.steps, shown.record, "the record that holds the list")
        return True
    return all(one.success.media is None for one, _ in replies) and any(one.bodies for one, _ in replies)


def _is_same(shapes: Shapes, one: _Whole, other: _Whole) -> bool:
    return is_one(shapes, one.record, other.record) or set(shapes.properties(one.record)) == set(
        shapes.properties(other.record)
    )


def _owner(found: Resources, key: Key, whole: _Whole) -> InferredCollection:
    """The resource of the record that holds the list: one of many, or the only one on its path."""
    if key[-1] == ANY and (about := found.at(key[:-1])) is not None:
        return about
    if key in found.singles:
        return found.singles[key]
    found.collections.pop(key, None)
    for method in found.paths.verbs(key):
        reading = found.readings[key, method]
        if (shown := _shown(found.shapes, reading, whole.member)) is not None:
            reading.list, reading.record = None, Found(shown.steps, shown.record, "the reply is the record")
    single = found.singles[key] = single_at(found, found.readings[key, "get"])
    single.why.append(f"one record, whose '{whole.member}' are written below it (O9)")
    return single
