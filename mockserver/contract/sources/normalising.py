"""Any OpenAPI document as one of 3.1: schemas in the dialect that validators read, whatever the version said it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from math import inf, nextafter
from typing import Any

import jsonschema_rs

from mockserver.contract.sources.by_example import describe_replies
from mockserver.contract.sources.opening import open_parts
from mockserver.contract.sources.silent_replies import describe_silent
from mockserver.contract.sources.swagger import upgraded
from mockserver.contract.sources.text_examples import read_texts
from mockserver.values.json_text import whole
from mockserver.values.media_types import without_parameters
from mockserver.values.pointer import behind, pointed
from mockserver.values.shown import quoted

SCHEMA_MEMBERS = frozenset(
    {"items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else", "unevaluatedItems",
     "unevaluatedProperties", "additionalItems"}
)  # fmt: skip
SCHEMA_MAPS = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependentSchemas"})
SCHEMA_LISTS = frozenset({"allOf", "oneOf", "anyOf", "prefixItems"})
_TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})
COUNTED = 2**63
"""From here on validators do not count any more."""
INTEGERS: Mapping[str, int] = {"int32": 31, "int64": 63}
"""Formats of integers, and how many bits beside the sign they have."""
_LITERAL = re.compile(r"/(\^.*\$)/[a-z]*", re.DOTALL)
"""A pattern as JavaScript's source writes it; between slashes no text could begin or end."""
_PASSED_OVER = frozenset({"example", "examples", "default", "enum", "const"})


def normalise(root: dict[str, Any]) -> list[str]:
    """Make ``root`` a document of OpenAPI 3.1, in place; what had to be left out is told, one line each."""
    if "swagger" in root:
        upgraded(root)
    is_old = not str(root.get("openapi", "")).startswith(("3.1", "3.2"))
    warnings: list[str] = []
    if not isinstance(root.get("paths"), dict):
        root["paths"] = {}  # from 3.1 on a document may be of webhooks or of schemas alone
    if "x-mock" not in root:
        describe_silent(root)
    _Walk(root, is_old, warnings).everything()
    root["openapi"] = "3.2.0" if str(root.get("openapi")).startswith("3.2") else "3.1.0"
    return warnings


