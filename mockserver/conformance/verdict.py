"""What a run found out, and what it did not: the one thing that summary and reports are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mockserver.conformance.baseline import Accepted
from mockserver.conformance.findings import Finding
from mockserver.conformance.made import Made
from mockserver.conformance.running import Outcome, Result
from mockserver.conformance.traffic import Exchange
from mockserver.contract import Operation

CLEAN, FOUND, NOT_RUN = 0, 1, 2
MISSED = (Outcome.NOT_COVERED, Outcome.LEFT_OUT)
"""What became of checks that would apply and were not carried out."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Findings of one check about one operation: the first of them, and how often each cause was found."""

    first: Finding
    causes: Mapping[str, int]

    @property
    def count(self) -> int:
        return sum(self.causes.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """One run. ``findings`` are those that count, ``accepted`` those that the baseline takes.

    ``statuses`` counts replies by operation and status, ``purposes`` requests by operation and check;
    ``partial`` says why the run ended early, ``left`` what could not be removed.
    """

    target: str
    base_url: str
    profile: str
    seed: int
    mark: str
    began: datetime
    seconds: float
    operations: tuple[Operation, ...]
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Accepted], ...]
    expired: tuple[Accepted, ...]
    unused: tuple[Accepted, ...]
    statuses: Mapping[tuple[str, int], int]
    purposes: Mapping[tuple[str, str], int]
    requests: int
    exchanges: tuple[Exchange, ...] = field(repr=False)
    refused: int = 0
    partial: str = ""
    left: tuple[Made, ...] = ()

    @property
    def exit_code(self) -> int:
        return FOUND if self.findings else CLEAN

    def clusters(self) -> list[Cluster]:
        """What counts, by cause, in the order of the checks."""
        return clusters(self.findings)

    def uncovered(self) -> dict[str, list[Result]]:
        """What was not covered, by the reason why."""
        found: dict[str, list[Result]] = {}
        for result in self.results:
            if result.outcome in MISSED:
                found.setdefault(result.reason, []).append(result)
        return found

    def counted(self, outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in self.results)

    def unasked(self) -> list[Operation]:
        """Operations that no request went to."""
        asked = {operation for operation, _ in self.statuses}
        return [operation for operation in self.operations if operation.id not in asked]

    def covered(self) -> dict[str, Any]:
        """How far the run came: operations asked, checks carried out, statuses seen of those declared."""
        applicable = len(self.results) - self.counted(Outcome.NOT_APPLICABLE)
        declared = {(one.id, status) for one in self.operations for status in one.replies}
        return {
            "operations": [len(self.operations) - len(self.unasked()), len(self.operations)],
            "checks": [applicable - sum(map(self.counted, MISSED)), applicable],
            "statuses": [len(declared & set(self.statuses)), len(declared)],
        }


def clusters(findings: Iterable[Finding]) -> list[Cluster]:
    """One cluster a check and operation: the same fault shows in many fields and ways."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.check, finding.operation), []).append(finding)
    return [Cluster(several[0], Counter(one.cause for one in several)) for several in found.values()]
