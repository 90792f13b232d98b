"""Parts of one schema that each forbid what the others have: taken together, as nothing could keep them otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Follow: TypeAlias = Callable[[Any], Any]
"""What a schema is behind its reference."""
DEEPEST = 8
_NOTHING: Mapping[str, Any] = {"type": "array"}
"""Items as generators write them for a list of a type that they do not know."""


def open_parts(node: dict[str, Any], follow: Follow) -> bool:
    """Take ``additionalProperties: false`` from ``node`` and its ``allOf`` where it forbids members that another part
    of ``node`` describes; in place, the parts copied. Whether there was such a one.
    """
    parts = node.get("allOf")
    if not isinstance(parts, list) or not any(one.get("additionalProperties") is False for one in _all(node, follow)):
        return False
    every = {name for one in _all(node, follow) for name in _members(one)}
    if not any(_forbids(one, every) for one in _all(node, follow)):
        return False
    if _forbids(node, every):
        del node["additionalProperties"]
    node["allOf"] = [_opened(one, every, follow, DEEPEST) for one in parts]
    return True


def close_lists(node: dict[str, Any], follow: Follow) -> bool:
    """Take ``items: {type: array}``, which says nothing of the items, from parts of ``allOf`` where another says it.

    In place, the parts copied. Whether there was such a one.
    """
    parts = node.get("allOf")
    if not isinstance(parts, list):
        return False
    lists = [(name, one) for each in _all(node, follow) for name, one in _members(each).items() if _is_list(one)]
    described = {name for name, one in lists if one["items"] != _NOTHING}
    if not (empty := {name for name, one in lists if one["items"] == _NOTHING and name in described}):
        return False
    node["allOf"] = [_without_items(one, empty, follow, DEEPEST) for one in parts]
    return True


def _is_list(member: Any) -> bool:
    return isinstance(member, dict) and member.get("type") == "array" and isinstance(member.get("items"), dict)


def _without_items(part: Any, names: set[str], follow: Follow, left: int) -> Any:
    found = follow(part)
    if not isinstance(found, dict) or not left:
        return part
    made = dict(found)
    if wrong := {name for name in names if _members(found).get(name, {}).get("items") == _NOTHING}:
        plain = {
            name: {word: one for word, one in found["properties"][name].items() if word != "items"} for name in wrong
        }
        made["properties"] = {**found["properties"], **plain}
    if isinstance(parts := found.get("allOf"), list):
        made["allOf"] = [_without_items(one, names, follow, left - 1) for one in parts]
    return made if made != found else part


def _all(node: Any, follow: Follow, left: int = DEEPEST) -> Iterator[Mapping[str, Any]]:
    """A schema and the parts of its ``allOf``, theirs too."""
    found = follow(node)
    if not isinstance(found, dict) or not left:
        return
    yield found
    parts = found.get("allOf")
    for one in parts if isinstance(parts, list) else ():
        yield from _all(one, follow, left - 1)


def _members(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _forbids(schema: Mapping[str, Any], every: set[str]) -> bool:
    return (
        schema.get("additionalProperties") is False
        and "patternProperties" not in schema
        and not every <= _members(schema).keys()
    )


def _opened(part: Any, every: set[str], follow: Follow, left: int) -> Any:
    """``part`` as it is where it forbids nothing, else a copy that does not."""
    found = follow(part)
    if not isinstance(found, dict) or not left or not any(_forbids(one, every) for one in _all(found, follow, left)):
        return part
    made = {name: one for name, one in found.items() if name != "additionalProperties" or not _forbids(found, every)}
    if isinstance(parts := made.get("allOf"), list):
        made["allOf"] = [_opened(one, every, follow, left - 1) for one in parts]
    return made
