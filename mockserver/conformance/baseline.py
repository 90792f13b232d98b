"""Known findings that a run lets pass, each with a reason and a day on which that ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mockserver.conformance.findings import Finding
from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import parse

MEMBERS = frozenset({"check", "operation", "cause", "reason", "expires"})


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
    try:
        told = parse(file.read_bytes(), yaml=file.suffix != ".json")
    except (OSError, ValueError) as error:
        raise SetupError(
            [Problem(str(file), "", f"cannot be read: {error}", "name a baseline in YAML or JSON")]
        ) from None
    entries = told.get("findings") if isinstance(told, dict) else None
    if not isinstance(entries, list):
        raise SetupError([Problem(str(file), "/findings", "is no list", "write: findings: [{check: …, …}]")])
    problems = [problem for index, entry in enumerate(entries) for problem in _problems(str(file), index, entry)]
    if problems:
        raise SetupError(problems)
    return tuple(_entry(entry) for entry in entries)


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


def _problems(file: str, index: int, entry: Any) -> Iterator[Problem]:
    pointer = f"/findings/{index}"
    if not isinstance(entry, dict):
        yield Problem(file, pointer, "is no object", "write {check: …, reason: …, expires: 2026-12-31}")
        return
    for name in sorted(set(entry) - MEMBERS):
        yield Problem(file, f"{pointer}/{name}", "is unknown", f"use {', '.join(sorted(MEMBERS))}")
    for name in ("check", "reason"):
        if not (isinstance(entry.get(name), str) and entry[name].strip()):
            yield Problem(file, f"{pointer}/{name}", "is missing", "say which check, and why its finding is accepted")
    if _day(entry.get("expires")) is None:
        found = repr(entry.get("expires", "nothing"))
        yield Problem(file, f"{pointer}/expires", f"is {found}", "give the last day on which it holds: 2026-12-31")


def _entry(entry: dict[str, Any]) -> Accepted:
    day = _day(entry["expires"])
    assert day
    return Accepted(entry["check"], entry.get("operation", "*"), entry.get("cause", "*"), entry["reason"], day)


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
