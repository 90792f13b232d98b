"""A server that keeps the contract in other ways than the mock gets no finding: the kit judges by the document alone."""

from __future__ import annotations

from mockserver.conformance.provenance import Provenance
from mockserver.conformance.verdict import Word
from right_server.run import HURRIED, checked


def test_a_server_that_is_right_in_another_way_gets_no_finding() -> None:
    """Its reads lag, it limits, its ids, pages, errors and numbers look otherwise; ``make right`` does more."""
    verdict = checked(("certifications", "settings"), 1, HURRIED, fuzzed=False, settle=0.5)
    assert [(one.key, one.detail) for one in verdict.findings] == []
    assert verdict.word is Word.CLEAN
    assert {one.provenance for one in verdict.noted} == {Provenance.EXPECTED}
    assert verdict.lag and verdict.troubles, "it did lag, and it did limit"
