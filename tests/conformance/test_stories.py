"""Stories: what shows a finding, told so that it can be carried out again: as data, as a script and as a test."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from checking import listening
from mockserver.commands.cli import main
from mockserver.conformance.stories.replaying import ReplayResult, fate_of
from mockserver.conformance.stories.scripts import clear_stories, write_stories
from mockserver.conformance.stories.story import as_data, read_story
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import in_process
from mockserver.errors import SetupError
from mutants.catalogue import all_mutants
from mutants.command import SEED, ground
from mutants.planting import Soil, planted
from replays import PLANTED, SCRIPTED, found_in, scripted, tokens_of


@pytest.fixture(scope="module")
def soil() -> Soil:
    return Soil(ground(SEED)[1])


@pytest.fixture
def sound(soil: Soil) -> Any:
    """A sound mock as just started: where pages end depends on the ids that were given before."""
    return soil.again().wsgi_app


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


def test_what_is_not_a_story_is_refused_with_its_places(tmp_path: Path) -> None:
    file = tmp_path / "story.json"
    file.write_text(json.dumps({"format": 7, "steps": []}))
    with pytest.raises(SetupError) as refused:
        read_story(file)
    problems = "\n".join(map(str, refused.value.problems))
    assert "/format" in problems
    assert "/expectation" in problems
