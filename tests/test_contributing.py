"""CONTRIBUTING's way to a new kind, walked in a copy: with all its steps the tests pass; what a missing one breaks is told."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
COPIED = ("mockserver", "contract_tests", "tests/wire", "fixtures")
COPIED_FILES = ("docs/kinds.md", "pyproject.toml", "tests/test_kinds_table.py", "tests/test_wire.py")
BESIDE = [
    file.relative_to(ROOT).as_posix() for file in (ROOT / "tests").glob("*.py") if not file.name.startswith("test_")
]
"""What the tests share, whatever it is called."""
HANDLER = '''"""How many records there are."""

from mockserver.handlers.call import Call
from mockserver.messages import Reply, say
from mockserver.store import Tenant


def tally(call: Call, tenant: Tenant) -> Reply:
    """The number of the resource's records."""
    return say({"total": len(tenant[call.operation.resource.name])})
'''
CHECK = '''"""Tallies: as many as there are."""

from mockserver.conformance import Group, Kind, Session, check


@check(Kind.TALLY)
def check_tallies(session: Session, group: Group) -> None:
    """A tally is the number of records."""
'''
OPERATION = """        "/books/{tenant}/tally": {"parameters": _path("tenant"), "get": operation(
            "tallyBooks", {"kind": "tally", "resource": "books"}, {"type": "object", "required": ["total"]})},
"""
CASE = """- name: a tally counts
  steps:
    - {send: 'POST /books/t {"title": "A"}'}
    - {send: 'GET /books/t/tally', exactly: {total: 1}}
"""


class Step(NamedTuple):
    """``named`` is how CONTRIBUTING calls the place; ``lines`` go before what they stand beside; or a ``new`` file.

    ``missed_by`` is the test that fails without the step, where the word is in the table of kinds.
    """

    named: str
    file: str
    missed_by: str | None
    lines: tuple[tuple[str, str], ...] = ()
    new: str = ""


STEPS = (
    Step(
        "mockserver/contract/kinds.py",
        "mockserver/contract/kinds.py",
        None,
        (
            ('    CUSTOM = "custom"\n', '    TALLY = "tally"\n'),
            (
                "        Kind.CUSTOM: Facts(",
                '        Kind.TALLY: Facts("How many records there are.", is_safe=True),\n',
            ),
        ),
    ),
    Step(
        "mockserver/handlers/",
        "mockserver/handlers/tallying.py",
        "test_every_kind_has_its_facts_and_a_handler",
        new=HANDLER,
    ),
    Step(
        "handlers/__init__.py",
        "mockserver/handlers/__init__.py",
        "test_every_kind_has_its_facts_and_a_handler",
        (
            ("    Kind.CUSTOM: custom,\n", "    Kind.TALLY: tally,\n"),
            ("from mockserver.messages", "from mockserver.handlers.tallying import tally\n"),
        ),
    ),
    Step("contract_tests/", "contract_tests/tallying.py", "test_a_check_judges_what_each_kind_means", new=CHECK),
    Step(
        "docs/kinds.md",
        "docs/kinds.md",
        "test_the_guide_has_a_line_for_the_kind[tally]",
        (("| `custom` |", "| `tally` | How many records there are. |\n"),),
    ),
    Step(
        "tests/tiny.py",
        "tests/tiny.py",
        "test_wire_cases_use_the_kind[tally]",
        (('        "/books/{tenant}/search":', OPERATION),),
    ),
    Step("tests/wire/", "tests/wire/tally.yaml", "test_wire_cases_use_the_kind[tally]", new=CASE),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the steps touch and the tests need, every step taken."""
    there = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(ROOT / name, there / name, ignore=shutil.ignore_patterns("__pycache__"))
    (there / "docs").mkdir()
    for name in (*COPIED_FILES, *BESIDE):
        shutil.copy(ROOT / name, there / name)
    for step in STEPS:
        (there / step.file).write_text(taken(step))
    return there


def taken(step: Step) -> str:
    """The file after the step."""
    if step.new:
        return step.new
    text = (ROOT / step.file).read_text()
    for beside, line in step.lines:
        assert text.count(beside) == 1, (step.file, beside)
        text = text.replace(beside, line + beside)
    return text


def failed(there: Path, *tests: str) -> set[str]:
    """The tests that fail, run in the copy on the copy's own code."""
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "-n", "0", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(there), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=there, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return set(re.findall(r"^FAILED \S+::(\S+)", done.stdout, re.MULTILINE))


def test_contributing_names_these_steps_and_no_others() -> None:
    [row] = [line for line in (ROOT / "CONTRIBUTING.md").read_text().splitlines() if line.startswith("| a kind of")]
    named = re.findall(r"`([^`]+)`", row.partition(" Or a package")[0])
    assert named == [*(step.named for step in STEPS), "tests/test_kinds_table.py"]


def test_with_every_step_the_new_kind_works(copy: Path) -> None:
    assert failed(copy, "tests/test_kinds_table.py", "tests/test_wire.py", "-k", "tally or not test_wire[") == set()


def test_a_step_that_is_missing_is_told(copy: Path) -> None:
    for step in STEPS:
        if step.new and step.missed_by:
            (copy / step.file).unlink()
        elif step.missed_by:
            shutil.copy(ROOT / step.file, copy / step.file)
    assert failed(copy, "tests/test_kinds_table.py") == {step.missed_by for step in STEPS} - {None}
