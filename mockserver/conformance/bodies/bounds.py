"""For every constraint of a schema the nearest value inside and outside, however deep in it the constraint stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.conformance.bodies.values import Values
from mockserver.contract import Document
from mockserver.contract.document import Node
from mockserver.contract.sources.normalising import INTEGERS

DEEPEST = 3
LONGEST = 5_000
"""How long a text or a list is made at most."""
MANY, FEW = 40, 4
"""How often three items are repeated in a long list: in one that a field holds, and in one inside of others."""
LISTED, ODD = 8, 4
"""How many seldom values are put into one list, and how many objects are made of such values."""
ODD_TEXT = (
    " ß  \U0001f600 e\u0301 \ufb01\u212b\u200b\u200f\u200d\u2066\ufe0f\u00a0\u00ad\u201cx\u2019\u201d\u2013\u2026"
    '%41+ " \\ / <b>&amp;\r\n\t\u2028\x1fA@B.example '
)
"""What is lost where texts are trimmed, normalised, straightened, escaped, decoded, cut off at a line, or lowered."""
DEEP: Mapping[str, Any] = {
    "deep": {"er": [{"and": [1, [2, {"on": None}]]}]},
    "a.b": 0,
    "$c": "",
    "no": None,
    "No": False,
}
"""An object whose members are lost where it is flattened, cut, or kept by whoever gives their names a meaning."""
LONG = 1_100
"""How long a text without a limit is made: more than what is called a short text anywhere."""
TAKEN_FOR_OTHERS = ("007", "null", "1.50", "   ", "true", "1e5", "2024-03-01T01:30:00+02:00", "-0", "no")
"""Texts that whoever guesses types takes for a number, a moment, a flag, or for nothing."""
GUESSED = 4
"""How many of these are sent in one place."""
LATE: Mapping[str, tuple[str, ...]] = {
    "date-time": ("2024-02-29T23:59:59.999Z", "2024-03-01T01:30:00+02:00", "1969-12-31T23:59:59.999Z"),
    "date": ("2024-02-29", "1969-12-31"),
}
"""By format, what is another day or moment where it is taken for one of another zone, or rounded, or for a count."""
FORMATS: Mapping[str, str] = {
    "date-time": "2025-02-30T25:00:00Z",
    "date": "2025-02-30",
    "email": "nobody",
    "uri": "no address",
    "uuid": "no-uuid",
}
"""By format, a text that does not keep it."""
INTEGERS_BEYOND: Mapping[str, tuple[int, ...]] = {name: (-(2**bits) - 1, 2**bits) for name, bits in INTEGERS.items()}
"""By format, the whole numbers next below and above those that it holds."""


def outside(document: Document, values: Values, node: Node, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Values of the right type that break one constraint each, with the constraint's name."""
    schema = _schema(document, node)
    yield from _texts(schema) if values.type_of(node) == "string" else ()
    yield from _numbers(schema)
    if values.type_of(node) == "integer":
        yield "with a fraction", 1.5
    if depth < DEEPEST:
        yield from _inner(document, values, node, depth)


