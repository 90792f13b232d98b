"""Which members of a record name records of other resources: ``customer_id`` the customers' (A11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract.document import Node
from mockserver.contract.plan import Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.resource_draft import InferredCollection
from mockserver.inference.resources import Resources
from mockserver.values.name_words import flat, singular

PERSONS = frozenset(
    {"owner", "author", "creator", "createdby", "updatedby", "assignee", "reporter", "reviewer", "approver"}
)
"""What people are called by what they do, and what the resource of all of them is called, the likeliest first."""
PEOPLE = ("user", "person", "people", "member", "account", "employee", "contact")
ENDINGS = ("id", "uuid", "gid", "sid")


class ForeignKeys:
    """Tells which members of a record name records of a top-level resource of the document.

    Where several documents were joined, a guess keeps to that of the collection: what leads out of it has to be said.
    """

    def __init__(self, shapes: Shapes, found: Resources) -> None:
        """PERF: what the resources are called is asked of each once, not once for every other."""
        self._shapes = shapes
        self._found = found
        self._known: dict[int, dict[str, str]] = {}
        for other in found.collections.values():
            if other.item and not other.parents and other.key and "{}" not in other.key:
                named = self._known.setdefault(id(found.part(other)), {})
                named[flat(singular(other.key[-1]))] = other.name

    def of(self, one: InferredCollection) -> dict[str, str]:
        """For each such member of the records of ``one`` the resource that it names."""
        if one.record is None:
            return {}
        known = self._known.get(id(self._found.part(one)), {})
        keys = {
            name: about
            for name, node in self._shapes.properties(one.record).items()
            if (name,) != one.identity and self._is_key(node) and (about := self._about(name, node, known))
        }
        return {**keys, **one.references}

    def _about(self, name: str, node: Node, known: Mapping[str, str]) -> str | None:
        """Where it says so by its name alone, it is a number or a UUID: any other text may be a name (``status``)."""
        is_plain = self._shapes.type(node) == "integer" or self._shapes.says(node, "format") == "uuid"
        return _named(name, known) or (known.get(flat(name)) if is_plain else None)

    def within(self, one: InferredCollection) -> dict[Steps, str]:
        """The same for lists of keys (``project_ids``) and for keys in the objects that the records hold."""
        if one.record is None:
            return {}
        known = self._known.get(id(self._found.part(one)), {})
        return {
            steps: about
            for steps, node in self._members(one.record)
            if (about := _named(steps[-1] if self._is_key(node) else singular(steps[-1]), known))
        }

    def _members(self, record: Node) -> Iterator[tuple[Steps, Node]]:
        """Lists of what may be keys, and in objects what may be keys."""
        for name, node in self._shapes.properties(record).items():
            if self._is_list(node):
                yield (name,), node
            elif self._shapes.type(node) == "object":
                inner = self._shapes.properties(node).items()
                yield from (((name, one), below) for one, below in inner if self._is_key(below) or self._is_list(below))

    def _is_key(self, node: Node) -> bool:
        return self._shapes.type(node) in ("string", "integer")

    def _is_list(self, node: Node) -> bool:
        items = self._shapes.items(node) if self._shapes.type(node) == "array" else None
        return items is not None and self._is_key(items)


def _named(name: str, known: Mapping[str, str]) -> str | None:
    """The resource that a member of that name holds a key of."""
    low = flat(name)
    thing = next((low.removesuffix(ending) for ending in ENDINGS if low.endswith(ending) and low != ending), "")
    person = next((word for word in PEOPLE if thing in PERSONS and word in known), thing)
    return known.get(thing if thing in known else person)
