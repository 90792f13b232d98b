"""A document of 3.1 in the words of 3.0, for pages that are slow to read 3.1: nothing is judged by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.messages import Json

VERSION = "3.0.3"
_NAMED = frozenset({"properties", "patternProperties", "$defs", "schemas", "examples", "responses", "parameters",
                    "requestBodies", "headers", "securitySchemes", "links", "callbacks", "pathItems"})  # fmt: skip
"""Below these stand names, not words of the standard."""
_DATA = frozenset({"example", "value", "default", "enum"})
"""Below these stand values, which are nobody's schema."""


def downgraded(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same operations and schemas, as far as 3.0 has words for them; webhooks it has none for."""
    left = {name: one for name, one in document.items() if name not in ("webhooks", "jsonSchemaDialect")}
    return {**_downgraded(left), "openapi": VERSION}


def _downgraded(value: Json, *, is_named: bool = False) -> Any:
    if isinstance(value, list):
        return [_downgraded(one) for one in value]
    if not isinstance(value, dict):
        return value
    if is_named:
        return {name: _downgraded(one) for name, one in value.items()}
    return _schema({name: _below(name, one) for name, one in value.items()})


def _below(name: str, value: Json) -> Json:
    if name in _DATA or name.startswith("x-"):
        return value
    return _downgraded(value, is_named=name in _NAMED)


def _schema(node: dict[str, Any]) -> dict[str, Any]:
    """``node`` with what 3.0 says otherwise in a schema; anything else has none of these words."""
    types = node.get("type")
    if isinstance(types, list):
        kept = [one for one in types if one != "null"]
        del node["type"]
        node |= {"type": kept[0]} if len(kept) == 1 else {"anyOf": [{"type": one} for one in kept]} if kept else {}
        node |= {"nullable": True} if "null" in types else {}
    for word in ("anyOf", "oneOf"):
        options = node.get(word)
        if isinstance(options, list) and {"type": "null"} in options:
            node[word] = [one for one in options if one != {"type": "null"}]
            node["nullable"] = True
    if "const" in node:
        node["enum"] = [node.pop("const")]
    if isinstance(node.get("examples"), list):
        shown = node.pop("examples")
        node.setdefault("example", shown[0] if shown else None)
    for bound in ("Minimum", "Maximum"):
        if isinstance(limit := node.get(f"exclusive{bound}"), int | float) and not isinstance(limit, bool):
            node |= {bound.lower(): limit, f"exclusive{bound}": True}
    return node
