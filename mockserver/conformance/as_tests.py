"""The checks as plain tests of pytest: options, fixtures and the pairs of check and resource, for a conftest."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from mockserver.conformance.check_plan import Plan, read_plan
from mockserver.conformance.execution import Outcome, carry_out
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options, validate_options
from mockserver.conformance.registry import Check
from mockserver.conformance.runner import Run
from mockserver.conformance.wire.targets import find_target
from mockserver.contract import compile_contract, read_document

__all__ = [
    "Run",
    "check_run",
    "expect_nothing_seen",
    "expect_passed",
    "pytest_addoption",
    "pytest_configure",
    "pytest_generate_tests",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract checks")
    group.addoption("--target", default="mock", help="mock, or the URL of a server on this machine")
    group.addoption("--tenant", default=None, help="the tenant to work in")
    group.addoption("--other-tenant", default=None, help="a second tenant; MOCKSERVER_OTHER_TOKEN holds its token")
    group.addoption("--check-seed", default=1, type=int, help="same seed, same requests")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "contract: one check of the contract on one resource")


@pytest.fixture(scope="session")
def check_run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """One run for all tests: what it makes is removed after each."""
    option = request.config.getoption
    options = Options(
        target=option("--target"),
        profile="mock" if option("--target") == "mock" else "http",
        token=os.environ.get("MOCKSERVER_TOKEN"),
        tenant=option("--tenant"),
        other_tenant=option("--other-tenant"),
        other_token=os.environ.get("MOCKSERVER_OTHER_TOKEN"),
        seed=option("--check-seed"),
    )
    validate_options(options)
    run = Run(options, find_target(options))
    run.greet()
    yield run
    run.clean_up()


def plan_of_the_document() -> Plan:
    return read_plan(compile_contract(read_document(Options().spec)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if {"check", "resource"} <= set(metafunc.fixturenames):
        names = list(plan_of_the_document().groups)
        pairs = [pytest.param(one, name, id=f"{one.name}-{name}") for name in names for one in load_checks()]
        metafunc.parametrize(("check", "resource"), pairs)


def expect_passed(run: Run, check: Check, resource: str) -> None:
    """Carry ``check`` out: skips the test where it was not covered, fails it for what was found."""
    result = carry_out(check, run.session, run.plan.groups[resource])
    if result.outcome in (Outcome.NOT_COVERED, Outcome.NOT_APPLICABLE):
        pytest.skip(result.reason)
    found = [f"{one.operation}: {one.cause}\n    {one.detail}" for one in result.findings]
    assert not found, f"{check.title}\n" + "\n".join(found)


def expect_nothing_seen(run: Run) -> None:
    """Fails the test for what the oracle saw in any reply of the run."""
    seen = run.oracle.findings.values()
    found = [f"{one.check} {one.operation}: {one.cause}\n    {one.detail}" for one in seen]
    assert not found, "\n".join(found)
