"""Records that are made and acted on, and that nothing reads (R1): ``POST /uploads`` and ``/uploads/{id}/complete``."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.document import Node
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import is_one
from mockserver.values.name_words import flat, singular


def made_alone(found: Resources) -> Iterator[InferredCollection]:
    """A collection for each path where a POST alone answers what an action below one of its records answers, too."""
    for key, verbs in found.paths.entries.items():
        item, reading = (*key, ANY), found.reading(key, "post")
        if set(verbs) != {"post"} or not key or ANY in key or found.at(key) or found.paths.verbs(item):
            continue
        if reading is None or reading.record is None:
            continue
        if (name := _acted_on(found, key, reading.record.schema)) is not None:
            one = InferredCollection(key, "", item=item, parameter=name)
            one.names = found.paths.names(key)
            found.describe(one)
            if len(one.identity) == 1:
                yield one


def _acted_on(found: Resources, key: Key, record: Node) -> str | None:
    """By what a path names the record that an action is about whose reply is such a record; None where none is."""
    for path, verbs in found.paths.entries.items():
        reading = found.reading(path, "post")
        if len(path) != len(key) + 2 or path[: len(key)] != key or path[-2] != ANY or path[-1] == ANY:
            continue
        if reading is None or reading.record is None or not is_one(found.shapes, record, reading.record.schema):
            continue
        name = verbs["post"].path.names[len(key)]
        if flat(name) in ("id", "uuid", flat(singular(key[-1])), f"{flat(singular(key[-1]))}id"):
            return str(name)
    return None
