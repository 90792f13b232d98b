"""``pytest contract_tests --target URL``: the suites as plain tests, one a check and resource."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from contract_tests.catalogue import all_checks
from contract_tests.kit import Kit
from contract_tests.plan import Plan, read_plan
from contract_tests.watch import Watch


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract checks")
    group.addoption("--target", default="mock", help="mock, or the URL of a server on this machine")
    group.addoption("--tenant", default=None, help="the tenant to work in")
    group.addoption("--other-tenant", default=None, help="a second tenant; MOCKSERVER_OTHER_TOKEN holds its token")
    group.addoption("--check-seed", default=1, type=int, help="same seed, same requests")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "contract: one check of the contract on one resource")


@pytest.fixture(scope="session")
def kit_and_watch(request: pytest.FixtureRequest) -> Iterator[tuple[Kit, Watch]]:
    """One kit for all tests: what it makes is removed after each."""
    from mockserver.check.options import Options, judge
    from mockserver.check.runner import Run
    from mockserver.check.targets import find_target

    told = request.config.getoption
    options = Options(
        target=told("--target"),
        profile="mock" if told("--target") == "mock" else "http",
        token=os.environ.get("MOCKSERVER_TOKEN"),
        tenant=told("--tenant"),
        other_tenant=told("--other-tenant"),
        other_token=os.environ.get("MOCKSERVER_OTHER_TOKEN"),
        seed=told("--check-seed"),
    )
    judge(options)
    run = Run(options, find_target(options), lambda _, __: None)
    run.greet()
    yield run.kit, run.watch
    run.clean_up()


def plan_of_the_document() -> Plan:
    from mockserver.check.options import Options
    from mockserver.contract import compile_contract, read_document

    return read_plan(compile_contract(read_document(Options().spec)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if {"check", "resource"} <= set(metafunc.fixturenames):
        names = list(plan_of_the_document().groups)
        pairs = [pytest.param(one, name, id=f"{one.name}-{name}") for name in names for one in all_checks()]
        metafunc.parametrize(("check", "resource"), pairs)
