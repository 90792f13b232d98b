"""The schemas of our own files: every file names its own, keeps it, and a command hands them out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mockserver.commands.cli import main
from over import over

ROOT = Path(__file__).parent.parent
FOLDERS = ("spec", "fixtures", "examples")
NOT_OURS = {
    "spec/openapi.yaml",
    *(f"spec/{module.parent.name}/openapi.yaml" for module in (ROOT / "spec").glob("*/module.yaml")),
    "spec/redocly.yaml",
    "examples/ci/github-actions.yml",
    "examples/ci/gitlab-ci.yml",
    "examples/replicas/kubernetes.yaml",
}
"""Made by us or of a form of others."""
FILES = {
    name: file
    for folder in FOLDERS
    for file in sorted((ROOT / folder).rglob("*.y*ml"))
    if (name := file.relative_to(ROOT).as_posix()) not in NOT_OURS
}
NAMED = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
NOW = yaml.SafeLoader.yaml_implicit_resolvers


class Plain(yaml.SafeLoader):
    """Dates are texts, as JSON has them."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")] for first, known in NOW.items()
}


def ran(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["schemas", *arguments])


def judged(folder: Path, name: str, value: Any) -> list[str]:
    """By a validator that knows nothing of ours, over the files of a folder."""
    known = [(one.name, DRAFT202012.create_resource(json.loads(one.read_text()))) for one in folder.glob("*.json")]
    validator = Draft202012Validator({"$ref": name}, registry=Registry().with_resources(known))
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


@over((name, file) for name, file in FILES.items())
def test_every_file_names_its_schema_and_keeps_it(_: str, file: Path) -> None:
    text = file.read_text()
    named = NAMED.match(text)
    assert named, "its first line names no schema"
    schema = (file.parent / named[1]).resolve()
    assert schema.is_relative_to(ROOT / "mockserver" / "schemas")
    assert judged(schema.parent, schema.name, yaml.load(text, Plain)) == []


def test_there_are_many() -> None:
    assert len(FILES) > 110


def test_the_command_lists_prints_and_writes_them(tmp_path: Path) -> None:
    listed = [line.split()[0] for line in ran().output.splitlines()]
    assert {"recipe", "scenario", "baseline", "part_group", "x_mock_operation"} <= set(listed)
    assert json.loads(ran("recipe").output)["title"] == "Recipe"
    done = ran("--out", str(tmp_path / "schemas"))
    assert done.exit_code == 0
    assert {file.stem for file in (tmp_path / "schemas").iterdir()} == set(listed)
    for file in (tmp_path / "schemas").iterdir():
        Draft202012Validator.check_schema(json.loads(file.read_text()))


@pytest.mark.parametrize(
    ("marks", "is_good"),
    [
        ({"kind": "read", "resource": "books"}, True),
        ({"kind": "reed", "resource": "books"}, False),
        ({"kind": "read"}, False),
    ],
)
def test_what_is_written_judges_the_words_of_an_operation(tmp_path: Path, marks: Any, is_good: bool) -> None:
    ran("x_mock_operation", "--out", str(tmp_path))
    assert (judged(tmp_path, "x_mock_operation.json", marks) == []) is is_good


def test_a_wrong_name_is_told_with_what_was_meant() -> None:
    wrong = ran("recipes", "scenari")
    assert wrong.exit_code == 2
    assert wrong.output.count("did you mean") == 2
