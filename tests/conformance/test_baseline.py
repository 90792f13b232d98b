"""The baseline is written by the run itself: with a reason and a day, beside what was there, and never by half."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from click.testing import CliRunner

from conformance.test_any_document_checks import PETS, answers_another_type, checked, takes_anything
from mockserver.commands.check import check
from mockserver.conformance.baseline import DAYS
from mockserver.contract import Kind


@pytest.fixture
def pets(tmp_path):
    file = tmp_path / "pets.yaml"
    file.write_text(PETS)
    return file


def entries(file):
    return yaml.safe_load(file.read_text())["findings"]


def test_what_is_found_is_written_and_then_accepted(pets, tmp_path):
    file = tmp_path / "deep" / "baseline.yaml"
    first = checked(pets, answers_another_type, Kind.READ, baseline=file, update_baseline=True, reason="Ticket 12")
    assert first.exit_code == 0
    assert first.baseline.accepted
    assert {one["reason"] for one in entries(file)} == {"Ticket 12"}
    today = datetime.now(UTC).date()
    assert {one["expires"] for one in entries(file)} <= {today + timedelta(days=DAYS - 1), today + timedelta(days=DAYS)}
    assert checked(pets, answers_another_type, Kind.READ, baseline=file).exit_code == 0
    assert checked(pets, takes_anything, Kind.CREATE, baseline=file).exit_code == 1


def test_entries_that_are_there_stay_with_their_reason(pets, tmp_path):
    file = tmp_path / "baseline.yaml"
    old = {"check": "watch.*", "reason": "kept", "expires": "2001-01-01"}
    other = {"check": "somewhere.else", "operation": "nothing", "reason": "another group", "expires": "2099-01-01"}
    file.write_text(yaml.safe_dump({"findings": [old, other]}))
    assert checked(pets, answers_another_type, Kind.READ, baseline=file, update_baseline=True).exit_code == 0
    known = {one["check"]: one for one in entries(file)}
    assert known["watch.*"]["reason"] == "kept"
    assert known["watch.*"]["expires"].year > 2001
    assert known["somewhere.else"]["reason"] == "another group"
    assert "any_document.answers" not in known, "what the watch tells is one finding"
    assert checked(pets, takes_anything, Kind.CREATE, baseline=file, update_baseline=True).exit_code == 0
    [new] = [one for one in entries(file) if one["check"] == "any_document.required"]
    assert "say here why" in new["reason"]


def test_guesses_are_not_written(pets, tmp_path):
    file = tmp_path / "baseline.yaml"

    def lists_nothing(wire):
        wire.say([])

    verdict = checked(pets, lists_nothing, Kind.LIST, baseline=file, update_baseline=True)
    assert verdict.noted
    assert entries(file) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--update-baseline"], "--update-baseline: no baseline is named; name the file to write with --baseline"),
        (["--reason", "x"], "--reason: is given without --update-baseline"),
        (["--baseline", "missing.yaml"], "or let --update-baseline make it"),
    ],
)
def test_what_cannot_be_is_said(arguments, message):
    result = CliRunner().invoke(check, arguments)
    assert result.exit_code == 2
    assert message in result.output
