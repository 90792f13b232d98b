"""Stories: what shows a finding, told so that it can be carried out again: as data, as a script and as a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from checking import listening
from mockserver.commands.cli import main
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options
from mockserver.conformance.report_redaction import Redactor
from mockserver.conformance.runner import Run
from mockserver.conformance.running import carry_out
from mockserver.conformance.stories.finding_story import Circumstances, tell_story
from mockserver.conformance.stories.replaying import ReplayResult, fate_of
from mockserver.conformance.stories.scripts import clear_stories, write_stories
from mockserver.conformance.stories.story import Story, as_data, read_story
from mockserver.conformance.targets import Target, find_target
from mockserver.conformance.traffic import Received, Sent
from mockserver.conformance.transports import in_process
from mockserver.errors import SetupError
from mutants.catalogue import all_mutants
from mutants.command import SEED, ground
from mutants.planting import planted
from mutants.trial import LIMITS

PLANTED = {
    "errors-left-out": "shapes.errors_name_the_place",
    "foreign-token-on-search": "isolation.foreign_token",
    "patch-by-any-id": "isolation.foreign_ids",
    "delete-does-nothing": "deleting.gone_everywhere",
    "version-from-client": "immutables.replace_keeps_managed",
    "read-lacks-number": "round_trip.created_is_read",
    "second-delete-200": "deleting.second_delete",
    "deleted-still-read": "deleting.gone_everywhere",
    "referenced-record-deleted": "deleting.dependants",
    "put-merges": "replacing.replaces_fully",
    "certificate-of-another": "documents_and_notices.document_shows_the_record",
    "notice-logged-twice": "documents_and_notices.notice_is_logged_once",
    "search-dates-as-numbers": "round_trip.found_everywhere",
    "deleted-still-listed": "deleting.gone_everywhere",
    "deleted-still-looked-up": "deleting.gone_everywhere",
    "deleted-still-found": "deleting.gone_everywhere",
    "page-repeats-boundary": "round_trip.found_everywhere",
    "deleted-key-starts-over": "paging.survives_deletes",
    "list-key-passed-over": "round_trip.found_everywhere",
    "dangling-create": "deleting.dangling",
    "ids-used-again": "deleting.ids_are_not_used_again",
    "order-unstable": "paging.complete",
    "lookup-null-for-absent": "watch.schema",
}
"""Mutants, and the check that finds each."""
SEEN_IN = {"watch.schema": "round_trip.projection"}
"""What is carried out where a watch on every reply finds it."""
SCRIPTED = ("search-dates-as-numbers", "list-key-passed-over")
"""Those whose scripts are carried out as well."""
GROUP = "certifications"


@pytest.fixture(scope="module")
def sound() -> Any:
    with planted(None, ground(SEED)[1]) as app:
        return app


def tokens_of(target: Target) -> dict[str, str]:
    assert target.other
    return {"TOKEN": str(target.own.token), "OTHER_TOKEN": str(target.other.token)}


def found_in(app: Any, check: str) -> tuple[Story, Target]:
    """The story of the first thing that ``check`` finds in ``app``."""
    options = Options(groups=(GROUP,), seed=SEED)
    target = find_target(options, app)
    run = Run(options, target)
    run.session.limits = LIMITS
    [chosen] = [one for one in load_checks() if one.name == SEEN_IN.get(check, check)]
    result = carry_out(chosen, run.session, run.plan.groups[GROUP])
    found = [one for one in (*result.findings, *run.oracle.findings.values()) if check in (one.check, chosen.name)]
    assert found, f"{check} finds nothing"
    redactor = Redactor(tokens_of(target).values())
    story = tell_story(found[0], Circumstances(target.contract, target.base_url, SEED, redactor))
    assert story
    return story, target


@pytest.mark.parametrize("name", PLANTED)
def test_a_story_shows_the_finding_again_and_that_it_is_gone(name: str, sound: Any, tmp_path: Path) -> None:
    [mutant] = [one for one in all_mutants() if one.name == name]
    with planted(mutant, ground(SEED)[1]) as app:
        told, target = found_in(app, PLANTED[name])
        files = write_stories(tmp_path, [told])
        story = read_story(files[0])
        assert json.loads(json.dumps(as_data(story))) == json.loads(files[0].read_text())
        tokens = tokens_of(target)
        assert fate_of(story, tokens, target.transport) is ReplayResult.STILL_THERE
        if name in SCRIPTED:
            with listening(app) as url:
                assert {one: scripted(files, one, url, tokens) for one in ("sh", "py")} == {"sh": 1, "py": 1}
    assert fate_of(story, tokens, in_process(sound)) is ReplayResult.GONE
    if name in SCRIPTED:
        with listening(sound) as url:
            assert {one: scripted(files, one, url, tokens) for one in ("sh", "py")} == {"sh": 0, "py": 0}
    assert not any(token in file.read_text() for file in files for token in tokens.values())


def scripted(files: list[Path], kind: str, url: str, tokens: dict[str, str]) -> int:
    """The exit status of the script, or of the test, against the server at ``url``."""
    file = next(one for one in files if one.suffix == f".{kind}")
    command = ["sh", str(file), url]
    if kind == "py":
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    environment = {**os.environ, **tokens, "BASE_URL": url, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=file.parent
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode


def test_a_story_leaves_nothing_behind(sound: Any) -> None:
    [mutant] = [one for one in all_mutants() if one.name == "put-merges"]
    with planted(mutant, ground(SEED)[1]) as app:
        story, target = found_in(app, PLANTED["put-merges"])
    held = sorted(step.target for step in story.cleaning)
    assert fate_of(story, tokens_of(target), in_process(sound)) is ReplayResult.GONE
    assert held
    assert all("{{" in one for one in held)


def test_the_command_replays_a_story(tmp_path: Path) -> None:
    [mutant] = [one for one in all_mutants() if one.name == "second-delete-200"]
    with planted(mutant, ground(SEED)[1]) as app:
        story, _ = found_in(app, PLANTED["second-delete-200"])
    files = write_stories(tmp_path, [story])
    done = CliRunner().invoke(main, ["check", "--replay", str(files[0])])
    assert (done.exit_code, done.output.partition(":")[0]) == (0, "gone"), done.output
    data = json.loads(files[0].read_text())
    data["expectation"]["statuses"] = [418]
    files[0].write_text(json.dumps(data))
    done = CliRunner().invoke(main, ["check", "--replay", str(files[0])])
    assert (done.exit_code, done.output.partition(":")[0]) == (1, "still there"), done.output
    clear_stories(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_story_that_shows_sometimes_is_flaky(sound: Any) -> None:
    [mutant] = [one for one in all_mutants() if one.name == "second-delete-200"]
    with planted(mutant, ground(SEED)[1]) as app:
        story, target = found_in(app, PLANTED["second-delete-200"])
    send, refused = in_process(sound), story.expectation.statuses[0]
    answered: list[Received] = []

    def wrong_once(sent: Sent) -> Received:
        reply = send(sent)
        if reply.status != refused:
            return reply
        answered.append(reply)
        return replace(reply, status=200) if len(answered) == 1 else reply

    assert fate_of(story, tokens_of(target), wrong_once) is ReplayResult.FLAKY


def test_what_is_no_story_is_refused_with_its_places(tmp_path: Path) -> None:
    file = tmp_path / "story.json"
    file.write_text(json.dumps({"format": 7, "steps": []}))
    with pytest.raises(SetupError) as refused:
        read_story(file)
    problems = "\n".join(map(str, refused.value.problems))
    assert "/format" in problems
    assert "/expectation" in problems
