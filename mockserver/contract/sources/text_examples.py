"""Examples that a tool wrote as the text of their JSON, read as the values they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.values.json_text import BadJson, decode

DEEPEST = 100
_PARTS = frozenset({"properties", "items", "allOf", "additionalProperties"})
"""Words of schemas for what has parts."""


def read_texts(holder: dict[str, Any], behind: Callable[[Any], Any], schema: Any) -> None:
    """Read ``example`` and the values of named ``examples`` of a media type, or of a schema itself, in place.

    ``behind``: what a reference leads to, for examples that are defined elsewhere. Only where the schema means an
    object or a list, so that no text can be meant; a text that is no JSON is left out.
    """
    if ("example" not in holder and "examples" not in holder) or not _has_parts(schema):
        return
    if isinstance(text := holder.get("example"), str):
        _put(holder, "example", text)
    named = holder.get("examples")
    for one in map(behind, named.values()) if isinstance(named, dict) else ():
        if isinstance(one, dict) and isinstance(text := one.get("value"), str):
            _put(one, "value", text)


def _has_parts(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    said = schema.get("type")
    types = said if isinstance(said, list) else [said]
    return "string" not in types and (bool(_PARTS & set(schema)) or any(one in types for one in ("object", "array")))


def _put(holder: dict[str, Any], name: str, text: str) -> None:
    try:
        holder[name] = decode(text.encode(), DEEPEST)
    except (BadJson, UnicodeEncodeError):
        del holder[name]