def _texts(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if "enum" in schema:
        yield "outside its enum", f"{schema['enum'][0]} "  # nor is what begins or is trimmed like a word of it
        yield from (("in a different case from its enum", one) for one in in_another_case(schema["enum"]))
    if schema.get("format") in FORMATS:
        yield f"that is not a {schema['format']}", FORMATS[schema["format"]]
    if "pattern" in schema:
        yield "against its pattern", "s\u00f6me/thing else"
    if 0 < (length := schema.get("maxLength", 0)) < LONGEST:
        yield "one character too long", "x" * (length + 1)
    if schema.get("minLength"):
        yield "one character too short", "x" * (schema["minLength"] - 1)


def in_another_case(words: Iterable[Any]) -> Iterator[str]:
    """The first text of an enum as whoever compares without regard to case would take it for one."""
    texts = [one for one in words if isinstance(one, str)]
    yield from [other for one in texts if (other := one.swapcase()) not in texts][:1]


def _numbers(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for word, step in (("minimum", -1), ("maximum", 1)):
        if word in schema:
            yield f"just past its {word}", schema[word] + step
    for word in ("exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(schema.get(word), int | float):
            yield f"at its {word}", schema[word]
    if "multipleOf" in schema:
        yield "between two multiples", schema["multipleOf"] * 1.5


def _inner(document: Document, values: Values, node: Node, depth: int) -> Iterator[tuple[str, Any]]:
    schema, place = _schema(document, node), document.follow(node)
    made = values.make(node, "inner", 1)
    if isinstance(made, list):
        if "maxItems" in schema and schema["maxItems"] < LONGEST and made:
            yield "with an item too many", [made[0]] * (schema["maxItems"] + 1)
        if schema.get("minItems"):
            yield "with an item too few", made[:1] * (schema["minItems"] - 1)
        if schema.get("uniqueItems") and made:
            yield "with one item twice", made[:1] * 2
        items = place.child("items")
        for how, value in (*outside(document, values, items, depth + 1), *_mistyped(values, items)):
            yield f"with an item {how}", [*made[:1], value]
    if isinstance(made, dict):
        for name in schema.get("required", []):
            yield f"without {name}", {one: value for one, value in made.items() if one != name}
        for name, inner in place.child("properties").items():
            for how, value in (*outside(document, values, inner, depth + 1), *_mistyped(values, inner)):
                yield f"with {name} {how}", {**made, name: value}


def _mistyped(values: Values, node: Node) -> Iterator[tuple[str, Any]]:
    tried: tuple[tuple[str, Any], ...] = (("a text", "text"), ("a number", 4_711), ("a list", [[]]), ("an object", {}))
    yield from [(how, value) for how, value in tried if not values.allows(node, value)][:1]


def inside(document: Document, values: Values, node: Node, depth: int = 0, turn: int = 0) -> list[Any]:
    """Values that just keep each constraint, and others that are allowed and seldom sent, inside each other too.

    Of the texts that are taken for something else each ``turn`` gets some: places beside each other have them all.
    """
    schema, kind = _schema(document, node), values.type_of(node)
    found: list[Any] = list(schema.get("enum") or [])
    if kind == "string" and not found:
        lengths = {schema.get("minLength", 0), schema.get("maxLength", LONG)}
        found += ["x" * length for length in sorted(lengths) if 0 < length <= LONGEST]
        guessed = [*TAKEN_FOR_OTHERS[GUESSED * turn % len(TAKEN_FOR_OTHERS) :], *TAKEN_FOR_OTHERS][:GUESSED]
        guessed = [one for one in guessed if one.strip() or not schema.get("minLength")]  # trimmed
        found += [ODD_TEXT, "", *guessed, *LATE.get(str(schema.get("format")), ())]
        found += [values.make(node, "inner", 3)] if {"format", "pattern"} & set(schema) else []
    if kind in ("number", "integer"):
        found += [schema[word] for word in ("minimum", "maximum") if word in schema]
        found += [0, *([123456.7891234] if kind == "number" else []), -1, 2**53 - 1]
        found += [0.1, -1e-12] if kind == "number" else []
    if kind == "boolean":
        found += [True, False]
    if kind == "array":
        item = document.follow(node).child("items")
        several = [values.make(item, "inner", one) for one in (2, 1, 3)]
        found += [[], several[:1], several, [*several, several[0]]]  # in no order, and one of them twice
        found += [several * (MANY if depth == 0 else FEW)]
        found += [inside(document, values, item, depth + 1)[:LISTED]] if depth < DEEPEST else []
    if kind == "object":
        found += _odd_objects(document, values, node, depth) if depth < DEEPEST else []
        found += [{}, values.make(node, "inner", 5), DEEP]
    return [one for one in found if values.allows(node, one)]


def _odd_objects(document: Document, values: Values, node: Node, depth: int) -> Iterator[dict[str, Any]]:
    """Objects whose members have their seldom values, the first of each, then the second, and so on."""
    made = values.make(node, "inner", 1)
    made = made if isinstance(made, dict) else {}  # it may be null
    members = dict(document.follow(node).child("properties").items())
    each = enumerate(members.items())
    known = {name: inside(document, values, inner, depth + 1, place) for place, (name, inner) in each}
    for turn in range(min(ODD, max(map(len, known.values()), default=0))):
        yield {**made, **{name: odd[turn % len(odd)] for name, odd in known.items() if odd}}


def _schema(document: Document, node: Node) -> Mapping[str, Any]:
    value = document.follow(node).value
    return value if isinstance(value, Mapping) else {}
