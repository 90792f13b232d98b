"""Which operations a client has called, and which declared statuses it has seen: the client's own contract coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Operation
from mockserver.runtime.journal import Entry
from mockserver.web.control.route import ControlRequest, Route
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class Exercised:
    """How often one operation was answered with which status; a declared one that was never seen counts 0."""

    operation: Operation
    statuses: Mapping[str, int]

    @property
    def calls(self) -> int:
        return sum(self.statuses.values())

    def described(self) -> dict[str, Any]:
        one = self.operation
        return {"operation": one.id, "method": one.method, "path": one.path, "statuses": dict(self.statuses)}


def exercised(operations: Iterable[Operation], entries: Iterable[tuple[int, Entry]]) -> list[Exercised]:
    """In the document's order. Only what the journal still holds is counted."""
    counted: dict[str, Counter[str]] = {}
    for _, entry in entries:
        if entry.operation is not None:
            counted.setdefault(entry.operation, Counter())[str(entry.status)] += 1
    return [Exercised(one, _statuses(one, counted.get(one.id, Counter()))) for one in operations]


def _statuses(operation: Operation, counted: Counter[str]) -> dict[str, int]:
    declared = [status for status in operation.statuses if status.isdigit()]
    return {status: counted.get(status, 0) for status in sorted({*declared, *counted})}


@dataclass(frozen=True, slots=True)
class CoverageControl:
    """How much of the contract a client has exercised."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/coverage", self.coverage, "Coverage")

    def coverage(self, _: ControlRequest) -> list[dict[str, Any]]:
        """Each operation with its declared statuses, and how often each is in the journal."""
        found = exercised(self.world.operations.values(), self.world.journal.entries())
        return [one.described() for one in found]
