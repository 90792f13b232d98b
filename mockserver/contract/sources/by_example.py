"""Replies that a document shows by an example alone, as tools write them from traffic: described as the example is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.messages import Json

DEEPEST = 6
MOST = 20
"""How many items of a list are looked at."""
_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_SAYS_NOTHING: tuple[Mapping[str, Any], ...] = ({}, {"type": "object"})
_OF: Mapping[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
}


def describe_replies(responses: dict[str, Any], behind: Callable[[Any], Any]) -> None:
    """Give each JSON content of ``responses`` that has an example and no schema one made after it, in place.

    ``behind``: what a reference leads to, for examples that are defined elsewhere.
    It says what there is and of which type that is likely to be, and forbids nothing: nobody promised any of it.
    """
    for reply in responses.values():
        content = reply.get("content") if isinstance(reply, dict) else None
        for name, media in content.items() if isinstance(content, dict) else ():
            if not isinstance(media, dict) or "json" not in name or media.get("schema", {}) not in _SAYS_NOTHING:
                continue
            if isinstance(shown := _example(media, behind), dict | list) and shown:
                media["schema"] = _described(shown, DEEPEST)


def _example(media: Mapping[str, Any], behind: Callable[[Any], Any]) -> Json:
    named = media.get("examples")
    first = behind(next(iter(named.values()), None)) if isinstance(named, dict) else None
    return media.get("example", first.get("value") if isinstance(first, dict) else None)


def _described(value: Json, left: int) -> dict[str, Any]:
    kind = _OF.get(type(value))
    if kind is None:
        return {}
    schema: dict[str, Any] = {"type": [kind, *(one for one in _TYPES if one != kind)]}
    if isinstance(value, dict) and left:
        schema["properties"] = {name: _described(one, left - 1) for name, one in value.items()}
    elif isinstance(value, list) and left and value:
        records = [one for one in value[:MOST] if isinstance(one, dict)]
        whole = {name: one for record in reversed(records) for name, one in record.items()}
        schema["items"] = _described(whole if records else value[0], left - 1)
    elif not isinstance(value, dict | list):
        schema["example"] = value
    return schema
