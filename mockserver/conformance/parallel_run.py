"""A run on two processors: half of the resources is checked by a copy of this process, in its copy of the mock.

Only what lives in this process can be copied with it: a mock of the run's own, never a server behind a URL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, Protocol

from mockserver.conformance.check_plan import Group
from mockserver.conformance.created_records import CreatedRecord
from mockserver.conformance.evidence import Clause
from mockserver.conformance.execution import Result
from mockserver.conformance.findings import Finding
from mockserver.conformance.options import Options
from mockserver.conformance.oracle import Oracle
from mockserver.conformance.registry import Check, Registry
from mockserver.conformance.sampling import Sample
from mockserver.conformance.session import Session
from mockserver.conformance.wire.client import TargetClient
from mockserver.conformance.wire.gateway import Trouble
from mockserver.conformance.wire.targets import Target
from mockserver.conformance.wire.traffic import Exchange

FEWEST = 8
"""With fewer resources than this there is nothing to be won."""
FUZZING = 0.2
"""What fuzzing costs, as a share of all checks: it goes with the first half."""
PATIENCE, LONGER = 120.0, 3
"""The copy may go on after this process is done: for so many seconds, and so many times as long as that has taken."""
ENDINGS = (signal.SIGINT, signal.SIGTERM)
"""The signals that end a run."""
CUT_OFF = "the process that checked half of the resources ended unexpectedly"


class SharedRun(Protocol):
    """What of a run is shared."""

    options: Options
    target: Target
    client: TargetClient
    session: Session
    oracle: Oracle
    checks: Registry
    sample: Sample
    groups: dict[str, Group]
    results: list[Result]
    left_by_child: tuple[CreatedRecord, ...]
    partial: str
    stopped: str

    def attempt(self, work: Callable[[], None]) -> None: ...
    def check_groups(self, groups: Mapping[str, Group]) -> None: ...
    def clean_up(self) -> tuple[CreatedRecord, ...]: ...
    def add_result(self, result: Result) -> None: ...
    def mute(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ChildFindings:
    """What the copy has found out, as it is sent back: results by the name of their check, as a check is not data."""

    results: tuple[tuple[str, Result], ...]
    findings: Mapping[tuple[str, str, str], Finding]
    seen: Counter[tuple[str, str, str]]
    judged: Counter[str]
    exercised: Mapping[str, Mapping[Clause, None]]
    statuses: Counter[tuple[str, int]]
    purposes: Counter[tuple[str, str]]
    exchanges: tuple[Exchange, ...]
    requests: int
    troubles: Mapping[str, Trouble]
    left: tuple[CreatedRecord, ...]
    partial: str
    stopped: str


def _nothing(*_: Any) -> None:
    """Stands for what a check does, where it has been done."""


_DONE = Check("", "", _nothing)


def can_be_shared(groups: Mapping[str, Group]) -> bool:
    """Whether this system has a second processor, and a way to copy a process; and enough to do for both."""
    has_two = hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1  # on Linux: elsewhere no safe fork
    return has_two and not multiprocessing.current_process().daemon and len(groups) >= FEWEST


def split_in_two(run: SharedRun) -> tuple[dict[str, Group], dict[str, Group]]:
    """The resources in two parts that take about as long: what has many fields, and is checked whole, takes longer."""
    many = 1 if run.sample.share == 1 else 4
    weights = {
        name: len(group.resource.fields) * (many if name in run.sample.whole else 1)
        for name, group in run.groups.items()
    }
    loads, mine = [FUZZING * sum(weights.values()) if run.options.fuzzed else 0.0, 0.0], set()
    for name in sorted(weights, key=lambda one: (-weights[one], one)):
        half = int(loads[1] < loads[0])
        loads[half] += weights[name]
        mine |= set() if half else {name}
    first = {name: group for name, group in run.groups.items() if name in mine}
    return first, {name: group for name, group in run.groups.items() if name not in mine}


@contextmanager
def shared_with_child(run: SharedRun) -> Iterator[Mapping[str, Group]]:
    """The resources that are left for the run, where a copy can check the others meanwhile; all of them where not."""
    if not (run.target.is_own and can_be_shared(run.groups)):
        yield run.groups
        return
    first, others = split_in_two(run)
    with check_in_child(run, others):
        yield first


@contextmanager
def check_in_child(run: SharedRun, groups: dict[str, Group]) -> Iterator[None]:
    """Check ``groups`` in a copy of this process meanwhile; what it finds is the run's too, at the end."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    copy = context.Process(target=_check, args=(run, groups, here, there), daemon=True)
    began = time.monotonic()
    with ExitStack() as held:
        held.enter_context(_signals(signal.SIG_BLOCK))  # the copy hears them when it can end in good order
        copy.start()
        there.close()
        try:
            held.close()
            yield
        except BaseException:
            with suppress(ProcessLookupError):
                os.kill(copy.pid or 0, signal.SIGINT)
            raise
        finally:
            try:
                _join(run, _received(here, PATIENCE + LONGER * (time.monotonic() - began)))
            finally:
                copy.kill()
                here.close()


