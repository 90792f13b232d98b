"""Which members of a record hold records of other resources whole: a pet's ``type``, an owner's ``pets`` (A12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract.document import Node, Part
from mockserver.contract.plan import Embedded
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.resource_draft import InferredCollection
from mockserver.inference.records.foreign import ForeignKeys
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.said_members import SaidMembers
from mockserver.inference.records.shared_collections import is_one
from mockserver.values.name_words import flat, singular

SHARE = 0.8
"""How much of a summary has to be members of the records that it sums up."""
FEWEST = 2
"""A summary has at least so many members, the key among them."""


class EmbeddedRecords:
    """Tells which members of a record are records of their own elsewhere, which can be read, alone or in a list.

    Such a member has the schema of the other resource's records, or it or its schema is called as they are, and it has
    their key and little that they have not.
    """

    def __init__(self, shapes: Shapes, found: Resources, foreign: ForeignKeys) -> None:
        self._shapes = shapes
        self._found = found
        self._foreign = foreign
        self.said = SaidMembers(shapes, found)
        self._others: list[InferredCollection] | None = None
        self._known: dict[str, Mapping[str, Embedded]] = {}
        self._parts: dict[str, Part | None] = {}

    def of(self, one: InferredCollection) -> Mapping[str, Embedded]:
        """For each such member of the records of ``one`` what it holds."""
        if one.name not in self._known:
            self._known[one.name] = dict(self._read(one))
        return self._known[one.name]

    def _read(self, one: InferredCollection) -> Iterator[tuple[str, Embedded]]:
        near = [other for other in self._readable() if self._is_near(one, other)]
        if one.record is None or not near:
            return
        written = self.said.of(one)
        for name, node in self._shapes.properties(one.record).items():
            each = self._shapes.items(node) if self._shapes.type(node) == "array" else node
            if each is None or (name,) == one.identity or self._shapes.type(each) != "object":
                continue
            if (other := self._other(one, name, each, near)) is not None:
                owner = None if each is node else self._owner(one, other)
                is_begun = owner == "" and name in self.said.at_first(one) and self._found.creating(other) is not None
                is_written = name in written and not is_begun
                yield name, Embedded(other.name, other.identity[0], each is not node, is_written, owner is not None,
                                     owner or "", is_begun)  # fmt: skip

    def _readable(self) -> list[InferredCollection]:
        """The collections whose records can be read, one by one or in a list alone, and have one key."""
        if self._others is None:
            self._others = [
                one
                for one in self._found.collections.values()
                if one.record is not None and len(one.identity) == 1 and self._is_read(one)
            ]
        return self._others

    def _is_read(self, one: InferredCollection) -> bool:
        readings = [self._found.reading(item, "get") for item in (one.item, *one.also.values()) if item]
        if any(readings):
            return any(reading is not None and reading.record is not None for reading in readings)
        return (listed := self._found.reading(one.key, "get")) is not None and listed.list is not None

    def _other(
        self, one: InferredCollection, name: str, each: Node, near: list[InferredCollection]
    ) -> InferredCollection | None:
        """The resource that a member holds records of: what the document says goes before every guess."""
        if name in one.embeds:
            return next((other for other in near if other.name == one.embeds[name]), None)
        members = self._shapes.properties(each)
        others = [other for other in near if other.identity[0] in members]
        words = (flat(singular(name)), flat((self._shapes.name(each) or "").rpartition("/")[2]))
        surest = max(others, key=lambda other: self._likeness(other, each, members, words), default=None)
        return surest if surest and self._likeness(surest, each, members, words)[0] else None

    def _likeness(
        self, other: InferredCollection, each: Node, members: Mapping[str, Node], words: tuple[str, str]
    ) -> tuple[int, int, bool]:
        """How surely it holds those: by their schema, by its name, by its schema's name; and how long the word is."""
        assert other.record is not None
        last = "".join(other.key[-1:])  # nothing at the root
        noun, is_plural = flat(singular(last)), singular(last) != last
        is_same, is_called = is_one(self._shapes, other.record, each), words[0] == noun
        if is_same:
            return (3 if is_called else 2, len(noun), is_plural)
        theirs = self._shapes.properties(other.record)
        if other.item is None:
            return (0, 0, False)  # a list alone may show other things by that name
        if len(members) < FEWEST or sum(name in theirs for name in members) < SHARE * len(members):
            return (0, 0, False)
        named = is_called or (len(noun) > FEWEST and words[1].startswith(noun)) or words[1].endswith(noun)
        return (1, len(noun), is_plural) if named else (0, 0, False)

    def _is_near(self, one: InferredCollection, other: InferredCollection) -> bool:
        """Whether a record's key alone, or with the keys above ``one`` or its own, finds a record of ``other``."""
        if other is one or self._part(other) is not self._part(one):
            return False
        theirs, own = [parent.resource for parent in other.parents], [parent.resource for parent in one.parents]
        return theirs in ([], own, [*own, one.name]) and None not in theirs

    def _part(self, one: InferredCollection) -> Part | None:
        if one.name not in self._parts:
            self._parts[one.name] = self._found.part(one)
        return self._parts[one.name]

    def _owner(self, one: InferredCollection, other: InferredCollection) -> str | None:
        """The member of the other records that names the one they belong to; empty where their path does; else None."""
        if [parent.resource for parent in other.parents][-1:] == [one.name]:
            return ""
        return next((name for name, about in self._foreign.of(other).items() if about == one.name), None)
