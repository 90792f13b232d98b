"""The OpenAPI document as data: walked by RFC 6901 pointers, ``$ref`` followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import DataFile
from mockserver.values.pointer import escape, is_pointer, step_into, steps_of
from mockserver.values.shown import quoted

if TYPE_CHECKING:
    import jsonschema_rs

URI = "urn:document"
"""What validators know the document by."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

FURTHER = "additionalOperations"
"""The member of a path item that holds its operations with other methods than these."""

MAX_REFERENCES = 50
"""How many ``$ref`` may follow each other before they are taken for a circle."""


@dataclass(slots=True, unsafe_hash=True)
class Node:
    """A place in the document: its pointer (never one inside a ``$ref``) and its value there.

    PERF: not ``frozen``, as a start makes a hundred thousand and each would take three times as long.
    """

    pointer: Final[str]
    value: Final[Any]

    def child(self, *steps: str | int) -> Node:
        """The place ``steps`` below this one; its value is None where there is nothing."""
        pointer, value = self.pointer, self.value
        for step in steps:
            pointer = f"{pointer}/{escape(str(step))}"
            # PERF: a start asks forty thousand times
            value = value.get(step) if type(value) is dict and type(step) is str else step_into(value, step)
        return Node(pointer, value)

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of an object, or nothing when it is none."""
        if type(self.value) is dict or isinstance(self.value, Mapping):
            for name, value in self.value.items():
                yield str(name), Node(f"{self.pointer}/{escape(str(name))}", value)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the documents that another was joined from: where it came from, and its paths as they are answered.

    ``hosts`` are those of its servers, where what was joined no longer tells these.
    """

    source: str
    prefixes: tuple[str, ...]
    paths: frozenset[str]
    hosts: tuple[str, ...] = ()


