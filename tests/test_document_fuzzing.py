"""Stock Schemathesis against documents of others: what it finds is excused with a reason, or there is nothing."""

from __future__ import annotations

import pytest

from fuzzed_documents import EXCUSED, Finding, Run, fuzz
from test_any_document import DOCUMENTS


@pytest.mark.parametrize("name", ["museum-3.1.yaml"])
def test_nothing_is_found_that_is_not_excused(name: str) -> None:
    """One phase, for the gate's sake; `make fuzzdocs` takes all of them and more documents."""
    run = fuzz(
        DOCUMENTS / name, "--seed", "1", "--max-examples", "1", "--phases", "examples,coverage,fuzzing", "--no-shrink"
    )
    assert run.is_whole, run.output[-3000:]
    assert [one for one in run.findings if one.excuse is None] == []
    assert "✅  Loaded specification" in run.output


def test_what_is_excused_says_whose_it_is_and_why() -> None:
    for one in EXCUSED:
        assert one["whose"] in ("document", "tool", "choice")
        assert len(one["reason"]) > 30
        assert one["message"] or one.get("documents"), "an excuse for everything is none"


def test_a_finding_without_an_excuse_is_one() -> None:
    found = [Finding("a.json", "GET /a", "ST103", "Received: 404 Documented: 200"), Finding("a.json", "GET /a", "ST101", "Received: 500"),
             Finding("a.json", "GET /a", "ST103", "Received: 500 Documented: 200"), Finding("a.json", "GET /a", "ST108", "Unevaluated properties")]  # fmt: skip
    assert [one.excuse is None for one in found] == [False, True, True, True]
    assert not Run(found, "=== 9 failures in 1s ===").is_whole
    assert not Run([], "killed").is_whole
