"""The command as a user calls it: what each profile sends, leaves behind, shows and refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from click.testing import CliRunner

import forked
from checking import THOROUGH, Recording, listening
from mockserver.auth.authenticator import mint
from mockserver.commands.cli import main
from mockserver.conformance.created_records import CreatedRecord
from mockserver.conformance.execution import Outcome
from mockserver.conformance.invocation import run
from mockserver.conformance.ledger import PREFIX, Ledger
from mockserver.conformance.options import Options
from mockserver.conformance.reporters.events import Event, Judged, Working
from mockserver.conformance.reporters.reporting import BUILT_IN
from mockserver.conformance.wire.allow_list import Routes
from mockserver.contract import KINDS, Kind
from server import serving

SECRET_STREET = "Hidden Lane 4711"
GROUPS = ("certifications", "programs")
"""What staging is checked for here: two resources that refer to each other."""


@pytest.fixture
def recording() -> Iterator[tuple[Recording, str]]:
    one = Recording()
    with listening(one) as url:
        yield one, url


def token(one: Recording, tenant: str) -> str:
    return mint(one.world.keys, one.world.contract.security, tenant=tenant, now=datetime.now(UTC))


def check(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """``mockserver check`` in a process and with a home of its own."""
    told = {**os.environ, "HOME": str(home), "COLUMNS": "120", **environment}
    return forked.run("check", *arguments, env=told)


def staging(one: Recording, url: str, profile: str, *more: str, groups: tuple[str, ...] = GROUPS) -> list[str]:
    arguments = ["--target", url, "--profile", profile, "--tenant", "acme", "--rate", "1000/s", *more]
    arguments += [word for name in groups for word in ("--group", name)]
    return [*arguments, "--other-tenant", "globex", "--other-token", token(one, "globex")]


OVER_HTTP: list[tuple[int, list[str], list[str]]] = [
    (3, ["courseInstructors"], ["--no-fuzz"]),
    (4, ["settings", "queries"], ["--no-fuzz"]),
]
if THOROUGH:  # of which the first is what the profile for staging asks for here, over a socket too
    OVER_HTTP += [(1, ["certifications"], ["--no-fuzz"]), (2, ["applicationReferences", "credits"], ["--no-fuzz"])]
    OVER_HTTP += [(5, ["billingRuns"], ["--no-fuzz"])]


@pytest.mark.parametrize(("seed", "groups", "how"), OVER_HTTP)
def test_a_server_in_order_gets_no_finding_over_http(
    seed: int, groups: list[str], how: list[str], tmp_path: Path
) -> None:
    """Whole resources over a real socket, with another seed each; all of them together are for the nightly run.

    Schemathesis over a socket is the same in each profile, and asks one resource in that for staging.
    """
    chosen = [word for group in groups for word in ("--group", group)]
    with serving() as running:
        told = ["--target", running.url, "--profile", "http", "--seed", str(seed), *chosen, *how]
        done = check(*told, home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[0].startswith("clean: ") or "\nclean: " in done.stdout


def test_staging_read_sends_nothing_but_what_reads(recording: tuple[Recording, str], tmp_path: Path) -> None:
    one, url = recording
    before = one.records()
    done = check(*staging(one, url, "staging-read"), home=tmp_path, MOCKSERVER_TOKEN=token(one, "acme"))
    assert done.returncode == 0, done.stdout + done.stderr
    routes = Routes(one.world.contract)
    kinds = {(operation := routes.operation(*request)) and operation.kind for request in set(one.requests)}
    assert kinds == {Kind.LIST, Kind.READ, Kind.LOOKUP, Kind.SEARCH, Kind.DOCUMENT}
    assert all(KINDS[kind].is_safe for kind in kinds if kind)
    assert len(one.requests) > 300
    assert one.records() == before
    assert one.world.outbox.mails() == []
    assert "this profile only reads" in done.stdout


@pytest.mark.parametrize(
    ("groups", "how"),
    [(GROUPS if THOROUGH else GROUPS[:1], ["--no-fuzz"]), (GROUPS if THOROUGH else ("courseInstructors",), [])],
)
def test_staging_write_touches_only_what_it_made_and_leaves_nothing(
    groups: tuple[str, ...], how: list[str], recording: tuple[Recording, str], tmp_path: Path
) -> None:
    one, url = recording
    before = one.records()
    theirs = {json.loads(raw)["id"] for records in before.values() for name in groups for raw in records[name]}
    assert theirs
    arguments = staging(one, url, "staging-write", "--allow-host", "127.0.0.1", *how, groups=groups)
    done = check(*arguments, home=tmp_path, MOCKSERVER_TOKEN=token(one, "acme"))
    assert done.returncode == 0, done.stdout + done.stderr
    routes = Routes(one.world.contract)
    for method, path in set(one.requests):
        operation = routes.operation(method, path)
        if operation and operation.kind in (Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.NOTICE):
            assert path.rpartition("/")[2] not in theirs, f"{method} {path}"
    assert any(method == "DELETE" for method, _ in one.requests)
    assert one.records() == before
    assert not list(tmp_path.rglob("*.jsonl"))


def test_after_a_kill_in_the_middle_a_sweep_leaves_nothing(recording: tuple[Recording, str], tmp_path: Path) -> None:
    one, url = recording
    before = one.records()
    arguments = staging(one, url, "staging-write", "--allow-host", "127.0.0.1")
    told = {**os.environ, "HOME": str(tmp_path), "MOCKSERVER_TOKEN": token(one, "acme")}
    one.breaks_off = True
    running = forked.Command("check", *arguments, env=told)
    try:
        assert one.in_the_middle.wait(timeout=600)
    finally:
        running.kill()
        running.communicate(timeout=60)
        one.breaks_off = False
    left = one.records()
    assert left != before
    assert all(PREFIX.encode() in raw for raw in _added(before, left))
    swept = check(*arguments, "--sweep", home=tmp_path, MOCKSERVER_TOKEN=token(one, "acme"))
    assert swept.returncode == 0, swept.stderr
    assert "removed" in swept.stdout
    assert one.records() == before
    assert not list(tmp_path.rglob("*.jsonl"))


def test_a_sweep_finds_by_the_mark_what_no_ledger_tells(recording: tuple[Recording, str], tmp_path: Path) -> None:
    """The machine that ran the checks is gone, and its ledger with it."""
    one, url = recording
    before = one.records()
    client = one.app.test_client()
    headers = {"Authorization": f"Bearer {token(one, 'acme')}"}
    body = {"name": f"{PREFIX}0badcafe 1", "contact_id": "c", "number": 1, "program_id": "prog-pmc", "status": "active"}
    assert client.post("/certifications/acme", json=body, headers=headers).status_code == 200
    assert client.post("/certifications/acme", json={**body, "name": "A customer"}, headers=headers).status_code == 200
    arguments = staging(one, url, "staging-write", "--allow-host", "127.0.0.1", "--sweep")
    swept = check(*arguments, home=tmp_path, MOCKSERVER_TOKEN=token(one, "acme"))
    assert "removed 1 records" in swept.stdout, swept.stderr
    assert [json.loads(raw)["name"] for raw in _added(before, one.records())] == ["A customer"]


def _added(before: dict[str, Any], after: dict[str, Any]) -> list[bytes]:
    return [
        raw
        for tenant, resources in after.items()
        for resource, records in resources.items()
        for raw in records
        if raw not in before.get(tenant, {}).get(resource, [])
    ]


def test_the_ledger_is_on_disk_before_anything_is_made(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "deep" / "ledger.jsonl")
    one, other = CreatedRecord("acme", "books", "1"), CreatedRecord("acme", "books", "2")
    ledger.write("intent", "m", CreatedRecord("acme", "books", ""))
    ledger.write("made", "m", one)
    ledger.write("made", "m", other)
    ledger.write("gone", "m", one)
    with ledger.file.open("a") as opened:
        opened.write('{"event": "made", "tenant": "ac')  # a crash in the middle of a line
    assert Ledger(ledger.file).left() == [other]
    ledger.close()
    assert ledger.file.exists()


def test_planted_secrets_are_in_no_output(recording: tuple[Recording, str], tmp_path: Path) -> None:
    """A token, an e-mail address and a chosen field, planted in a record and in findings that quote it."""
    one, url = recording
    own = token(one, "acme")
    client = one.app.test_client()
    body = {
        "name": "Ada", "contact_id": "c-1", "number": 1, "program_id": "prog-pmc", "status": "active",
        "email_address": "hidden.person@example.org", "notes": SECRET_STREET, "job_title": f"was told {own}",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {own}"}
    assert client.post("/certifications/acme", json=body, headers=headers).status_code == 200
    _spoil(one)
    report = tmp_path / "report"
    arguments = staging(one, url, "staging-read", "--redact", "notes", "--report", str(report), groups=GROUPS[:1])
    done = check(*arguments, home=tmp_path, MOCKSERVER_TOKEN=own)
    assert done.returncode == 1, done.stdout + done.stderr
    files = [one for one in report.rglob("*") if one.is_file()]
    outputs = {"terminal": done.stdout + done.stderr, **{one.name: one.read_text() for one in files}}
    stories = {one.name for one in files if one.parent.name == "stories"}
    assert stories
    assert set(outputs) - stories == {"terminal", *(one.file for one in BUILT_IN)}
    assert "(kept secret)" in outputs["traffic.har"]
    for name, text in outputs.items():
        for secret in (own, own.split(".")[2], token(one, "globex"), "hidden.person", SECRET_STREET):
            assert secret not in text, f"{name} shows {secret[:12]}"


def _spoil(one: Recording) -> None:
    """Let every read answer with the list's first record in its message: findings quote what was planted."""
    whole = one.app.wsgi_app

    def broken(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "GET" and "/contact/" in environ["PATH_INFO"]:
            start_response("418 no", [("Content-Type", "application/json")])
            auth = environ.get("HTTP_AUTHORIZATION", "")
            told = {"message": f"no {SECRET_STREET} for hidden.person@example.org", "notes": SECRET_STREET, "t": auth}
            return [json.dumps(told).encode()]
        return whole(environ, start_response)

    one.app.wsgi_app = broken  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--target", "http://127.0.0.1:1", "--profile", "http"], "does not answer"),
        (["--target", "mock", "--profile", "http"], "does not go with 'mock'"),
        (["--target", "http://127.0.0.1:1"], "does not go with"),
        (["--target", "http://127.0.0.1:1"], "or for a server --profile with one of http (of your own"),
        (["--target", "ftp://127.0.0.1", "--profile", "http"], "is not an http or https URL"),
        (["--target", "https://api.example.com", "--profile", "http"], "not to api.example.com"),
        (["--target", "https://api.example.com", "--profile", "staging-read"], "no tenant is named"),
        (["--target", "https://api.example.com", "--profile", "staging-read", "--tenant", "t"], "no token is given"),
        (["--target", "https://a.example", "--profile", "staging-write", "--tenant", "t", "--token", "x"], "--allow-host"),
        (["--target", "https://a.example", "--profile", "staging-write", "--tenant", "t", "--token", "x",
          "--allow-host", "b.example"], "a.example is not allowed by name"),
        (["--sweep"], "leaves nothing to sweep"),
        (["--rate", "0"], "not above 0"),
        (["--max-time", "-1"], "not above 0"),
        (["--baseline", "no-such-file.yaml"], "no such file"),
        (["--target", "http://127.0.0.1:1", "--profile", "staging-read", "--tenant", "t", "--token-command", "exit 3"], "ended with 3"),
        (["--target", "http://127.0.0.1:1", "--profile", "staging-read", "--tenant", "t", "--token-command", "true"], "no word"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_told_and_exits_with_2(arguments: list[str], told: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["check", *arguments], env={"HOME": str(tmp_path)})
    assert done.exit_code == 2, done.output
    assert told in done.stderr
    assert "nothing was checked" in done.stderr


def test_a_token_that_is_refused_is_told_without_being_shown(recording: tuple[Recording, str], tmp_path: Path) -> None:
    _, url = recording
    done = check(
        "--target", url, "--profile", "staging-read", "--tenant", "acme", "--token-command", "echo not-a-good-token",
        home=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert "answers 401" in done.stderr
    assert "not-a-good-token" not in done.stdout + done.stderr


def test_a_token_command_may_ask_for_each_tenant(recording: tuple[Recording, str], tmp_path: Path) -> None:
    one, url = recording
    for tenant in ("acme", "globex"):
        (tmp_path / tenant).write_text(token(one, tenant))
    done = check(
        "--target", url, "--profile", "staging-read", "--tenant", "acme", "--other-tenant", "globex",
        "--token-command", f"cat {tmp_path}/{{tenant}}", "--rate", "1000", "--no-fuzz", "--group", "courseInstructors", home=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no second tenant" not in done.stdout


class Hand:
    """A clock that stands until the run has come to a certain point, and is far beyond the end of its time then."""

    def __init__(self, point: Callable[[Event], bool]) -> None:
        self._point = point
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def hear(self, event: Event) -> None:
        if self._point(event):
            self.now = 1_000.0


def amid_the_checks(event: Event) -> bool:
    return isinstance(event, Judged) and event.result.check.name.startswith("paging")


def amid_the_fuzzing(event: Event) -> bool:
    return isinstance(event, Working) and event.what.startswith("coverage ")


def out_of_time(point: str) -> dict[str, Any]:
    """What a run says whose time is over at ``point``; Schemathesis leaves much memory behind, so not in this process."""
    hand = Hand({"checks": amid_the_checks, "fuzzing": amid_the_fuzzing}[point])
    verdict, _ = run(Options(groups=("courseInstructors",), max_time=500.0), hand.hear, clock=hand)
    assert hand.now, "the run never came to that point"
    unreached = sum(result.outcome is not Outcome.PASSED for result in verdict.results)
    return {"partial": verdict.partial, "unreached": unreached, "findings": len(verdict.findings)}


@pytest.mark.parametrize("point", ["checks", "fuzzing"])
def test_out_of_time_is_a_partial_verdict_that_says_so(point: str) -> None:
    """The fuzzer has a way of its own to stop."""
    verdict = forked.result(out_of_time, point=point)
    assert verdict["partial"] == "the run's time was up before its end"
    assert verdict["unreached"]
    assert not verdict["findings"]


def test_a_partial_verdict_is_told_on_the_terminal_and_in_reports(tmp_path: Path) -> None:
    """With no time at all, whatever the machine."""
    report = tmp_path / "r"
    done = check("--group", "programs", "--max-time", "0.001", "--report", str(report), home=tmp_path)
    assert "partial: the run's time was up" in done.stdout, done.stdout + done.stderr
    told = json.loads((report / "report.json").read_text())
    assert told["partial"]
    assert told["covered"]["checks"][0] < told["covered"]["checks"][1]


@pytest.fixture
def broken(recording: tuple[Recording, str]) -> tuple[Recording, str]:
    """A server that answers look-ups with a status that the document does not have."""
    _spoil(recording[0])
    return recording


def entry(**changes: Any) -> dict[str, Any]:
    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    return {"check": "*", "reason": "known, ticket 7", "expires": day, **changes}


def baseline(folder: Path, *entries: dict[str, Any]) -> str:
    file = folder / "baseline.yaml"
    file.write_text(yaml.safe_dump({"findings": list(entries)}))
    return str(file)


def test_a_baseline_accepts_known_findings_until_their_day(broken: tuple[Recording, str], tmp_path: Path) -> None:
    one, url = broken
    arguments = staging(one, url, "staging-read", "--no-fuzz", groups=GROUPS[:1])
    environment = {"MOCKSERVER_TOKEN": token(one, "acme")}
    plain = check(*arguments, "--report", str(tmp_path / "r"), home=tmp_path, **environment)
    assert plain.returncode == 1
    told = json.loads((tmp_path / "r" / "report.json").read_text())
    causes = {(found["check"], found["operation"]) for found in told["findings"]}
    assert ("watch.status", "listCertificationsByContactId") in causes
    assert {operation for _, operation in causes} == {"listCertificationsByContactId"}

    known = entry(operation="listCertificationsByContactId")
    stale = entry(check="versions.*", operation="nothing", reason="was mended")
    accepted = check(*arguments, "--baseline", baseline(tmp_path, known, stale), home=tmp_path, **environment)
    assert accepted.returncode == 0, accepted.stdout
    assert "known, ticket 7" in accepted.stdout
    assert "in the baseline, but matches nothing: versions.* (was mended)" in accepted.stdout

    past = entry(operation="listCertificationsByContactId", expires="2025-01-31")
    expired = check(*arguments, "--baseline", baseline(tmp_path, past), home=tmp_path, **environment)
    assert expired.returncode == 1
    assert "expired in the baseline on 2025-01-31" in expired.stdout


def test_an_incomplete_baseline_is_told_whole(tmp_path: Path) -> None:
    file = baseline(tmp_path, {"check": "x"}, entry(expires="someday"), entry(extra=1), "text")  # type: ignore[arg-type]
    done = check("--baseline", file, home=tmp_path)
    assert done.returncode == 2
    for told in (
        "/findings/0/reason",
        "/findings/0/expires",
        '/findings/1/expires: is "someday"',
        "/findings/2/extra",
        "/findings/3",
    ):
        assert told in done.stderr


def test_the_reports_hold_what_was_found(broken: tuple[Recording, str], tmp_path: Path) -> None:
    one, url = broken
    folder = tmp_path / "report"
    how = ["--no-fuzz", "--report", str(folder), "--seed", "9"]
    arguments = staging(one, url, "staging-read", *how, groups=GROUPS[:1])
    done = check(*arguments, home=tmp_path, MOCKSERVER_TOKEN=token(one, "acme"))
    told = json.loads((folder / "report.json").read_text())
    found = next(one for one in told["findings"] if one["check"] == "watch.status")
    assert found["cause"] == "answered 418, which is not declared"
    assert found["seed"] == told["seed"] == 9
    assert url in found["curl"]
    # The first request that met it may be one without a token, sent on purpose; others tell whose token they take.
    assert any('"Authorization: Bearer $TOKEN"' in one["curl"] for one in told["findings"])
    assert found["cause"] in done.stdout
    assert told["not_covered"]

    suites = ET.parse(folder / "junit.xml").getroot()
    cases = list(suites.iter("testcase"))
    assert len(cases) >= len(told["checks"])
    assert any("418" in failure.get("message", "") for failure in suites.iter("failure"))
    assert sum(int(suite.get("skipped", "0")) for suite in suites) == sum(
        c["outcome"] == "not covered" for c in told["checks"]
    )

    page = (folder / "report.html").read_text()
    assert found["cause"] in page
    assert "http://" not in page.replace(url, "").replace("http://127.0.0.1", "")
    assert "<script" not in page
    har = json.loads((folder / "traffic.har").read_text())["log"]
    assert har["version"] == "1.2"
    assert len(har["entries"]) == told["requests"]
    assert {"request", "response", "startedDateTime", "time", "cache", "timings"} <= set(har["entries"][0])


def test_ctrl_c_cleans_up(recording: tuple[Recording, str], tmp_path: Path) -> None:
    one, url = recording
    before = one.records()
    arguments = staging(one, url, "staging-write", "--allow-host", "127.0.0.1")
    told = {**os.environ, "HOME": str(tmp_path), "MOCKSERVER_TOKEN": token(one, "acme")}
    running = forked.Command("check", *arguments, env=told)
    try:
        assert one.in_the_middle.wait(timeout=600)
    finally:
        running.send_signal(signal.SIGTERM)
        _, errors = running.communicate(timeout=600)
    assert running.returncode == 2
    assert "stopped, interrupted" in errors
    assert one.records() == before


def test_asking_for_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from mockserver.commands.cli import main;"
        "assert CliRunner().invoke(main, ['check', '--help']).exit_code == 0;"
        "print([name for name in ('schemathesis', 'hypothesis', 'rich', 'faker') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
