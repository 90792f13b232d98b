"""Valid values for a schema: near the document's example where that keeps the schema, else drawn by a generator."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from mockserver.conformance.bodies.generator import Generator
from mockserver.contract import Document
from mockserver.contract.document import Node
from mockserver.contract.schema import Schemas, SchemaValidator
from mockserver.errors import SetupError

START = datetime(2025, 1, 1, 9, tzinfo=UTC)
ABSENT = object()
DEEPEST = 4
"""How deep inside each other objects are made whole; below, they have what they must."""
ENDLESS = 2 * DEEPEST
"""How deep they are made at all: what must hold another of its kind, and that another, is cut off there."""

Make: TypeAlias = Callable[[Node, str, int, Any, int], Any]
"""Makes a value of a schema: its node, name, ordinal, example (ABSENT: none) and depth."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class _Schema:
    """A schema with its references followed: its words, the type they name, what it says of members and items."""

    words: Mapping[str, Any]
    type: str
    members: Mapping[str, Node]
    items: Node


class Values:
    """Makes values; the same ``ordinal`` makes the same value, another one (mostly) a different one."""

    def __init__(self, document: Document, seed: int = 1) -> None:
        self._document = document
        self._schemas = Schemas(document)
        self._validators: dict[str, SchemaValidator | None] = {}
        self._read: dict[str, _Schema] = {}
        self._generator = Generator(document, seed)

    def near(self, node: Node, name: str, ordinal: int, example: Any = ABSENT) -> Any:
        """What ``make`` tries first: whether it keeps the schema is for the caller to see."""
        return self._near(node, name, ordinal, example, 0, inner=self._near)

    def make(self, node: Node, name: str, ordinal: int, example: Any = ABSENT, depth: int = 0) -> Any:
        """A value that keeps the schema at ``node``, near ``example`` if given; ``name`` is woven into texts.

        ``depth`` says how deep inside another value it is: what is nested without end is cut off. Where nothing
        that keeps the schema is found, what is nearest; whoever sends it has to look.
        """
        near = self._near(node, name, ordinal, example, depth, inner=self._near)
        if self.allows(node, near):  # PERF: what is inside a value that keeps its schema needs no look of its own
            return near
        near = self._near(node, name, ordinal, example, depth, inner=self.make)
        if self.allows(node, near):
            return near
        good = [one for one in self._generator.values(node.pointer, node.value) if self.allows(node, one)]
        return good[ordinal % len(good)] if good else near

    def allows(self, node: Node, value: Any) -> bool:
        """Whether ``value`` keeps the schema at ``node``; what is not a schema forbids nothing."""
        if isinstance(node.value, Mapping) and len(node.value) == 1:
            node = self._document.follow(node)  # PERF: one validator for all that only refer to the same place
        if node.pointer not in self._validators:
            self._validators[node.pointer] = self._compiled(node)
        validator = self._validators[node.pointer]
        return validator is None or validator.allows(value)

    def _compiled(self, schema: Node) -> SchemaValidator | None:
        if not isinstance(schema.value, Mapping) or not schema.pointer:
            return None
        validator = self._schemas.validator(schema)
        try:
            validator.compile()
        except SetupError:
            return None
        return validator

    def _near(self, node: Node, name: str, ordinal: int, example: Any, depth: int, *, inner: Make | None = None) -> Any:
        """A value shaped like the example, or like what the schema says at first sight.

        ``inner`` makes what is inside it; this method itself unless told.
        """
        schema = self._schema(node)
        words = schema.words
        if example is ABSENT:
            example = _declared(words)
        if "enum" in words:
            return words["enum"][ordinal % len(words["enum"])]
        if "const" in words:
            return words["const"]
        type_ = schema.type or _type_of(example)
        if type_ == "array":
            return self._array(schema, name, ordinal, example, depth, inner=inner or self._near)
        if type_ == "object":
            return self._object(schema, ordinal, example, depth, inner=inner or self._near)
        return _plain(type_, words, name, ordinal, example)

    def type_of(self, node: Node, example: Any = ABSENT) -> str:
        """The JSON type the schema asks for; of several, the first that is not null."""
        return self._schema(node).type or _type_of(example)

    def _schema(self, node: Node) -> _Schema:
        """PERF: read once for each place; a body asks for some hundred of them."""
        known = self._read.get(node.pointer)
        if known is None:
            known = self._read_schema(self._document.follow(node))
            if node.pointer:
                self._read[node.pointer] = known
        return known

    def _read_schema(self, place: Node) -> _Schema:
        words = place.value if isinstance(place.value, Mapping) else {}
        types = words.get("type")
        if isinstance(types, list):
            types = next((one for one in types if one != "null"), None)
        if types is None and "properties" in words:
            types = "object"
        return _Schema(words, str(types or ""), dict(place.child("properties").items()), place.child("items"))

    def _array(self, schema: _Schema, name: str, ordinal: int, example: Any, depth: int, *, inner: Make) -> list[Any]:
        wanted = schema.words.get("minItems", 0) if depth > DEEPEST else max(schema.words.get("minItems", 2), 1)
        known = example if isinstance(example, list) and example else [ABSENT] * (0 if depth > ENDLESS else wanted)
        return [inner(schema.items, name, ordinal + index, one, depth + 1) for index, one in enumerate(known)]

    def _object(self, schema: _Schema, ordinal: int, example: Any, depth: int, *, inner: Make) -> dict[str, Any]:
        if depth > ENDLESS:
            return {}
        known = example if isinstance(example, dict) else {}
        declared = schema.members
        chosen = (
            [name for name in declared if name in known] if known else list(declared)[: 0 if depth > DEEPEST else None]
        )
        chosen += [name for name in schema.words.get("required", []) if name in declared and name not in chosen]
        made = {name: inner(declared[name], name, ordinal, known.get(name, ABSENT), depth + 1) for name in chosen}
        rest = {name: value for name, value in known.items() if name not in declared}
        return {**made, **rest} if made or rest else {"note": f"number {ordinal}"}


