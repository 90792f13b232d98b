"""What a reply that is no record says of one: members of the same names, and lists whose items it tells otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.messages import Json
from mockserver.values.name_words import flat, singular


def told_by(
    shapes: Shapes, known: Mapping[str, Node], body: Mapping[str, Json], value: Mapping[str, Any]
) -> dict[str, Json]:
    """The members of ``value`` that a reply, of which ``body`` was made, has too; ``known`` are those it declares."""
    shared = {name: one for name, one in value.items() if name in known or name in body}
    lists = {name: one for name, one in shared.items() if name in known and isinstance(one, list)}
    return {**shared, **{name: _items(shapes, known[name], name, body.get(name), one) for name, one in lists.items()}}


def _items(shapes: Shapes, place: Node, name: str, made: Json, listed: list[Any]) -> list[Any]:
    """The items where a reply tells something else of each: its ``question_id``, its ``answer_counts``."""
    items = shapes.items(place)
    members, own = shapes.properties(items) if items is not None else {}, f"{flat(singular(name))}id"
    key = next((one for one in members if flat(one) == own), None)
    if key is None or "id" in members or not all(isinstance(one, dict) and "id" in one for one in listed):
        return listed
    first = next((one for one in made if isinstance(one, dict)), {}) if isinstance(made, list) else {}
    return [{**first, key: one["id"], **{each: one[each] for each in members if each in one}} for one in listed]
