"""Our own files are held to our own schemas: all problems at once, with line, pointer and what to do."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from mockserver.values import form
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
        f':5: /findings/1/expires: is "someday", wanted a date; {day}',
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


CHOICE = {
    "description": "say it",
    "anyOf": [{"type": "string", "pattern": "^a"}, {"type": "object", "required": ["b"]}],
}
RULES = {
    "properties": {
        "choice": CHOICE,
        "named": {"propertyNames": {"enum": ["title", "status"]}},
        "plain": {"propertyNames": {"description": "begin with a letter", "pattern": "^[a-z]"}},
        "both": {"properties": {"y": {"description": "give y"}}, "dependentRequired": {"x": ["y", "z"]}},
        "closed": {"properties": {"one": {}}, "patternProperties": {"^x-": {}}, "additionalProperties": False},
        "word": {"description": "say it", "enum": ["picture", "text"]},
        "few": {"description": "give a few", "maximum": 5},
        "at": {"description": "give one", "type": "string", "format": "date-time"},
        "referred": {"$ref": "fault.json#/properties/delay"},
    }
}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"choice": 5}, ["/choice: is 5 (integer), wanted string or object; say it"]),
        ({"choice": "b"}, ['/choice: is "b", wanted pattern "^a"; correct it']),
        ({"choice": {}}, ["/choice/b: is missing; add it"]),
        ({"named": {"tilte": 1}}, ["/named/tilte: is not an accepted name here; did you mean 'title'?"]),
        ({"plain": {"1/2": 1}}, ["/plain/1~12: is not an accepted name here; begin with a letter"]),
        ({"both": {"x": 1}}, ["/both/y: is missing beside 'x'; give y", "/both/z: is missing beside 'x'; add it"]),
        ({"both": {}, "closed": {"x-a": 1}}, []),
        ({"closed": {"onne": 1, "x-a": 1}}, ["/closed/onne: is unknown; did you mean 'one'?"]),
        ({"word": "pictrue"}, ['/word: is "pictrue", wanted one of "picture", "text"; did you mean \'picture\'?']),
        ({"word": 7}, ['/word: is 7, wanted one of "picture", "text"; say it']),
        ({"few": 2**70}, [f"/few: is {2**70}, wanted 5 or less; give a few"]),
        (
            {"at": "2025-04-18T12:00:00"},
            ['/at: is "2025-04-18T12:00:00", wanted a timestamp with its time zone; give one'],
        ),
        ({"at": "2025-04-18T12:00:00+02:00"}, []),
        ({"referred": 31}, ["/referred: is 31, wanted 30 or less; give 0 to 30 seconds"]),
    ],
)
def test_what_each_word_of_a_schema_tells(value: object, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    read = form.read_form
    monkeypatch.setattr(form, "read_form", lambda name: RULES if name == "these" else read(name))
    assert [str(one).removeprefix("x: ") for one in check_form("these", DataFile("x", value))] == told


def test_a_file_of_many_faults_is_told_its_first_ones() -> None:
    told = check_form("baseline", DataFile("x", {"findings": [1] * 10_000}))
    assert len(told) == form.MOST + 1
    assert str(told[-1]) == "x: has more problems than are listed; correct these first"
