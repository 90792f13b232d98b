"""Headers of replies as a document without annotations declares them: which must be there, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema.exceptions import ValidationError

from mockserver.conformance.wire.traffic import Received
from mockserver.contract import Operation
from mockserver.contract.document import Document, Node
from mockserver.contract.schema_shape import Shapes

UNTOLD = frozenset({"content-type", "link"})
"""Headers that OpenAPI passes over, or whose values many a schema describes otherwise than they are written."""
TYPED: Mapping[str, re.Pattern[str]] = {
    "integer": re.compile(r"[+-]?\d+"),
    "number": re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"),
    "boolean": re.compile(r"true|false", re.IGNORECASE),
}
READERS: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: text.lower() == "true",
}


class InferredHeaders:
    """Knows one document. ``violations`` are what a value breaks of a schema."""

    def __init__(
        self, document: Document, shapes: Shapes, violations: Callable[[Node, Any], list[ValidationError]]
    ) -> None:
        self._document, self._shapes, self._violations = document, shapes, violations

    def faults(self, reply: Received, operation: Operation, name: str) -> Iterator[tuple[str, str]]:
        """Cause and detail of what is wrong with the headers that the response called ``name`` declares."""
        response = self._document.follow(
            self._document.operation(operation.path, operation.method).child("responses", name)
        )
        for header, node in response.child("headers").items():
            declared = self._document.follow(node)
            text = reply.header(header)
            if header.lower() in UNTOLD or not isinstance(declared.value, Mapping):
                continue
            if text is None:
                if declared.value.get("required") is True and reply.status < 500:
                    yield f"a reply with {reply.status} lacks the header {header}", "it is declared as required"
            elif broken := self._broken(declared.child("schema"), text):
                words = ", ".join(sorted({str(one.validator) for one in broken}))
                yield f"the header {header} of a reply with {reply.status} breaks its schema ({words})", text

    def _broken(self, schema: Node, text: str) -> list[ValidationError]:
        """What a header's text breaks; formats, and what is written as a list or an object, are not judged."""
        kind = self._shapes.type(schema) if schema.value is not None else None
        if kind not in (*TYPED, "string"):
            return []
        is_typed = kind in TYPED and TYPED[kind].fullmatch(text) is not None
        value = READERS[kind](text) if is_typed else text
        return [one for one in self._violations(schema, value) if one.validator != "format"]
