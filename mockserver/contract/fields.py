"""The fields of one group: from a line each to the record's schema, to those derived from it, and to samples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeAlias

from mockserver.contract.document import Document, Node
from mockserver.contract.problems import Problems

Tree: TypeAlias = dict[str, Any]

WORDS = frozenset({"shape", "required", "from"})
"""What a line may say beyond JSON Schema: a shape, that the record always has the field, and where we know it from."""
MEMBERS = ("record", "writable", "replaceable", "projected", "search")


class Fields:
    """The lines of ``part`` and of the system block it names; ``key`` is the field that identifies a record."""

    def __init__(self, part: Document, system: Document, shapes: Tree, key: str, problems: Problems) -> None:
        self._part = part
        self._system = system
        self._shapes = shapes
        self._problems = problems
        self.key = key

    @cached_property
    def lines(self) -> dict[str, Tree]:
        """In alphabetical order, as the vendor lists them."""
        own = {name: node.value for name, node in self._part.node("fields").items()}
        return dict(sorted({**self._block(), **own}.items()))

    @cached_property
    def required(self) -> list[str]:
        return [name for name, line in self.lines.items() if line.get("required")]

    @cached_property
    def writable(self) -> list[str]:
        return [name for name, line in self.lines.items() if not line.get("readOnly")]

    def members(self, word: str, record: str) -> Tree:
        """``properties`` and ``required`` of a schema that says ``members: word``, over the schema named ``record``."""
        if word == "record":
            return {"required": self.required, "properties": self._schemas("fields", self.lines)}
        if word == "search":
            return {"properties": self._schemas("search", self._part.node("search").value or {})}
        properties = {name: {"$ref": f"#/components/schemas/{record}/properties/{name}"} for name in self.lines}
        if word == "projected":
            return {"required": [self.key], "properties": properties}
        if word == "replaceable":
            properties[self.key] = self._sent_key()
        sent = {*self.writable, self.key} if word == "replaceable" else {*self.writable}
        return {
            "required": [name for name in self.required if name in sent],
            "properties": {name: schema for name, schema in properties.items() if name in sent},
        }

    def samples(self, record: Tree) -> dict[str, Tree]:
        """What follows from a sample record: what creates it, what replaces it, and a short projection of it."""
        writable = {name: value for name, value in record.items() if name in self.writable}
        key = {name: value for name, value in record.items() if name == self.key}
        brief = {name: value for name, value in writable.items() if name in self.required}
        return {"create": writable, "replace": {**key, **writable}, "projected": {**key, **brief}}

    def _block(self) -> Tree:
        """The lines of the system block that the part names."""
        said = self._part.node("system")
        if said.value is None:
            return {}
        block = self._system.root.get(said.value)
        if block is None:
            known = ", ".join(self._system.root)
            self._problems.add(said, f"unknown system block {said.value!r}", f"use one of {known}")
            return {}
        return dict(block) if isinstance(block, dict) else self._picked(said, block)

    def _picked(self, said: Node, names: list[str]) -> Tree:
        """The lines of those ``names`` in the other blocks."""
        whole: Tree = {}
        for lines in self._system.root.values():
            whole |= lines if isinstance(lines, dict) else {}
        for name in names:
            if name not in whole:
                problem = f"{said.value!r} in {self._system.source} picks {name!r}, which no block describes"
                self._problems.add(said, problem, "pick another field, or describe it")
        return {name: whole[name] for name in names if name in whole}

    def _sent_key(self) -> Tree:
        """The key's schema where a client sends it."""
        schema = self._schema(self._part.node("fields", self.key), self.key, self.lines.get(self.key, {}))
        return {word: value for word, value in schema.items() if word != "readOnly"}

    def _schemas(self, word: str, lines: Mapping[str, Tree]) -> Tree:
        return {name: self._schema(self._part.node(word, name), name, line) for name, line in lines.items()}

    def _schema(self, node: Node, name: str, line: Tree) -> Tree:
        """The schema that a line stands for."""
        shape = line.get("shape")
        if shape is not None and shape not in self._shapes:
            self._problems.add(node.child("shape"), f"unknown shape {shape!r}", f"use one of {', '.join(self._shapes)}")
        schema = {"type": None, "title": title(name), **self._shapes.get(str(shape), {}), **line}
        if isinstance(items := schema.get("items"), str):
            schema["items"] = {"$ref": f"#/components/schemas/{items}"}
        if "from" in line:
            schema["x-provenance"] = provenance(self._part, node, self._problems)
        return {word: value for word, value in schema.items() if word not in WORDS and value is not None}


def provenance(part: Document, said: Node, problems: Problems) -> Tree:
    """``{status, source}`` for a status that ``part`` states a source for; ``said`` is that, or says ``from:`` that."""
    status = said.value.get("from", said.value) if isinstance(said.value, Mapping) else said.value
    if isinstance(status, Mapping) and "source" in status:
        return {"status": status.get("status"), "source": status["source"]}
    source = part.node("sources").child(str(status)).value
    if source is None:
        known = ", ".join(name for name, _ in part.node("sources").items())
        problems.add(said, f"the status {status!r} has no source", f"use one of {known}, or add it to sources")
    return {"status": status, "source": source}


def capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def title(name: str) -> str:
    """How the vendor titles a field: ``program_id`` is Program, ``program_ids`` is Programs, ``id`` is ID."""
    if name == "id":
        return "ID"
    if name.endswith("_ids"):
        name = name.removesuffix("_ids") + "s"
    return " ".join(map(capital, name.removesuffix("_id").split("_")))