def _received(here: Connection, within: float) -> ChildFindings | None:
    """What the copy sends, if it does so within that many seconds; None also where it has ended."""
    try:
        return here.recv() if here.poll(within) else None
    except (EOFError, OSError):
        return None


def _interrupted(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


@contextmanager
def _signals(how: int) -> Iterator[None]:
    """Block or unblock what ends a run (``how``) meanwhile; what came while it was blocked is heard afterwards."""
    before = signal.pthread_sigmask(how, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _heard(work: Callable[[], None]) -> None:
    """Do ``work`` in the copy, which is interrupted by signals now and at no other time. Raises KeyboardInterrupt."""
    for one in ENDINGS:
        signal.signal(one, _interrupted)
    with _signals(signal.SIG_UNBLOCK):
        work()


def _check(run: SharedRun, groups: dict[str, Group], here: Connection, there: Connection) -> None:
    """In the copy: the checks of ``groups``, and what came of them since it was made."""
    here.close()  # so that writing ends when nobody is left to read
    judged, seen = Counter(run.session.evidence.judged), Counter(run.oracle.seen)
    recorder = run.client.recorder
    statuses, purposes, total = Counter(recorder.statuses), Counter(recorder.purposes), recorder.total
    run.mute()
    run.results = []
    run.attempt(partial(_heard, partial(run.check_groups, groups)))
    left = run.clean_up()
    there.send(
        ChildFindings(
            results=tuple((one.check.name, replace(one, check=_DONE)) for one in run.results),
            findings=run.oracle.findings,
            seen=Counter(run.oracle.seen) - seen,
            judged=Counter(run.session.evidence.judged) - judged,
            exercised=run.session.evidence.exercised,
            statuses=recorder.statuses - statuses,
            purposes=recorder.purposes - purposes,
            exchanges=tuple(one for one in recorder.exchanges if one.number > total),
            requests=recorder.total - total,
            troubles=run.client.patience.troubles,
            left=left,
            partial=run.partial,
            stopped=run.stopped,
        )
    )


def _join(run: SharedRun, found: ChildFindings | None) -> None:
    """Make what the copy has found the run's own; None: it never told."""
    if found is None:
        run.stopped = run.partial = run.partial or CUT_OFF
        return
    checks = {one.name: one for one in run.checks}
    for name, result in found.results:
        run.add_result(replace(result, check=checks[name]))
    for key, finding in found.findings.items():
        run.oracle.findings.setdefault(key, finding)
    run.oracle.seen = dict(Counter(run.oracle.seen) + found.seen)
    run.session.evidence.judged.update(found.judged)
    for operation, clauses in found.exercised.items():
        run.session.evidence.exercised.setdefault(operation, {}).update(clauses)
    recorder = run.client.recorder
    recorder.statuses.update(found.statuses)
    recorder.purposes.update(found.purposes)
    recorder.exchanges.extend(found.exchanges)
    recorder.total += found.requests
    for cause, trouble in found.troubles.items():
        run.client.patience.troubles.setdefault(cause, trouble)
    run.left_by_child = found.left
    run.partial, run.stopped = run.partial or found.partial, run.stopped or found.stopped