def _plain(type_: str, schema: Mapping[str, Any], name: str, ordinal: int, example: Any) -> Any:
    if type_ == "string":
        return _text(schema, name, ordinal, example)
    if type_ in ("number", "integer"):
        return _number(schema, ordinal, example)
    if type_ == "boolean":
        return ordinal % 2 == 0
    return f"{name} {ordinal}" if example is ABSENT else example


def _declared(schema: Mapping[str, Any]) -> Any:
    examples = schema.get("examples")
    return schema.get("example", examples[0] if isinstance(examples, list) and examples else ABSENT)


def _type_of(example: Any) -> str:
    if isinstance(example, bool):
        return "boolean"
    kinds = {str: "string", int: "number", float: "number", list: "array", dict: "object"}
    return kinds.get(type(example), "")


def _number(schema: Mapping[str, Any], ordinal: int, example: Any) -> float:
    start = example if isinstance(example, int | float) else schema.get("minimum", 1)
    step = schema.get("multipleOf", 1)
    value = start + ordinal * step
    return value if value <= schema.get("maximum", value) else start


def _text(schema: Mapping[str, Any], name: str, ordinal: int, example: Any) -> str:
    known = example if isinstance(example, str) else ""
    if schema.get("format") == "date-time" or (_DATE.match(known) and "T" in known):
        return (START + timedelta(days=ordinal, hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if schema.get("format") == "date" or _DATE.fullmatch(known):
        return (date(2025, 1, 1) + timedelta(days=ordinal)).isoformat()
    if schema.get("format") == "email" or _EMAIL.fullmatch(known):
        return f"check-{ordinal}@example.com"
    if schema.get("format") in ("uri", "url") or "://" in known:
        return f"https://example.com/{name}/{ordinal}"
    return _fitting(schema, known or name, ordinal)


def _fitting(schema: Mapping[str, Any], start: str, ordinal: int) -> str:
    """Text that keeps pattern and length: the most telling candidate that does."""
    pattern = schema.get("pattern", "")
    low, high = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    for text in (f"{start} {ordinal}", f"{start}-{ordinal}", f"{start}{ordinal}", f"a{ordinal}", str(ordinal), start):
        padded = text.ljust(low, "x")
        if len(padded) <= high and (not pattern or _matches(pattern, padded)):
            return padded
    return start[:high]


def _matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found; of one that Python cannot read (ECMAScript's ``\\p{L}``) nobody knows."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False
