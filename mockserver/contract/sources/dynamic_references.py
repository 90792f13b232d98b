"""Dynamic references: a schema that its including schemas complete is written out once for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from mockserver.contract.document import objects
from mockserver.contract.sources.bundling import FILES
from mockserver.errors import Problem, SetupError
from mockserver.values.pointer import ancestors, is_pointer, places_below, pointer_to, resolve, steps_of

ANCHOR, REFERENCE = "$dynamicAnchor", "$dynamicRef"
_NAMES = ("$id", "$anchor", ANCHOR, "$recursiveAnchor")
_SCHEMA = frozenset({"type", "properties", "items", "allOf", "anyOf", "oneOf", "$ref", "$defs", ANCHOR})
MOST = 1_000
"""Copies of schemas that one document may take."""
_Bound: TypeAlias = dict[str, str]
"""By the name of each anchor, the pointer to the schema that stands for it."""


def bind(root: dict[str, Any], source: str) -> None:
    """Make each dynamic reference in ``root`` a plain one, in place, and leave out the names, which are used up.

    JSON Schema looks a dynamic anchor up in the outermost schema that evaluation has come through. Which one that is
    depends on the way there, so a schema with such references gets a copy for each way on which they mean something
    else: ``PaginatedList_of_Pet`` beside ``PaginatedList``. Without ``$id``, an outermost schema of the document
    counts as a resource of its own, as those who write generic types in OpenAPI mean it. Raises SetupError where it
    would take more than ``MOST`` copies: a few schemas can be combined in millions of ways.
    """
    if any(isinstance(node.get(REFERENCE), str) for node in objects(root)):
        _Binding(root, source).everything()
    for _, node in places_below(root):
        for word in _NAMES if isinstance(node, dict) else ():
            if isinstance(node.get(word), str | bool):
                del node[word]


class _Binding:
    """One document as it was read, and the copies that were made of its schemas."""

    def __init__(self, root: dict[str, Any], source: str) -> None:
        self._root = root
        self._source = source
        self._read = deepcopy(root)
        nodes = [(pointer, node) for pointer, node in places_below(self._read) if isinstance(node, dict)]
        self._resources = {pointer for pointer, node in nodes if isinstance(node.get("$id"), str)}
        self._anchors: dict[str, _Bound] = {}
        self._named: dict[str, list[str]] = {}
        for pointer, node in nodes:
            if isinstance(name := node.get(ANCHOR), str):
                self._anchors.setdefault(self._scopes(pointer)[-1], {}).setdefault(name, pointer)
                self._named.setdefault(name, []).append(pointer)
        self._copies: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
        self._opened: dict[str, set[str]] = {}

    def everything(self) -> None:
        self._todo: list[tuple[Any, str, _Bound]] = [(self._root, "", {})]
        while self._todo:
            self._bind(*self._todo.pop())

    def _bind(self, node: Any, pointer: str, outer: _Bound) -> None:
        """Bind all references in ``node``, which was read at ``pointer`` and is come to through ``outer``."""
        for below, found in [*places_below(node)]:
            if not isinstance(found, dict):
                continue
            bound = {**self._bound(pointer + below), **outer}
            if isinstance(reference := found.get("$ref"), str) and is_pointer(reference):
                found["$ref"] = "#" + self._completed(reference[1:], bound)
            if isinstance(name := found.get(REFERENCE), str) and (target := self._target(name[1:], bound)):
                del found[REFERENCE]
                self._refer(found, self._completed(*target))

    def _target(self, name: str, bound: _Bound) -> tuple[str, _Bound] | None:
        """The schema that stands for an anchor, or what it refers to where it says nothing else; and through what."""
        pointer = bound.get(name) or next(iter(self._named.get(name, ())), None)
        if pointer is None:
            return None
        node = resolve(self._read, pointer)
        if set(node) == {ANCHOR, "$ref"} and is_pointer(node["$ref"]):
            return node["$ref"][1:], {**self._bound(pointer), **bound}
        return pointer, bound

    @staticmethod
    def _refer(node: dict[str, Any], pointer: str) -> None:
        if "$ref" in node:
            node["allOf"] = [*node.get("allOf", ()), {"$ref": f"#{pointer}"}]
        else:
            node["$ref"] = f"#{pointer}"

    def _completed(self, pointer: str, bound: _Bound) -> str:
        """The schema at ``pointer`` for whoever comes through ``bound``: itself, where that makes no difference."""
        if not bound:
            return pointer
        own, names = self._bound(pointer), self._open(pointer)
        relevant = {name: place for name, place in bound.items() if name in names}
        differing = [place for name, place in relevant.items() if own.get(name) != place]
        if not differing:
            return pointer
        key = pointer, frozenset(relevant.items())
        if key not in self._copies:
            if len(self._copies) == MOST:
                problem = f"its dynamic references mean something else in more than {MOST:,} combinations"
                raise SetupError([Problem(self._source, pointer, problem, "write out the schemas that are meant")])
            schemas = self._root.setdefault("components", {}).setdefault("schemas", {})
            name = _unused("_".join([steps_of(pointer)[-1], "of", *map(self._label, differing)]), schemas)
            self._copies[key] = pointer_to("components", "schemas", name)
            schemas[name] = deepcopy(resolve(self._read, pointer))
            self._todo.append((schemas[name], pointer, relevant))
        return self._copies[key]

    def _label(self, pointer: str) -> str:
        """What the schema that stands for an anchor is called."""
        reference = resolve(self._read, pointer).get("$ref")
        place = reference if isinstance(reference, str) else self._scopes(pointer)[-1]
        return steps_of(place)[-1]

    def _open(self, pointer: str) -> set[str]:
        """The names of the dynamic references that evaluation of the schema at ``pointer`` may come to."""
        if pointer in self._opened:
            return self._opened[pointer]
        names: set[str] = set()
        seen: set[str] = set()
        todo = [pointer]
        while todo:
            place = todo.pop()
            if place in seen:
                continue
            seen.add(place)
            for node in objects(resolve(self._read, place)):
                if isinstance(reference := node.get("$ref"), str) and is_pointer(reference):
                    todo.append(reference[1:])
                if isinstance(name := node.get(REFERENCE), str):
                    names.add(name[1:])
                    todo += self._named.get(name[1:], ())
        self._opened[pointer] = names
        return names

    def _bound(self, pointer: str) -> _Bound:
        """What the schemas around ``pointer`` let stand for each name: the outermost decides."""
        bound: _Bound = {}
        for scope in self._scopes(pointer):
            bound = {**self._anchors.get(scope, {}), **bound}
        return bound

    def _scopes(self, pointer: str) -> list[str]:
        """The schema resources that ``pointer`` is in, the outermost first; none outside of schemas."""
        outermost = self._outermost(steps_of(pointer))
        if not outermost:
            return []
        within = (one for one in ancestors(pointer) if one in self._resources and len(one) > len(outermost))
        return [outermost, *sorted(within, key=len)]

    def _outermost(self, steps: tuple[str, ...]) -> str:
        """The schema that the place at the end of ``steps`` belongs to; empty outside of schemas."""
        if steps[:1] == (FILES,) and _SCHEMA & set(resolve(self._read, pointer_to(*steps[:2]))):
            return pointer_to(*steps[:2])  # a file that is one schema
        for place, step in enumerate(steps):
            if step in ("schema", "itemSchema"):
                return pointer_to(*steps[: place + 1])
            if step in ("schemas", "$defs") and place < len(steps) - 1:
                return pointer_to(*steps[: place + 2])
        return pointer_to(*steps[:3]) if steps[:1] == (FILES,) and len(steps) > 2 else ""


def _unused(name: str, taken: Mapping[str, Any]) -> str:
    names: Iterator[str] = (name if number == 1 else f"{name}_{number}" for number in range(1, len(taken) + 2))
    return next(one for one in names if one not in taken)
