"""Our own files are held to our own schemas: all problems at once, with line, pointer and what to do."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from mockserver.values.data_file import DataFile, read_data_file
from mockserver.values.form import check_form

SCHEMAS = [file.name for file in files("mockserver.schemas").iterdir() if file.name.endswith(".json")]


def test_all_problems_are_told_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "baseline.yaml"
    file.write_text(
        "findings:\n"
        "  - {check: a, reason: b, expires: 2026-12-31}\n"
        "  - check: a\n"
        "    raeson: b\n"
        "    expires: someday\n"
        "  - text\n"
    )
    told = [str(problem).removeprefix(str(file)) for problem in check_form("baseline", read_data_file(file))]
    day, object_ = "give the last day on which it holds: 2026-12-31", "write {check: …, reason: …, expires: 2026-12-31}"
    assert told == [
        f':5: /findings/1/expires: is "someday", wanted format "date"; {day}',
        ":4: /findings/1/raeson: is unknown; did you mean 'reason'?",
        ":3: /findings/1/reason: is missing; say why the finding is accepted",
        f':6: /findings/2: is "text" (string), wanted object; {object_}',
    ]


@pytest.mark.parametrize("value", [None, [], 1, {"findings": None}, {"findings": [None, True, {"check": ["x"]}]}])
def test_no_value_is_too_odd_to_be_told(value: object) -> None:
    assert check_form("baseline", DataFile("x", value))
    assert check_form("fault", DataFile("x", {"status": value, "delay": "1", "x": 1}))


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_one_and_says_what_to_do(name: str) -> None:
    schema = json.loads((files("mockserver.schemas") / name).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert all("description" in member for member in schema.get("properties", {}).values())
