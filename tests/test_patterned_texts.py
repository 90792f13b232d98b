"""Texts by a pattern: what the name tells where the pattern takes it, otherwise letters that can be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from mockserver.contract.samples.patterns import matches, patterned
from test_any_document import client, collection

PATTERNS = (
    "^[^/]{8}$", r"^\W{5}$", r"^\S{5}$", "^.{3,50}$", r"^[^\s@]+$", r"^\D{4}$", "^[^a-z]{6}$", "^[^A-Za-z0-9]{6}$", r"^[\W\d]{9}$",
    r"^a[^a]b.*$", r"^\w+\s\w+$", r"(?=.*[A-Z])(?=.*\d)(?=.*\W).{12,}", r"^[^\x21-\x7e]{3}$",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_made_text_keeps_its_pattern_and_can_be_read(pattern: str) -> None:
    made = [patterned(pattern, Random(seed)) for seed in range(20)]
    assert all(matches(pattern, one) for one in made)
    assert all(one.isprintable() for one in made) or pattern.startswith(r"^[^\x21")


def test_every_process_makes_the_same_text() -> None:
    """A set has another order in each of them."""
    asked = f"import json; from random import Random; from {patterned.__module__} import patterned\n"
    asked += f"print(json.dumps([patterned(one, Random(7)) for one in {PATTERNS!r} * 5]))"
    told = [
        subprocess.run(
            [sys.executable, "-c", asked], env={**os.environ, "PYTHONHASHSEED": hashing}, capture_output=True, check=True
        ).stdout
        for hashing in ("1", "2")
    ]  # fmt: skip
    assert told[0] == told[1]
    assert len(json.loads(told[0])) == 5 * len(PATTERNS)


@pytest.mark.parametrize(
    ("name", "pattern", "wanted"),
    [
        ("first_name", r"^[\p{L} '-]+$", "[A-Z][a-z]+"),
        ("phone", r"^\+?[1-9]\d{1,14}$", r"\+1555\d+"),
        ("username", "^[a-zA-Z0-9_]{3,16}$", "[a-z]+[0-9]+"),
        ("label", "^.{3,50}$", "[A-Z][a-z]+( [A-Z][a-z]+)*"),
        ("slug", "^[a-z0-9]+(?:-[a-z0-9]+)*$", "[a-z]+-[a-z]+-[0-9]+"),
        ("opening", r"^([01]\d|2[0-3]):[0-5]\d$", r"\d\d:(00|30)"),
        ("cutoff", r"^\d{4}-\d\d-\d\d$", r"202[45]-[01]\d-[0-3]\d"),
    ],
)
def test_what_the_name_tells_is_closed_up_until_the_pattern_takes_it(
    tmp_path: Path, name: str, pattern: str, wanted: str
) -> None:
    schema = {"type": "object", "required": ["id", name], "properties": {
        "id": {"type": "integer"}, name: {"type": "string", "pattern": pattern}}}  # fmt: skip
    listed = client(collection(schema, schema), tmp_path).get("/things").json
    assert [one[name] for one in listed if not matches(f"^{wanted}$", one[name])] == []
    assert len(listed) == 3
