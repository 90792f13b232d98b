"""What the operations of a document take, read from its text before anything else has been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.values.pointer import behind

_VERBS = ("get", "post", "put", "patch", "delete")
_DEEPEST = 5
"""How far parts within parts of a schema are looked into."""


def body_members(root: Mapping[str, Any], operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members of what is sent."""
    content = followed(root, operation.get("requestBody")).get("content")
    for name, media in content.items() if isinstance(content, dict) else ():
        if isinstance(media, dict) and ("json" in name or "form" in name):
            return schema_members(root, media.get("schema"))
    return {}


def schema_members(root: Mapping[str, Any], schema: Any, left: int = _DEEPEST) -> Mapping[str, Any]:
    """The members that a schema has, itself and by ``allOf``, ``left`` parts deep."""
    place = followed(root, schema)
    parts = place.get("allOf") if left and isinstance(place.get("allOf"), list) else ()
    found = {name: one for part in parts or () for name, one in schema_members(root, part, left - 1).items()}
    members = place.get("properties")
    return {**found, **members} if isinstance(members, dict) else found


def raw_parameters(root: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for holder in (item, *(item[verb] for verb in _VERBS if isinstance(item.get(verb), dict))):
        listed = holder.get("parameters")
        yield from (followed(root, one) for one in listed if isinstance(listed, list)) if listed else ()


def followed(root: Mapping[str, Any], node: Any) -> dict[str, Any]:
    """Where a reference within the document leads; an empty object where it leads nowhere."""
    found = behind(root, node)
    return found if isinstance(found, dict) else {}
