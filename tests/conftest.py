"""Shared by the tests: the tiny library API as an application of its own."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import functools
import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies

import forked
from compiled import Shared, share
from mockserver.web.app import create_app
from renewing import Renewing, peak, resident
from server import peer
from stores import choose
from tiny import document

ROOT = Path(__file__).parent.parent
# What a process compiles, the next need not: without it each of the hundreds that the tests start does all of it again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# How long one example takes depends on the machine and on what else it does: no test may fail by it.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")
choose()

EMPTY = "description: Nothing.\nseed: 1\nclock: 2025-04-18T12:00:00Z\ntenants: {}\n"


@pytest.fixture
def library(tmp_path: Path) -> Callable[..., Flask]:
    """Makes an application of the tiny library API; settings as keywords, ``change`` edits its document first."""

    def make(change: Callable[[dict[str, Any]], None] | None = None, **settings: Any) -> Flask:
        told = document()
        if change:
            change(told)
        spec = tmp_path / "openapi.json"
        spec.write_bytes(orjson.dumps(told))
        templates = tmp_path / "templates"
        templates.mkdir(exist_ok=True)
        (templates / "book.html").write_text("<h1>{{ record.title }}</h1>")
        scenarios = tmp_path / "scenarios"
        scenarios.mkdir(exist_ok=True)
        (scenarios / "empty.yaml").write_text(EMPTY)
        chosen = {"scenario": "empty", "auth": "off", "clock": "frozen", "page_size": 2, **settings}
        return create_app(spec=spec, fixtures=tmp_path, **chosen)

    return make


DEAREST = (
    "test_check_suites.py",
    "test_check_prism.py",
    "test_check_profiles.py",
    "test_fuzzing.py",
    "test_dependencies.py",
    "test_client_generators.py",
    "test_portal.py",
)
"""What takes longest begins first, so that no worker has it alone at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs tools of others where they are not installed."""
    items.sort(key=lambda item: item.path.name not in DEAREST)
    if all(peer(name) for name in ("prism", "redocly", "openapi-ts", "orval", "tsc")):
        return
    without = [item for item in items if item.get_closest_marker("peers")]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``pip install`` would get: made once, whichever process of the run asks first."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which all workers of the run have in common
    out = folder / "wheel"
    with (folder / "wheel.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (built := list(out.glob("*.whl"))):
            command = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "--quiet"]
            subprocess.run([*command, "-w", str(out)], cwd=ROOT, check=True, timeout=300)
            built = list(out.glob("*.whl"))
    [one] = built
    return one


DOT = 100
"""How many passed tests one dot stands for: the whole run then fits a screen."""


class Progress:
    """One dot for many passed tests, and how much memory the hungriest process needed."""

    def __init__(self, renewing: Renewing | None) -> None:
        self._passed = 0
        self._memory: list[int] = []
        self._renewing = renewing

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        if not (report.passed and report.when == "call"):
            return None
        self._passed += 1
        return "passed", "" if self._passed % DOT else ".", "PASSED"

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._memory.append(getattr(node, "workeroutput", {}).get("memory", 0))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        megabytes = max(peak(), self._renewing.memory if self._renewing else 0)
        output = getattr(session.config, "workeroutput", None)
        if output is None:
            self._memory.append(megabytes)
        else:
            output["memory"] = megabytes

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(f"memory: {max(self._memory, default=0)} MB at most in a worker")


GROWN = 48
"""By how many megabytes a process may have grown when what tests left behind is looked for."""


class Tidying:
    """Frees what tests leave: circles once they are much, and with each file what it alone has kept."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._seen = 0

    def pytest_collection_finish(self) -> None:
        self._shared.settle()
        gc.set_threshold(20_000, 20, 20)  # the larger a process, the less there is to find for what looking takes
        gc.freeze()  # what was imported and collected stays, and is shared with what runs the tests while nobody looks
        self._seen = resident()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        if nextitem is None or nextitem.path != item.path:
            self._shared.forget()
            forget_results(getattr(item, "module", None))

    def pytest_runtest_logfinish(self) -> None:
        if resident() > self._seen + GROWN:
            gc.collect()
            with contextlib.suppress(AttributeError, OSError):  # there is no such function but in glibc
                ctypes.CDLL(None).malloc_trim(0)
            self._seen = resident()


def forget_results(module: ModuleType | None) -> None:
    """Empty the caches of a test module's own functions."""
    for value in vars(module).values() if module else ():
        if isinstance(value, functools._lru_cache_wrapper) and value.__module__ == module.__name__:
            value.cache_clear()


def know_characters() -> None:
    """Let Hypothesis write down, once for a checkout, which characters there are: in a process that is gone with
    the 200 MB that it takes, and before each worker finds the list missing.
    """
    if not (child := os.fork()):
        try:
            strategies.text().validate()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@pytest.hookimpl(trylast=True)  # Hypothesis lets nobody ask it for anything before it has heard of the session itself
def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        know_characters()


def pytest_configure(config: pytest.Config) -> None:
    renewing = Renewing(config) if hasattr(config, "workerinput") else None
    if renewing:
        config.pluginmanager.register(renewing)
    config.pluginmanager.register(Progress(renewing))
    patching = pytest.MonkeyPatch()
    config.pluginmanager.register(Tidying(share(patching)))
    config.add_cleanup(patching.undo)
    config.add_cleanup(forked.close)
