"""How much a schema brings with it when it is compiled: the named schemas that it leads to, by itself or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

from mockserver.contract.document import Document, Node
from mockserver.errors import SetupError

HEAVY = 100
"""A schema that leads to more named ones than this is heavy: compiled, it takes ten megabytes or more."""


MOST_HEAVY = 24
"""How many heavy schemas are held compiled."""


class Evictable(Protocol):
    """A compiled schema that can be let go of, and compiled anew when it is next asked."""

    node: Node

    def forget(self) -> None: ...


class HeavySchemas:
    """The heavy schemas of one document that are compiled; what leads where is looked up once.

    PERF: where schemas lead to each other in circles, each that is compiled holds all of them: ten megabytes in a
    document of 2.5, and a gigabyte for a hundred of its operations.
    """

    def __init__(self, document: Document) -> None:
        self._held: deque[Evictable] = deque()
        self._document = document
        self._named: dict[str, frozenset[str]] = {}

    def keep(self, compiled: Evictable) -> None:
        """One was compiled: if it is heavy, the oldest of too many is let go of."""
        if self.is_heavy(compiled.node):
            self._held.append(compiled)
            while len(self._held) > MOST_HEAVY:
                self._held.popleft().forget()

    def is_heavy(self, node: Node) -> bool:
        seen: set[str] = set()
        waiting = deque(_references(node.value))
        while waiting and len(seen) <= HEAVY:
            reference = waiting.popleft()
            if reference not in seen:
                seen.add(reference)
                waiting += self._behind(reference) - seen
        return len(seen) > HEAVY

    def _behind(self, reference: str) -> frozenset[str]:
        if reference not in self._named:
            try:
                value = self._document.follow(Node("", {"$ref": reference})).value
            except SetupError:
                value = None
            self._named[reference] = frozenset(_references(value))
        return self._named[reference]


def _references(value: Any) -> Iterator[str]:
    """What is referred to anywhere within a schema."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(reference := one.get("$ref"), str):
                yield reference
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
