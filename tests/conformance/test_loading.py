"""Checks are found and loaded in one way, wherever they are, and use public names only."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import forked
import mockserver.conformance
from checking import prepared
from mockserver.conformance.execution import foreign
from mockserver.conformance.loading import from_folder, load_checks
from mockserver.errors import SetupError

ROOT = Path(__file__).parent.parent.parent
BUILT_IN = sorted(one for one in (ROOT / "contract_tests").glob("*.py"))
ASKS = re.compile(r"pip install [^\n]*[ '\"]mockserver(\[\w+\])?['\"]?(?! @)([ `,.;)]|$)", re.MULTILINE)
"""A command that has an index find what is called so."""
CHECK = """
from mockserver.conformance import Group, Kind, Session, check

@check(Kind.CREATE, Kind.READ, writes=True)
def check_mine(session: Session, group: Group) -> None:
    \"\"\"A record keeps its mark.\"\"\"
    made = session.create(group)
    session.expect(session.read(group, made[group.key])[group.marker] == made[group.marker], "a record loses its mark")
"""


@pytest.mark.parametrize("file", BUILT_IN, ids=lambda file: file.stem)
def test_the_built_in_checks_use_public_names_and_nothing_else(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("mockserver", "contract_tests")):
            tests = file.stem in ("conftest", "test_contract")
            assert node.module == "mockserver.conformance" + (
                ".as_tests" if tests and "as_tests" in node.module else ""
            )
            assert tests or {one.name for one in node.names} <= set(mockserver.conformance.__all__)
        elif isinstance(node, ast.Import):
            assert not any(one.name.startswith("mockserver") for one in node.names)


SINGLE = """
from mockserver.conformance import Group, Kind, Session, check

@check(Kind.READ, single=True)
def check_one(session: Session, group: Group) -> None:
    \"\"\"There is one.\"\"\"
"""


def test_a_check_says_itself_that_it_is_for_single_records(tmp_path: Path) -> None:
    """Not by the name of its file, which is the user's."""
    (tmp_path / "anything.py").write_text(SINGLE)
    (single,) = from_folder(tmp_path)
    groups = prepared().plan.groups
    assert foreign(single, groups["settings"]) == ""
    assert foreign(single, groups["programs"]) == "they are many records"
    assert foreign(replace(single, single=False), groups["settings"]) == "they are one record a tenant"


def test_a_folder_of_the_users_own_is_found_and_run(tmp_path: Path) -> None:
    """One that is called as ours is, with modules called as ours are."""
    folder = tmp_path / "contract_tests"
    folder.mkdir()
    (folder / "naming.py").write_text(CHECK)
    (folder / "test_other.py").write_text("raise RuntimeError('this is not a file of checks')")
    (found,) = from_folder(folder)
    assert (found.name, found.title) == ("naming.mine", "A record keeps its mark")
    chosen = ["--group", "courseInstructors", "--no-fuzz", "--report", "report"]
    done = forked.run("check", "--checks", str(folder), *chosen, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert 'classname="naming.mine"' in (tmp_path / "report/junit.xml").read_text()


def test_files_of_a_folder_may_import_each_other(tmp_path: Path) -> None:
    (tmp_path / "_shared.py").write_text("CAUSE = 'a record loses its mark'\n")
    (tmp_path / "naming.py").write_text(f"from ._shared import CAUSE\n{CHECK}")
    assert [one.name for one in from_folder(tmp_path)] == ["naming.mine"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("x = 1", "holds no checks"), ("raise KeyError('oh')", "cannot be loaded: KeyError"), ("def (", "SyntaxError")],
)
def test_a_folder_that_will_not_do_is_told_with_its_file(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "naming.py").write_text(text)
    with pytest.raises(SetupError, match=re.escape(str(tmp_path))) as told:
        from_folder(tmp_path)
    assert problem in str(told.value)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "round_trip.py").write_text(CHECK.replace("check_mine", "check_created_is_read"))
    with pytest.raises(SetupError, match=r"a check called 'round_trip\.created_is_read' exists already"):
        load_checks([tmp_path])


def test_no_guide_asks_an_index_for_a_name_that_is_not_ours() -> None:
    for file in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "examples").rglob("*"),
        *(ROOT / "mockserver").rglob("*.py"),
    ]:
        if file.is_file() and "node_modules" not in file.parts:
            assert not ASKS.search(file.read_text(errors="replace")), file


def test_a_wheel_finds_the_users_own_checks_beside_a_package_called_as_ours(wheel: Path, tmp_path: Path) -> None:
    """What ``pip install`` gets, outside the checkout, beside a ``contract_tests`` of the user's own."""
    site, mine = tmp_path / "site", tmp_path / "my_checks"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (tmp_path / "contract_tests").mkdir()
    (tmp_path / "contract_tests" / "__init__.py").write_text("MINE = True\n")
    mine.mkdir()
    (mine / "naming.py").write_text(f"import contract_tests\nassert contract_tests.MINE\n{CHECK}")
    code = (
        "import mockserver, sys; assert mockserver.__file__.startswith(sys.argv.pop(1)), mockserver.__file__;"
        "from mockserver.commands.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(site), "check", "--checks", str(mine), "--group", "settings", "--group",
         "courseInstructors", "--no-fuzz", "--report", "report"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(tmp_path)))},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = json.loads((tmp_path / "report/report.json").read_text())
    names = {one["name"]: one for one in told["checks"] if one["outcome"] == "passed"}
    assert names["naming.mine"]["judged"] == 1
    assert "round_trip.created_is_read" in names
