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


def foreign_keys(shapes: Shapes, one: InferredCollection, found: Resources) -> dict[str, str]:
    """For each member that names a record of a top-level resource of the document, that resource.

    Where several documents were joined, a guess keeps to that of the collection: what leads out of it has to be said.
    """
    if one.record is None:
        return {}
    known = {flat(singular(other.key[-1])): other.name for other in found.collections.values()
             if other.item and not other.parents and other.key and "{}" not in other.key
             and found.part(other) is found.part(one)}  # fmt: skip
    keys = {}
    for name, node in shapes.properties(one.record).items():
        low = flat(name)
        thing = next((low.removesuffix(ending) for ending in ENDINGS if low.endswith(ending) and low != ending), "")
        thing = thing if thing in known else next((one for one in PEOPLE if thing in PERSONS and one in known), thing)
        if thing in known and (name,) != one.identity and shapes.type(node) in ("string", "integer"):
            keys[name] = known[thing]
    return {**keys, **one.references}
