"""Bodies as servers take them: without what only they say, naming records that are there, unlike any sent before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from mockserver.contract.document import Document, Node
from mockserver.contract.plan import Steps
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.values.members import value_at, with_value
from mockserver.values.moment import read_date

NOW = datetime(2025, 4, 18, 12, tzinfo=UTC)
FIXED = frozenset({"date", "date-time", "time", "duration", "binary", "byte", "ipv4", "ipv6", "regex"})
"""Formats of texts of which two records may well have the same."""
RESOURCE = frozenset({"id", "lid", "type", "attributes", "relationships", "links", "meta"})
"""All that a resource of JSON:API may hold."""
ADDRESSES = frozenset({"uri", "url", "iri", "uri-reference"})


@dataclass(slots=True)
class TargetHabits:
    """What a run has learned of its target.

    ``is_unique``: the operations that take no text twice, though the document does not say so; ``takes``: those that
    name no record that another names, as what is lent to one is lent to no other, and ``refused``: how often such
    bodies were tried in vain; ``largest``: by list, the largest page that it gives, 0 where it takes none; ``left``:
    what removes each record that was made and is still there, the oldest first.
    """

    is_unique: set[str] = field(default_factory=set)
    takes: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    largest: dict[str, int] = field(default_factory=dict)
    left: dict[tuple[str, tuple[str, ...], str], Callable[[], object]] = field(default_factory=dict)

    def tidy(self) -> None:
        """Remove what was made, the newest first."""
        while self.left:
            self.left.popitem()[1]()


def leveled(record: Any) -> Any:
    """A resource of JSON:API with its ``attributes`` beside its key; any other value as it is."""
    is_resource = isinstance(record, dict) and "type" in record and record.keys() <= RESOURCE
    attributes = record.get("attributes") if is_resource else None
    if not isinstance(attributes, dict):
        return record
    return {**attributes, **{name: record[name] for name in record.keys() & {"id", "type"}}}


def but_for_null(document: Document, node: Node) -> Node:
    """The schema of what a member holds where it is written as that or null."""
    place = document.follow(node)
    for word in ("anyOf", "oneOf"):
        options = [document.follow(place.child(word, number)) for number in range(len(place.child(word).value or ()))]
        firm = [one for one in options if not isinstance(one.value, dict) or one.value.get("type") != "null"]
        if len(firm) == 1 and len(options) > 1:
            return firm[0]
    return node


def without_read_only(maker: Maker, schema: Node, value: Any, left: int = 4) -> Any:
    """``value`` without the ``readOnly`` members, which a client is not to send."""
    shapes = maker.shapes
    if isinstance(value, list) and left and (items := shapes.items(schema)) is not None:
        return [without_read_only(maker, items, one, left - 1) for one in value]
    if not isinstance(value, dict) or not left:
        return value
    members = shapes.properties(schema)
    return {
        name: without_read_only(maker, members[name], one, left - 1) if name in members else one
        for name, one in value.items()
        if name not in members or shapes.says(members[name], "readOnly") is not True
    }


def is_day(value: Any) -> bool:
    """Whether a text is a day of the calendar, whatever its schema says of it."""
    try:
        return bool(read_date(value))
    except ValueError:
        return False


def freshened(
    maker: Maker,
    schema: Node,
    steps: Steps,
    body: Any,
    number: int,
    *,
    accepts: Callable[[Any], bool],
    but: frozenset[str],
) -> Any:
    """``body`` with each text of the record at ``steps`` unlike that of any other ``number``; members ``but`` stay.

    A text that its schema leaves no room to change stays as it is.
    """
    record, place = value_at(body, steps), maker.shapes.member(schema, steps)
    if not isinstance(record, dict) or place is None:
        return body
    for name, node in maker.shapes.properties(place).items():
        if name in but or not _is_free(maker, node, record.get(name)):
            continue
        tried = (with_value(body, (*steps, name), one) for one in _others(maker, node, record[name], number))
        body = next((one for one in tried if accepts(one)), body)
    return body


def _is_free(maker: Maker, node: Node, value: Any) -> bool:
    says = maker.shapes.says
    is_told = says(node, "enum") is not None or says(node, "const") is not None or says(node, "format") in FIXED
    return isinstance(value, str) and not is_told and not is_day(value)


def _others(maker: Maker, node: Node, value: str, number: int) -> Iterator[str]:
    """Texts like ``value`` that tell ``number``, the most natural first."""
    if "@" in value:
        name, _, host = value.partition("@")
        yield f"{name}.{number}@{host}"
    if maker.shapes.says(node, "format") in ADDRESSES:
        yield f"{value}{'' if value.endswith('/') else '/'}{number}"
        return
    if maker.shapes.says(node, "pattern") is None:
        yield f"{value} {number}"
        yield f"{value[: -len(str(number))]}{number}"
    made = maker.make(node, Draw.of(crc32(f"{value}/{number}".encode()), NOW, full=True, varies=True))
    if isinstance(made, str):
        yield made


def naming(body: Any, steps: Steps, named: Mapping[Steps, Any], accepts: Callable[[Any], bool]) -> Any:
    """``body`` with the keys of records where it names some: those that are ``named``.

    Where there is no such record (ABSENT would be a lie), the member is left out if it may be.
    """
    for place, key in named.items():
        old = value_at(body, (*steps, *place))
        if old is None:
            continue
        if key is None:
            lacking = _without(body, (*steps, *place))
            body = lacking if accepts(lacking) else body
            continue
        options = [key, *([int(key)] if str(key).isdecimal() else [])]
        options = [[one] for one in options] if isinstance(old, list) else options
        tried = (with_value(body, (*steps, *place), one) for one in options)
        body = next((one for one in tried if accepts(one)), body)
    return body


def _without(body: Any, place: Steps) -> Any:
    holder = value_at(body, place[:-1])
    if not isinstance(holder, dict):
        return body
    lacking = {name: one for name, one in holder.items() if name != place[-1]}
    return with_value(body, place[:-1], lacking) if len(place) > 1 else lacking
