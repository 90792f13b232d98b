"""Values that keep a schema: its own examples where they are good, made-up ones else; the same draw, the same value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from mockserver.contract.alternatives import told_apart
from mockserver.contract.document import Node
from mockserver.contract.samples.declared_values import keeps_plain, option, said_examples
from mockserver.contract.samples.described_values import described_values
from mockserver.contract.samples.scalars import Draw, is_told_by_name, scalar
from mockserver.contract.samples.states import is_end_date
from mockserver.contract.schema import Schemas, SchemaValidator
from mockserver.contract.schema_shape import SchemaShape, Shapes
from mockserver.contract.sources.infinite_schemas import InfiniteSchemas
from mockserver.messages import Json
from mockserver.values.pointer import steps_of

SCHEMAS = "/components/schemas"
DEEPEST = 7
"""From here on only what must be there is made, and from twice as deep nothing."""
ENDLESS = 3
"""How deep a record that must hold another of its kind is made: no depth would be right."""
MOST_ITEMS = 10_000
"""How many items a list is made with, where its schema asks for them."""
_PLACEHOLDERS = ("any", "string")
"""What tools write where nobody gave an example."""
CHOICES = 8
"""How many alternatives of a choice are tried."""
MENDED = 3
"""How many of the values that were tried are mended."""
REPAIRS = 12
"""How many faults of one made value are mended before it is given up."""


class Maker:
    """Makes values for the schemas of one document.

    PERF: rules are compiled once for each place that is looked at, and only for those.
    """

    def __init__(self, schemas: Schemas, shapes: Shapes) -> None:
        self.shapes = shapes
        self._schemas = schemas
        self._validators: dict[str, SchemaValidator] = {}
        self._usable: dict[str, bool] = {}
        self._endless = InfiniteSchemas(shapes)

    def validator(self, node: Node) -> SchemaValidator:
        """The rule of the schema at ``node``; PERF: the same one for all that only refer to the same place."""
        if isinstance(node.value, dict) and len(node.value) == 1 and "$ref" in node.value:
            node = self.shapes.follow(node)
        if node.pointer not in self._validators:
            self._validators[node.pointer] = self._schemas.validator(node)
        return self._validators[node.pointer]

    def allows(self, node: Node, value: Json) -> bool:
        """Whether ``value`` keeps the schema; a schema that nobody can compile forbids nothing."""
        if not isinstance(node.value, dict) or not self._compiles(node):
            return True
        return self.validator(node).allows(value)

    def is_endless(self, node: Node) -> bool:
        """Whether no finite value keeps the schema."""
        return node in self._endless

    def faults(self, node: Node, value: Json) -> list[tuple[tuple[str, ...], str]]:
        """Where ``value`` breaks the schema, and which keyword of it."""
        if not isinstance(node.value, dict) or not self._compiles(node):
            return []
        return [(steps_of(one.pointer), one.keyword) for one in self.validator(node).violations(value, "")]

    def make(self, node: Node, draw: Draw, examples: tuple[Json, ...] = ()) -> Json:
        """A value that keeps the schema, the best that there is; the nearest one where the schema allows none."""
        near: list[Json] = []
        for candidates in self._candidates(node, draw, examples):
            tried: list[Json] = []
            for candidate in candidates:
                if self.allows(node, candidate):
                    return candidate
                tried.append(candidate)
                if self.is_endless(node):  # nothing that could be made or mended would keep it
                    return candidate
            for candidate in tried[:MENDED]:
                if self.allows(node, mended := self.mend(node, candidate, draw)):
                    return mended
            near += tried
        return min(near, key=lambda one: len(self.faults(node, one))) if near else None

    def member(self, node: Node, draw: Draw, name: str) -> Json:
        """A value for a member of that name, not yet held to its schema."""
        return self._chosen(node, draw, 1, name)

    def mend(self, node: Node, value: Json, draw: Draw) -> Json:
        """``value`` with what breaks the schema made anew, or left out where it may be missing."""
        for _ in range(0 if self.is_endless(node) else REPAIRS):
            faults = [(steps, keyword) for steps, keyword in self.faults(node, value) if len(steps) <= 2 * DEEPEST]
            if not faults:  # a record that must hold another of its kind without end is as good as it gets there
                return value
            steps, keyword = faults[0]
            changed = self._mended(node, value, steps, keyword, draw)
            if changed == value:
                return value
            value = changed
        return value

    def _compiles(self, node: Node) -> bool:
        if node.pointer not in self._usable:
            try:
                self.validator(node).compile()
                self._usable[node.pointer] = True
            except Exception:  # noqa: BLE001 -- whatever a library has against a schema, it forbids nothing then
                self._usable[node.pointer] = False
        return self._usable[node.pointer]

    def _candidates(self, node: Node, draw: Draw, examples: tuple[Json, ...]) -> Iterator[Iterator[Json]]:
        """Rounds of values to try, the fullest first: all of a round are tried before any of it is mended."""
        own = [*examples, *said_examples(self.shapes.follow(node).value)]
        choices = range(min(self.shapes.choices(node), CHOICES))
        full = (self._build(node, draw, 0, "", choice) for choice in choices)
        yield chain(own if not draw.varies else (), full, own if draw.varies else ())
        if draw.full:
            yield (self._build(node, draw.bare, 0, "", choice) for choice in choices)

    def _build(self, node: Node, draw: Draw, depth: int, name: str, choice: int = 0) -> Json:
        shape = self.shapes.shape(node, choice)
        if depth:
            for good in self._said(node, shape, draw, name):
                return good
        if depth > 2 * DEEPEST or not draw.budget.spend() or (depth > ENDLESS and self.is_endless(node)):
            return _EMPTY.get(shape.type or "object")
        if shape.type == "object" or (shape.type is None and depth == 0):
            return self._object(shape, draw.within(self._called(node), name, shape.properties), depth)
        if shape.type == "array":
            return self._array(shape, draw, depth, name)
        return scalar(shape, draw, name)

    def _called(self, node: Node) -> str:
        """What the schema is called, where it has a name."""
        head, _, name = self.shapes.follow(node).pointer.rpartition("/")
        return name if head == SCHEMAS else ""

    def _said(self, node: Node, shape: SchemaShape, draw: Draw, name: str) -> Iterator[Json]:
        """What the schema itself names: a constant, one of its values, an example or a default that is good."""
        words = shape.words
        if "const" in words:
            yield words["const"]
        if isinstance(words.get("enum"), list):
            yield option([one for one in words["enum"] if one is not None] or words["enum"], words, draw, name)
        for example in (*said_examples(words), words.get("default")):
            if example in _PLACEHOLDERS or (draw.varies and is_told_by_name(shape, name, example)):
                continue
            if example is not None and self._is_good(node, example):
                yield example
        if "default" in words and words["default"] is None and not draw.full and self._is_good(node, None):
            yield None  # what has every member it may have has another value there
        if shape.type == "string" and (listed := described_values(words, name)):
            yield option([*listed], words, draw, name)

    def _is_good(self, node: Node, example: Json) -> bool:
        """Whether an example keeps its schema. PERF: a schema without references needs no look at the document."""
        value = self.shapes.follow(node).value
        if isinstance(value, dict) and not (value.keys() & {"allOf", "oneOf", "anyOf", "items", "properties"}):
            return keeps_plain(value, example)
        return self.allows(node, example)

    def _object(self, shape: SchemaShape, draw: Draw, depth: int) -> dict[str, Json]:
        made: dict[str, Json] = {}
        for name, below in shape.properties.items():
            if not (name in shape.required or self._is_wanted(below, draw, depth)):
                continue
            value = self._of_member(below, draw, depth, name, is_required=name in shape.required)
            if value is not _LEFT_OUT:
                made[name] = value
        for name in shape.required:
            if name not in made:
                made[name] = self._build(shape.additional, draw, depth + 1, name) if shape.additional else name
        least = shape.words.get("minProperties", 0)
        for name in shape.properties:
            if len(made) >= least:
                break
            made.setdefault(name, self._chosen(shape.properties[name], draw, depth + 1, name))
        while len(made) < least and not shape.closed and len(made) < 20:
            below_all = shape.additional
            made[f"key{len(made) + 1}"] = self._build(below_all, draw, depth + 1, "") if below_all else "value"
        return made

    def _of_member(self, node: Node, draw: Draw, depth: int, name: str, *, is_required: bool) -> Json:
        """A member's value: no end of a life that goes on, and no object without members where there might be some."""
        if is_end_date(name) and self.allows(node, None):
            return None
        if is_end_date(name) and not is_required:
            return _LEFT_OUT
        value = self._chosen(node, draw, depth + 1, name)
        return _LEFT_OUT if value == {} and not is_required and self.shapes.properties(node) else value

    def _chosen(self, node: Node, draw: Draw, depth: int, name: str) -> Json:
        """A member's value; where the schema has alternatives, the first that comes out right."""
        count = self.shapes.choices(node)
        value = self._build(node, draw, depth, name)
        if count == 1 or depth > DEEPEST or self.allows(node, value):
            return value
        for choice in range(1, min(count, CHOICES)):
            other = self._build(node, draw, depth, name, choice)
            if self.allows(node, other):
                return other
        return value

    def _is_wanted(self, node: Node, draw: Draw, depth: int) -> bool:
        """Whether a property that may be missing is made all the same."""
        value = self.shapes.follow(node).value
        if depth >= 3 or not isinstance(value, dict) or value.get("writeOnly") or value.get("deprecated"):
            return False
        if draw.about.is_links:  # no link is better than one that leads nowhere
            return False
        if depth == 2:  # so that no item of a list is an empty object
            return draw.full and self.shapes.type(node) not in ("object", "array", None)
        return draw.full or any(word in value for word in ("example", "examples", "default", "const"))

    def _array(self, shape: SchemaShape, draw: Draw, depth: int, name: str) -> list[Json]:
        least = int(shape.words.get("minItems", 0))
        kind = self.shapes.type(shape.items) if shape.items is not None else None
        is_shown = (
            depth < 2
            or (depth == 2 and shape.items is not None and kind != "object")
            or (depth < DEEPEST and kind == "number")
        )
        count = max(least, 1 if draw.full and is_shown else 0)
        count = min(count, int(shape.words.get("maxItems", count)))
        if count > MOST_ITEMS:  # so many are too many to answer: validate tells it
            count = 1
        if shape.items is None:
            return ["value"] * count
        made: list[Json] = []
        for _ in range(count * 4):
            if len(made) == count:
                break
            item = self._chosen(shape.items, draw, depth + 1, name.removesuffix("s"))
            if not shape.words.get("uniqueItems") or item not in made:
                made.append(item)
        return made

    def _mended(self, node: Node, value: Json, steps: tuple[str, ...], keyword: str, draw: Draw) -> Json:
        if not steps:
            return self._mended_here(node, value, keyword, draw)
        if isinstance(value, dict):
            return self._mended_member(node, value, steps, keyword, draw)
        if isinstance(value, list) and steps[0].isdigit() and int(steps[0]) < len(value):
            inner, index = self._below(node, steps[0], value), int(steps[0])
            changed = self._mended(inner, value[index], steps[1:], keyword, draw) if inner else value[index]
            kept = [changed] if changed != value[index] else []
            return [*value[:index], *kept, *value[index + 1 :]]
        return value

    def _mended_member(
        self, node: Node, value: dict[str, Json], steps: tuple[str, ...], keyword: str, draw: Draw
    ) -> dict[str, Json]:
        """The object with one member made, mended within, left out where it may be, or made anew; in that order."""
        name, inner = steps[0], self._below(node, steps[0], value)
        without = {one: member for one, member in value.items() if one != name}
        if keyword == "required" and len(steps) == 1:
            return {**value, name: self._chosen(inner, draw.bare, 1, name) if inner else name}
        if keyword == "not" and len(steps) == 1:
            return without
        if name not in value:
            return value
        is_deep = len(steps) > 1 or keyword in ("additionalProperties", "unevaluatedProperties", "oneOf")
        changed = self._mended(inner, value[name], steps[1:], keyword, draw) if inner and is_deep else value[name]
        if changed != value[name]:
            return {**value, name: changed}
        if name not in self.shapes.shape(node).required:
            return without
        return {**value, name: self._anew(inner, draw.bare)} if inner else value

    def _anew(self, node: Node, draw: Draw) -> Json:
        """The first value that keeps the schema, else the first; PERF: what is made to mend is not mended itself."""
        candidates = [*chain.from_iterable(self._candidates(node, draw, ()))]
        return next((one for one in candidates if self.allows(node, one)), candidates[0])

    def _mended_here(self, node: Node, value: Json, keyword: str, draw: Draw) -> Json:
        if keyword in ("additionalProperties", "unevaluatedProperties") and isinstance(value, dict):
            known = self.shapes.properties(node)
            return {name: one for name, one in value.items() if name in known}
        if keyword == "uniqueItems" and isinstance(value, list):
            return [one for index, one in enumerate(value) if one not in value[:index]]
        if keyword == "oneOf" and isinstance(value, dict):
            return told_apart(self.shapes, node, value, self.allows)
        return self._build(node, draw.bare, 1, "") if keyword not in ("oneOf", "anyOf", "not") else value

    def _below(self, node: Node, step: str, value: Json) -> Node | None:
        if isinstance(value, list):
            return self.shapes.items(node)
        found = self.shapes.properties(node).get(step)
        return found or self.shapes.shape(node).additional


_LEFT_OUT: Any = object()
_EMPTY: Mapping[str, Any] = {"object": {}, "array": [], "string": "value", "integer": 1, "number": 1, "boolean": False}
