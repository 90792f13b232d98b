"""The values that a description lists, where no ``enum`` does: ``pending, paid, cancelled`` or ``one of a | b``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.samples.states import FEWEST, in_order_of_life
from mockserver.contract.schema_shape import Shapes

_ONE = r"['\"`]?[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*['\"`]?"
_LIST = rf"{_ONE}(?:\s*(?:,|\||/|;)\s*(?:or\s+|and\s+)?{_ONE}|\s+or\s+{_ONE})+"
_CHOICE = re.compile(
    r".*(status|state|phase|stage|type|kind|role|categor(y|ie)|level|priority|mode|gender|size|severity|visibility"
    r"|frequency|interval|method|direction|plan|tier|grade|difficulty|environment|channel|source|format|unit)",
    re.IGNORECASE,
)
"""Members that hold one of few values."""
_MANY = re.compile(_LIST)
_ALONE = re.compile(rf"\s*({_LIST})\s*\.?\s*")
_WITHIN = re.compile(rf"(?:[:=(\[]|\s-\s)\s*({_LIST})\s*[)\].]?\s*$")
_LED_TO = re.compile(
    rf"\b(?:one of|(?:possible|allowed|valid|accepted|available|supported) (?:values|options|types|statuses)(?: are)?"
    rf"|(?:can|may|must) be(?: one of)?|either|enum)\s*:?\s*[(\[]?\s*({_LIST})",
    re.IGNORECASE,
)
_JOINING = frozenset({"and", "or", "the", "a", "in", "of", "to", "for"})
_LONGEST = 300
_FURTHEST = 1_000
"""How far into a description a list of values is looked for."""
_BETWEEN = re.compile(r"\s*[,|/;]\s*(?:or\s+|and\s+)?|\s+or\s+")


def listed_values(shapes: Shapes, name: str, node: Node) -> list[str]:
    """The texts that a member may be: those of its ``enum``, else those that its description lists."""
    enum, words = shapes.says(node, "enum"), shapes.follow(node).value
    if isinstance(enum, list):
        texts = [one for one in enum if isinstance(one, str)]
        return texts if in_order_of_life(texts) else as_told(texts, shapes.says(node, "description"))
    return described_values(words, name) if isinstance(words, Mapping) and shapes.type(node) == "string" else []


def as_told(values: list[str], text: object) -> list[str]:
    """The states of an ``enum`` in the order of its description, where they stand in that of the alphabet."""
    return values if in_order_of_life(values) or not text else [*_as_told(tuple(values), str(text))]


@lru_cache(512)
def _as_told(values: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The values in the order in which a description lists all of them, or all but one; as they are if it does not.

    An order by the alphabet says nothing, and that of the words is one that somebody has thought of.
    """
    for found in _MANY.finditer(text[:_FURTHEST]):
        listed = [one.strip("'\"`") for one in _BETWEEN.split(found[0])]
        if len({*listed} & {*values}) >= max(len(values) - 1, FEWEST) and {*listed} <= {*values}:
            return tuple(dict.fromkeys((*listed, *values)))
    return values


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


_DEFAULT = re.compile(
    r"\b(?:defaults? (?:is|to)|default(?: value)?(?: is)?:?) (?:['\"`]([\w.-]+)['\"`]|(true|false|-?\d{1,9}))"
    r"(?=\s*(?:[.,;)\n]|$))",
    re.IGNORECASE,
)


def told_defaults(words: Mapping[str, Any]) -> Iterator[bool | int | str]:
    """The value that a description says it defaults to: ``Defaults to `true`.``; a text only where it is listed."""
    found = _DEFAULT.search(str(words.get("description") or "")[-_FURTHEST:])
    text = (found[1] or found[2]) if found else ""
    if not text:
        return
    if text.lower() in _TRUTHS:
        yield _TRUTHS[text.lower()]
    elif text.lstrip("-").isdecimal() and len(text) < _DIGITS:
        yield int(text)
    elif text in (words.get("enum") or ()):
        yield text


_TRUTHS: Mapping[str, bool] = {"true": True, "false": False}
_DIGITS = 11
