"""One line of a part, ``name: {…}``: from its few words to the JSON Schema of a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from mockserver.contract.document import Document, Node
from mockserver.contract.problems import Problems
from mockserver.values.shown import quoted

Tree: TypeAlias = dict[str, Any]

WORDS = frozenset(
    {"shape", "required", "from", "object", "references", "conditional", "chosen", "computed", "filled", "follows"}
)
"""What a line may say beyond JSON Schema; spec/README.md explains each."""


class Dropped:
    """Stands for what is to be left out, with the name or the place in a list that it has."""


DROPPED: Final = Dropped()


def complete(node: Node, shapes: Tree, problems: Problems) -> Tree:
    """The line at ``node`` with its shape spelt out."""
    line = node.value if isinstance(node.value, Mapping) else {}
    shape = line.get("shape")
    if shape is None:
        return dict(line)
    if shape not in shapes:
        problems.add(node.child("shape"), f"unknown shape {quoted(shape)}", f"use one of {', '.join(shapes)}")
    under = shapes.get(str(shape), {})
    marks = {**(under.get("x-mock") or {}), **(line.get("x-mock") or {})}
    return {**under, **line, **({"x-mock": marks} if marks else {})}


def schemas(part: Document, place: str, lines: Mapping[str, Tree], problems: Problems) -> Tree:
    """The schema of each of the ``lines`` at ``place`` of ``part``."""
    where = part.node(*place.split("/"))
    return {name: schema(part, where.child(name), name, line, problems) for name, line in lines.items()}


def schema(part: Document, node: Node, name: str, line: Tree, problems: Problems) -> Tree:
    """The schema that a complete line stands for."""
    made = {**_type(line), "title": title(name), **line}
    if isinstance(items := made.get("items"), str):
        made["items"] = _reference(items)
    if marks := {**(line.get("x-mock") or {}), **_marks(line)}:
        made["x-mock"] = marks
    if "computed" in line:
        made["readOnly"] = True
    if "conditional" in line:
        made["x-conditional"] = line["conditional"]
    if "from" in line:
        made["x-provenance"] = provenance(part, Node(node.pointer, line), problems)
    return {word: value for word, value in made.items() if word not in WORDS and value is not None}


def _type(line: Tree) -> Tree:
    """The schema's first word: where it leads, or its type."""
    if isinstance(name := line.get("object"), str):
        return _reference(name)
    if isinstance(line.get("references"), list):
        return {"type": "array", "items": {"type": "string"}}
    if "references" in line:
        return {"type": "string"}
    return {"type": "array"} if "items" in line else {"type": None}


def _marks(line: Tree) -> Tree:
    """What a line says in words of its own that are words of ``x-mock``."""
    marks: Tree = {word: line[word] for word in ("chosen", "computed", "filled", "follows") if word in line}
    referenced = line.get("references")
    if referenced is not None:
        marks["references"] = referenced[0] if isinstance(referenced, list) and referenced else referenced
    return marks


def _reference(name: str) -> Tree:
    return {"$ref": f"#/components/schemas/{name}"}


def provenance(part: Document, said: Node, problems: Problems) -> Tree:
    """``{status, source}`` for a status, or for the name of a source, that ``part`` tells; or as it is written out."""
    status = said.value.get("from", said.value) if isinstance(said.value, Mapping) else said.value
    if isinstance(status, Mapping) and "source" in status:
        return {"status": status.get("status"), "source": status["source"]}
    source = part.node("sources").child(str(status)).value
    if source is None:
        known = ", ".join(name for name, _ in part.node("sources").items())
        problems.add(said, f"the status {quoted(status)} has no source", f"use one of {known}, or add it to sources")
    if isinstance(source, Mapping) and len(source) == 1:
        ((status, source),) = source.items()
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
