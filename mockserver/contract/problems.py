"""Collects what is wrong with a document, so that a person can mend all of it in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from mockserver.contract.document import Document, Node
from mockserver.errors import Problem, SetupError

Result = TypeVar("Result")


class Problems:
    """What was found so far in one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: list[Problem] = [*document.faults]

    def add(self, node: Node, problem: str, remedy: str) -> None:
        self._found.append(self._document.problem(node, problem, remedy))

    def add_all(self, problems: Iterable[Problem]) -> None:
        self._found += problems

    def attempt(self, step: Callable[[], Result]) -> Result | None:
        """What ``step`` returns; None when it raised a SetupError, whose problems are kept."""
        try:
            return step()
        except SetupError as error:
            self._found += error.problems
            return None

    def raise_any(self) -> None:
        if self._found:
            raise SetupError(dict.fromkeys(self._found))
