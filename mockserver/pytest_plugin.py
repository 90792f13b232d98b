"""The pytest plugin: the fixture ``mock``, a fresh mock for each test; nothing of the engine is imported before it.

Nothing here asserts, so it may be imported before pytest could rewrite it: PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.testing import Mock, MockOptions, Stage
    from mockserver.testing.lease import Lease

MOCK = pytest.StashKey["Mock"]()
MARK = (
    "mockserver(scenario, seed, clock, auth, page_size, counts, spec, fixtures, tenant, strict, …): "
    "the world that the fixture `mock` gives this test; see docs/pytest-plugin.md."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "Fail a test when the mock refuses a request (4xx) that the test did not say it expects."
    parser.addini("mockserver_strict", help_text, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)


@pytest.fixture(scope="session")
def mockserver_defaults() -> dict[str, Any]:
    """What tests get whose markers say nothing else: override it in a conftest.py, with the marker's keywords."""
    return {}


@pytest.fixture(scope="session")
def mockserver_url(_mockserver_stage: Stage) -> str:
    """Where this process serves the mock of whichever test runs: for an application that starts once a session."""
    return _mockserver_stage.url


@pytest.fixture
def mock(
    request: pytest.FixtureRequest, _mockserver_stage: Stage, mockserver_defaults: dict[str, Any]
) -> Iterator[Mock]:
    """A mock that is this test's alone, as its marker ``mockserver`` says."""
    from mockserver.testing import Mock

    options, lease = _started(_mockserver_stage, _given(request, mockserver_defaults), request.config)
    mock = request.node.stash[MOCK] = Mock(_mockserver_stage, lease, options)
    yield mock
    _mockserver_stage.take_back(lease)
    _judge(mock)


@pytest.fixture(scope="session")
def _mockserver_stage() -> Iterator[Stage]:
    from mockserver.testing import Stage  # PERF: here, so that a run without the fixture imports nothing

    stage = Stage()
    yield stage
    stage.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test that passed fails all the same for what it overlooked."""
    yield
    if mock := item.stash.get(MOCK, None):
        _judge(mock)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A failed test shows what went over the wire."""
    report = yield
    mock = item.stash.get(MOCK, None)
    if mock and report.failed:
        sections = {"mock journal": mock.transcript(), "mock verdict": mock.verdict()}
        report.sections += [(name, text) for name, text in sections.items() if text]
    if mock and call.when == "teardown":
        del item.stash[MOCK]  # the item outlives the test, its world need not
    return report


def _started(stage: Stage, given: dict[str, Any], config: pytest.Config) -> tuple[MockOptions, Lease]:
    """The options and the world of one test; every problem ends the test's set-up, without a traceback."""
    from mockserver.errors import SetupError
    from mockserver.testing import read_options
    from mockserver.values.line_numbers import with_lines

    try:
        options = read_options(given, config.rootpath)
        return options, stage.lend(options)
    except SetupError as error:
        problems = "\n".join(f"  {problem}" for problem in with_lines(error.problems))
    pytest.fail(f"The mock of this test cannot start:\n{problems}", pytrace=False)


def _given(request: pytest.FixtureRequest, defaults: dict[str, Any]) -> dict[str, Any]:
    """The keywords for this test: of the session, its module, its class, itself; the nearest wins."""
    given: dict[str, Any] = {"strict": request.config.getini("mockserver_strict"), **defaults}
    for mark in reversed(list(request.node.iter_markers("mockserver"))):
        if mark.args:
            from mockserver.values.shown import quoted  # PERF: a run that wants no mock imports nothing of it

            pytest.fail(f"@pytest.mark.mockserver takes keywords, found {quoted(mark.args[0])}", pytrace=False)
        given |= mark.kwargs
    return given


def _judge(mock: Mock) -> None:
    if verdict := mock.verdict():
        pytest.fail(verdict, pytrace=False)
