"""Which values the words of JSON Schema can have: one of another kind makes validators refuse the whole schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

_TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})


def unusable(schema: Mapping[str, Any]) -> list[str]:
    """The words of ``schema`` whose value is of the wrong kind."""
    return [name for name, value in schema.items() if (good := _KEYWORDS.get(name)) and not good(value)]


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
