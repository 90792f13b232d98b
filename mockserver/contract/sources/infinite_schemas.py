"""Which schemas no value of a size to be sent can keep: a record that must hold another of its kind, without end."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes

WIDEST = 3_000
"""How many schemas are looked at from one; where more are needed, a finite value is taken for granted."""
CHOICES = 20
LARGEST = 20_000
"""How many objects, lists and single values a value may need to hold; what needs more is as good as endless."""


class InfiniteSchemas:
    """Tells endless schemas of one document from the others, each once."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._known: dict[str, float] = {}

    def __contains__(self, node: Node) -> bool:
        place = self._shapes.follow(node).pointer
        if place not in self._known:
            self._settle(node)
        return self._known[place] > LARGEST

    def _settle(self, start: Node) -> None:
        """Find the size of the least value for all that is needed from ``start``: until no part makes one less."""
        waiting = dict(self._needed_from(start))
        if len(waiting) > WIDEST:
            self._known |= dict.fromkeys(waiting, 1)
            return
        sizes = dict(self._known)
        while True:
            found = {place: self._least(ways, sizes) for place, ways in waiting.items()}
            if not (less := {place: size for place, size in found.items() if size < sizes.get(place, _ENDLESS)}):
                break
            sizes |= less
        self._known |= {place: sizes.get(place, _ENDLESS) for place in waiting}

    @staticmethod
    def _least(ways: list[tuple[str, ...]], sizes: dict[str, float]) -> float:
        return 1 + min((sum(sizes.get(place, _ENDLESS) for place in way) for way in ways), default=_ENDLESS)

    def _needed_from(self, start: Node) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
        """Each schema that a value at ``start`` may need, with the ways to keep it: what each of them needs in turn."""
        stack, seen = [start], set[str]()
        while stack and len(seen) <= WIDEST:
            place = self._shapes.follow(stack.pop())
            if place.pointer in seen:
                continue
            seen.add(place.pointer)
            ways = [[*self._members(place, one)] for one in range(min(self._shapes.choices(place), CHOICES))]
            yield place.pointer, [tuple(one.pointer for one in way) for way in ways]
            stack += [one for way in ways for one in way]

    def _members(self, place: Node, choice: int) -> Iterator[Node]:
        """What must be there within."""
        shape = self._shapes.shape(place, choice)
        if {"const", "enum"} & shape.words.keys() or "null" in shape.types:
            return
        for name in shape.required:
            if name in shape.properties:
                yield self._shapes.follow(shape.properties[name])
        least = shape.words.get("minItems")
        if shape.type == "array" and shape.items is not None and isinstance(least, int) and least > 0:
            yield self._shapes.follow(shape.items)


_ENDLESS = float("inf")
