"""What an operation means: its ``x-mock`` words or, for plain CRUD, the shape of its path and verb."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.batch_words import PLAIN, BatchWords, read_batch_words
from mockserver.contract.custom_kinds import CustomKind
from mockserver.contract.document import Document, Node
from mockserver.contract.kinds import ANNOTATED, KINDS, Facts, Kind
from mockserver.contract.operation import Page
from mockserver.contract.resource import Resource

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
    """What was read: the kind, the resource, and the words that the handler looks at.

    ``custom`` is the kind that a package brought, where ``kind`` is CUSTOM; ``batch``
    tells the names of a batch's parts.
    """

    kind: Kind
    resource: str
    words: Mapping[str, Any]
    projection: str | None
    page: Page | None
    custom: CustomKind | None = None
    batch: BatchWords = PLAIN

    @property
    def facts(self) -> Facts:
        """What holds for every operation of this kind."""
        return self.custom.facts if self.custom else KINDS[self.kind]


def read_meaning(
    document: Document,
    path: str,
    method: str,
    node: Node,
    resources: Mapping[str, Resource],
    *,
    custom_kinds: Mapping[str, CustomKind],
) -> Meaning:
    """Raises SetupError when the words are missing, unknown or incomplete."""
    marks = node.child("x-mock")
    words = marks.value if isinstance(marks.value, dict) else _inferred(document, path, method, node, resources)
    custom = custom_kinds.get(str(words.get("kind")))
    kind = Kind.CUSTOM if custom else _kind(document, marks, words, custom_kinds)
    facts, name = (custom.facts, custom.name) if custom else (KINDS[kind], kind)
    if missing := sorted(facts.needs - set(words)):
        raise document.error(marks, f"{name} without {', '.join(missing)}", "add the missing words")
    if unknown := sorted(set(words) - facts.needs - facts.allows - {"kind", "resource"}):
        raise document.error(marks, f"{name} does not know {', '.join(unknown)}", "remove or correct these words")
    resource = words.get("resource")
    if resource not in resources:
        known = ", ".join(sorted(resources)) or "none"
        remedy = "mark its record schema with x-mock: {resource: …}"
        raise document.error(marks, f"unknown resource {resource!r} (known: {known})", remedy)
    page, batch = _page(document, marks, words), read_batch_words(document, marks, words.get("members", {}))
    return Meaning(kind, str(resource), words, words.get("projection"), page, custom, batch)


def _kind(document: Document, marks: Node, words: Mapping[str, Any], custom: Iterable[str]) -> Kind:
    word = words.get("kind")
    if word not in ANNOTATED:
        raise document.error(marks, f"unknown kind {word!r}", f"use one of {', '.join([*ANNOTATED, *custom])}")
    return Kind(word)


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
