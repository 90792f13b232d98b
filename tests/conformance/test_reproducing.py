"""Stories in a report: each finding names its own, which shows it, is short, and is gone on a sound server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.reporters.events import Event, Finished
from mockserver.conformance.reporters.report_data import Report
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.reporters.reporting import BUILT_IN
from mockserver.conformance.reporters.reproduction import basic, curl
from mockserver.conformance.stories.expecting import breaks, is_misheld, places_of
from mockserver.conformance.stories.replaying import ReplayResult, fate_of
from mockserver.conformance.stories.reproducing import tokens_of
from mockserver.conformance.stories.script_runtime import ABSENT
from mockserver.conformance.stories.scripts import file_name, write_stories
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.traffic import Exchange, Received, Sent
from unannotated_documents import PETS

CHECKS = '''
"""Deleting a reason, with a look at all of them before."""
from mockserver.conformance import Ask, Group, Kind, Session, check, walk


@check(Kind.CREATE, Kind.READ, Kind.DELETE, Kind.LIST, writes=True)
def check_gone(session: Session, group: Group) -> None:
    """What was deleted is not listed."""
    for _ in range(2):
        session.read(group, session.create(group)[group.key])
    made = session.create(group)
    walk(session, group, Ask(group.one(Kind.LIST)))
    session.at(group, Kind.DELETE, made[group.key])
    operation = group.one(Kind.LIST)
    ids = [one[group.key] for one in walk(session, group, Ask(operation))]
    session.expect_listing(operation, ids, "the list holds what was deleted", lacks=[made[group.key]])
'''


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Report, Any, Any]]:
    """A run of one check over a mock that deletes nothing, and what its transport was."""
    folder = tmp_path_factory.mktemp("checks")
    (folder / "fees.py").write_text(CHECKS)
    target = find_target(Options())
    heard: list[Report] = []

    def deletes_nothing(sent: Sent) -> Received:
        if sent.method == "DELETE" and sent.path.startswith("/statusReasons/"):
            return Received(200, (("Content-Type", "application/json"),), json.dumps(sent.path.split("/")[-1]).encode())
        return target.transport(sent)

    def hear(event: Event) -> None:
        if isinstance(event, Finished):
            heard.append(event.report)

    options = Options(groups=("statusReasons",), checks=(folder,), fuzzed=False, stories=Path("reports/stories"))
    with pytest.MonkeyPatch.context() as patched:
        only = "mockserver.conformance.runner.load_checks"
        from mockserver.conformance.loading import load_checks

        chosen = tuple(one for one in load_checks((folder,)) if one.suite == "fees")
        patched.setattr(only, lambda *_, **__: chosen)
        run(options, hear, target=replace(target, transport=deletes_nothing, is_own=False))
    yield heard[-1], target, deletes_nothing


def test_each_finding_names_its_story_in_every_report(told: tuple[Report, Any, Any]) -> None:
    report, _, _ = told
    [found] = [one for one in report.summary["findings"] if one["check"] == "fees.gone"]
    [story] = [one for one in report.stories if one.check == "fees.gone"]
    place = f"reports/stories/{file_name(report.stories.index(story) + 1, story)}.json"
    assert found["story"] == place
    written = {one.file: one.write(report) for one in BUILT_IN}
    assert [name for name, text in written.items() if place in text] == [
        "report.json", "junit.xml", "report.html", "report.sarif", "ctrf.json",
    ]  # fmt: skip


def test_a_story_is_as_short_as_it_gets_and_still_right(told: tuple[Report, Any, Any]) -> None:
    report, target, faulty = told
    [story] = [one for one in report.stories if one.check == "fees.gone"]
    assert [one.operation for one in story.steps] == ["createStatusReason", "deleteStatusReason", "listStatusReasons"]
    assert story.steps[-1].pages
    tokens = dict(tokens_of(target))
    assert fate_of(story, tokens, faulty) is ReplayResult.STILL_THERE
    assert fate_of(story, tokens, target.transport) is ReplayResult.GONE


TOKEN = "a-token-of-the-run"


@pytest.mark.parametrize(
    ("target", "headers", "wanted"),
    [
        ("/pets", (("Authorization", f"Bearer {TOKEN}"),), "Authorization: Bearer a-token-of-the-run"),
        ("/pets", (("Authorization", f"Basic {basic(TOKEN)}"),), f"check:{TOKEN}"),
        ("/pets", (("X-Key", TOKEN),), "X-Key: a-token-of-the-run"),
        ("/pets", (("Cookie", f"session={TOKEN}"),), "Cookie: session=a-token-of-the-run"),
        (f"/pets?api_key={TOKEN}&tags[]=1", (), "http://host.invalid/pets?api_key=a-token-of-the-run&tags[]=1"),
        ("/pets", (("Authorization", "Bearer of-somebody-else"),), "Authorization: Bearer a-bad-one"),
        ("/a/../b'c", (), "http://host.invalid/a/../b'c"),
    ],
)
def test_a_curl_sends_the_same_request_and_holds_no_secret(target: str, headers: Any, wanted: str) -> None:
    step = Exchange(1, datetime(2025, 1, 1, tzinfo=UTC), "a check", Sent("GET", target, headers, None), None)
    command = curl(step, "http://host.invalid", Redactor([TOKEN]), None)
    assert TOKEN not in command
    assert "somebody" not in command
    command = command.replace("curl ", "printf '%s\\n' ", 1)
    variables = {"TOKEN": TOKEN, "BAD_TOKEN": "a-bad-one"}
    done = subprocess.run(["sh", "-c", command], env=variables, capture_output=True, text=True, check=True)
    assert wanted in done.stdout.splitlines()


@pytest.mark.parametrize(
    ("value", "constraint", "is_broken"),
    [
        ({"a": [{"b": None}]}, ("/a/*/b", "type", ["string"]), True),
        ({"a": [{"b": "x"}]}, ("/a/*/b", "type", "string"), False),
        ({"a": [{}]}, ("/a/*/b", "required", ["b"]), True),
        ({"a": [{}]}, ("/a/*/b", "type", "string"), False),
        ({"a": []}, ("/a/*/b", "required", ["b"]), False),
        ({"a": True}, ("/a", "type", "number"), True),
        ({"a": 1.0}, ("/a", "type", "integer"), False),
        ({"a": 2.0}, ("/a", "enum", [1, 2]), False),
        ({"a": "b"}, ("/a", "pattern", "^c"), True),
        ({"a": "bcd"}, ("/a", "maxLength", 2), True),
        ({"a": [1]}, ("/a", "minItems", 2), True),
        ({"a": 3}, ("/a", "minimum", 3), False),
        ({"a": 4}, ("/a", "maximum", 3), True),
    ],
)
def test_a_story_judges_a_constraint_by_itself(value: Any, constraint: tuple[str, str, Any], is_broken: bool) -> None:
    pointer, keyword, limit = constraint
    found = [breaks(one, {"keyword": keyword, "limit": limit}) for one in places_of(value, pointer)]
    assert any(found) is is_broken


def listing(**more: Any) -> dict[str, Any]:
    return {"steps": [0], "items": "", "id": "/id", "holds": [], "lacks": [], "once": False, "alike": False, **more}


@pytest.mark.parametrize(
    ("wanted", "is_broken"),
    [
        (listing(holds=["{{id_1}}"]), False),
        (listing(holds=["{{id_1}}", "c"]), True),
        (listing(lacks=["{{id_1}}"]), True),
        (listing(lacks=["c"]), False),
        (listing(marked={"member": "id", "text": "a"}), False),
        (listing(marked={"member": "id", "text": "b"}), True),
        (listing(once=True), True),
        (listing(steps=[0, 1], alike=True), True),
    ],
)
def test_a_story_holds_lists_to_ids(wanted: dict[str, Any], is_broken: bool) -> None:
    lists = [["a", "b", "a"], ["b", "a"]]
    step = {"method": "GET", "target": "/things", "pages": None}
    replies: Any = [(200, {}, json.dumps([{"id": one} for one in ids]).encode()) for ids in lists]
    story = {"key": "id", "steps": [step, step]}
    assert is_misheld(wanted, story, replies, {"id_1": "a"}) is is_broken
    assert breaks(ABSENT, {"keyword": "type", "limit": "string"}) is False


def test_files_of_stories_are_called_as_the_report_says(told: tuple[Report, Any, Any], tmp_path: Path) -> None:
    report, _, _ = told
    names = {one.name for one in write_stories(tmp_path, report.stories)}
    assert {Path(one["story"]).name for one in report.summary["findings"] if one["story"]} <= names


def loses_a_member(sent: Sent, reply: Received) -> Received:
    return replace(reply, body=b'{"id": 1}') if sent.method == "GET" and reply.status == 200 else reply


def lists_nothing(sent: Sent, reply: Received) -> Received:
    return replace(reply, body=b"[]") if sent.method == "GET" and sent.path.endswith("/pets") else reply


def knows_everybody(sent: Sent, reply: Received) -> Received:
    return replace(reply, status=200) if sent.method == "GET" and reply.status == 404 else reply


def fails_to_delete(sent: Sent, reply: Received) -> Received:
    return replace(reply, status=500) if sent.method == "DELETE" else reply


@pytest.mark.parametrize("change", [loses_a_member, lists_nothing, knows_everybody, fails_to_delete])
def test_stories_of_any_document_make_the_records_that_their_paths_name(change: Any, tmp_path: Path) -> None:
    file = tmp_path / "pets.yaml"
    file.write_text(PETS)
    options = Options(spec=file, strictness=Provenance.INFERRED, stories=tmp_path)
    target, heard = find_target(options), list[Report]()

    def changed(sent: Sent) -> Received:
        return change(sent, target.transport(sent))

    def hear(event: Event) -> None:
        if isinstance(event, Finished):
            heard.append(event.report)

    run(options, hear, target=replace(target, transport=changed, is_own=False))
    assert heard[-1].stories
    sound, tokens = find_target(options), dict(tokens_of(target))
    for story in heard[-1].stories:
        assert fate_of(story, tokens, changed) is ReplayResult.STILL_THERE, story.cause
        assert fate_of(story, tokens, sound.transport) is ReplayResult.GONE, story.cause
