"""By which of its members a record is the highest, the lowest, the best: its amount, its score, its only number."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.values.name_words import flat, words_of

GREATEST, LEAST = "the greatest", "the least"
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("highest", "top", "best", "max", "maximum", "largest", "biggest", "greatest", "peak"), GREATEST),
    **dict.fromkeys(("lowest", "min", "minimum", "smallest", "cheapest", "least", "worst"), LEAST),
}
_MEASURES = ("amount", "price", "score", "rating", "value", "points", "total", "rate", "votes", "level", "bid", "size")
"""What members are called that records are measured by, the likeliest first."""
_NO_MEASURE = frozenset({"id", "number", "no", "count", "version", "position", "index", "year", "page", "lat", "lng"})


def superlative(shapes: Shapes, record: Node, word: str) -> tuple[str, str] | None:
    """The member by which one record is ``word``, and whether it is the greatest or the least; None of other words."""
    way = _WORDS.get(flat(word))
    member = measure_of(shapes, record) if way is not None else ""
    return (member, way) if way is not None and member else None


def measure_of(shapes: Shapes, record: Node) -> str:
    """The member that a record is measured by: one that is called so, else its only number; empty where it has none."""
    numbers = [name for name, node in shapes.properties(record).items() if _is_number(shapes, node)]
    numbers = [name for name in numbers if not _NO_MEASURE & {*words_of(name)[-1:]}]
    called = (name for one in _MEASURES for name in numbers if words_of(name)[-1:] == [one])
    return next(called, numbers[0] if len(numbers) == 1 else "")


def _is_number(shapes: Shapes, node: Node) -> bool:
    """Whether a member is a number, or a sum of money that has one."""
    if shapes.type(node) == "object":
        own = shapes.properties(node).items()
        return any(shapes.type(one) in ("integer", "number") for name, one in own if name in ("amount", "value"))
    return shapes.type(node) in ("integer", "number")
