"""References of a document that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from mockserver.contract.document import Document
from mockserver.errors import Problem
from mockserver.values.absent import ABSENT
from mockserver.values.pointer import is_pointer, references, resolve
from mockserver.values.shown import shown


def dangling(document: Document) -> Iterator[Problem]:
    """Each reference to what the document does not have."""
    for pointer, reference in references(document.root):
        is_there = is_pointer(reference) and resolve(document.root, unquote(reference[1:])) is not ABSENT
        if reference.startswith("#") and not is_there:
            problem = f"the reference {shown(reference)} leads nowhere"
            yield Problem(document.source, pointer, problem, "define what it names, or correct it")
