"""What an operation means: its ``x-mock`` words or, for plain CRUD, the shape of its path and verb."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.annotation_schemas import mark_problems
from mockserver.contract.batch_words import PLAIN, BatchWords
from mockserver.contract.custom_kinds import CustomKind
from mockserver.contract.document import Document, Node
from mockserver.contract.kinds import KINDS, Facts, Kind
from mockserver.contract.operation import Page
from mockserver.contract.resource import Resource
from mockserver.errors import SetupError
from mockserver.values.form import Form
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

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
    form: Form,
    custom_kinds: Mapping[str, CustomKind],
) -> Meaning:
    """``form`` is that of ``operation_marks``. Raises SetupError listing all that is wrong with the words."""
    marks = node.child("x-mock")
    if marks.value is not None and (problems := mark_problems(form, document, marks)):
        raise SetupError(problems)
    words = marks.value or _inferred(document, path, method, node, resources)
    custom = custom_kinds.get(words["kind"])
    resource = words["resource"]
    if resource not in resources:
        remedy = meant(resource, resources) if resources else "mark its record schema with x-mock: {resource: …}"
        raise document.error(marks.child("resource"), f"unknown resource {quoted(resource)}", remedy)
    return Meaning(
        kind=Kind.CUSTOM if custom else Kind(words["kind"]),
        resource=resource,
        words=words,
        projection=words.get("projection"),
        page=Page(**words["page"]) if "page" in words else None,
        custom=custom,
        batch=BatchWords(**words.get("members", {})),
    )


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
        problem = "no x-mock, and path and method do not show what it means"
        raise document.error(node, problem, "add x-mock: {kind: …, resource: …}")
    words: dict[str, Any] = {"kind": kind.value, "resource": resource}
    return {**words, "page": {"key": ""}} if kind is Kind.LIST else words
