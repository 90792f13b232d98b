"""Names as words: one spelling for all of them, plurals undone."""

from __future__ import annotations

import pytest

from mockserver.values.name_words import bare, flat, singular, words_of


@pytest.mark.parametrize("name", ["first_name", "firstName", "first-name", "First Name", "FIRST_NAME", "first.name"])
def test_however_a_name_is_spelled_it_is_the_same_words(name: str) -> None:
    assert words_of(name) == ["first", "name"]
    assert flat(name) == "firstname"


def test_an_abbreviation_is_one_word() -> None:
    assert words_of("HTTPStatusCode") == ["http", "status", "code"]
    assert words_of("petID") == ["pet", "id"]


@pytest.mark.parametrize(
    ("many", "one"),
    [("boxes", "box"), ("addresses", "address"), ("entries", "entry"), ("bus", "bus"), ("pets", "pet"), ("gas", "gas")],
)
def test_plurals_are_undone(many: str, one: str) -> None:
    assert singular(many) == one


def test_a_vocabulary_is_not_part_of_a_name() -> None:
    assert [bare(one) for one in ("hydra:totalItems", "@odata.count", "total")] == ["totalItems", "count", "total"]
