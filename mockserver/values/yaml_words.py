"""What a plain word of YAML 1.2 is: a number, true, false, null or, all else, a string."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_DIGITS = 400
"""How many digits an integer may have."""
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_STARTS = frozenset("0123456789+-.")
_WORDS: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys(("", "~", "null", "Null", "NULL")),
        **dict.fromkeys(("true", "True", "TRUE"), True),
        **dict.fromkeys(("false", "False", "FALSE"), False),
    }
)
_TAG = "tag:yaml.org,2002:"
_COLLECTIONS = frozenset({"!", f"{_TAG}map", f"{_TAG}seq"})


def plain_scalar(text: str) -> Any:
    """The value of a word without quotes. Raises ValueError for a number that JSON cannot carry."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _STARTS:
        return text
    if _INT.fullmatch(text):
        if len(text) <= _DIGITS:
            return int(text)
    elif not _FLOAT.fullmatch(text):
        return text
    elif math.isfinite(value := float(text)):
        return value
    raise ValueError(f"JSON cannot hold the number {text[:40]}")


def tagged(tag: str, text: str) -> Any:
    """The value of a word with a tag. Raises ValueError for a tag that means nothing, or does not fit."""
    kind = tag.removeprefix(_TAG)
    if kind in ("!", "str", "timestamp", "binary"):
        return text
    if kind in ("int", "float", "bool", "null") and not isinstance(value := plain_scalar(text), str):
        return value
    raise ValueError(f"the tag {tag[:80]} does not fit here")


def is_collection(tag: str | None) -> bool:
    """Whether a mapping or a sequence may have this tag."""
    return tag is None or tag in _COLLECTIONS