class Document:
    """One OpenAPI document and where it came from."""

    def __init__(
        self, root: dict[str, Any], source: str = "openapi", warnings: tuple[Problem, ...] = (), *,
        is_annotated: bool | None = None, parts: tuple[Part, ...] = (), text: bytes = b"", is_raised: bool = False,
        files: Mapping[str, str] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """``warnings`` tell what of the original had to be left out to make it one of OpenAPI 3.1.

        ``is_annotated``: it says itself what its operations mean, so that nothing needs to be inferred; as its root
        looks where it is not given. ``parts``: the documents it was joined from, if it was. ``text``: that of its
        file, in which a problem's line is looked up; empty for none. ``is_raised``: its file is one of OpenAPI 2.0.
        ``files``: the other files that stand in it, by their pointers.
        ``faults`` is what overlays say of it that cannot be done: to be told with whatever else is wrong.
        """
        self.is_annotated = "x-mock" in root if is_annotated is None else is_annotated
        self.root = root
        self.source = source
        self.warnings = warnings
        self.faults: tuple[Problem, ...] = ()
        self.parts = parts
        self.text = text
        self._is_raised = is_raised
        self._files = files
        self._referred: dict[str, Node] = {}

    @cached_property
    def registry(self) -> jsonschema_rs.Registry:
        """Where validators of its schemas look references up: as large as the document, so there is one for all."""
        import jsonschema_rs  # PERF: whoever only reads the document needs none

        return jsonschema_rs.Registry([(URI, self.root)], draft=jsonschema_rs.Draft202012)

    def node(self, *steps: str | int) -> Node:
        return Node("", self.root).child(*steps)

    def operation(self, path: str, method: str) -> Node:
        """Where an operation stands, the reference of its path item followed; its value is None where there is none."""
        item = self.follow(self.node("paths", path))
        found = item.child(method.lower())
        return item.child(FURTHER, method) if found.value is None else found

    def part_of(self, path: str) -> Part | None:
        """The document that brought ``path``; None where this one was not joined."""
        return next((part for part in self.parts if path in part.paths), None)

    def follow(self, node: Node) -> Node:
        """Where ``node`` leads when it is a ``$ref``, and the references after it; else itself.

        Raises SetupError for a reference that leads nowhere, in a circle or out of the document.
        """
        seen = node
        for _ in range(MAX_REFERENCES):
            reference = _reference(seen.value)
            if reference is None:
                return seen
            seen = self._referenced(seen, reference)
        raise self.error(node, "references form a circle", "make the chain end at a definition")

    def error(self, node: Node, problem: str, remedy: str) -> SetupError:
        return SetupError([self.problem(node, problem, remedy)])

    def problem(self, node: Node, problem: str, remedy: str) -> Problem:
        pointer = _before_3(node.pointer) if self._is_raised else node.pointer
        for place, file in self._files.items():
            if pointer == place or pointer.startswith(place + "/"):
                return DataFile(file, None).problem(pointer.removeprefix(place), problem, remedy)
        return DataFile(self.source, None, self.text).problem(pointer, problem, remedy)

    def _referenced(self, node: Node, reference: Any) -> Node:
        if isinstance(reference, str) and reference in self._referred:
            return self._referred[reference]
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise self.error(
                node, f"the reference {quoted(reference)} leaves the document", "name a file that is there"
            )
        found = self.node(*steps_of(reference[1:]))
        if found.value is None or not is_pointer(reference):
            raise self.error(
                node, f"the reference {quoted(reference)} leads nowhere", "define what it names, or correct it"
            )
        self._referred[reference] = found
        return found


def _before_3(pointer: str) -> str:
    """Where a file of OpenAPI 2.0 has what is at ``pointer`` in the document that it was made into."""
    moved = next((old for new, old in _MOVED.items() if pointer.startswith(new)), None)
    return pointer if moved is None else f"{moved}/{pointer.split('/', 3)[3]}"


_MOVED: Mapping[str, str] = {
    "/components/schemas/": "/definitions",
    "/components/responses/": "/responses",
    "/components/securitySchemes/": "/securityDefinitions",
}


def _reference(value: Any) -> Any:
    """Where ``value`` leads: a ``$ref``, or the ``allOf`` of one that tools want where other words stand beside it."""
    if type(value) is not dict and not isinstance(value, Mapping):
        return None
    if "$ref" in value:
        return value["$ref"]
    alone = value.get("allOf")
    if isinstance(alone, list) and len(alone) == 1 and isinstance(alone[0], Mapping) and not set(value) & _SHAPING:
        return alone[0].get("$ref")
    return None


_SHAPING = frozenset({"type", "properties", "required", "items", "oneOf", "anyOf", "enum", "additionalProperties"})
"""Words that say more of a value than the schema that it refers to does."""


def operations_of(item: Node) -> Iterator[tuple[str, Node]]:
    """The operations of a path item by their methods in lower case; from 3.2 on it may have some of any method."""
    for method, node in item.items():
        if method in METHODS and isinstance(node.value, dict):
            yield method, node
    for method, node in item.child(FURTHER).items():
        if isinstance(node.value, dict):
            yield method.lower(), node


def without_servers(item: Mapping[str, Any]) -> dict[str, Any]:
    """A path item without servers of its own, or of its operations: all of them are answered here."""
    return {
        word: {name: value for name, value in member.items() if name != "servers"}
        if isinstance(member, Mapping)
        else member
        for word, member in item.items()
        if word != "servers"
    }


def referring(root: Any) -> Iterator[dict[str, Any]]:
    """Every object below ``root`` that has a ``$ref``, each once, whatever holds itself. It may be changed."""
    return (node for node in objects(root) if isinstance(node.get("$ref"), str))


def objects(root: Any) -> Iterator[dict[str, Any]]:
    """Every object below ``root``, each once, whatever holds itself. It may be changed."""
    stack: list[Any] = [root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, dict):
            yield node
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        stack += [one for one in below if isinstance(one, dict | list)]
