"""A value in a message: JSON, short, cheap, and never Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from mockserver.values.absent import ABSENT
from mockserver.values.shown import named, shown, type_name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ("it's", '"it\'s"'),
        ({"a": [1, 2.5, "é"]}, '{"a": [1, 2.5, "é"]}'),
        (ABSENT, "nothing"),
        (re.compile("a+"), "/a+/"),
        ({1}, "set"),
        (10**40, "a very long integer"),
    ],
)
def test_how_values_look(value: object, text: str) -> None:
    assert shown(value) == text


def test_long_values_are_cut() -> None:
    assert shown("x" * 500) == '"' + "x" * 119 + "…"
    assert shown([1] * 500, limit=10) == "[1, 1, 1, …"


def test_showing_looks_no_further_than_it_shows() -> None:
    class Endless(Mapping):
        def __getitem__(self, name: str) -> int:
            return 1

        def __len__(self) -> int:
            return 10**9

        def __iter__(self) -> Iterator[str]:
            return iter(map(str, range(100)))

        def items(self) -> Iterator[tuple[str, int]]:
            for index in range(200):
                assert index < 100, "it went on"
                yield str(index), index

    assert shown(Endless(), limit=50).endswith("…")


def test_depth_is_bounded() -> None:
    value: object = 1
    for _ in range(100_000):
        value = [value]
    assert shown(value) == "[" * 30 + "…" + "]" * 30


def test_types_have_the_names_of_json_schema() -> None:
    kinds = (None, True, 1, 1.5, "", {}, [])
    assert [type_name(one) for one in kinds] == ["null", "boolean", "integer", "number", "string", "object", "array"]


def test_names_are_listed_and_the_rest_counted() -> None:
    assert named("abc") == "a, b, c"
    assert named("abc", 2) == "a, b and 1 more"
