"""Known findings that a run lets pass, each with a reason and a day on which that ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from mockserver.conformance.findings import Finding
from mockserver.errors import SetupError
from mockserver.values.data_file import read_data_file
from mockserver.values.form import check_form
from mockserver.values.moment import read_date
from mockserver.values.output import writing

DAYS = 90
"""How long an entry is good that ``--update-baseline`` writes."""


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


def read_baseline(file: Path | None, *, may_be_missing: bool = False) -> tuple[Accepted, ...]:
    """The entries of a YAML or JSON file. Raises SetupError listing every entry that is incomplete."""
    if file is None or (may_be_missing and not file.exists()):
        return ()
    said = read_data_file(file, "name a baseline in YAML or JSON, or let --update-baseline make it")
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


def updated(
    findings: Iterable[Finding], entries: Iterable[Accepted], today: date, reason: str | None
) -> tuple[Accepted, ...]:
    """``entries`` with one for each of ``findings``, good for ``DAYS``; one that had expired is good again.

    Entries that cover nothing stay: what a run looked at may have been a part.
    """
    known = {(one.check, one.operation, one.cause): one for one in entries}
    why = reason or f"known on {today.isoformat()}: say here why it is accepted"
    for finding in findings:
        key = finding.key
        earlier = next((one for one in known.values() if one.covers(finding)), None)
        if earlier is not None:
            key = (earlier.check, earlier.operation, earlier.cause)
        known[key] = Accepted(*key, reason or (earlier.reason if earlier else why), today + timedelta(days=DAYS))
    return tuple(known.values())


def write_baseline(file: Path, entries: Iterable[Accepted]) -> None:
    """Write ``entries`` as YAML, whole or not at all. Raises SetupError."""
    listed = [
        {
            "check": one.check,
            **({"operation": one.operation} if one.operation != "*" else {}),
            **({"cause": one.cause} if one.cause != "*" else {}),
            "reason": one.reason,
            "expires": one.expires,
        }
        for one in sorted(entries, key=lambda one: (one.check, one.operation, one.cause))
    ]
    text = yaml.safe_dump({"findings": listed}, sort_keys=False, allow_unicode=True, width=120)
    with writing(file, "name a file that can be written with --baseline"):
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)


def _entry(entry: dict[str, Any]) -> Accepted:
    day = read_date(entry["expires"])
    return Accepted(entry["check"], entry.get("operation", "*"), entry.get("cause", "*"), entry["reason"], day)
