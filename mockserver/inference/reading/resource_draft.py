"""What one operation's schemas tell, and what is known of one kind of record, while the resources are being read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mockserver.contract.document import Node
from mockserver.contract.plan import Parent, PlannedParameter, PlannedReply, Source, Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.paths import Key, PathEntry
from mockserver.inference.reading.replies import Found, holds_values, is_json
from mockserver.inference.vocabulary.words import PARTIAL


@dataclass(slots=True)
class Reading:
    """What one operation's schemas tell: its parameters, its success, the list or the record in it, and its body."""

    entry: PathEntry
    parameters: tuple[PlannedParameter, ...]
    replies: Mapping[str, PlannedReply]
    status: int
    success: PlannedReply
    list: Found | None
    record: Found | None
    bodies: Mapping[str, Node]

    @property
    def body(self) -> Node | None:
        return next(
            (node for name, node in self.bodies.items() if is_json(name)), next(iter(self.bodies.values()), None)
        )

    @property
    def is_partial(self) -> bool:
        """Whether its words say that what a body leaves out stays as it is, whatever its verb."""
        node = self.entry.node
        prose = " ".join(str(node.child(word).value or "") for word in ("summary", "description"))
        return PARTIAL.search(prose) is not None

    @property
    def is_json(self) -> bool:
        return self.success.media_type is not None and holds_values(self.success.media_type)

    @property
    def takes_files(self) -> bool:
        return any("form-data" in name for name in self.bodies)

    def alone(self) -> InferredCollection:
        """What the operation shows as the one record of its path."""
        assert self.record
        one = InferredCollection(
            self.entry.path.key, "", record=self.record.schema, steps=self.record.steps, is_single=True
        )
        one.names = self.entry.path.names
        if self.success.media is not None:
            one.sources.append(Source(self.success.media, one.steps, is_list=False))
        return one


@dataclass(slots=True)
class InferredCollection:
    """One kind of record: the path of all of them, and what is known of one.

    ``names`` are the parameters of the path, place by place; ``also`` are further paths that show the same records,
    each with its item path; ``passed`` is the item path where only longer paths have it (``/cards/{id}/block``);
    ``is_wide``: its path names none of the parents that the records have, but one of their own kind;
    ``below`` is what stands in a key between the parent's and the last word of its own, where keys are whole names:
    ``topics`` of ``projects/p/topics/t``, and ``beside`` all collections of which one item path shows records by such
    names.
    """

    key: Key
    name: str
    item: Key | None = None
    passed: Key | None = None
    parameter: str = ""
    record: Node | None = None
    steps: Steps = ()
    identity: Steps = ()
    others: tuple[Steps, ...] = ()
    schema: str | None = None
    why: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    parents: list[Parent] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    embeds: dict[str, str | None] = field(default_factory=dict)
    prefix: str = ""
    seed: int | None = None
    is_single: bool = False
    is_wide: bool = False
    below: str = ""
    beside: Sequence[InferredCollection] = field(default=(), repr=False)
    names: tuple[str, ...] = ()
    also: dict[Key, Key | None] = field(default_factory=dict)

    def item_of(self, key: Key) -> Key | None:
        """The item path of the collection that ``key`` is or is below: its own, or that of a further path (R6)."""
        items = [self.item, self.passed, *self.also.values()]
        return next((one for one in items if one and key[: len(one)] == one), None)


@dataclass(frozen=True, slots=True)
class HeldList:
    """The list ``member`` of the records of ``owner``, each entry of which has its key at ``identity``."""

    owner: InferredCollection
    member: str
    identity: Steps


def as_written(shapes: Shapes, readings: dict[tuple[Key, str], Reading]) -> dict[tuple[Key, str], Reading]:
    """The readings, where what a PUT replaces as a whole is one record, though a list of texts is all that it holds.

    ``/repos/{id}/topics`` with ``{"names": []}`` both ways, nothing added to it, and no path for any of them.
    """
    for (key, method), put in readings.items():
        read = readings.get((key, "get"))
        if method != "put" or read is None or read.list is None or (key, "post") in readings:
            continue
        if any(place[:-1] == key for place, _ in readings):
            continue
        schema, steps = read.success.schema, read.list.steps
        if schema is None or put.body is None or len(steps) != 1 or shapes.type(read.list.schema) == "object":
            continue
        if shapes.properties(put.body).keys() == shapes.properties(schema).keys() == {*steps}:
            for one in (read, put):
                if one.success.schema is not None:
                    one.list, one.record = None, Found((), one.success.schema, "what is replaced is shown whole")
    return readings
