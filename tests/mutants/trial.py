"""The kit against one planted mutant: which check found it first, and what it said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mockserver.conformance.check_plan import read_plan
from mockserver.conformance.execution import carry_out
from mockserver.conformance.findings import Finding
from mockserver.conformance.fuzz.fuzzing import fuzz
from mockserver.conformance.loading import load_checks
from mockserver.conformance.oracle import Oracle
from mockserver.conformance.profiles import Amount, Limits
from mockserver.conformance.registry import Check
from mockserver.conformance.session import Session
from mockserver.conformance.wire.client import TargetClient
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.transports import in_process
from mockserver.contract import Contract, Operation
from mockserver.settings import Settings
from mutants.mutant import Area, Mutant
from mutants.planting import Soil, planted
from mutants.wire import App

CRASHES = frozenset({"watch.no_server_error", "fuzzing.not_a_server_error"})
CONFUSED = "a reply could not be understood"
RESOURCE = "certifications"
"""What is tried: the resource that has every plain kind of operation. Mutants of the engine are in all of them."""
LIMITS = Limits(records=40, threads=4)
FUZZING = Amount(cases=25, sequences=15)

FIRST: Mapping[Area, tuple[str, ...]] = {
    Area.SHAPE: ("shapes", "round_trip"),
    Area.VALIDATION: ("failed_writes", "patching", "batching", "round_trip", "searching", "immutables"),
    Area.AUTH: ("authentication",),
    Area.ISOLATION: ("isolation",),
    Area.LIFECYCLE: ("deleting", "failed_writes", "round_trip"),
    Area.LISTS: ("searching", "round_trip", "paging"),
    Area.CHANGES: ("patching", "replacing", "versions", "immutables"),
    Area.BATCH: ("batching", "immutables", "failed_writes"),
    Area.DOCUMENTS: ("documents_and_notices",),
    Area.CONCURRENCY: ("concurrency",),
    Area.RULES: ("effects", "rules", "answering"),
    Area.QUERIES: ("querying", "answering"),
}
"""The suites that are likeliest to find a mutant of an area: carried out before the others, to be quick."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the kit is told of a mock: its contract, and who asks."""

    contract: Contract
    own: Requester
    other: Requester


@dataclass(frozen=True, slots=True)
class Catch:
    """What was found. ``checks`` name it, ``sentence`` is the first finding's cause and operation.

    ``during``: the check that was carried out; those that look at every reply may have seen it in its stead.
    """

    checks: tuple[str, ...]
    sentence: str
    during: str = ""


def names_a_cause(finding: Finding) -> bool:
    """Whether it says what is wrong: that something crashed is no such thing."""
    crashed = finding.check in CRASHES or finding.cause == CONFUSED
    return not crashed and not re.search(r"\banswered 5\d\d\b", finding.cause)


def in_order(area: Area | None, first: str = "") -> tuple[Check, ...]:
    """All checks: the one called ``first``, those that are about ``area``, then the others."""
    suites = FIRST[area] if area else ()
    rank = {suite: number for number, suite in enumerate(suites)}
    return tuple(sorted(load_checks(), key=lambda one: (one.name != first, rank.get(one.suite, len(rank)))))


def try_kit(
    mutant: Mutant | None,
    target: Target,
    settings: Settings,
    *,
    seed: int,
    fuzzed: bool,
    soil: Soil | None = None,
    first: str = "",
    only: Collection[str] = (),
) -> Catch | None:
    """What the kit finds in a mock with ``mutant`` (None: in a sound one); None when it finds nothing.

    The run ends with the first check that names a cause. ``fuzzed``: Schemathesis comes after the domain suites.
    ``first``: the check that comes before all others. ``only``: the checks to carry out (none: all).
    """
    with planted(mutant, settings, soil) as app:
        checks = in_order(mutant.area if mutant else None, first)
        checks = tuple(one for one in checks if not only or one.name in only)
        for during, found in _rounds(app, checks, target, seed, fuzzed):
            named = [one for one in found if names_a_cause(one)] if mutant else found
            if named:
                return Catch(tuple(dict.fromkeys(one.check for one in named)), _sentence(named[0]), during)
    return None


def _rounds(
    app: App, checks: tuple[Check, ...], target: Target, seed: int, fuzzed: bool
) -> Iterator[tuple[str, list[Finding]]]:
    """The findings of each check and scenario, one after the other, those of the watch on every reply included."""
    client, oracle = TargetClient(target.contract, in_process(app)), Oracle()
    client.after.append(oracle.observe)
    plan, limits = read_plan(target.contract), LIMITS
    session = Session(plan, client, target.own, target.other, mark=f"mutants-{seed}", limits=limits)
    for check in checks:
        result = carry_out(check, session, plan.groups[RESOURCE])
        yield check.name, [*result.findings, *_seen(oracle)]
    if fuzzed:
        for scenario in fuzz(session, FUZZING, seed, is_tried, lambda _: None):
            yield "", [*scenario.findings, *_seen(oracle)]


def is_tried(operation: Operation) -> bool:
    return operation.resource.name == RESOURCE


def _seen(oracle: Oracle) -> Iterable[Finding]:
    found = list(oracle.findings.values())
    oracle.findings.clear()
    return found


def _sentence(finding: Finding) -> str:
    return f"{finding.operation}: {finding.cause}" if finding.operation else finding.cause
