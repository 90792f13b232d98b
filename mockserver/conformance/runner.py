"""One run from start to end: the checks, the fuzzer, the cleaning up, whatever comes between."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from mockserver.conformance.check_plan import Group, read_plan
from mockserver.conformance.created_records import CreatedRecord
from mockserver.conformance.execution import Outcome, Result, carry_out, own_fault, result_beforehand
from mockserver.conformance.fuzz.fuzzing import PHASES, FuzzedOperation, as_check, fuzz
from mockserver.conformance.inferred.inferred_fates import InferredFates
from mockserver.conformance.ledger import Ledger, Marking, new_mark
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options, unknown_groups
from mockserver.conformance.oracle import Oracle
from mockserver.conformance.parallel_run import shared_with_child
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.registry import Check
from mockserver.conformance.reporters.events import Judged, Listener, Working
from mockserver.conformance.sampling import sample
from mockserver.conformance.session import Session
from mockserver.conformance.sweeping import ledger_of, leftovers, sweep_away
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.allow_list import allowed
from mockserver.conformance.wire.client import TargetClient
from mockserver.conformance.wire.credentials import Credentials
from mockserver.conformance.wire.fates import Fates
from mockserver.conformance.wire.gateway import Patience, Trouble
from mockserver.conformance.wire.greeting import greet
from mockserver.conformance.wire.lag import Lag, waited_for
from mockserver.conformance.wire.pacing import OutOfTime, RequestRate
from mockserver.conformance.wire.presence import ensure_same_api
from mockserver.conformance.wire.targets import Target
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind, Operation
from mockserver.errors import Problem, SetupError

SAMPLED = "left out of this profile's sample; --whole leaves nothing out, and another --seed takes other ones"
CLEANING_TIME = 120.0
"""Seconds that cleaning up may take beyond the time of the run."""
UNFUZZED = frozenset({Kind.BATCH, Kind.NOTICE, Kind.PREVIEW})
"""What a fuzzer leaves alone where mails may reach people and a batch may name anything."""


class Run:
    """One run of the checks against one target; ``listener`` receives its events."""

    def __init__(
        self,
        options: Options,
        target: Target,
        listener: Listener = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.options, self.target, self._emit = options, target, listener
        self.profile = options.chosen
        self.plan = read_plan(target.contract, options.seed)
        self.groups = self._chosen_groups()
        self.mark = new_mark(str(options.seed) if self.profile.in_process else None)
        self.credentials = Credentials((target.own, target.other))
        self.pace, self.client = self._client(clock, pause)
        self.oracle = Oracle(self.plan.replies)
        limits = replace(self.profile.limits, seed=options.seed)
        self.session = Session(self.plan, self.client, target.own, target.other, mark=self.mark, limits=limits)
        self.ledger = Ledger(ledger_of(options)) if self.profile.ledger else None
        self._connect()
        self.strictness = options.strictness or self._default_strictness()
        self.checks = load_checks(options.checks, inferred=self.plan.is_inferred)
        is_whole = options.groups or options.whole or self.plan.is_inferred
        share = 1 if is_whole else self.profile.share
        self.sample = sample(self.plan, share, options.seed, self.checks, spread=self.profile.spread)
        self.results: list[Result] = []
        self.left_by_child: tuple[CreatedRecord, ...] = ()
        self.partial = self.stopped = ""
        self.lag: Lag | None = None
        self._has_measured = self.profile.in_process or self.profile.reads_only

    def _client(self, clock: Callable[[], float], pause: Callable[[float], None]) -> tuple[RequestRate, TargetClient]:
        """The client for the target, with a rate and a time limit, and an allow-list as the profile wants it."""
        rate, max_time = self.options.rate or self.profile.rate, self.options.max_time or self.profile.max_time
        pace = RequestRate(rate, max_time, clock=clock, pause=pause)
        allow = allowed(
            self.target.contract,
            reads_only=self.profile.reads_only,
            unmarked=not self.profile.ledger,
            elsewhere=self.profile.in_process or self.profile.local,
        )
        patience, known = Patience(clock, self.options.patience), self.credentials
        target = self.target.contract, self.target.transport
        return pace, TargetClient(*target, allow=allow, pace=pace, credentials=known, patience=patience)

    def _connect(self) -> None:
        """Connect the parts: the oracle sees each reply, the ledger each record before it is made."""
        self.oracle.trails = self.session.trails
        self.client.after.append(self.oracle.observe)
        self.client.look_up = (InferredFates if self.plan.is_inferred else Fates)(self.session)
        if self.ledger:
            marking = Marking(self.plan, self.ledger, self.mark, set())
            self.client.before, self.session.records.listener = marking.before, marking.record_event

    def _default_strictness(self) -> Provenance:
        """Ours is held to all clauses, a server on this machine to all but our habits, others to what is documented."""
        if self.plan.is_inferred:
            return Provenance.DOCUMENTED
        if self.profile.in_process:
            return Provenance.EXPECTED
        return Provenance.INFERRED if self.profile.local else Provenance.DOCUMENTED

    def _chosen_groups(self) -> dict[str, Group]:
        """The resources to check. Raises SetupError for those there are not, and for what the profile cannot do."""
        known = self.plan.groups
        problems = unknown_groups(self.options, known)
        if self.plan.is_inferred and self.profile.ledger:
            problem = f"the profile {self.profile.name} needs a document that says what its operations mean"
            remedy = "use staging-read, or http with --allow-host for a server set aside"
            problems.append(Problem("options", "--profile", problem, remedy))
        if problems:
            raise SetupError(problems)
        return {name: group for name, group in known.items() if name in (self.options.groups or known)}

    def greet(self) -> None:
        """Raises SetupError when it is not the API that answers, or not to the token."""
        greet(self.session, self.groups.values())

    def check(self) -> None:
        """Every check on every resource, then the fuzzer; whatever ends it early, what was found until then stays."""
        self.attempt(self._check)
        self._mark_unreached()

    def attempt(self, work: Callable[[], None]) -> None:
        """Prepare the target and do ``work``; ``partial`` and ``stopped`` say what ended it early."""
        try:
            self._prepare()
            work()
        except OutOfTime:
            self.stopped = self.client.patience.stopped
            self.partial = self.stopped or "the run's time was up before its end"
        except KeyboardInterrupt:
            self.stopped = self.partial = "interrupted"
        except Exception as error:  # noqa: BLE001 -- a fault of the kit's own must not lose what was found
            self.stopped = self.partial = f"the kit itself failed: {own_fault(error)}; please report this"

    def _check(self) -> None:
        if self.options.settle:
            self._measure_lag()
        with shared_with_child(self) as groups:
            self.check_groups(groups)
            if self.options.fuzzed and not self.plan.is_inferred:
                self._fuzz()

    def check_groups(self, groups: Mapping[str, Group]) -> None:
        """Every check on every resource of ``groups``."""
        for group in groups.values():
            for check in self.checks:
                self._run_check(check, group.name)

    def mute(self) -> None:
        """Emit no event from now on."""
        self._emit = lambda _: None

    def planned(self) -> int:
        """How many checks of resources the run is going to carry out."""
        return sum(
            self.sample.has_check(check, name) and result_beforehand(check, self.session, group) is None
            for name, group in self.groups.items()
            for check in self.checks
        )

    def operations(self) -> tuple[Operation, ...]:
        """The operations that the run is about."""
        return tuple(one for one in self.plan.operations() if one.resource.name in self.groups)

    def clean_up(self) -> tuple[CreatedRecord, ...]:
        """Remove what is left, in extra time if need be; returns what would not go."""
        self.pace.extend(CLEANING_TIME)
        try:
            left = tuple(self.session.clean_up(targets=True))
            if self.ledger:
                # A request cut off by Ctrl-C or a broken connection may have made what no reply told of.
                left = tuple(sweep_away(self.session, self.ledger, leftovers(self.session, self.ledger, self.mark)))
        except (OutOfTime, Unreachable):
            left = tuple(self.session.records.left())
            if self.client.patience.stopped and not self.stopped:
                self.stopped = self.partial = f"while cleaning up, {self.client.patience.stopped}"
        return (*left, *self.left_by_child)

    def troubles(self) -> list[Trouble]:
        """What stood in the way of answers, by cause, in the order in which it was first met."""
        return list(self.client.patience.troubles.values())

    def _prepare(self) -> None:
        """Remove what earlier runs left; take foreign keys from what is there, where made-up ones might be refused."""
        if not self.ledger:
            return
        sweep_away(self.session, self.ledger, self.ledger.left())
        found: dict[str, dict[str, str]] = {}
        for group in self.plan.groups.values():
            outside = [name for name in group.resource.fields if ":" in str(group.marks(name).get("references", ""))]
            if outside and Kind.LIST in group.operations:
                reply = self.session.send(Ask(group.one(Kind.LIST)))
                records = self.session.value(reply) if reply.status == 200 else []
                known = [(name, one[name]) for name in outside for one in records if isinstance(one.get(name), str)]
                found[group.name] = dict(reversed(known))
        self.session.limits = replace(self.session.limits, foreign=found)

    def _run_check(self, check: Check, resource: str) -> None:
        if not (part := self.sample.part(check, resource)):
            self.add_result(Result(check, resource, Outcome.LEFT_OUT, reason=SAMPLED, planned=False))
            return
        self._emit(Working(f"{check.name} of {resource}"))
        began, known = time.perf_counter(), set(self.oracle.findings)
        result = carry_out(check, self.session, self.plan.groups[resource], part)
        if result.outcome is Outcome.FAILED and self.lag is None and self._measure_lag():
            result = carry_out(check, self.session, self.plan.groups[resource], part)
        if result.outcome is Outcome.FAILED or (result.asked and not result.has_judged):
            ensure_same_api(self.session, self.oracle.findings, known)
        self.add_result(replace(result, seconds=time.perf_counter() - began))

    def _measure_lag(self) -> bool:
        """Whether reads are found to lag behind writes: they wait from then on. Looked at once."""
        if not self._has_measured:
            self._has_measured = True
            self.lag = waited_for(self.session, self.groups.values(), self.options.settle)
        return self.lag is not None

    def _fuzz(self) -> None:
        amount = self.profile.fuzzing
        seen: dict[tuple[str, str], Result] = {}
        for scenario in fuzz(
            self.session, amount, self.options.seed, self._is_fuzzed, lambda what: self._emit(Working(what))
        ):
            self._add_fuzzed(scenario, seen)
        for result in seen.values():
            self.add_result(result)
        for phase in PHASES:
            left_out = (phase == "fuzzing" and not amount.cases) or (phase == "stateful" and not amount.sequences)
            if left_out:
                skipped = _uncovered(f"fuzzing.{phase}", f"this profile leaves the {phase} phase out")
                self.add_result(replace(skipped, planned=False, hindered=False))
        for operation in self.operations():
            if not self._is_fuzzed(operation):
                is_left_out = self.client.may(operation) and not self.sample.has_operation(operation)
                missed = Outcome.LEFT_OUT if is_left_out else Outcome.NOT_COVERED
                reason = SAMPLED if is_left_out else "this profile does not fuzz it"
                result = _uncovered(f"fuzzing of {operation.id}", reason, operation)
                self.add_result(replace(result, outcome=missed, planned=False, hindered=False))
        self.session.clean_up(targets=True)

    def _add_fuzzed(self, scenario: FuzzedOperation, seen: dict[tuple[str, str], Result]) -> None:
        if scenario.problem:
            if self.pace.is_over():
                raise OutOfTime(scenario.problem)
            self.add_result(_uncovered(f"fuzzing.{scenario.phase} {scenario.label}".strip(), scenario.problem))
        for name, count in scenario.checks.items():
            found = tuple(one for one in scenario.findings if one.check == f"fuzzing.{name}")
            known = seen.get((name, ""), Result(as_check(name), "", Outcome.PASSED))
            outcome = Outcome.FAILED if found or known.findings else Outcome.PASSED
            findings, judged = (*known.findings, *found), known.judged + count
            seen[name, ""] = replace(known, outcome=outcome, findings=findings, judged=judged)

    def _is_fuzzed(self, operation: Operation) -> bool:
        if not self.client.may(operation) or operation.resource.name not in self.groups:
            return False
        if not self.sample.has_operation(operation):
            return False
        return self.profile.reads_only or self.profile.limits.owns_all or operation.kind not in UNFUZZED

    def add_result(self, result: Result) -> None:
        """Add what came of a check to the results, and emit it."""
        self.results.append(result)
        counts = any(one.provenance.counts(self.strictness) for one in result.findings)
        self._emit(Judged(result, is_noted=bool(result.findings) and not counts))

    def _mark_unreached(self) -> None:
        if not self.partial:
            return
        done = {(result.check.name, result.resource) for result in self.results}
        for group in self.groups.values():
            for check in self.checks:
                if (check.name, group.name) not in done:
                    self.add_result(self._unreached(check, group))
        if not any(name.startswith("fuzzing.") for name, _ in done):
            self.add_result(_uncovered("fuzzing", self.partial))

    def _unreached(self, check: Check, group: Group) -> Result:
        """A check that the run did not come to; one that it would not have carried out anyway is told as such."""
        known = result_beforehand(check, self.session, group)
        if known is None and not self.sample.has_check(check, group.name):
            known = Result(check, group.name, Outcome.LEFT_OUT, reason=SAMPLED, planned=False)
        return known or Result(check, group.name, Outcome.NOT_COVERED, reason=self.partial, hindered=True)


def _uncovered(what: str, reason: str, operation: Operation | None = None) -> Result:
    check = Check(what, what, lambda _, __: None)
    resource = operation.resource.name if operation else ""
    return Result(check, resource, Outcome.NOT_COVERED, reason=reason, hindered=True)
