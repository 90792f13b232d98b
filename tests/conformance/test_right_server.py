"""A server that keeps the contract in other ways than the mock gets no finding: the kit judges by the document alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import forked
from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.verdict import Word
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.traffic import Received, Sent
from right_server.books import BOOKS, Books, Way
from right_server.elsewhere import KEY, Habit, Shop, running
from right_server.run import Time, hurried
from unannotated_documents import PETS


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
def test_habits_that_a_plain_document_leaves_open_are_not_findings(habits: frozenset[Habit], tmp_path: Path) -> None:
    file = tmp_path / "pets.yaml"
    file.write_text(PETS)
    with running(Shop(habits)) as url:
        options = Options(spec=file, target=url, profile="http", token=KEY, strictness=Provenance.INFERRED)
        verdict, _ = run(options)
    assert [(one.key, one.detail) for one in verdict.findings] == []
    assert verdict.word is Word.CLEAN
    assert bool(verdict.troubles) is (Habit.OVERLOADED in habits)


STRICT = frozenset({Way.GONE, Way.LOCATION_ONLY})
LATE = Way.SEARCH_LAGS


@pytest.fixture
def books(tmp_path: Path) -> Path:
    file = tmp_path / "books.yaml"
    file.write_text(BOOKS)
    return file


@pytest.mark.parametrize("ways", [frozenset(Way) - STRICT - {LATE}, STRICT])
def test_forms_of_values_that_a_plain_document_leaves_open_are_not_findings(ways: frozenset[Way], books: Path) -> None:
    with running(Books(ways)) as url:
        options = Options(spec=books, target=url, profile="http", strictness=Provenance.INFERRED)
        verdict, _ = run(options)
    assert [(one.key, one.detail) for one in verdict.findings] == []
    assert verdict.word is Word.CLEAN


def test_a_list_that_is_late_is_waited_for(books: Path) -> None:
    time = Time()
    shop = Books(frozenset({LATE}), time)

    def transport(sent: Sent) -> Received:
        time.now += 0.004
        status, value = shop.answer(sent.method, *sent.target.partition("?")[::2], sent.body or b"")
        return Received(status, (("Content-Type", "application/json"),), json.dumps(value).encode())

    options = Options(
        spec=books, target="http://127.0.0.1:1", profile="http", strictness=Provenance.INFERRED, settle=0.5
    )
    target = replace(find_target(options), transport=transport)
    verdict, _ = run(options, target=target, clock=time, pause=time.pause)
    assert [(one.key, one.detail) for one in verdict.findings] == []
    assert verdict.word is Word.CLEAN
    assert verdict.lag
