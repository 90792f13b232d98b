"""Which operations of a document call back."""

from __future__ import annotations

from mockserver.contract.document import METHODS, Document


def calling_back(document: Document) -> frozenset[tuple[str, str]]:
    """Path and method of each operation that declares callbacks."""
    return frozenset(
        (path, verb.upper())
        for path, item in document.node("paths").items()
        for verb, operation in document.follow(item).items()
        if verb in METHODS and operation.child("callbacks").value
    )
