"""The parts as files: read, plain JSON, and of the form that the builder relies on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from mockserver.contract.document import Document, Node
from mockserver.contract.problems import Problems
from mockserver.values.data_file import read_data_file

Form: TypeAlias = Mapping[str, str]
"""Places and what must be there: one or more of ``_KINDS``, with ``!`` when it may not be missing.

``*`` is any name, ``#`` any item of a list; without a ``*``, a name at the top that no place begins with is a mistake.
"""

_KINDS: Mapping[str, type] = {"text": str, "mapping": dict, "list": list, "flag": bool}

FRAME: Form = {
    "*": "text or mapping or list",
    "openapi": "text!",
    "components": "mapping!",
    "components/*": "mapping",
    "components/*/*": "mapping",
}
BLOCKS: Form = {"*": "mapping or list", "*/*": "mapping", "*/*/shape": "text"}
OBJECT: Form = {
    "objects": "mapping",
    "objects/*": "mapping",
    "objects/*/about": "text!",
    "objects/*/from": "text or mapping!",
    "objects/*/fields": "mapping!",
    "objects/*/fields/*": "mapping",
    "objects/*/fields/*/shape": "text",
}
OBJECTS: Form = {"sources": "mapping", "sources/*": "text or mapping", **OBJECT}
TEMPLATES: Form = {
    "common": "mapping",
    "common/operation": "mapping",
    "common/operation/responses": "mapping",
    "common/operation/responses/*": "mapping",
    "common/response": "mapping",
    "sources": "mapping",
    "sources/*": "text or mapping",
    "shapes": "mapping",
    "shapes/*": "mapping",
    "group": "mapping!",
    "group/key": "text!",
    "group/ids": "mapping",
    "group/ids/*": "text",
    "group/components": "mapping",
    "group/components/*": "mapping",
    "group/components/*/*": "mapping",
    "operations": "mapping!",
    "operations/*": "mapping",
    "operations/*/path": "text!",
    "operations/*/method": "text!",
    "operations/*/operation": "mapping!",
    "operations/*/operation/operationId": "text!",
    "operations/*/operation/responses": "mapping!",
    "operations/*/operation/responses/*": "mapping",
    "operations/*/parameter": "mapping",
    "operations/*/components": "mapping",
    "operations/*/components/*": "mapping",
    "operations/*/components/*/*": "mapping",
}
GROUP: Form = {
    "title": "text!",
    "segment": "text!",
    "record": "text!",
    "about": "text!",
    "tag": "text",
    "sources": "mapping",
    "sources/*": "text or mapping",
    "single": "flag",
    "provenance": "text or mapping!",
    "operations": "mapping",
    "operations/*": "text or mapping",
    "operations/*/operation": "mapping",
    "operations/*/operation/operationId": "text",
    "operations/*/operation/responses": "mapping",
    "operations/*/operation/responses/*": "mapping",
    "lookups": "mapping",
    "lookups/*": "text or mapping",
    "lookups/*/by": "mapping",
    "lookups/*/operation": "mapping",
    "lookups/*/path": "text",
    "lookups/*/record": "text",
    "include": "text or list",
    "effects": "list",
    "effects/#": "mapping",
    **OBJECT,
    "fields": "mapping!",
    "fields/*": "mapping",
    "fields/*/shape": "text",
    "search": "mapping",
    "search/*": "mapping",
    "search/*/shape": "text",
    "examples": "mapping!",
    "examples/record": "mapping!",
    "examples/change": "mapping",
    "examples/spare": "text",
    "components": "mapping",
    "components/*": "mapping",
    "components/*/*": "mapping",
    "special": "mapping",
    "special/*": "mapping",
    "special/*/*": "mapping",
    "special/*/*/operationId": "text!",
    "special/*/*/responses": "mapping!",
    "special/*/*/responses/*": "mapping",
    "special/*/*/x-provenance": "text or mapping!",
}


def read_part(path: Path, form: Form) -> Document:
    """Raises SetupError listing everything that cannot be read, is not JSON, or is not of the form."""
    document = Document({}, str(path))
    root = read_data_file(path).value
    if not isinstance(root, dict):
        raise document.error(Node("", None), "holds no mapping", "see README.md")
    problems = Problems(document)
    document.root = _plain(Node("", root), problems)
    _hold_to(form, document, problems)
    problems.raise_any()
    return document


def _plain(node: Node, problems: Problems) -> Any:
    """The value at ``node`` with text for names. YAML reads some things otherwise than their author meant them."""
    if isinstance(node.value, Mapping):
        for name, place in node.items():
            if place.value is None and " " in name:
                problems.add(node, f"the text is cut at a comma, before {name!r}", "put the whole text in quotes")
        return {name: _plain(place, problems) for name, place in node.items()}
    if isinstance(node.value, list):
        return [_plain(node.child(index), problems) for index in range(len(node.value))]
    return node.value


def _hold_to(form: Form, document: Document, problems: Problems) -> None:
    known = sorted({place.partition("/")[0] for place in form})
    for word, node in document.node().items():
        if word not in known and "*" not in known:
            problems.add(node, "unknown word", f"use one of {', '.join(known)}")
    for place, wanted in form.items():
        kinds = tuple(_KINDS[word] for word in wanted.rstrip("!").split(" or "))
        for node, is_there in _places(document.node(), place.split("/")):
            if not is_there and wanted.endswith("!"):
                problems.add(node, "is missing", f"say it: a {wanted.rstrip('!')}, as in README.md")
            elif is_there and not isinstance(node.value, kinds):
                found = type(node.value).__name__
                problems.add(node, f"is a {found}, wanted a {wanted.rstrip('!')}", "correct it, as in README.md")


def _places(node: Node, steps: list[str]) -> Iterator[tuple[Node, bool]]:
    """The places that ``steps`` lead to, each with whether anything is there."""
    step, *rest = steps
    if step == "#":
        below = [node.child(index) for index in range(len(node.value) if isinstance(node.value, list) else 0)]
    elif isinstance(node.value, Mapping):
        below = [place for _, place in node.items()] if step == "*" else [node.child(step)]
    else:
        return
    for place in below:
        if rest:
            yield from _places(place, rest)
        else:
            yield place, step in ("*", "#") or place.value is not None
