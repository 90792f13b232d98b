"""Generated mutants tried, each by all checks of its resource, and the shares that were caught."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from mockserver.conformance.check_plan import read_plan
from mockserver.conformance.execution import carry_out
from mockserver.conformance.loading import load_checks
from mockserver.conformance.oracle import Oracle
from mockserver.conformance.profiles import PROFILES
from mockserver.conformance.sampling import sample
from mockserver.conformance.session import Session
from mockserver.conformance.wire.client import TargetClient
from mockserver.conformance.wire.transports import in_process
from mockserver.errors import SetupError
from mockserver.settings import Settings
from mutants import (  # noqa: F401 -- read so that their operators are known
    body_operators,
    claim_operators,
    document_operators,
    leniency_operators,
    reference_operators,
    reply_operators,
    request_operators,
    rule_operators,
    state_operators,
)
from mutants.generated import Sown, sow
from mutants.mutant import Area
from mutants.planting import planted
from mutants.trial import LIMITS, Target, in_order, names_a_cause

SEED = 1
"""Of the sample of checks: what a run has unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Tried:
    """``met``: a request or a reply was changed while the kit was at work; ``caught`` is the check's sentence.

    ``crashed``: that the server failed, or answered what cannot be understood, is all that was found. ``is_sampled``:
    it was caught by what the profile of pull requests carries out on that resource.
    """

    operator: str
    area: Area
    resource: str
    kind: str
    wrong: str
    met: bool
    caught: str | None
    crashed: bool = False
    is_sampled: bool = False

    @property
    def outcome(self) -> str:
        """What became of it, in a word or two."""
        if self.caught:
            return "caught"
        return "told as a crash only" if self.crashed else "missed" if self.met else "not met"


def try_generated(
    seed: int,
    count: int,
    target: Target,
    settings: Settings,
    only: tuple[str, ...] = (),
    numbers: range | None = None,
) -> Iterator[Tried]:
    """One after the other in this process; what is planted is undone each time.

    ``only``: by these operators; ``numbers``: those of the seed's mutants (None: all of them).
    """
    for number, sown in enumerate(sow(target.contract, seed, count, only)):
        if numbers is not None and number not in numbers:
            continue
        try:
            caught, crashed, is_sampled = _caught(sown, target, settings)
        except SetupError:
            continue  # no mock starts with this document, so nobody can meet the mutant
        yield Tried(
            sown.operator,
            sown.mutant.area,
            sown.resource,
            sown.kind,
            sown.mutant.wrong,
            bool(sown.met),
            caught,
            crashed,
            is_sampled,
        )


def _caught(sown: Sown, target: Target, settings: Settings) -> tuple[str | None, bool, bool]:
    """The sentence of the check that names a cause, if one does; whether a crash is all that was found; whether the
    profile of pull requests, whose checks come first, would have told it.
    """
    crashed = False
    with planted(sown.mutant, settings) as app:
        plan, client, oracle = read_plan(target.contract), TargetClient(target.contract, in_process(app)), Oracle()
        client.after.append(oracle.observe)
        session = Session(plan, client, target.own, target.other, mark="generated", limits=LIMITS)
        chosen = sample(plan, PROFILES["mock"].share, SEED, load_checks(), spread=True)
        parts = [(check, chosen.part(check, sown.resource)) for check in in_order(sown.mutant.area)]
        whole = [(check, 1, False) for check, part in parts if part != 1]
        for check, part, is_sampled in (*((check, part, True) for check, part in parts if part), *whole):
            result = carry_out(check, session, plan.groups[sown.resource], part)
            for finding in (*result.findings, *oracle.findings.values()):
                if names_a_cause(finding):
                    return f"{finding.check}: {finding.cause}", False, is_sampled
                crashed = True
            if result.blocked:
                return result.reason, False, is_sampled
    return None, crashed, False


def show_generated(console: Console, rows: Iterator[Tried], *, verbose: bool) -> list[Tried]:
    """Print the shares by operator, area, kind and group, and every survivor; returns all rows."""
    done: list[Tried] = []
    for row in rows:
        done.append(row)
        if verbose or not row.caught:
            console.print(f"{row.outcome}: {row.wrong}", soft_wrap=True)
    table = Table("by", "", "mutants", "met", "caught", "by mock")
    ways: tuple[tuple[str, Callable[[Tried], str]], ...] = (
        ("operator", lambda row: row.operator),
        ("area", lambda row: row.area.value),
        ("kind", lambda row: row.kind),
        ("group", lambda row: row.resource),
        ("all", lambda _: ""),
    )
    for title, one in ways:
        for name in sorted({one(row) for row in done}):
            rows_of = [row for row in done if one(row) == name]
            met = [row for row in rows_of if row.met or row.caught]
            caught, sampled = sum(bool(row.caught) for row in met), sum(row.is_sampled for row in met)
            table.add_row(title, name, *map(str, (len(rows_of), len(met), caught, sampled)))
    console.print(table)
    return done


def share_caught(done: Iterable[Tried]) -> float:
    """The share of the mutants that were met."""
    met = [row for row in done if row.met or row.caught]
    return sum(bool(row.caught) for row in met) / len(met) if met else 0.0
