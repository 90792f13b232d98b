"""No test takes the speed of a machine for a fact, neither by sleeping nor by looking at a clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from over import python_files

TESTS = Path(__file__).parent.parent
CLOCKS = {"sleep", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time", "time_ns", "process_time"}
ALLOWED = {
    "dockerfile_steps.py",  # polls a process of its own, as an orchestrator does
    "mutants/strength.py",  # tells a person what a run took, and judges nothing by it
    "test_faults_by_clients.py",  # what is late comes no sooner than it may, on any machine
    "replicas.py",  # a trial that lasts as long as it is told to, and is judged by a ledger
    "right_server/trial.py",  # tells a person what a run took, and judges nothing by it
    "right_server/front.py",  # a server's limit of requests a second, whose clock a test replaces
}
"""What may look at a clock all the same, and why."""


def glances(source: str) -> Iterator[int]:
    """The lines that use the module ``time`` to wait or to measure."""
    tree = ast.parse(source)
    bare = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "time":
            if node.attr in CLOCKS:
                yield node.lineno
        elif isinstance(node, ast.Name) and node.id in bare & CLOCKS:
            yield node.lineno


def test_no_test_takes_the_speed_of_a_machine_for_a_fact() -> None:
    found = {
        f"{file.relative_to(TESTS).as_posix()}:{line}"
        for file in python_files(TESTS)
        for line in glances(file.read_text("utf-8"))
    }
    assert {one for one in found if one.partition(":")[0] not in ALLOWED} == set()


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import time\nbegan = time.monotonic()", [2]),
        ("from time import sleep\nsleep(1)", [2]),
        ("import time\ntime.strptime('2025', '%Y')", []),
        ("mock.clock.sleep(1)", []),
    ],
)
def test_the_guard_sees_a_glance_at_a_clock(source: str, lines: list[int]) -> None:
    assert list(glances(source)) == lines
