"""Bodies without what only replies hold: a ``readOnly`` member is required of the record, never of its sender."""

from __future__ import annotations

from datetime import UTC, datetime

from mockserver.contract.document import Node
from mockserver.contract.samples.sample_maker import CHOICES, Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.messages import Json

DEEPEST = 6
_DRAW = Draw.of(0, datetime(2025, 1, 1, tzinfo=UTC))


def completed(maker: Maker, node: Node, value: Json, left: int = DEEPEST) -> Json:
    """``value`` with the ``readOnly`` members that it lacks: as it keeps the schema then, or as it is."""
    if maker.allows(node, value) or not left:
        return value
    nearest = value
    for choice in range(min(maker.shapes.choices(node), CHOICES)):
        tried = _filled(maker, node, value, choice, left - 1)
        if maker.allows(node, tried):
            return tried
        nearest = tried if choice == 0 else nearest
    return nearest


def _filled(maker: Maker, node: Node, value: Json, choice: int, left: int) -> Json:
    shape = maker.shapes.shape(node, choice)
    if isinstance(value, list) and shape.items is not None:
        return [completed(maker, shape.items, one, left) for one in value]
    if not isinstance(value, dict):
        return value
    members = shape.properties
    filled = {
        name: completed(maker, members[name], one, left) if name in members else one for name, one in value.items()
    }
    for name in shape.required:
        if name not in filled and name in members and maker.shapes.says(members[name], "readOnly") is True:
            filled[name] = maker.make(members[name], _DRAW)
    return filled
