"""What an operation means: its ``x-mock`` words or, for plain CRUD, the shape of its path and verb."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.document import Document, Node
from mockserver.contract.operation import Kind, Page
from mockserver.contract.resource import Resource

WORDS: Mapping[Kind, tuple[frozenset[str], frozenset[str]]] = {
    Kind.LIST: (frozenset({"page"}), frozenset({"projection"})),
    Kind.CREATE: (frozenset(), frozenset()),
    Kind.READ: (frozenset(), frozenset({"projection"})),
    Kind.REPLACE: (frozenset(), frozenset()),
    Kind.PATCH: (frozenset(), frozenset()),
    Kind.DELETE: (frozenset(), frozenset()),
    Kind.LOOKUP: (frozenset({"by", "page"}), frozenset({"projection"})),
    Kind.SEARCH: (frozenset({"page"}), frozenset({"projection"})),
    Kind.BATCH: (frozenset(), frozenset()),
    Kind.DOCUMENT: (frozenset({"template"}), frozenset()),
    Kind.PREVIEW: (frozenset({"record"}), frozenset({"to", "email", "body"})),
    Kind.NOTICE: (frozenset({"notice", "log", "to", "template"}), frozenset({"set"})),
    Kind.COMPUTE: (frozenset({"reply"}), frozenset({"body"})),
    Kind.GENERATE: (frozenset({"values", "reply"}), frozenset()),
    Kind.QUERY: (frozenset({"type", "module", "results"}), frozenset()),
    Kind.DESCRIBE: (frozenset({"type", "module"}), frozenset()),
}
"""Beside ``kind`` and ``resource``: the words each kind needs, and those it may have."""

_ITEM = re.compile(r"/\{([^/{}]+)\}$")
_SHAPES: Mapping[tuple[str, bool], Kind] = {
    ("get", False): Kind.LIST,
    ("post", False): Kind.CREATE,
    ("get", True): Kind.READ,
    ("put", True): Kind.REPLACE,
    ("patch", True): Kind.PATCH,
    ("delete", True): Kind.DELETE,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was read: the kind, the resource, and the words that the handler looks at."""

    kind: Kind
    resource: str
    words: Mapping[str, Any]
    projection: str | None
    page: Page | None


def read_meaning(document: Document, path: str, method: str, node: Node, resources: Mapping[str, Resource]) -> Meaning:
    """Raises SetupError when the words are missing, unknown or incomplete."""
    marks = node.child("x-mock")
    words = marks.value if isinstance(marks.value, dict) else _inferred(document, path, method, node, resources)
    kind = _kind(document, marks, words)
    needed, allowed = WORDS[kind]
    if missing := sorted(needed - set(words)):
        raise document.error(marks, f"{kind} without {', '.join(missing)}", "add the missing words")
    if unknown := sorted(set(words) - needed - allowed - {"kind", "resource"}):
        raise document.error(marks, f"{kind} does not know {', '.join(unknown)}", "remove or correct these words")
    resource = words.get("resource")
    if resource not in resources:
        known = ", ".join(sorted(resources)) or "none"
        remedy = "mark its record schema with x-mock: {resource: …}"
        raise document.error(marks, f"unknown resource {resource!r} (known: {known})", remedy)
    return Meaning(kind, str(resource), words, words.get("projection"), _page(document, marks, words))


def _kind(document: Document, marks: Node, words: Mapping[str, Any]) -> Kind:
    try:
        kind = Kind(str(words.get("kind")))
        return {one: one for one in WORDS}[kind]
    except (ValueError, KeyError):
        known = ", ".join(WORDS)
        raise document.error(marks, f"unknown kind {words.get('kind')!r}", f"use one of {known}") from None


def _page(document: Document, marks: Node, words: Mapping[str, Any]) -> Page | None:
    page = words.get("page")
    if page is None:
        return None
    if not isinstance(page, dict) or "key" not in page or set(page) - {"key", "items", "count", "next"}:
        raise document.error(marks.child("page"), "not a page", "write {key: …, items: …, count: …, next: …}")
    return Page(**page)


def _inferred(
    document: Document, path: str, method: str, node: Node, resources: Mapping[str, Resource]
) -> dict[str, Any]:
    """The words of a plain CRUD operation: collection or item by the path's end, resource by its last fixed segment."""
    item = _ITEM.search(path)
    is_item = item is not None and item[1] != document.node("x-mock", "tenant").value
    kind = _SHAPES.get((method, is_item))
    segments = [segment for segment in path.split("/") if segment and not segment.startswith("{")]
    resource = segments[-1] if segments else ""
    if kind is None or resource not in resources:
        problem = "no x-mock, and the shape of path and verb does not tell what it means"
        raise document.error(node, problem, "add x-mock: {kind: …, resource: …}")
    words: dict[str, Any] = {"kind": kind.value, "resource": resource}
    return {**words, "page": {"key": ""}} if kind is Kind.LIST else words
