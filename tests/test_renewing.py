"""Tests of a run run in copies of its workers, of which none grows over many files, and whose end is told."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import renewing
from renewing import Renewing

def pytest_configure(config):
    renewing.GROWN = -1  # each file is enough
    renewing.forked.prepare = lambda: None
    renewing.forked._processes = {renewing.os.getpid(): None}
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Renewing(config))
"""
WRITES = """
import os

def test_one():
    open({there!r}, "a").write(f"{{os.getpid()}} ")

def test_two():
    open({there!r}, "a").write(f"{{os.getpid()}} ")
"""
ENDS = "import os\n\ndef test_it_ends():\n    os._exit(7)\n\ndef test_after_it():\n    assert 1 == 2\n"


def test_files_run_in_copies_and_a_copy_that_ends_is_a_failure(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = pytester.path / "pids"
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_a=WRITES.format(there=str(there)), test_b=WRITES.format(there=str(there)), test_c=ENDS)
    told = pytester.runpytest_subprocess("-p", "xdist", "-n", "1", "-p", "no:cacheprovider")
    told.assert_outcomes(passed=4, failed=2)
    told.stdout.fnmatch_lines(["*the process that ran this test ended in the middle of it, with 7*"])
    told.stdout.fnmatch_lines(["*assert 1 == 2*"])
    one, same, other, same_as_other = there.read_text().split()
    assert one == same != other == same_as_other
