"""Alternatives that a discriminator tells apart, held to the values that name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Follow: TypeAlias = Callable[[Any], Any]
"""What a schema is behind its reference."""
_DEEPEST = 5


def hold_alternatives(node: dict[str, Any], follow: Follow) -> None:
    """Hold each alternative of ``node``'s ``oneOf`` to the values of its ``discriminator`` that name it; in place.

    By the letter a discriminator is a hint, and an object that names one of several open alternatives is refused since
    it fits the others as well; servers go by the name. Where the document maps values to every alternative, an
    alternative has those; else it only has none that names another. What says so by itself is left as it is.
    """
    alternatives: Any = node.get("oneOf")
    words: Any = node.get("discriminator")
    name = words.get("propertyName") if isinstance(words, dict) else None
    if not isinstance(name, str) or not isinstance(alternatives, list) or len(alternatives) < 2:
        return
    references: list[Any] = [
        one.get("$ref") if isinstance(one, dict) and len(one) == 1 else None for one in alternatives
    ]
    if not all(isinstance(one, str) for one in references) or len({*references}) < len(references):
        return
    members = [_member(one, name, follow, _DEEPEST) for one in alternatives]
    if all("const" in one or len(one.get("enum") or ()) == 1 for one in members) or not all(map(_takes_text, members)):
        return
    mapped = _mapped(words.get("mapping"))
    named = [mapped.get(one) or mapped.get(_last(one)) or [] for one in references]
    is_whole = all(named)
    named = [values or [_last(one)] for values, one in zip(named, references, strict=True)]
    for index, reference in enumerate(references):
        others = [value for at, values in enumerate(named) for value in values if at != index]
        held = {"enum": named[index]} if is_whole else {"not": {"enum": others}}
        alternatives[index] = {"$ref": reference, "properties": {name: held}}


def _mapped(mapping: Any) -> Mapping[str, list[str]]:
    """The values by what they lead to."""
    found: dict[str, list[str]] = {}
    for value, target in mapping.items() if isinstance(mapping, dict) else ():
        found.setdefault(str(target), []).append(str(value))
    return found


def _last(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]


def _member(schema: Any, name: str, follow: Follow, left: int) -> Mapping[str, Any]:
    """What a schema, itself or by ``allOf``, says of one member."""
    found = follow(schema)
    if not isinstance(found, dict) or not left:
        return {}
    properties, parts = found.get("properties"), found.get("allOf")
    if isinstance(properties, dict) and isinstance(member := follow(properties.get(name)), dict):
        return member
    listed = parts if isinstance(parts, list) else []
    return next((member for one in listed if (member := _member(one, name, follow, left - 1))), {})


def _takes_text(member: Mapping[str, Any]) -> bool:
    said = member.get("type", "string")
    return "string" in said if isinstance(said, list) else said == "string"
