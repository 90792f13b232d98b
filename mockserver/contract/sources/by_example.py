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
_TELLING = frozenset({"properties", "patternProperties", "allOf", "anyOf", "oneOf", "$ref", "enum", "not"})
"""Words of a schema that says itself what it holds."""
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

    The same goes for schemas of records that say nothing but by their example. ``behind``: what a reference leads to,
    for examples that are defined elsewhere.
    It says what there is and of which type that is likely to be, and forbids nothing: nobody promised any of it.
    """
    for reply in responses.values():
        content = reply.get("content") if isinstance(reply, dict) else None
        for name, media in content.items() if isinstance(content, dict) else ():
            if not isinstance(media, dict) or "json" not in name:
                continue
            if media.get("schema", {}) not in _SAYS_NOTHING:
                _describe_records(media["schema"], behind)
                continue
            if isinstance(shown := _example(media, behind), dict | list) and shown:
                media["schema"] = _described(shown, DEEPEST)


def _describe_records(schema: Any, behind: Callable[[Any], Any]) -> None:
    """Give what a reply holds, itself or in a member, the members of its example, where that is of records with ids."""
    whole = behind(schema)
    members = whole.get("properties") if isinstance(whole, dict) else None
    for place in (whole, *map(behind, members.values() if isinstance(members, dict) else ())):
        if not isinstance(place, dict):
            continue
        shown, record = place.get("example"), place
        if isinstance(shown, list):
            shown, record = _merged(shown), behind(place.get("items"))
        if isinstance(shown, dict) and "id" in shown and isinstance(record, dict) and not record.keys() & _TELLING:
            record["properties"] = _described(shown, DEEPEST)["properties"]


def _merged(shown: list[Any]) -> dict[str, Any] | None:
    """One record with the members of all that are shown; None where none is."""
    records = [one for one in shown[:MOST] if isinstance(one, dict)]
    return {name: one for record in reversed(records) for name, one in record.items()} if records else None


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
        whole = _merged(value)
        schema["items"] = _described(value[0] if whole is None else whole, left - 1)
    elif not isinstance(value, dict | list):
        schema["example"] = value
    return schema
