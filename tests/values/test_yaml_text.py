"""YAML: 1.2 words, no key twice, every place known, bombs refused; with libyaml and without it."""

from __future__ import annotations

from itertools import pairwise

import pytest
import yaml

from mockserver.values.yaml_text import BadYaml, place_of, read_yaml

SAMPLE = b"""\
words: [NO, on, yes, 007, 0x1F, 0o7, 12:30, .inf, 2024-02-29, '1', ~, null, True, false]
numbers: [1, -2, +3, 1.5, 5., .5, 1e3]
200: {NO: 1, true: 2}
base: &base {x: 1, y: [1]}
more: {y: 2, <<: *base}
again: *base
many:
  <<: [*base, {z: 3, x: 9}]
said: !!str 12
folded: >-
  a
  b
"a/b":
  - - 1
    - k: v
"""
VALUE = {
    "words": ["NO", "on", "yes", "007", "0x1F", "0o7", "12:30", ".inf", "2024-02-29", "1", None, None, True, False],
    "numbers": [1, -2, 3, 1.5, 5.0, 0.5, 1000.0],
    "200": {"NO": 1, "true": 2},
    "base": {"x": 1, "y": [1]},
    "more": {"x": 1, "y": 2},
    "again": {"x": 1, "y": [1]},
    "many": {"x": 1, "y": [1], "z": 3},
    "said": "12",
    "folded": "a b",
    "a/b": [[1, {"k": "v"}]],
}


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def scanner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    return request.param


def bomb() -> bytes:
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    names = "abcdefghij"
    lines += [f"{one}: &{one} [{', '.join([f'*{before}'] * 10)}]" for before, one in pairwise(names)]
    return "\n".join(lines).encode()


def test_values_are_those_of_json() -> None:
    assert read_yaml(SAMPLE) == VALUE
    assert read_yaml(b"") is None
    assert read_yaml(b'{"a": [1, "\\u00e9"]}') == {"a": [1, "é"]}
    assert read_yaml("﻿a: ü".encode()) == {"a": "ü"}
    assert read_yaml("a: ü".encode("utf-16")) == {"a": "ü"}


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", (1, 1)),
        ("/200/NO", (3, 7)),
        ("/a~1b/0/1/k", (15, 7)),
        ("/words/1", (1, 13)),
        ("/base/none/of/these", (4, 1)),
    ],
)
def test_each_value_has_its_place(pointer: str, place: tuple[int, int]) -> None:
    found = place_of(SAMPLE, pointer)
    assert found is not None
    assert (found.line, found.column) == place


@pytest.mark.parametrize(
    ("text", "pointer", "line", "told"),
    [
        (b"a: 1\nb:\n  c: 1\n  d: 1\n  c: 2", "/b/c", 5, "the key c is given twice, first on line 3"),
        (b"a: &x\n  - *x", "/a/0", 2, "refers to a value that contains it"),
        (b"a: *q", "/a", 1, "names nothing above it"),
        (b"a: 1e999", "/a", 1, "JSON cannot hold"),
        (b"a: " + b"9" * 5000, "/a", 1, "JSON cannot hold"),
        (b"? [a]\n: b", "", 1, "is used as a key"),
        (b"--- 1\n--- 2", "", 2, "a second document"),
        (b"a: 1\nb: \x07", "", 2, "U+0007"),
        (b"a: 1\nb: \xff", "", 2, "is not UTF-8"),
        (b"[" * 1000, "", 1, "nested more than 200 levels"),
        (b"- " * 1000, "", 1, "nested more than 200 levels"),
        (b"a: !!python/name:os.system x", "/a", 1, "the tag"),
        (b"a: !!set {x}", "/a", 1, "the tag"),
        (b"a: !!int x", "/a", 1, "the tag"),
        (b"a: {<<: 1}", "/a", 1, "<< takes a mapping"),
        (bomb(), "/h", 8, "more than 20000000 values"),
        (b"a: b: c", "", 1, "mapping values are not allowed"),
    ],
)
def test_what_is_refused_is_told_with_its_place(text: bytes, pointer: str, line: int, told: str) -> None:
    with pytest.raises(BadYaml, match="line") as caught:
        read_yaml(text)
    fault = caught.value.faults[0]
    assert told in fault.problem
    assert fault.place.line == line
    assert fault.pointer.startswith(pointer)
