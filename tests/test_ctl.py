"""`mockserver ctl`, against a mock in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockserver.commands.cli import main
from server import serving

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
    assert told(ctl("outbox", "--tenant", "acme")) == []


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
        (("snapshot", "take"), 2, "name the snapshot"),
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
