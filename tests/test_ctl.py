"""`mockserver ctl`, against a mock in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockserver.commands.cli import main
from server import COMMAND, serving

TOKEN = "the-control-token-of-this-test"
Ctl = Callable[..., Result]


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    with serving("--clock", "frozen") as started:
        yield started


@pytest.fixture
def ctl(running: Any) -> Ctl:
    running.send("POST", "/__mock__/reset")

    def run(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(main, ["ctl", "--url", running.url, *arguments], **options)

    return run


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_it_looks_and_steers(ctl: Ctl, running: Any) -> None:
    assert told(ctl("health"))["scenario"] == "default"
    assert told(ctl("tenants"))["acme"]["certifications"] > 10
    assert told(ctl("clock", "--set", "2026-01-01"))["running"] is False
    assert told(ctl("clock", "--advance", "86400"))["now"] == "2026-01-02T00:00:00.000Z"
    assert told(ctl("clock", "--run"))["running"] is True
    assert told(ctl("fault", "--operation", "listCertifications", "--status", "503", "--times", "0"))[0]["left"] is None
    assert running.send("GET", "/certifications/acme").status == 401
    assert told(ctl("fault", "--clear")) == told(ctl("fault")) == []
    assert [one["status"] for one in told(ctl("journal", "--path", "/certifications/acme"))] == [401]
    assert {one["operation"] for one in told(ctl("outbox", "--tenant", "acme"))} == {"due"}, "billing runs"


def test_faults_are_told_in_words_of_a_shell(ctl: Ctl, running: Any) -> None:
    [waiting] = told(ctl("fault", "--method", "POST", "--delay", "0.1-0.2", "--body", '{"a": 1}', "--times", "0"))
    assert waiting["delay"] == {"lower": 0.1, "upper": 0.2}
    assert (waiting["body"], waiting["left"]) == ({"a": 1}, None)
    assert told(ctl("fault", "--limit", "10/60"))[1]["limit"] == {"requests": 10, "seconds": 60}
    assert "flaky" in [one["name"] for one in told(ctl("fault", "--profile", "list"))]
    assert [one["stale"] for one in told(ctl("fault", "--profile", "eventual"))] == [2, 0]


def test_the_journal_is_followed_and_archived(ctl: Ctl, running: Any) -> None:
    running.send("GET", "/certifications/acme")
    [entry] = told(ctl("journal", "--har"))["log"]["entries"]
    assert entry["response"]["status"] == 401
    assert 'mock_requests_total{operation="listCertifications"' in ctl("metrics").stdout
    command = [COMMAND, "ctl", "--url", running.url, "journal", "--follow", "--since", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as following:
        assert following.stdout
        assert json.loads(following.stdout.readline())["number"] == 1
        following.kill()


def test_records_and_snapshots(ctl: Ctl) -> None:
    at = ("records", "acme", "directories")
    before = told(ctl(*at))["records"]
    assert told(ctl("snapshot", "take", "before all")) == ["before all"]
    record = {**before[0], "name": "Changed by hand"}
    stored = told(ctl(*at, before[0]["id"], "--put", "-", input=json.dumps(record)))
    assert stored["name"] == told(ctl(*at, before[0]["id"]))["name"] == "Changed by hand"
    assert told(ctl("snapshot", "restore", "before all"))["acme"]["directories"] == len(before)
    assert told(ctl(*at))["records"] == before
    assert told(ctl(*at, before[0]["id"], "--delete")) == before[0]
    assert told(ctl("reset", "--tenant", "acme"))["directories"] == len(before)
    assert told(ctl("snapshot", "delete", "before all")) == told(ctl("snapshot", "list")) == []


def test_worlds_go_out_and_in(ctl: Ctl, tmp_path: Path) -> None:
    exported = ctl("export", "acme").stdout
    (tmp_path / "acme.json").write_text(exported)
    at = ("records", "acme", "directories")
    first = told(ctl(*at))["records"][0]["id"]
    told(ctl("snapshot", "take", "before"))
    told(ctl(*at, first, "--delete"))
    assert told(ctl("snapshot", "diff", "before"))["records"]["acme"]["directories"] == [
        {"id": first, "happened": "deleted"}
    ]
    told(ctl("import", "acme", str(tmp_path / "acme.json")))
    assert told(ctl("snapshot", "diff", "before"))["records"] == {}
    assert told(ctl("import", "acme", "-", input=exported)) == told(ctl("branch", "acme", "worker"))
    (tmp_path / "before.json").write_text(ctl("snapshot", "export", "before").stdout)
    assert told(ctl("snapshot", "import", "again", str(tmp_path / "before.json"))) == ["again", "before"]
    assert told(ctl("snapshot", "diff", "before", "again"))["records"] == {}
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "directories.json").write_text("[]")
    assert sum(told(ctl("import", "acme", str(tmp_path / "acme"))).values()) == 0
    assert told(ctl("scenario", "acme", "default"))["directories"] > 0
    told(ctl("snapshot", "delete", "again"))
    told(ctl("snapshot", "delete", "before"))


def test_a_verification_that_fails_shows_the_nearest_and_exits_with_1(ctl: Ctl, running: Any) -> None:
    running.send("GET", "/certifications/acme")
    assert told(ctl("verify", "listCertifications", "--times", "1", "--status", "401"))["verified"] is True
    failed = ctl("verify", "listCertifications", "--status", "200", "--body", '{"a": 1}')
    assert failed.exit_code == 1
    assert "status: wanted 200, found 401" in failed.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("reset", "--tenant", "nobody"), 1, "unknown tenant"),
        (("verify", "listCertification"), 1, "did you mean 'listCertifications'?"),
        (("verify", "listCertifications", "--body", "{"), 1, "--body is not JSON"),
        (("fault", "--status", "418"), 1, "/status: 418 is not declared"),
        (("fault", "--delay", "soon"), 2, "is not a number of seconds such as 1.5"),
        (("fault", "--limit", "10"), 2, "such as 10/60"),
        (("fault", "--profile", "flakey"), 1, "did you mean 'flaky'?"),
        (("snapshot", "take"), 2, "name the snapshot"),
        (("snapshot", "import", "x"), 2, "name the file or folder"),
        (("snapshot", "import", "x", "no-such-file"), 1, "no-such-file cannot be read"),
        (("branch", "acme", "acme"), 1, "is the tenant itself"),
        (("records", "acme", "certifications", "--delete"), 2, "name the record"),
        (("--url", "nowhere", "health"), 2, "is not an address"),
        (("--url", "http://127.0.0.1:1", "health"), 2, "no mock answers at http://127.0.0.1:1: "),
    ],
)
def test_what_goes_wrong_is_said(ctl: Ctl, arguments: tuple[str, ...], code: int, said: str) -> None:
    result = ctl(*arguments)
    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_the_control_token_is_shown() -> None:
    with serving("--scenario", "empty", environment={"MOCKSERVER_CONTROL_TOKEN": TOKEN}) as started:
        without = CliRunner().invoke(
            main, ["ctl", "--url", started.url, "tenants"], env={"MOCKSERVER_CONTROL_TOKEN": ""}
        )
        assert (without.exit_code, "wants 'Authorization: Bearer <control token>'" in without.output) == (1, True)
        given = {"MOCKSERVER_CONTROL_TOKEN": TOKEN, "MOCKSERVER_URL": started.url}
        assert CliRunner().invoke(main, ["ctl", "tenants"], env=given).stdout == "{}\n"
