"""The ways to check: what each may do to its target, and how far it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """How far checks go: records made to see a second page, pages read of one list, threads at once,
    ``flows`` of the state machine by ``seed``.

    ``thorough`` fills every field that the document has, not only those of its example; ``owns_all`` lets
    checks touch records that they did not make, and ask for more than operations; ``foreign`` are
    values for keys into other modules, by resource and field.
    """

    records: int = 250
    pages: int = 100
    threads: int = 8
    flows: int = 15
    seed: int = 1
    thorough: bool = True
    reads_only: bool = False
    owns_all: bool = True
    foreign: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Amount:
    """Cases an operation in the fuzzing phase, sequences in the stateful phase (0: the phase is left out)."""

    cases: int
    sequences: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to check.

    ``in_process`` has its own mock, ``local`` takes servers of this machine only; ``ledger`` marks and
    writes down all that is made. Of every ``share`` checks one is carried out, and half as many operations
    are fuzzed, all of them for a few resources that have everything among them; where it is ``spread``, only the dear
    checks are left out, and one operation of each kind is fuzzed. ``rate`` is requests a second, ``max_time`` seconds,
    unless told otherwise.
    """

    name: str
    summary: str
    limits: Limits
    fuzzing: Amount
    in_process: bool = False
    local: bool = False
    ledger: bool = False
    share: int = 1
    spread: bool = False
    rate: float | None = None
    max_time: float | None = None

    @property
    def reads_only(self) -> bool:
        return self.limits.reads_only


PROFILES: Mapping[str, Profile] = {
    one.name: one
    for one in (
        Profile(
            name="mock",
            summary="a mock of its own in this process: for pull requests",
            limits=Limits(records=40, threads=4, flows=8),
            fuzzing=Amount(cases=5, sequences=10),
            in_process=True,
            share=12,
            spread=True,
        ),
        Profile(
            name="nightly",
            summary="the same without leaving anything out: every check, operation and flow",
            limits=Limits(records=40, threads=4),
            fuzzing=Amount(cases=25, sequences=15),
            in_process=True,
        ),
        Profile(
            name="http",
            summary="a server on this machine: everything",
            limits=Limits(records=250),
            fuzzing=Amount(cases=40, sequences=20),
            local=True,
        ),
        Profile(
            name="staging-read",
            summary="any server: operations that change nothing, and no others",
            limits=Limits(pages=20, flows=0, reads_only=True, owns_all=False),
            fuzzing=Amount(cases=15, sequences=0),
            rate=10.0,
            max_time=1_800.0,
        ),
        Profile(
            name="staging-write",
            summary="a tenant set aside for it on a server named with --allow-host; what was made is removed",
            limits=Limits(records=220, pages=20, threads=3, flows=5, thorough=False, owns_all=False),
            fuzzing=Amount(cases=10, sequences=0),
            ledger=True,
            share=12,
            rate=10.0,
            max_time=3_600.0,
        ),
    )
}
