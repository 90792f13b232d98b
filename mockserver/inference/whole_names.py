"""Records whose key is a whole name: ``/v1/{name}`` of what ``/v1/{parent}/topics`` makes and lists."""

from __future__ import annotations

from mockserver.inference.reading.paths import ANY
from mockserver.inference.reading.resource_draft import InferredCollection
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import is_one, move


def join_whole_names(found: Resources) -> None:
    """Let ``/v1/{name}``, where it takes slashes, show the records of each ``/v1/{parent}/topics`` by their names.

    Those of its own schema are what it is about; which of the others is meant a name says by its last words.
    """
    for one in [one for one in found.collections.values() if one.record is not None and found.spans(one)]:
        if len(one.identity) != 1 or any(found.reading(one.key, method) for method in ("get", "post")):
            continue
        homes = [each for each in found.collections.values() if _is_home(found, one, each)]
        for home in homes:
            home.below, home.identity, home.parameter, home.beside = home.key[-1], one.identity, one.parameter, homes
            home.why.append(f"'{one.identity[0]}' is a record's whole name, with '{home.below}' before the last word")
        own = [home for home in homes if _shows(found, home, one)]
        if own:
            move(found, one, min(own, key=lambda each: found.reading(each.key, "post") is None))
        for home in homes:
            home.item = one.item
        one.beside = homes


def _is_home(found: Resources, one: InferredCollection, home: InferredCollection) -> bool:
    """Whether these are records below any of the others, which have the member that names them."""
    if home.item is not None or home.key[:-1] != (*one.key, ANY) or home.record is None:
        return False
    named = found.shapes.member(home.record, one.identity)
    return named is not None and found.shapes.type(named) == "string"


def _shows(found: Resources, home: InferredCollection, one: InferredCollection) -> bool:
    readings = [found.reading(home.key, method) for method in ("get", "post")]
    shown = [place.schema for reading in readings if reading for place in (reading.list, reading.record) if place]
    return one.record is not None and any(is_one(found.shapes, one.record, schema) for schema in shown)
