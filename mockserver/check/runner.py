"""One run from start to end: the checks, the fuzzer, the cleaning up, whatever comes between."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contract_tests.asking import Ask
from contract_tests.catalogue import all_checks
from contract_tests.client import Client
from contract_tests.fuzzing import PHASES, Scenario, as_check, fuzz
from contract_tests.kit import Kit
from contract_tests.made import Made
from contract_tests.pacing import OutOfTime, Pace
from contract_tests.plan import Group, read_plan
from contract_tests.routes import allowed
from contract_tests.running import Outcome, Result, carry_out, foreign
from contract_tests.sampling import sample
from contract_tests.transports import Unreachable
from contract_tests.verdicts import Check, Finding
from contract_tests.watch import Watch
from mockserver.check.baseline import read_baseline, sort_out
from mockserver.check.ledger import Ledger, Marking, new_mark
from mockserver.check.options import MOCK, Options, judge
from mockserver.check.sweeping import ledger_of, leftovers, sweep_away
from mockserver.check.targets import Target, find_target
from mockserver.check.verdict import Verdict
from mockserver.contract import Kind, Operation
from mockserver.errors import Problem, SetupError

SAMPLED = "left out of this profile's sample; --whole leaves nothing out, and another --seed takes other ones"
CLEANING_TIME = 120.0
"""Seconds that cleaning up may take beyond the time of the run."""
UNFUZZED = frozenset({Kind.BATCH, Kind.NOTICE, Kind.PREVIEW})
"""What a fuzzer leaves alone where mails may reach people and a batch may name anything."""


class Run:
    """What one run holds; ``told`` hears what is being done and each result."""

    def __init__(self, options: Options, target: Target, told: Callable[[str, Result | None], None]) -> None:
        self.options, self.target, self._told = options, target, told
        self.profile = options.chosen
        self.plan = read_plan(target.contract)
        self.mark = new_mark(str(options.seed) if self.profile.in_process else None)
        self.pace = Pace(options.rate or self.profile.rate, options.max_time or self.profile.max_time)
        allow = allowed(
            target.contract,
            reads_only=self.profile.reads_only,
            unmarked=not self.profile.ledger,
            elsewhere=self.profile.in_process or self.profile.local,
        )
        self.client = Client(target.contract, target.transport, allow=allow, pace=self.pace)
        self.watch = Watch()
        self.client.after.append(self.watch.look)
        limits = replace(self.profile.limits, seed=options.seed)
        self.kit = Kit(self.plan, self.client, target.own, target.other, mark=self.mark, limits=limits)
        self.groups = self._chosen()
        self.sample = sample(self.plan, 1 if options.groups or options.whole else self.profile.share, options.seed)
        self.results: list[Result] = []
        self.partial = ""
        self.ledger = Ledger(ledger_of(options)) if self.profile.ledger else None
        if self.ledger:
            marking = Marking(self.plan, self.ledger, self.mark, set())
            self.client.before, self.kit.records.listener = marking.before, marking.saw

    def _chosen(self) -> dict[str, Group]:
        """The resources to check. Raises SetupError naming those there are."""
        known = self.plan.groups
        if wrong := [name for name in self.options.groups if name not in known]:
            raise _cannot("--group", f"there is no resource {wrong[0]!r}", f"use one of {', '.join(known)}")
        return {name: group for name, group in known.items() if name in (self.options.groups or known)}

    def greet(self) -> None:
        """Raises SetupError when the target does not answer, or takes the token for none."""
        operation = next((one for one in self.plan.operations() if one.kind is Kind.LIST), None)
        if operation is None:
            return
        self.client.purpose = "greeting"
        try:
            reply = self.kit.send(Ask(operation))
        except Unreachable as error:
            raise _cannot("--target", f"does not answer ({error})", "start it, or correct the URL") from None
        if reply.status in (401, 403):
            problem = f"answers {reply.status} to {operation.id} of the tenant {self.target.own.tenant!r}"
            raise _cannot("--token", problem, "give a token that is valid for --tenant")

    def check(self) -> None:
        """Every check on every resource, then the fuzzer; stops in good order when the time is over."""
        try:
            self._prepare()
            for group in self.groups.values():
                for check in all_checks():
                    self._one(check, group.name)
            self._fuzz()
        except OutOfTime:
            self.partial = "the time given to this run was over before its end"
        self._mark_unreached()

    def planned(self) -> int:
        """How many checks of resources the run is going to carry out."""
        return sum(
            self.sample.has_check(check.name, name) and not foreign(check, group)
            for name, group in self.groups.items()
            for check in all_checks()
        )

    def operations(self) -> tuple[Operation, ...]:
        """The operations that the run is about."""
        return tuple(one for one in self.plan.operations() if one.resource.name in self.groups)

    def clean_up(self) -> tuple[Made, ...]:
        """Remove what is left, in extra time if need be; returns what would not go."""
        self.pace.extend(CLEANING_TIME)
        try:
            left = tuple(self.kit.clean_up(targets=True))
            if self.ledger:
                # A request cut off by Ctrl-C or a broken connection may have made what no reply told of.
                left = tuple(sweep_away(self.kit, self.ledger, leftovers(self.kit, self.ledger, self.mark)))
        except (OutOfTime, Unreachable):
            left = tuple(self.kit.records.left())
        return left

    def _prepare(self) -> None:
        """Take foreign keys from what is there, where made-up ones might be refused."""
        if not self.profile.ledger:
            return
        found: dict[str, dict[str, str]] = {}
        for group in self.plan.groups.values():
            outside = [name for name in group.resource.fields if ":" in str(group.marks(name).get("references", ""))]
            if outside and Kind.LIST in group.operations:
                reply = self.kit.send(Ask(group.one(Kind.LIST)))
                records = self.kit.value(reply) if reply.status == 200 else []
                known = [(name, one[name]) for name in outside for one in records if isinstance(one.get(name), str)]
                found[group.name] = dict(reversed(known))
        self.kit.limits = replace(self.kit.limits, foreign=found)

    def _one(self, check: Check, resource: str) -> None:
        if not self.sample.has_check(check.name, resource):
            self._keep(Result(check, resource, Outcome.LEFT_OUT, reason=SAMPLED))
            return
        self._told(f"{check.name} of {resource}", None)
        began = time.perf_counter()
        result = carry_out(check, self.kit, self.plan.groups[resource])
        self._keep(replace(result, seconds=time.perf_counter() - began))

    def _fuzz(self) -> None:
        amount = self.profile.fuzzing
        seen: dict[tuple[str, str], Result] = {}
        for scenario in fuzz(self.kit, amount, self.options.seed, self._fuzzed, lambda what: self._told(what, None)):
            self._take(scenario, seen)
        for result in seen.values():
            self._keep(result)
        for phase in PHASES:
            left_out = (phase == "fuzzing" and not amount.cases) or (phase == "stateful" and not amount.sequences)
            if left_out:
                self._keep(_uncovered(f"fuzzing.{phase}", f"this profile leaves the {phase} phase out"))
        for operation in self.operations():
            if not self._fuzzed(operation):
                is_left_out = self.client.may(operation) and not self.sample.has_operation(operation)
                missed = Outcome.LEFT_OUT if is_left_out else Outcome.NOT_COVERED
                reason = SAMPLED if is_left_out else "this profile does not fuzz it"
                self._keep(replace(_uncovered(f"fuzzing of {operation.id}", reason, operation), outcome=missed))
        self.kit.clean_up(targets=True)

    def _take(self, scenario: Scenario, seen: dict[tuple[str, str], Result]) -> None:
        if scenario.problem:
            if self.pace.is_over():
                raise OutOfTime(scenario.problem)
            self._keep(_uncovered(f"fuzzing.{scenario.phase} {scenario.label}".strip(), scenario.problem))
        for name in scenario.checks:
            found = tuple(one for one in scenario.findings if one.check == f"fuzzing.{name}")
            known = seen.get((name, ""), Result(as_check(name), "", Outcome.PASSED))
            outcome = Outcome.FAILED if found or known.findings else Outcome.PASSED
            seen[name, ""] = replace(known, outcome=outcome, findings=(*known.findings, *found))

    def _fuzzed(self, operation: Operation) -> bool:
        if not self.client.may(operation) or operation.resource.name not in self.groups:
            return False
        if not self.sample.has_operation(operation):
            return False
        return self.profile.reads_only or self.profile.limits.owns_all or operation.kind not in UNFUZZED

    def _keep(self, result: Result) -> None:
        self.results.append(result)
        self._told("", result)

    def _mark_unreached(self) -> None:
        if not self.partial:
            return
        done = {(result.check.name, result.resource) for result in self.results}
        for group in self.groups.values():
            for check in all_checks():
                if (check.name, group.name) not in done:
                    self._keep(Result(check, group.name, Outcome.NOT_COVERED, reason=self.partial))
        if not any(name.startswith("fuzzing.") for name, _ in done):
            self._keep(_uncovered("fuzzing", self.partial))

    def findings(self, left: tuple[Made, ...]) -> list[Finding]:
        """All that was found, by checks, by the watch on every reply, and by what could not be made or removed."""
        found = [one for result in self.results for one in result.findings]
        found += [one for finding in self.watch.findings.values() for one in [finding] * self.watch.seen[finding.key]]
        known = {one.operation for one in found}
        for result in self.results:
            if result.blocked and result.blocked not in known:
                known.add(result.blocked)
                found.append(
                    _about("preparation.records", "Records can be made to work with", result.blocked, result.reason)
                )
        for made in left:
            found.append(
                _about(
                    "preparation.clean_up",
                    "What was made can be removed",
                    "",
                    f"{made.resource} could not be removed",
                    made.id,
                )
            )
        return found


def run(
    options: Options,
    told: Callable[[str, Result | None], None] = lambda _, __: None,
    *,
    begins: Callable[[int], None] = lambda _: None,
    app: Any = None,
) -> tuple[Verdict, Target]:
    """Check the target; ``app`` is a WSGI application to check in place of a fresh mock.

    ``begins`` is told how many checks of resources are to come.

    Raises SetupError when nothing could be checked.
    """
    judge(options)
    entries = read_baseline(options.baseline)
    target = find_target(options, app)
    began, clock = datetime.now(UTC), time.perf_counter()
    one = Run(options, target, told)
    one.greet()
    begins(one.planned())
    try:
        if one.ledger:
            sweep_away(one.kit, one.ledger, one.ledger.left())
        one.check()
    finally:
        left = one.clean_up()
    sorted_out = sort_out(one.findings(left), entries, began.date())
    recorder = one.client.recorder
    verdict = Verdict(
        target="a mock in this process" if options.target == MOCK else target.base_url,
        base_url=target.base_url,
        profile=options.profile,
        seed=options.seed,
        mark=one.mark,
        began=began,
        seconds=time.perf_counter() - clock,
        operations=one.operations(),
        results=tuple(one.results),
        findings=sorted_out.findings,
        accepted=sorted_out.accepted,
        expired=sorted_out.expired,
        unused=sorted_out.unused,
        statuses=dict(recorder.statuses),
        purposes=dict(recorder.purposes),
        requests=recorder.total,
        exchanges=tuple(recorder.exchanges),
        refused=len(one.client.refused),
        partial=one.partial,
        left=left,
    )
    return verdict, target


def sweep(options: Options) -> tuple[int, tuple[Made, ...]]:
    """Remove what earlier runs left: how many records went, and which would not. Raises SetupError."""
    judge(options)
    one = Run(options, find_target(options), lambda _, __: None)
    one.greet()
    assert one.ledger
    found = leftovers(one.kit, one.ledger)
    left = sweep_away(one.kit, one.ledger, found)
    return len(found) - len(left), tuple(left)


def _uncovered(what: str, reason: str, operation: Operation | None = None) -> Result:
    check = Check(what, what, lambda _, __: None)
    return Result(check, operation.resource.name if operation else "", Outcome.NOT_COVERED, reason=reason)


def _about(check: str, title: str, operation: str, cause: str, detail: str = "") -> Finding:
    return Finding(check, title, None, "", operation, cause, detail)


def _cannot(pointer: str, problem: str, remedy: str) -> SetupError:
    return SetupError([Problem("options", pointer, problem, remedy)])
