"""Each check on each resource as one test; and, at the end, what every reply was held to."""

from __future__ import annotations

import pytest

from mockserver.conformance import Check
from mockserver.conformance.as_tests import Run, expect_nothing_seen, expect_passed


@pytest.mark.contract
def test_check(check_run: Run, check: Check, resource: str) -> None:
    expect_passed(check_run, check, resource)


@pytest.mark.contract
def test_every_reply_keeps_the_contract(check_run: Run) -> None:
    expect_nothing_seen(check_run)
