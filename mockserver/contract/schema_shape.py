"""What a schema is about, read without judging a value: its types, its properties, its items, its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.document import Document, Node
from mockserver.errors import SetupError

DEEPEST = 8
"""How many schemas within schemas (``allOf``, ``oneOf``, references) are looked through."""
BRANCHES = ("oneOf", "anyOf")


@dataclass(slots=True)
class SchemaShape:
    """One schema with its ``allOf`` and one alternative of its ``oneOf`` and ``anyOf`` taken together.

    ``words`` are the keywords that stand beside these, the first that says one wins; ``closed`` tells that no
    other properties are taken.
    """

    types: tuple[str, ...] = ()
    words: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)
    required: dict[str, None] = field(default_factory=dict)
    items: Node | None = None
    additional: Node | None = None
    closed: bool = False

    @property
    def type(self) -> str | None:
        """The first type that is not null; told from the other keywords where none is said."""
        for one in self.types:  # PERF: asked 60 times for a record that is made
            if one != "null":
                return one
        if self.types:
            return "null"
        if self.properties or self.additional or self.required:
            return "object"
        return "array" if self.items else None


_BESIDE = frozenset({"default", "description", "readOnly", "writeOnly", "deprecated"})
"""Keywords that stand beside a reference and tell of the place that has it, not of the schema that it leads to."""


class Shapes:
    """The shapes of one document's schemas."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._properties: dict[str, Mapping[str, Node]] = {}
        self._shapes: dict[tuple[str, int], SchemaShape] = {}
        self._choices: dict[str, int] = {}
        self._types: dict[str, str | None] = {}
        self._items: dict[str, Node | None] = {}

    def follow(self, node: Node) -> Node:
        """Where ``node`` leads; a place without value where it leads nowhere."""
        try:
            return self.document.follow(node)
        except SetupError:
            return Node(node.pointer, None)

    def name(self, node: Node) -> str | None:
        """What two schemas have in common when they are one: the place of the named one behind references."""
        for _ in range(DEEPEST):
            found = self.follow(node)
            if found.pointer != node.pointer:
                return found.pointer
            only = [one for key in ("allOf", *BRANCHES) for one in self._branches(found, key)]
            if len(only) != 1:
                return None
            node = only[0]
        return None

    def properties(self, node: Node) -> Mapping[str, Node]:
        """Every property that a value may have: through references, ``allOf``, and all of ``oneOf`` and ``anyOf``."""
        if node.pointer not in self._properties:
            self._properties[node.pointer] = dict(self._all_properties(node, DEEPEST, frozenset()))
        return self._properties[node.pointer]

    def type(self, node: Node) -> str | None:
        """The first type there is, of any branch; None where nothing tells it."""
        if node.pointer not in self._types:
            self._types[node.pointer] = self._type(node, DEEPEST)
        return self._types[node.pointer]

    def _type(self, node: Node, left: int) -> str | None:
        value = self._mapping(found := self.follow(node))
        said = value.get("type")
        listed = said if isinstance(said, list) else [said] if said else []
        if one := next((one for one in listed if one != "null"), None):
            return str(one)
        if "properties" in value or isinstance(value.get("additionalProperties"), dict):
            return "object"
        if "items" in value:
            return "array"
        if (one := _type_listed(value)) is not None:
            return one
        if left:
            branches = (one for key in ("allOf", *BRANCHES) for one in self._branches(found, key))
            return next((name for one in branches if (name := self._type(one, left - 1))), None)
        return None

    def items(self, node: Node) -> Node | None:
        """The schema of a list's items, of any branch."""
        if node.pointer not in self._items:
            self._items[node.pointer] = self._all_items(node, DEEPEST)
        return self._items[node.pointer]

    def _all_items(self, node: Node, left: int) -> Node | None:
        found = self.follow(node)
        if isinstance(self._mapping(found).get("items"), dict):
            return found.child("items")
        if left:
            for key in ("allOf", *BRANCHES):
                for one in self._branches(found, key):
                    if items := self._all_items(one, left - 1):
                        return items
        return None

    def alternatives(self, node: Node, left: int = 2) -> Iterator[Node]:
        """A schema and those of which one applies, also within each other: what may be null is one of two."""
        yield node
        found = self.follow(node)
        for one in (each for word in BRANCHES if left for each in self._branches(found, word)):
            yield from self.alternatives(one, left - 1)

    def member(self, node: Node, steps: tuple[str, ...]) -> Node | None:
        """The schema of the member that ``steps`` lead to."""
        for step in steps:
            below = self.properties(node).get(step)
            if below is None:
                return None
            node = below
        return node

    def says(self, node: Node, word: str) -> Any:
        """The value of a keyword at a schema, behind references and ``allOf``; some stand beside a reference."""
        if word in _BESIDE and word in (own := self._mapping(node)):
            return own[word]
        value = self._mapping(found := self.follow(node))
        if word in value:
            return value[word]
        return next(
            (said for one in self._branches(found, "allOf") if (said := self.says(one, word)) is not None), None
        )

    def is_servers(self, node: Node) -> bool:
        """Whether a member is the server's alone to say: ``readOnly``, and no free text.

        Nobody could make up a free text better than who sends it, and documents that share one schema between requests
        and replies mark far more ``readOnly`` than what their servers work out.
        """
        is_text = self.type(node) == "string" and not any(self.says(node, one) for one in _TELLING)
        return self.says(node, "readOnly") is True and not is_text

    def takes_null(self, node: Node) -> bool:
        """Whether nobody disputes that the schema takes null.

        What ``nullable`` means beside a reference, ``allOf`` or ``enum`` is read in two ways before OpenAPI 3.1.
        """
        schema = self.follow(node).value
        if not isinstance(schema, Mapping) or "enum" in schema:
            return False
        types = schema.get("type")
        if isinstance(types, list):
            return "null" in types
        branches = schema.get("anyOf") or schema.get("oneOf") or []
        return {"type": "null"} in branches and all("type" in one for one in branches if isinstance(one, Mapping))

    def in_common(self, one: Node, other: Node) -> set[str]:
        """The members that both schemas have as one and the same, but for what is said by one side only."""
        first, second = self.properties(one), self.properties(other)
        return {
            name for name in first.keys() & second.keys()
            if first[name].pointer == second[name].pointer
            and not any(self.says(first[name], word) is True for word in ("readOnly", "writeOnly"))
        }  # fmt: skip

    def choices(self, node: Node) -> int:
        """How many alternatives the widest choice at this schema has."""
        if node.pointer not in self._choices:
            self._choices[node.pointer] = self._widest(node, DEEPEST)
        return self._choices[node.pointer]

    def shape(self, node: Node, choice: int = 0) -> SchemaShape:
        """The schema with its alternative number ``choice`` (of as many as there are); it is shared, so not changed."""
        if (node.pointer, choice) not in self._shapes:
            made = SchemaShape()
            self._gather(made, node, choice, DEEPEST)
            self._shapes[node.pointer, choice] = made
        return self._shapes[node.pointer, choice]

    def _widest(self, node: Node, left: int) -> int:
        found = self.follow(node)
        here = [len([*self._branches(found, key)]) for key in BRANCHES]
        below = [self._widest(one, left - 1) for one in self._branches(found, "allOf") if left]
        return max([1, *here, *below])

    def _gather(self, made: SchemaShape, node: Node, choice: int, left: int) -> None:
        found = self.follow(node)
        if found.pointer != node.pointer and "properties" in self._mapping(node):
            self._add(made, node)  # narrows what it refers to, as an alternative that a discriminator names
        self._add(made, found)
        if not left:
            return
        for one in self._branches(found, "allOf"):
            self._gather(made, one, choice, left - 1)
        for key in BRANCHES:
            if branches := [*self._branches(found, key)]:
                self._gather(made, branches[choice % len(branches)], choice, left - 1)

    def _add(self, made: SchemaShape, found: Node) -> None:
        """What one schema says itself; what was said before it stays."""
        value = self._mapping(found)
        said = value.get("type")
        made.types = made.types or (tuple(said) if isinstance(said, list) else (said,) if said else ())
        for word, one in value.items():
            if word not in _STRUCTURE:
                made.words.setdefault(word, one)
        for name, below in found.child("properties").items():
            made.properties.setdefault(name, below)
        made.required.update(dict.fromkeys(value.get("required") or ()))
        if isinstance(value.get("items"), dict):
            made.items = made.items or found.child("items")
        if isinstance(value.get("additionalProperties"), dict):
            made.additional = made.additional or found.child("additionalProperties")
        made.closed = made.closed or value.get("additionalProperties") is False

    def _branches(self, node: Node, key: str) -> Iterator[Node]:
        """The alternatives but for null."""
        listed = self._mapping(node).get(key)
        for index, one in enumerate(listed if isinstance(listed, list) else ()):
            if not (isinstance(one, dict) and one.get("type") == "null"):
                yield node.child(key, index)

    def _all_properties(self, node: Node, left: int, seen: frozenset[str]) -> Iterator[tuple[str, Node]]:
        found = self.follow(node)
        if not left or found.pointer in seen:
            return
        seen |= {found.pointer}
        for key in ("allOf", *BRANCHES):
            for one in self._branches(found, key):
                yield from self._all_properties(one, left - 1, seen)
        if isinstance(self._mapping(found).get("properties"), dict):
            yield from found.child("properties").items()

    @staticmethod
    def _mapping(node: Node) -> Mapping[str, Any]:
        value = node.value
        return value if type(value) is dict or isinstance(value, Mapping) else {}  # PERF: nearly all are dicts


_TELLING = ("format", "enum", "const", "pattern")
"""Words that make more of a text than free text."""
_STRUCTURE = frozenset(
    {"type", "properties", "required", "items", "additionalProperties", "allOf", "oneOf", "anyOf", "$ref"}
)


def _type_listed(value: Mapping[str, Any]) -> str | None:
    """The type of the values that a schema lists without saying it; None where they are of several, or objects."""
    listed = [value["const"]] if "const" in value else value.get("enum")
    names = {_NAMES.get(type(one)) for one in listed if one is not None} if isinstance(listed, list) else set()
    return next(iter(names)) if len(names) == 1 else None


_NAMES: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}
