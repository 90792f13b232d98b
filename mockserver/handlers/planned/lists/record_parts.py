"""Where a record has what clients filter and sort by: in itself, or in the parts that JSON:API divides it into."""

from __future__ import annotations

from typing import Any

from mockserver.contract.document import Node
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json
from mockserver.values.members import value_at

ATTRIBUTES, RELATIONSHIPS = "attributes", "relationships"
_DIVIDED = frozenset({"id", "type", ATTRIBUTES})
"""What a record has that is divided so (JSON:API 1.1, 7.2)."""


def parts_of(scope: Scope) -> tuple[Node, ...]:
    """The schemas of a record and of its parts: the attributes, and what it is related to."""
    record, shapes = scope.model.record, scope.call.tools.maker.shapes
    if record is None:
        return ()
    if not {*shapes.properties(record)} >= _DIVIDED:
        return (record,)
    parts = (shapes.member(record, (name,)) for name in (ATTRIBUTES, RELATIONSHIPS))
    return (record, *(one for one in parts if one is not None))


def held(data: Any, name: str) -> Json:
    """What a record has in the member ``name``, of its own or of a part; of what it is related to the identities."""
    if not isinstance(data, dict) or name in data or ATTRIBUTES not in data:
        return value_at(data, (name,))
    own = value_at(data, (ATTRIBUTES, name))
    return value_at(data, (RELATIONSHIPS, name, "data")) if own is None else own
