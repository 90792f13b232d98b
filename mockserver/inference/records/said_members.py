"""What bodies say of the members of a record, which replies may say more loosely: a pattern, a shorter text (A11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources


class SaidMembers:
    """Tells which members of a record clients may send, and by which schemas. PERF: told when first asked."""

    def __init__(self, shapes: Shapes, found: Resources) -> None:
        self._shapes = shapes
        self._found = found
        self._known: dict[str, Mapping[str, tuple[Node, ...]]] = {}

    def of(self, one: InferredCollection) -> Mapping[str, tuple[Node, ...]]:
        """For each member that some body may hold, and does not call ``readOnly``, its schemas there."""
        if one.name not in self._known:
            self._known[one.name] = self._read(one)
        return self._known[one.name]

    def at_first(self, one: InferredCollection) -> set[str]:
        """The members that bodies may hold which make a record, and none that changes one."""
        items = {key for key in (one.item, *one.also.values()) if key}
        made, changed = set[str](), set[str]()
        for reading, body in self._bodies(one):
            (changed if reading.entry.path.key in items else made).update(self._shapes.properties(body))
        return made - changed

    def _read(self, one: InferredCollection) -> Mapping[str, tuple[Node, ...]]:
        found: dict[str, dict[str, Node]] = {}
        for reading, body in self._bodies(one):
            wrapped = self._found.replies.record(body, reading.entry.path.last_fixed)
            for steps in dict.fromkeys(((), one.steps, wrapped.steps if wrapped else ())):
                place = self._shapes.member(body, steps)
                for name, node in self._shapes.properties(place).items() if place is not None else ():
                    if self._shapes.says(node, "readOnly") is not True:
                        found.setdefault(name, {}).setdefault(self._shapes.follow(node).pointer, node)
        return {name: tuple(nodes.values()) for name, nodes in found.items()}

    def _bodies(self, one: InferredCollection) -> Iterator[tuple[Reading, Node]]:
        for key in (one.key, one.item, *one.also, *one.also.values()):
            for method in self._found.paths.verbs(key) if key else ():
                reading = self._found.reading(key, method) if key else None
                if reading is not None and reading.body is not None:
                    yield reading, reading.body
