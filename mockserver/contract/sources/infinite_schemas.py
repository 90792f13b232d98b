"""Which schemas no finite value can keep: a record that must hold another of its kind, without end."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes

WIDEST = 3_000
"""How many schemas are looked at from one; where more are needed, a finite value is taken for granted."""
CHOICES = 20


class InfiniteSchemas:
    """Tells endless schemas of one document from the others, each once."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._known: dict[str, bool] = {}

    def __contains__(self, node: Node) -> bool:
        place = self._shapes.follow(node).pointer
        if place not in self._known:
            self._settle(node)
        return self._known[place]

    def _settle(self, start: Node) -> None:
        """Decide for all that is needed from ``start``: whatever needs nothing endless ends, until nothing changes."""
        waiting = dict(self._needed_from(start))
        if len(waiting) > WIDEST:
            self._known |= dict.fromkeys(waiting, False)
            return
        ended = {place for place, is_endless in self._known.items() if not is_endless}
        while fresh := {place for place, ways in waiting.items() if any(way <= ended for way in ways)} - ended:
            ended |= fresh
        self._known |= {place: place not in ended for place in waiting}

    def _needed_from(self, start: Node) -> Iterator[tuple[str, list[frozenset[str]]]]:
        """Each schema that a value at ``start`` may need, with the ways to keep it: what each of them needs in turn."""
        stack, seen = [start], set[str]()
        while stack and len(seen) <= WIDEST:
            place = self._shapes.follow(stack.pop())
            if place.pointer in seen:
                continue
            seen.add(place.pointer)
            ways = [[*self._members(place, one)] for one in range(min(self._shapes.choices(place), CHOICES))]
            yield place.pointer, [frozenset(one.pointer for one in way) for way in ways]
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
