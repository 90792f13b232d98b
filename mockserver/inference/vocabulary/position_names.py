"""Members that tell where a record stands among those beside it: ``position``, ``sort_order``."""

from __future__ import annotations

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.values.name_words import flat

_POSITIONS = frozenset(
    {"position", "sortorder", "sortindex", "sortposition", "displayorder", "ordinal", "orderindex", "orderno", "order",
     "ordernumber", "sequence", "sequencenumber", "seq", "stepnumber", "listorder"}
)  # fmt: skip
REORDERS = frozenset(
    {"order", "reorder", "reordering", "ordering", "sort", "positions", "sequence", "rearrange", "arrange", "sorting"}
)
"""The last segment of a path that puts the records of the collection before it in an order."""


def position_of(shapes: Shapes, record: Node | None) -> str:
    """The number that tells where a record stands; empty where there is none."""
    members = shapes.properties(record).items() if record is not None else ()
    return next((name for name, node in members if flat(name) in _POSITIONS and shapes.type(node) == "integer"), "")
