"""Which members of a record name records of other resources: ``customer_id`` the customers' (A11)."""

from __future__ import annotations

from mockserver.contract.schema_shape import Shapes
from mockserver.inference.resource_draft import InferredCollection
from mockserver.inference.resources import Resources
from mockserver.inference.words import flat, singular

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
        keys = {}
        for name, node in self._shapes.properties(one.record).items():
            low = flat(name)
            thing = next((low.removesuffix(ending) for ending in ENDINGS if low.endswith(ending) and low != ending), "")
            person = next((word for word in PEOPLE if thing in PERSONS and word in known), thing)
            thing = thing if thing in known else person
            if thing in known and (name,) != one.identity and self._shapes.type(node) in ("string", "integer"):
                keys[name] = known[thing]
        return {**keys, **one.references}
