"""What a schema itself names as values: its enum, its examples; and which of them keep it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from mockserver.contract.samples.described_values import as_told
from mockserver.contract.samples.scalars import Draw
from mockserver.contract.samples.states import first_state, is_state, living, meaningful
from mockserver.messages import Json


def option(options: list[Json], words: Mapping[str, Any], draw: Draw, name: str) -> Json:
    """One of the values of an enum: what its default says at first, and no state that a record ends in."""
    options = meaningful(options)
    if not draw.varies and words.get("default") in options:
        return words["default"]
    if not draw.full or (not draw.varies and is_state(name)):
        return first_state(_in_order(options, words)) if is_state(name) else options[0]
    return draw.random.choice(living(options) if is_state(name) else options)


def _in_order(options: list[Json], words: Mapping[str, Any]) -> list[Json]:
    texts = [one for one in options if isinstance(one, str)]
    return [*as_told(texts, words.get("description"))] if len(texts) == len(options) else options


def said_examples(value: Any) -> Iterator[Json]:
    """The examples that stand at a schema, in either dialect's word."""
    if not isinstance(value, Mapping):
        return
    if value.get("example") is not None:
        yield value["example"]
    listed = value.get("examples")
    if isinstance(listed, list):
        yield from (one for one in listed if one is not None)


def keeps_plain(schema: Mapping[str, Any], value: Json) -> bool:
    """Whether ``value`` keeps a schema that refers to nothing."""
    words = {name: one for name, one in schema.items() if name not in ("example", "examples", "default", "$ref")}
    try:
        return jsonschema_rs.Draft202012Validator(words, validate_formats=True).is_valid(value)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        return False
