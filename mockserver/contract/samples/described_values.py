"""The values that a description lists, where no ``enum`` does: ``pending, paid, cancelled`` or ``one of a | b``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes

_ONE = r"['\"`]?[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*['\"`]?"
_LIST = rf"{_ONE}(?:\s*(?:,|\||/|;)\s*(?:or\s+|and\s+)?{_ONE}|\s+or\s+{_ONE})+"
_CHOICE = re.compile(
    r".*(status|state|phase|stage|type|kind|role|categor(y|ie)|level|priority|mode|gender|size|severity|visibility"
    r"|frequency|interval|method|direction|plan|tier|grade|difficulty|environment|channel|source|format|unit)",
    re.IGNORECASE,
)
"""Members that hold one of few values."""
_ALONE = re.compile(rf"\s*({_LIST})\s*\.?\s*")
_WITHIN = re.compile(rf"(?:[:=(\[]|\s-\s)\s*({_LIST})\s*[)\].]?\s*$")
_LED_TO = re.compile(
    rf"\b(?:one of|(?:possible|allowed|valid|accepted|available|supported) (?:values|options|types|statuses)(?: are)?"
    rf"|(?:can|may|must) be(?: one of)?|either|enum)\s*:?\s*[(\[]?\s*({_LIST})",
    re.IGNORECASE,
)
_JOINING = frozenset({"and", "or", "the", "a", "in", "of", "to", "for"})
_LONGEST = 300
_BETWEEN = re.compile(r"\s*[,|/;]\s*(?:or\s+|and\s+)?|\s+or\s+")


def listed_values(shapes: Shapes, name: str, node: Node) -> list[str]:
    """The texts that a member may be: those of its ``enum``, else those that its description lists."""
    enum, words = shapes.says(node, "enum"), shapes.follow(node).value
    if isinstance(enum, list):
        return [one for one in enum if isinstance(one, str)]
    return described_values(words, name) if isinstance(words, Mapping) and shapes.type(node) == "string" else []


def states_of(shapes: Shapes, record: Node) -> dict[str, list[str]]:
    """What each member of a record that is one of a few texts may be."""
    found = {name: listed_values(shapes, name, node) for name, node in shapes.properties(record).items()}
    return {name: own for name, own in found.items() if own}


def described_values(words: Mapping[str, Any], name: str) -> list[str]:
    """The values of a text member ``name`` that the description of its schema lists; none where it lists none."""
    text = words.get("description")
    if not isinstance(text, str) or len(text) > _LONGEST or words.keys() & {"enum", "const", "format", "pattern"}:
        return []
    is_choice = _CHOICE.fullmatch(name) is not None
    found = _LED_TO.search(text) or (is_choice and (_ALONE.fullmatch(text) or _WITHIN.search(text))) or None
    values = [one.strip("'\"`") for one in _BETWEEN.split(found[1])] if found else []
    is_even = all(one == one.lower() for one in values) or all(one[:1].isupper() for one in values)
    return values if len(values) > 1 and is_even and not _JOINING & {*values} else []
