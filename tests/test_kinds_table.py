"""Every kind of operation has its facts, a handler, a check that judges what it means, and a line in the guides."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from mockserver.conformance.loading import load_checks
from mockserver.contract import KINDS, Document, Kind, Router, compile_contract
from mockserver.contract.kinds import ANNOTATED
from mockserver.handlers import HANDLERS
from mockserver.handlers.planned import PLANNED
from tiny import document

ROOT = Path(__file__).parent.parent
TESTED_APART = {Kind.COMPUTE, Kind.GENERATE, Kind.QUERY, Kind.DESCRIBE, Kind.TABLE}
"""Told by rules of the document, or over several resources: `tests/test_rules.py`, `tests/test_kinds.py`, `tests/test_query_files.py`."""


def test_every_kind_has_its_facts_and_a_handler() -> None:
    assert set(KINDS) == set(Kind)
    assert set(HANDLERS) == {*ANNOTATED, Kind.CUSTOM}
    assert set(HANDLERS) | set(PLANNED) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_facts_agree_with_each_other(kind: Kind) -> None:
    facts = KINDS[kind]
    assert facts.line.endswith(".")
    assert not facts.needs & facts.allows
    assert not (facts.is_safe and facts.makes_records)
    assert not (facts.is_safe and 409 in facts.statuses), "what changes nothing conflicts with nothing"


def test_a_check_judges_what_each_kind_means() -> None:
    judged = {kind for check in load_checks() for kind in check.needs}
    assert set(ANNOTATED) <= judged


@pytest.mark.parametrize("kind", Kind)
def test_the_guide_has_a_line_for_the_kind(kind: Kind) -> None:
    lines = (ROOT / "docs" / "kinds.md").read_text().splitlines()
    assert any(line.startswith(f"| `{kind}` | {KINDS[kind].line} |") for line in lines)


@pytest.mark.parametrize("kind", sorted(set(ANNOTATED) - TESTED_APART))
def test_wire_cases_use_the_kind(kind: Kind) -> None:
    assert kind in used_on_the_wire()


@cache
def used_on_the_wire() -> frozenset[Kind]:
    """The kinds of the tiny API's operations that some wire case sends a request to."""
    contract = compile_contract(Document(document()))
    router = Router(contract.paths)
    found = set()
    for file in (ROOT / "tests" / "wire").glob("*.yaml"):
        for method, path in re.findall(r"send: ['\"]?([A-Z]+) (/[^ '\"?]*)", file.read_text()):
            template, _ = router.match(path) or ("", {})
            if operation := contract.paths.get(template, {}).get(method):
                found.add(operation.kind)
    return frozenset(found)
