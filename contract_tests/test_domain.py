"""Each check on each resource as one test; and, at the end, what the watch on every reply saw."""

from __future__ import annotations

import pytest

from contract_tests.kit import Kit
from contract_tests.running import Outcome, carry_out
from contract_tests.verdicts import Check
from contract_tests.watch import Watch


@pytest.mark.contract
def test_check(kit_and_watch: tuple[Kit, Watch], check: Check, resource: str) -> None:
    kit, _ = kit_and_watch
    result = carry_out(check, kit, kit.plan.groups[resource])
    if result.outcome in (Outcome.NOT_COVERED, Outcome.NOT_APPLICABLE):
        pytest.skip(result.reason)
    told = [f"{one.operation}: {one.cause}\n    {one.detail}" for one in result.findings]
    assert not told, f"{check.title}\n" + "\n".join(told)


@pytest.mark.contract
def test_every_reply_keeps_the_contract(kit_and_watch: tuple[Kit, Watch]) -> None:
    _, watch = kit_and_watch
    told = [f"{one.check} {one.operation}: {one.cause}\n    {one.detail}" for one in watch.findings.values()]
    assert not told, "\n".join(told)
