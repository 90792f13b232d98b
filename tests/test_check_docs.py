"""The guide to the contract checks tells the truth: its options, suites and examples are those there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from checking import prepared
from mockserver.commands.check_options import NAMES, STRICTNESS
from mockserver.commands.cli import main
from mockserver.conformance.baseline import read_baseline
from mockserver.conformance.execution import Outcome, carry_out
from mockserver.conformance.loading import load_checks
from mockserver.conformance.profiles import PROFILES
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.registry import Check

GUIDE = (Path(__file__).parent.parent / "docs" / "contract-checks.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def test_every_option_it_names_is_there_and_every_option_there_is_is_named() -> None:
    told = set(re.findall(r"--[a-z][a-z-]+", CliRunner().invoke(main, ["check", "--help"]).output)) - {"--help"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", GUIDE))
    assert named == told


def test_no_text_shows_a_check_of_a_server_without_its_profile() -> None:
    root = Path(__file__).parent.parent
    pages = [
        root / "README.md",
        *sorted((root / "docs").glob("*.md")),
        *sorted((root / "mockserver/commands").glob("*.py")),
    ]
    shown = [
        line
        for page in pages
        for line in re.findall(r"mockserver check [^`\n]*", page.read_text())
        if "--target " in line
    ]
    of_servers = [line for line in shown if "--target mock" not in line and "--replay" not in line]
    assert len(of_servers) > 5
    assert [line for line in of_servers if "--profile" not in line] == []


def test_every_profile_is_told() -> None:
    assert (
        set(PROFILES)
        == set(NAMES)
        == set(re.findall(r"^\| `([a-z][a-z-]+)` \| [^|]+ \| [^|]+ \|$", GUIDE, re.MULTILINE))
    )


def test_every_strictness_can_be_chosen() -> None:
    assert tuple(Provenance) == STRICTNESS  # the option says them itself: --help reads no contract


@pytest.mark.parametrize("suite", load_checks().suites)
def test_every_suite_is_told_with_its_number_of_checks(suite: str) -> None:
    assert f"| `{suite}` ({len(load_checks().suites[suite])}) |" in GUIDE


def test_its_baseline_is_one(tmp_path: Path) -> None:
    (block,) = blocks("yaml")
    (tmp_path / "baseline.yaml").write_text(block)
    assert len(read_baseline(tmp_path / "baseline.yaml")) == len(yaml.safe_load(block)["findings"]) == 1


def test_its_check_of_your_own_works() -> None:
    (block,) = blocks("python")
    names: dict[str, Any] = {"__name__": "my_checks.of_your_own"}
    exec(compile(block, "guide", "exec"), names)
    (check,) = [one for one in names.values() if isinstance(one, Check)]
    assert (check.name, check.title) == ("of_your_own.names_are_kept", "A record keeps its mark")
    run = prepared()
    assert carry_out(check, run.session, run.plan.groups["certifications"]).outcome is Outcome.PASSED
