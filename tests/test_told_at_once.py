"""Commands that are given several wrong things: each is told in plain words, with its place, in one go."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main

HEAD = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\n"
NEITHER = "is neither an OpenAPI document nor a scenario"
FILES: dict[str, str | bytes] = {
    "twice.yaml": "openapi: 3.1.0\nopenapi: 3.1.0\n",
    "half.json": '{"openapi": "3.1.0",\n',
    "binary.yaml": b"\xff\xfe\x00",
    "list.yaml": "[]",
    "text.yaml": "hello",
    "nothing.yaml": "",
    "other.yaml": "title: x",
    "marks.yaml": HEAD
    + "paths: {/a: {get: {x-mock: {kind: reed, resorce: a}, responses: {'200': {description: x}}}}}\n",
    "annotated.yaml": HEAD + "x-mock: {}\npaths: {/a: {get: {x-mock: {kind: reed, resorce: a}, responses: {}}}}\n",
    "one.yaml": HEAD + "paths: {/a: {get: {responses: {'200': {description: x}}}}}\n",
    "monday.yaml": "descripton: x\nclock: noon\nextends: defalt\n",
    "accepted.yaml": "findings: [{check: x, operation: y, cause: z, expires: 2026-12-31}]",
    "checks/first.py": "import nowhere\n",
    "checks/second.py": "def (\n",
}
FOLDER = "its folder is not there and cannot be made"


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    """The exit and all output of a command in a folder with the files above."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, [*arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            "validate list.yaml text.yaml nothing.yaml other.yaml half.json binary.yaml",
            [
                f"list.yaml: {NEITHER}",
                f"text.yaml: {NEITHER}",
                f"nothing.yaml: {NEITHER}",
                f"other.yaml: {NEITHER}",
                "half.json:2: is not JSON: unexpected end of data at line 2, column 1; correct it",
                "binary.yaml: cannot be read: it is not text in UTF-8; correct the file",
            ],
        ),
        (
            "validate marks.yaml",
            [
                'marks.yaml:3: /paths/~1a/get/x-mock/kind: is "reed", wanted one of',
                "marks.yaml:3: /paths/~1a/get/x-mock/resorce: is unknown; did you mean 'resource'?",
            ],
        ),
        (
            "routes --spec annotated.yaml",
            [
                'annotated.yaml:4: /paths/~1a/get/x-mock/kind: is "reed", wanted one of',
                "annotated.yaml:4: /paths/~1a/get/x-mock/resorce: is unknown; did you mean 'resource'?",
                "annotated.yaml:4: /paths/~1a/get/x-mock/resource: is missing; name a resource",
            ],
        ),
        (
            "validate monday.yaml",
            [
                'monday.yaml:2: /clock: is "noon", wanted a timestamp with its time zone',
                "monday.yaml:1: /descripton: is unknown; did you mean 'description'?",
                "monday.yaml:3: /extends: unknown scenario 'defalt'; name a YAML file, or did you mean 'default'?",
            ],
        ),
        (
            "diff twice.yaml gone.yaml",
            [
                "twice.yaml:2: /openapi: the key openapi is given twice",
                "gone.yaml: no such file; name an OpenAPI document",
            ],
        ),
        (
            "serve twice.yaml=/a gone.yaml",
            [
                "twice.yaml:2: /openapi: the key openapi is given twice",
                "gone.yaml: no such file; name an OpenAPI document",
            ],
        ),
        ("serve --scenario emtpy", ["settings: /scenario: unknown scenario 'emtpy'"]),
        (
            "validate http://127.0.0.1:1/a.yaml",
            ["http://127.0.0.1:1/a.yaml: cannot be read: connection refused; make sure that"],
        ),
        (
            "serve one.yaml --host nowhere.invalid",
            ["settings: /host: cannot listen on nowhere.invalid:8080: no such address"],
        ),
        ("schemas --out /dev/null/x", [": cannot be written: "]),
        ("schemas --out /proc/x", [f"/proc/x/baseline.json: cannot be written: {FOLDER}; choose another --out"]),
        (
            "check --checks checks",
            [
                "checks/first.py:1: cannot be loaded: ModuleNotFoundError: No module named 'nowhere'; correct it",
                "checks/second.py:1: cannot be loaded: SyntaxError: invalid syntax; correct it",
            ],
        ),
        (
            "check --group boks --group certifcations --rate -1 --profile http --baseline accepted.yaml --checks checks",
            [
                "--target: the profile http does not go with 'mock'",
                "--rate: -1 is not above 0; give a positive number",
                "accepted.yaml:1: /findings/0/reason: is missing",
                "checks/first.py:1: cannot be loaded",
                "--group: unknown resource 'boks'; use one of activities",
                "--group: unknown resource 'certifcations'; did you mean 'certifications'?",
            ],
        ),
        (
            "check --spec gone.yaml=/shop --rate -1 --baseline accepted.yaml",
            ["--rate: -1 is not above 0", "accepted.yaml:1: /findings/0/reason: is missing", "gone.yaml: no such file"],
        ),
        ("serv", ["No such command 'serv'", "did you mean 'serve'?"]),
    ],
)
def test_each_problem_is_told_in_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str, lines: list[str]
) -> None:
    status, output = told(tmp_path, monkeypatch, *arguments.split())
    assert status == 2, output
    assert [line for line in lines if line not in output] == [], output
    assert not [word for word in ("Traceback", "Errno", "urlopen", "codec") if word in output], output


def test_one_of_a_kind_is_told_in_the_singular(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, output = told(tmp_path, monkeypatch, "validate", "one.yaml")
    assert (status, output.splitlines()[0]) == (0, "one.yaml: 1 operation, 0 resources: good")
