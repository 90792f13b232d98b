"""The table of inputs that users reported: every one is held by tests that are there."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import yaml

from over import over

TESTS = Path(__file__).parent
REPORTED: dict[int, dict[str, Any]] = yaml.safe_load((TESTS / "data/reported.yaml").read_text())


def named_in(file: Path) -> set[str]:
    """The names of the tests in a module, or of the cases in a file of wire cases."""
    if file.suffix == ".yaml":
        return {case["name"] for case in yaml.safe_load(file.read_text())}
    return {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}


def is_there(node: str) -> bool:
    """Whether pytest collects the test: its module and its own name begin as pytest wants it."""
    file, _, name = node.partition("::") if "::" in node else node.partition(": ")
    path = TESTS / file
    is_collected = path.suffix == ".yaml" or (path.name.startswith("test_") and name.startswith("test_"))
    return is_collected and path.is_file() and name in named_in(path)


@over((f"{number}, {node}", node) for number, row in REPORTED.items() for node in row["held"])
def test_each_test_that_is_named_is_there(_: str, node: str) -> None:
    assert is_there(node)


def test_no_row_is_left_out_and_each_says_what_is_right() -> None:
    assert {*REPORTED} == {*range(1, 28), *range(30, 38), *range(40, 48), *range(50, 66)}
    for number, row in REPORTED.items():
        assert set(row) == {"input", "right", "held"}, number
        assert row["held"], number
