"""A server that keeps the contract in other ways than the mock gets no finding: the kit judges by the document alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import forked
from mockserver.conformance.checking import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.verdict import Word
from plain_documents import PETS
from right_server.books import BOOKS, Books, Way
from right_server.elsewhere import Habit, Shop, running
from right_server.run import hurried


def test_a_server_that_is_right_in_another_way_gets_no_finding() -> None:
    """Its reads lag, it limits, its ids, pages, errors and numbers look otherwise, and it stores values in forms of its
    own; ``make right`` does more.
    """
    verdict = forked.result(hurried, groups=["certifications", "settings"], seed=1, fuzzed=False, settle=0.5)
    assert verdict["findings"] == []
    assert verdict["is_clean"]
    assert verdict["noted"] == [Provenance.EXPECTED.value]
    assert verdict["lag"] and verdict["troubles"], "it did lag, and it did limit"


QUIET = frozenset({Habit.BARE_ERRORS, Habit.CLOSES, Habit.CHUNKED, Habit.FORBIDDEN, Habit.FLOATS, Habit.OVERLOADED})
TALKING = frozenset({Habit.TEXT_ERRORS, Habit.CHARSET, Habit.GZIP, Habit.LARGE_IDS})
"""Habits that exclude each other are in one of the two."""


@pytest.mark.parametrize("habits", [frozenset(Habit) - QUIET - {Habit.TEXT_ERRORS}, QUIET, TALKING])
def test_habits_that_a_plain_document_leaves_open_are_no_finding(habits: frozenset[Habit], tmp_path: Path) -> None:
    file = tmp_path / "pets.yaml"
    file.write_text(PETS)
    with running(Shop(habits)) as url:
        options = Options(spec=file, target=url, profile="http", token="a-key", strictness=Provenance.INFERRED)
        verdict, _ = run(options)
    assert [(one.key, one.detail) for one in verdict.findings] == []
    assert verdict.word is Word.CLEAN
    assert bool(verdict.troubles) is (Habit.OVERLOADED in habits)


LATE = frozenset({Way.SEARCH_LAGS})
STRICT = frozenset({Way.GONE, Way.LOCATION_ONLY})


@pytest.mark.parametrize("ways", [frozenset(Way) - STRICT - LATE, STRICT, LATE])
def test_forms_of_values_that_a_plain_document_leaves_open_are_no_finding(ways: frozenset[Way], tmp_path: Path) -> None:
    file = tmp_path / "books.yaml"
    file.write_text(BOOKS)
    with running(Books(ways)) as url:
        settle = 0.5 if ways is LATE else 0
        options = Options(spec=file, target=url, profile="http", strictness=Provenance.INFERRED, settle=settle)
        verdict, _ = run(options)
    assert [(one.key, one.detail) for one in verdict.findings] == []
    assert verdict.word is Word.CLEAN
    assert bool(verdict.lag) is (ways is LATE)
