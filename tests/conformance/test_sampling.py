"""What a run of pull requests carries out, and what its progress tells."""

from __future__ import annotations

import io

from rich.console import Console

from mockserver.conformance.check_plan import read_plan
from mockserver.conformance.execution import Outcome, Result
from mockserver.conformance.loading import load_checks
from mockserver.conformance.reporters.events import Judged
from mockserver.conformance.reporters.summary import Display
from mockserver.conformance.sampling import EVERYTHING, sample
from mockserver.conformance.session import Session
from mockserver.conformance.wire.client import TargetClient
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.settings import Settings
from mockserver.world import contract_of


def test_each_kind_of_operation_of_each_resource_has_a_check_that_is_about_it() -> None:
    plan, checks = read_plan(contract_of(Settings())), load_checks()
    for seed in range(1, 4):
        chosen = sample(plan, 8, seed, checks, spread=True)
        for name, group in plan.groups.items():
            mine = [one for one in checks if one.single is group.is_single and chosen.has_check(one, name)]
            asked = {kind for one in mine if one.needs <= set(group.operations) for kind in one.needs}
            asks_all = any(one.name == EVERYTHING for one in mine)
            assert asks_all or asked >= set(group.operations), f"{name}: {set(group.operations) - asked} with {seed}"


def test_of_a_check_that_divides_each_resource_has_some_cases_and_all_together_have_every_one() -> None:
    plan, [divided, *_] = read_plan(contract_of(Settings())), [one for one in load_checks() if one.divides]
    chosen = sample(plan, 12, 1, load_checks(), spread=True)
    cases, tried = range(10), dict[str, list[int]]()
    session = Session(plan, TargetClient(plan.contract, nobody), Requester("acme", None), None, mark="some")
    for name, group in plan.groups.items():
        session.begin(divided, group)
        session.part = chosen.part(divided, name)
        tried[name] = session.some(cases)
        assert tried[name] == session.some(cases)
        assert session.some(cases[:1]) == [0]
        assert session.some([]) == []
    assert all(tried[name] == [*cases] for name in chosen.whole)
    assert {len(some) for name, some in tried.items() if name not in chosen.whole} <= {1, 2}
    assert {one for name, some in tried.items() if name not in chosen.whole for one in some} == {*cases}


def nobody(_: Sent) -> Received:
    raise AssertionError("nothing is to be sent")


def test_a_line_of_the_progress_tells_breaches_that_do_not_count_apart() -> None:
    told = io.StringIO()
    display = Display(Console(file=told))
    [check, *_] = load_checks()
    with display.running():
        display(Judged(Result(check, "books", Outcome.FAILED), is_noted=True))
        display(Judged(Result(check, "books", Outcome.FAILED)))
        display(Judged(Result(check, "books", Outcome.PASSED)))
    assert told.getvalue() == "books: 1 failed, 1 noted, 1 passed\n"
