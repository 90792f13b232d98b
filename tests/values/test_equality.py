"""JSON equality: one notion for patches, queries, effects and reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.values.absent import ABSENT
from mockserver.values.equality import contains, differ, same_json, unlike

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | st.text("ab", max_size=2),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text("ab", max_size=1), below, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (False, 0, False),
        (0, False, False),
        (None, False, False),
        ("1", 1, False),
        ({"a": 1, "b": [True]}, {"b": [True], "a": 1.0}, True),
        ({"a": True}, {"a": 1}, False),
        ([False], [0], False),
        ([1, 2], [2, 1], False),
        ({}, [], False),
        ({"a": None}, {}, False),
        (ABSENT, ABSENT, True),
        (ABSENT, None, False),
        (10**20, 1e20, True),
    ],
)
def test_what_is_the_same_json(one: object, other: object, same: bool) -> None:
    assert same_json(one, other) is same
    assert same_json(other, one) is same
    assert same_json([{"x": one}], [{"x": other}]) is same


@given(JSON, JSON)
def test_equality_and_differences_agree(one: object, other: object) -> None:
    assert same_json(one, one)
    assert same_json(one, other) is (not list(unlike(one, other)))


def test_a_member_that_is_there_differs_from_one_that_is_not() -> None:
    assert differ({"a": None}, {}, "a")
    assert differ({"a": False}, {"a": 0}, "a")
    assert not differ({"a": 1}, {"a": 1.0}, "a")
    assert not differ({}, {}, "a")


def test_a_list_contains_by_json_equality() -> None:
    assert contains([0, "x"], 0.0)
    assert not contains([0, "x"], False)
    assert not contains("text", "t")


def test_each_difference_has_its_place() -> None:
    wanted, found = {"a": [1, {"b": 0}], "c": 1}, {"a": [1, {"b": False}], "d": 1}
    assert list(unlike(wanted, found)) == [
        (("a", 1, "b"), 0, False),
        (("c",), 1, ABSENT),
        (("d",), ABSENT, 1),
    ]
