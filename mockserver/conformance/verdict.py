"""What a run found out, and what it did not: the one thing that summary and reports are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mockserver.conformance.baseline import Sorted
from mockserver.conformance.created_records import CreatedRecord
from mockserver.conformance.evidence import Clause
from mockserver.conformance.execution import Outcome, Result
from mockserver.conformance.findings import Finding
from mockserver.conformance.options import Options
from mockserver.conformance.wire.gateway import Trouble
from mockserver.conformance.wire.lag import Lag
from mockserver.conformance.wire.targets import Target
from mockserver.conformance.wire.traffic import Exchange
from mockserver.contract import Operation

CLEAN, FOUND, NOT_RUN = 0, 1, 2
ENOUGH = 0.5
"""The share of the planned checks without which nothing is clean, unless another one was asked for."""


class Word(StrEnum):
    """A verdict in one word. ``clean`` needs evidence: everything planned was carried out, or enough of it judged."""

    CLEAN = "clean"
    FINDINGS = "findings"
    INCOMPLETE = "incomplete"
    UNJUDGED = "nothing judged"
    ERROR = "checks crashed"
    STOPPED = "stopped"


MISSED = (Outcome.NOT_COVERED, Outcome.LEFT_OUT)
"""What became of checks that would apply and were not carried out."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Findings of one check that have one cause: the first of them, and how often each wording of it was found.

    ``operations`` and ``resources`` are all that it was found in.
    """

    findings: tuple[Finding, ...]
    causes: Mapping[str, int]
    operations: tuple[str, ...]
    resources: tuple[str, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def count(self) -> int:
        return sum(self.causes.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """One run with its ``options``. ``findings`` are those that count, ``noted`` those that rest on clauses about which
    the run was not told to be so strict; ``baseline`` tells what of all was accepted.

    ``statuses`` counts replies by operation and status, ``purposes`` requests by operation and check, ``judged``
    judgements of checks by operation; ``declared`` and ``exercised`` are clauses by operation. All of these are copies,
    since the run's client tries stories afterwards. ``partial`` says why the run ended early, ``stopped`` why it could
    not go on, ``lag`` how far reads lag behind writes, ``troubles`` what stood between run and target, ``secrets``
    every token that was sent, ``left`` what could not be removed.
    """

    options: Options
    target: Target
    mark: str
    began: datetime
    seconds: float
    operations: tuple[Operation, ...]
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    baseline: Sorted
    statuses: Mapping[tuple[str, int], int]
    purposes: Mapping[tuple[str, str], int]
    requests: int
    exchanges: tuple[Exchange, ...] = field(repr=False)
    noted: tuple[Finding, ...] = ()
    judged: Mapping[str, int] = field(default_factory=dict)
    declared: Mapping[str, Iterable[Clause]] = field(default_factory=dict, repr=False)
    exercised: Mapping[str, Iterable[Clause]] = field(default_factory=dict, repr=False)
    refused: int = 0
    partial: str = ""
    stopped: str = ""
    lag: Lag | None = None
    troubles: tuple[Trouble, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    left: tuple[CreatedRecord, ...] = ()

    @property
    def word(self) -> Word:
        if self.stopped:
            return Word.STOPPED
        if self.errors():
            return Word.ERROR
        if self.findings:
            return Word.FINDINGS
        if not any(one.has_judged for one in self.results):
            return Word.UNJUDGED
        return Word.CLEAN if self.is_complete else Word.INCOMPLETE

    @property
    def exit_code(self) -> int:
        if self.word is Word.CLEAN:
            return CLEAN
        return FOUND if self.word in (Word.FINDINGS, Word.INCOMPLETE) else NOT_RUN

    @property
    def is_complete(self) -> bool:
        """Whether enough was judged: the share that was asked for, else half of it with nothing hindered."""
        judged, planned = self.counted_checks()
        if self.options.require is not None:
            return judged >= self.options.require * planned
        return not self.partial and not any(one.hindered for one in self.results) and judged >= ENOUGH * planned

    def counted_checks(self) -> tuple[int, int]:
        """How many checks judged something, of how many that were planned."""
        planned = [one for one in self.results if one.planned]
        return sum(one.has_judged for one in planned), len(planned)

    def errors(self) -> list[Result]:
        """Checks that failed themselves: what they were about is not judged."""
        return [one for one in self.results if one.outcome is Outcome.ERROR]

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

    def unasked(self) -> list[Operation]:
        """Operations that no request went to."""
        asked = {operation for operation, _ in self.statuses}
        return [operation for operation in self.operations if operation.id not in asked]

    def covered(self) -> dict[str, Any]:
        """How far the run came: operations asked, planned checks that judged, declared statuses seen."""
        declared = {
            (one.id, status) for one in self.operations for status in map(int, filter(str.isdecimal, one.statuses))
        }
        return {
            "operations": [len(self.operations) - len(self.unasked()), len(self.operations)],
            "checks": list(self.counted_checks()),
            "statuses": [len(declared & set(self.statuses)), len(declared)],
        }


def clusters(findings: Iterable[Finding]) -> list[Cluster]:
    """One cluster a cause. The same fault shows in many fields and ways, in one operation or in many.

    Findings of one check belong together when they are about one operation, or say the same of several.
    """
    several = list(findings)
    place: dict[tuple[str, str], int] = {}
    home = list(range(len(several)))

    def top(index: int) -> int:
        while home[index] != index:
            home[index] = index = home[home[index]]
        return index

    for index, one in enumerate(several):
        for key in ((one.check, f"operation {one.operation}"), (one.check, f"cause {_general(one)}")):
            first, second = sorted((top(index), top(place.setdefault(key, index))))
            home[second] = first
    found: dict[int, list[Finding]] = {}
    for index, one in enumerate(several):
        found.setdefault(top(index), []).append(one)
    return [_cluster(one) for one in found.values()]


def _general(finding: Finding) -> str:
    """The cause without the names of what it was found in."""
    cause = finding.cause
    for name in (finding.operation, finding.resource):
        cause = cause.replace(name, "*") if name else cause
    return cause


def _cluster(found: list[Finding]) -> Cluster:
    operations = tuple(dict.fromkeys(one.operation for one in found if one.operation))
    resources = tuple(dict.fromkeys(one.resource for one in found))
    return Cluster(tuple(found), Counter(one.cause for one in found), operations, resources)
