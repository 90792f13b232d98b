"""Mutants that a seed makes: the same for the same seed, of every operator, and caught by the checks of their resource."""

import pytest

from mutants.command import SEED, ground
from mutants.generated import OPERATORS, sow
from mutants.sowing import try_generated

MISSED = frozenset({"answer_changed: getCurrentContact: != for =="})
"""What the kit cannot see: the caller of its own is nobody's contact."""


@pytest.fixture(scope="module")
def given():
    return ground(SEED)


def test_the_same_seed_makes_the_same_mutants_of_every_operator(given):
    contract = given[0].contract
    once, twice, other = (list(sow(contract, seed, len(OPERATORS))) for seed in (5, 5, 6))
    assert [one.mutant.wrong for one in once] == [one.mutant.wrong for one in twice]
    assert [one.mutant.wrong for one in once] != [one.mutant.wrong for one in other]
    assert {one.operator for one in once} == set(OPERATORS)


def test_mutants_of_rules_are_caught(given):
    rows = list(try_generated(5, 2, *given))
    assert [row.wrong for row in rows if not row.caught and row.wrong not in MISSED] == []
