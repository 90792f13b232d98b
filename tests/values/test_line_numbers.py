"""The lines of problems, in JSON and in YAML, looked up when a problem is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main
from mockserver.errors import Problem
from mockserver.values.line_numbers import with_lines

JSON = """{
  "a": [
    1, "x\\"}, [",
    {"b": {},
     "c/d~": null, "é": [[], {}]}
  ],
  "last": true
}
"""
YAML = """a:
  - 1
  - >-
    x
  - b: {}
    c/d~: null
last: true
"""


@pytest.mark.parametrize(
    ("text", "pointer", "line"),
    [
        (JSON, "/a", 2), (JSON, "/a/0", 3), (JSON, "/a/1", 3), (JSON, "/a/2", 4), (JSON, "/a/2/b", 4),
        (JSON, "/a/2/c~1d~0", 5), (JSON, "/a/2/é/1", 5), (JSON, "/last", 7), (JSON, "/a/2/b/missing/below", 4),
        (JSON, "/a/7", 2), (JSON, "/gone", 1), (JSON.replace("\n", "\r\n"), "/last", 7),
        (YAML, "/a/1", 3), (YAML, "/a/2/c~1d~0", 6), (YAML, "/last", 7), (YAML, "/a/2/b/missing", 5),
    ],
)  # fmt: skip
def test_the_line_is_that_of_the_value_or_of_the_nearest_above(
    tmp_path: Path, text: str, pointer: str, line: int
) -> None:
    file = tmp_path / "file"
    file.write_bytes(text.encode())
    [found] = with_lines([Problem(str(file), pointer, "is wrong", "correct it")])
    assert found.line == line
    assert str(found).startswith(f"{file}:{line}: {pointer}: is wrong")


@pytest.mark.parametrize(
    "problem",
    [
        Problem("gone.yaml", "/a", "", ""), Problem("https://example.com/a.yaml", "/a", "", ""),
        Problem("gone.yaml", "", "", ""), Problem("gone.yaml", "/a", "", "", line=3),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_looked_up_stays_as_it_is(problem: Problem) -> None:
    assert with_lines([problem]) == [problem]


def test_warnings_of_a_plain_document_have_their_lines_in_the_file_that_they_are_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reply = {"description": "", "content": {"application/json": {"schema": {"$ref": "pets.json#/Pet"}}}}
    paths = {"/pets": {"get": {"responses": {"200": reply}}, "gett": {}}}
    document = {"openapi": "3.0.3", "info": {"title": "Pets", "version": "1"}, "paths": paths}
    Path("a.json").write_text(json.dumps(document, indent=1))
    Path("pets.json").write_text('{\n "Pet": {\n  "type": "object",\n  "required": "name"\n }\n}')
    output = CliRunner().invoke(main, ["validate", "a.json"]).output
    line = Path("a.json").read_text().split("\n").index('   "gett": {}') + 1
    assert f"a.json:{line}: /paths/~1pets/gett: warning: is unknown; did you mean 'get'?" in output
    assert "pets.json:4: /Pet/required: warning: the schema's 'required' is not usable" in output
