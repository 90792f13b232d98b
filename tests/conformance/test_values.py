"""Values that checks send keep their schema, whichever keywords it has, and are the same ones for the same seed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator

from mockserver.conformance.bodies.values import Values
from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.contract import Document

TEXT = {"type": "string"}
SCHEMAS: dict[str, Any] = {
    "allOf": {"allOf": [{"type": "string", "minLength": 4}, {"pattern": "^[a-f]+$"}]},
    "anyOf": {"anyOf": [{"type": "integer", "minimum": 70}, {"type": "string", "minLength": 12}]},
    "oneOf": {"oneOf": [{"type": "integer", "multipleOf": 6}, {"type": "integer", "multipleOf": 10}]},
    "not": {"type": "string", "not": {"pattern": "[a-z]"}},
    "if": {
        "type": "object",
        "properties": {"kind": {"enum": ["card", "cash"]}, "digits": {"type": "string", "pattern": "^\\d{4}$"}},
        "required": ["kind"],
        "additionalProperties": False,
        "if": {"properties": {"kind": {"const": "card"}}},
        "then": {"required": ["digits"]},
        "else": {"not": {"required": ["digits"]}},
    },
    "const": {"const": "only this"},
    "enum": {"enum": ["red", "green"]},
    "type": {"type": ["null", "boolean"]},
    "minimum": {"type": "integer", "minimum": 40, "maximum": 42},
    "exclusive": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "multipleOf": {"type": "integer", "multipleOf": 7, "minimum": 100},
    "length": {"type": "string", "minLength": 30, "maxLength": 31},
    "pattern": {"type": "string", "pattern": "^[A-Z]{2}-\\d{3}$"},
    "uuid": {"type": "string", "format": "uuid"},
    "ipv4": {"type": "string", "format": "ipv4"},
    "day": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "email": {"type": "string", "format": "email"},
    "items": {"type": "array", "items": {"type": "integer", "minimum": 5}, "minItems": 3, "maxItems": 4},
    "prefixItems": {"type": "array", "prefixItems": [TEXT, {"type": "integer"}], "items": False, "minItems": 2},
    "uniqueItems": {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 2},
    "contains": {"type": "array", "items": {"type": "integer"}, "contains": {"const": 5}, "minContains": 2},
    "required": {"type": "object", "properties": {"a": TEXT, "b": {"type": "integer"}}, "required": ["a", "b"]},
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
    "patternProperties": {
        "type": "object",
        "patternProperties": {"^x-": TEXT},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 3,
    },
    "propertyNames": {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z]{3}$"},
        "minProperties": 2,
        "additionalProperties": TEXT,
    },
    "dependentRequired": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a"],
        "dependentRequired": {"a": ["b"]},
    },
    "dependentSchemas": {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "required": ["a"],
        "dependentSchemas": {"a": {"properties": {"c": {"const": 3}}, "required": ["c"]}},
    },
    "unevaluatedProperties": {"type": "object", "properties": {"a": TEXT}, "unevaluatedProperties": False},
    "unevaluatedItems": {"type": "array", "prefixItems": [TEXT], "unevaluatedItems": False, "minItems": 1},
}
"""A schema for each keyword that has a say in what is valid."""


def keywords(schema: Any) -> set[str]:
    """Every word that stands in a schema, also in those within it; names of members are among them."""
    below = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    return set(schema if isinstance(schema, dict) else ()).union(*map(keywords, below))


def test_no_keyword_is_left_out() -> None:
    assert set(jsonschema.Draft202012Validator.VALIDATORS) - {"$ref", "$dynamicRef"} <= keywords(SCHEMAS)


def of(name: str, schema: Any, seed: int = 1) -> list[Any]:
    document = Document({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "schemas": {name: schema}})
    values = Values(document, seed)
    return [values.make(document.node("schemas", name), name, ordinal) for ordinal in range(1, 30)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_value_keeps_its_schema(name: str) -> None:
    rule = Draft202012Validator(SCHEMAS[name], validate_formats=True)
    assert [value for value in of(name, SCHEMAS[name]) if not rule.is_valid(value)] == []


def test_a_seed_gives_the_same_values_and_another_others() -> None:
    schema = SCHEMAS["pattern"]
    assert of("a", schema) == of("a", schema) != of("a", schema, seed=2)
    assert len({json.dumps(one) for one in of("a", schema)}) > 10


def test_a_schema_that_nothing_keeps_gives_something_all_the_same() -> None:
    assert len(of("never", {"type": "integer", "minimum": 5, "maximum": 4})) == 29


def test_a_value_stays_near_the_example_where_that_keeps_the_schema() -> None:
    schema = {"type": "string", "examples": ["Ada Lovelace"], "maxLength": 40}
    assert of("name", schema)[0] == "Ada Lovelace 1"


def with_every_keyword(document: dict[str, Any]) -> None:
    """Books get a field for each keyword, wherever books are described."""
    for name in ("Book", "SomeOfBook", "NewBook", "WholeBook"):
        fields = document["components"]["schemas"][name]["properties"]
        fields |= copy.deepcopy({f"f_{keyword}": schema for keyword, schema in SCHEMAS.items()})
    for name in ("Book", "NewBook", "WholeBook"):
        document["components"]["schemas"][name]["required"] += ["f_pattern", "f_oneOf", "f_prefixItems", "f_if"]


def test_a_document_of_all_keywords_gets_no_finding(library: Callable[..., Flask], tmp_path: Path) -> None:
    app = library(with_every_keyword, auth="verify", clock="scenario", page_size=5)
    options = Options(spec=tmp_path / "openapi.json", tenant="one", other_tenant="two", groups=("books",), fuzzed=False)
    verdict, _ = run(options, app=app.wsgi_app)
    assert [(one.check, one.operation, one.cause, one.detail) for one in verdict.findings] == []
    assert len([one for one in verdict.results if one.outcome.value == "passed"]) > 50
