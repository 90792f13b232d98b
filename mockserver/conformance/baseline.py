"""Known findings that a run lets pass, each with a reason and a day on which that ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mockserver.conformance.findings import Finding
from mockserver.errors import SetupError
from mockserver.values.data_file import read_data_file
from mockserver.values.form import check_form


@dataclass(frozen=True, slots=True)
class Accepted:
    """One entry. ``check``, ``operation`` and ``cause`` may hold ``*``; ``expires`` is the last day it holds."""

    check: str
    operation: str
    cause: str
    reason: str
    expires: date

    def covers(self, finding: Finding) -> bool:
        return (
            fnmatchcase(finding.check, self.check)
            and fnmatchcase(finding.operation, self.operation)
            and fnmatchcase(finding.cause, self.cause)
        )


@dataclass(frozen=True, slots=True)
class Sorted:
    """Findings that count, those that are accepted, and entries that are past their day or cover nothing."""

    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Accepted], ...]
    expired: tuple[Accepted, ...]
    unused: tuple[Accepted, ...]


def read_baseline(file: Path | None) -> tuple[Accepted, ...]:
    """The entries of a YAML or JSON file. Raises SetupError listing every entry that is incomplete."""
    if file is None:
        return ()
    said = read_data_file(file, "name a baseline in YAML or JSON")
    if problems := check_form("baseline", said):
        raise SetupError(problems)
    return tuple(map(_entry, said.value["findings"]))


def sort_out(findings: Iterable[Finding], entries: tuple[Accepted, ...], today: date) -> Sorted:
    """Which of ``findings`` count: an entry holds until the end of its day."""
    counting: list[Finding] = []
    accepted: list[tuple[Finding, Accepted]] = []
    used: set[Accepted] = set()
    for finding in findings:
        entry = next((one for one in entries if one.covers(finding) and one.expires >= today), None)
        if entry is None:
            counting.append(finding)
        else:
            accepted.append((finding, entry))
            used.add(entry)
    expired = tuple(one for one in entries if one.expires < today)
    unused = tuple(one for one in entries if one not in used and one not in expired)
    return Sorted(tuple(counting), tuple(accepted), expired, unused)


def _entry(entry: dict[str, Any]) -> Accepted:
    day = date.fromisoformat(entry["expires"])
    return Accepted(entry["check"], entry.get("operation", "*"), entry.get("cause", "*"), entry["reason"], day)