class _Walk:
    """Each schema of one document once, found by where it stands or by what refers to it."""

    def __init__(self, root: dict[str, Any], is_old: bool, warnings: list[str]) -> None:
        self._root = root
        self._is_old = is_old
        self._warnings = warnings
        self._seen: set[int] = set()
        self._stack: list[tuple[Any, bool]] = [(root, False)]

    def everything(self) -> None:
        while self._stack:
            node, is_schema = self._stack.pop()
            if isinstance(node, list):
                self._stack += [(item, is_schema) for item in node]
            elif isinstance(node, dict) and id(node) not in self._seen:
                self._seen.add(id(node))
                self._stack += self._schema(node) if is_schema else self._other(node)

    def _other(self, node: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
        """What stands below something that is not a schema."""
        if isinstance(reference := node.get("$ref"), str):
            yield self._referenced(node, reference), False
        if isinstance(content := node.get("content"), dict):
            _share_schema(content)
            for name, media in content.items():
                if isinstance(media, dict) and "json" in name:
                    read_texts(media, self._behind, self._behind(media.get("schema")))
        if isinstance(responses := node.get("responses"), dict):
            describe_replies(responses, self._behind)
        for name, below in node.items():
            if name in ("schema", "itemSchema"):
                yield below, True
            elif name in {"schemas", "definitions"} and isinstance(below, dict):
                yield from ((one, True) for one in below.values())
            elif name not in _PASSED_OVER and not name.startswith("x-") and isinstance(below, dict | list):
                yield below, False

    def _schema(self, node: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
        if isinstance(reference := node.get("$ref"), str):
            yield self._referenced(node, reference), True
            self._reference(node)
            if "$ref" in node and len(node) == 1:
                return
        _raise_bounds(node)  # before 3.1 they were truth values, and some who write 3.1 still write them so
        self._repair(node)
        read_texts(node, self._behind, node)
        if open_parts(node, self._behind):
            self._warnings.append("allOf joins schemas that forbid each other's members; they are taken together")
        _bound(node)
        if self._is_old:
            _raise_null(node)
        for name, below in node.items():
            if name in SCHEMA_MEMBERS or name in SCHEMA_LISTS:
                yield below, True
            elif name in SCHEMA_MAPS and isinstance(below, dict):
                yield from ((one, True) for one in below.values())

    def _referenced(self, node: dict[str, Any], reference: str) -> Any:
        found = pointed(self._root, reference)
        if self._behind(found) is None:  # not there, or in a circle
            self._warnings.append(f"the reference {quoted(reference)} leads nowhere; it is taken for 'anything'")
            node.pop("$ref")
        return found

    def _behind(self, schema: Any) -> Any:
        """What a reference leads to, or itself."""
        return behind(self._root, schema)

    def _reference(self, node: dict[str, Any]) -> None:
        """Before 3.1 nothing beside a reference counts, but people write ``nullable`` there and mean it."""
        if not self._is_old or "$ref" not in node:
            return
        reference, is_nullable = node["$ref"], node.get("nullable") is True
        node.clear()
        node.update({"anyOf": [{"$ref": reference}, {"type": "null"}]} if is_nullable else {"$ref": reference})

    def _repair(self, node: dict[str, Any]) -> None:
        """Leave out what no validator could read: one bad word must not make the schema useless."""
        properties = node.get("properties")
        if isinstance(properties, dict) and isinstance(reference := properties.get("$ref"), str):
            node["properties"] = pointed(self._root, reference) or {}
        for name, value in node.items():
            if type(value) in (int, float) and not -COUNTED < value < COUNTED:
                node[name] = _counted(value)
        if isinstance(listed := node.get("required"), list) and all(isinstance(one, str) for one in listed):
            node["required"] = [*dict.fromkeys(listed)]  # a validator that counts names needs each once
        if isinstance(pattern := node.get("pattern"), str) and (literal := _LITERAL.fullmatch(pattern)):
            self._warnings.append(f"the pattern {quoted(pattern)} is written with slashes; they are left out")
            node["pattern"] = literal[1]
        for name in [name for name, good in _KEYWORDS.items() if name in node and not good(node[name])]:
            self._warnings.append(f"the schema's {quoted(name)} is not usable ({quoted(node[name])}); it is left out")
            del node[name]
        for name in ("$id", "id", "$schema", "$anchor"):
            if isinstance(node.get(name), str):
                del node[name]


def _counted(number: float) -> float:
    """A number that is more than validators count with, as it is read where a client sends it."""
    if type(number) is int:
        return number if number == -COUNTED else float(whole(str(number)))
    return nextafter(number, -inf) if number < 0 else number


def _share_schema(content: dict[str, Any]) -> None:
    """``application/json`` with an example beside ``application/json; charset=utf-8`` with a schema: both have both."""
    schema_of_part: dict[str, Any] = {}
    medias = {name: one for name, one in content.items() if isinstance(one, dict)}
    for name, media in medias.items():
        schema_of_part |= {without_parameters(name): media["schema"]} if "schema" in media else {}
    for name, media in medias.items():
        if without_parameters(name) in schema_of_part:
            media.setdefault("schema", schema_of_part[without_parameters(name)])


def _bound(node: dict[str, Any]) -> None:
    """What a format of integers can hold, as the bounds that it is."""
    said = node.get("type")
    types = said if isinstance(said, list) else [said]
    bits = INTEGERS.get(str(node.get("format")))
    if bits is None or "integer" not in types:
        return
    for names, bound in ((("minimum", "exclusiveMinimum"), -(2**bits)), (("maximum", "exclusiveMaximum"), 2**bits - 1)):
        if not any(name in node for name in names):
            node[names[0]] = bound


def _raise_bounds(node: dict[str, Any]) -> None:
    """``exclusiveMinimum: true`` beside a bound as the bound itself."""
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(node.get(name), bool):
            is_exclusive = node.pop(name)
            if is_exclusive and bound in node:
                node[name] = node.pop(bound)


def _raise_null(node: dict[str, Any]) -> None:
    """``nullable`` as one type more."""
    is_nullable = node.pop("nullable", False) is True or node.pop("x-nullable", False) is True
    if not is_nullable:
        return
    if "enum" in node and None not in node["enum"]:
        node["enum"] = [*node["enum"], None]
    if isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
        return
    branches = {name: node.pop(name) for name in ("allOf", "oneOf", "anyOf") if name in node}
    if branches:
        node["anyOf"] = [branches, {"type": "null"}]


def _is_type(value: Any) -> bool:
    return value in _TYPES if isinstance(value, str) else _is_list_of(value, _TYPES)


def _is_list_of(value: Any, words: frozenset[str]) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) and one in words for one in value)


def _is_schema(value: Any) -> bool:
    return isinstance(value, dict | bool)


def _are_schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_schema, value))


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_schema, value.values()))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@lru_cache(4_096)
def _reads(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


_KEYWORDS: Mapping[str, Callable[[Any], bool]] = {
    "type": _is_type,
    "properties": _is_map,
    "patternProperties": lambda value: _is_map(value) and all(map(_reads, value)),
    "items": _is_schema,
    "additionalProperties": _is_schema,
    "not": _is_schema,
    "allOf": _are_schemas,
    "oneOf": _are_schemas,
    "anyOf": _are_schemas,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "required": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "pattern": lambda value: isinstance(value, str) and _reads(value),
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_number,
    "exclusiveMaximum": _is_number,
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "minLength": _is_count,
    "maxLength": _is_count,
    "minItems": _is_count,
    "maxItems": _is_count,
    "minProperties": _is_count,
    "maxProperties": _is_count,
    "uniqueItems": lambda value: isinstance(value, bool),
    "format": lambda value: isinstance(value, str),
}
"""The words that validators refuse a whole schema for when their value is of the wrong kind."""
