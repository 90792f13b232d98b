"""No silence without evidence: what sent or judged nothing has not passed, and "clean" needs that enough was judged."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import forked
from checking import carried_out, prepared
from mockserver.commands.cli import main
from mockserver.conformance import Group, Inconclusive, Kind, NotApplicable, Session
from mockserver.conformance.evidence import Clause, declared
from mockserver.conformance.execution import NOTHING_ASKED, NOTHING_JUDGED, Outcome, Result, carry_out
from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.registry import Check
from mockserver.conformance.runner import Run
from mockserver.conformance.verdict import Verdict, Word
from mockserver.conformance.wire.traffic import Received, Sent

Body = Callable[[Session, Group], Any]


@cache
def sound() -> Run:
    return prepared()


def outcome(body: Body, broken: Any = None) -> Result:
    one = prepared(broken) if broken else sound()
    check = Check("mine.check", "A check", body, frozenset({Kind.CREATE}))
    return carry_out(check, one.session, one.plan.groups["certifications"])


def asks_nothing(session: Session, group: Group) -> None:
    for _ in ():
        session.create(group)


def judges_nothing(session: Session, group: Group) -> None:
    session.read(group, session.create(group)[group.key])


def judges_without_asking(session: Session, _: Group) -> None:
    session.expect(True, "is never found")


def judges(session: Session, group: Group) -> None:
    made = session.create(group)
    session.same(made, session.read(group, made[group.key]), "another record")


def stumbles(session: Session, group: Group) -> None:
    session.create(group)["no such member"].upper()


def gives_up(_: Session, __: Group) -> None:
    raise Inconclusive("the tenant is empty")


def does_not_apply(_: Session, __: Group) -> None:
    raise NotApplicable("there is no list")


@pytest.mark.parametrize(
    ("body", "wanted", "reason", "hindered"),
    [
        (asks_nothing, Outcome.NOT_COVERED, NOTHING_ASKED, False),
        (judges_without_asking, Outcome.NOT_COVERED, NOTHING_ASKED, False),
        (judges_nothing, Outcome.NOT_COVERED, NOTHING_JUDGED, False),
        (judges, Outcome.PASSED, "", False),
        (gives_up, Outcome.NOT_COVERED, "the tenant is empty", False),
        (does_not_apply, Outcome.NOT_APPLICABLE, "there is no list", False),
    ],
)
def test_only_what_was_asked_and_judged_has_passed(body: Body, wanted: Outcome, reason: str, hindered: bool) -> None:
    result = outcome(body)
    assert (result.outcome, result.reason, result.hindered) == (wanted, reason, hindered)


def test_a_result_tells_how_much_was_asked_and_judged() -> None:
    result = outcome(judges)
    assert (result.asked >= 2, result.judged) == (True, 1)


def test_a_fault_of_a_check_is_its_own_unless_a_reply_misled_it() -> None:
    own = outcome(stumbles)
    assert (own.outcome, own.findings) == (Outcome.ERROR, ())
    assert own.reason.startswith("KeyError: 'no such member' (test_evidence.py:")

    def misleading(sent: Sent, send: Callable[[Sent], Received]) -> Received:
        reply = send(sent)
        return replace(reply, body=b'{"id": "1"}') if sent.operation == "createCertification" else reply

    misled = outcome(stumbles, misleading)
    assert misled.outcome is Outcome.FAILED
    assert [one.cause for one in misled.findings] == ["a reply could not be understood"]


@cache
def whole() -> Verdict:
    return run(Options(groups=("settings",), fuzzed=False))[0]


def verdict(*results: Result, require: float | None = None, **changes: Any) -> Verdict:
    return replace(whole(), options=replace(whole().options, require=require), results=results, **changes)


CHECK = Check("mine.check", "A check", judges)
PASSED = Result(CHECK, "settings", Outcome.PASSED, asked=3, judged=2)
EMPTY = Result(CHECK, "settings", Outcome.NOT_COVERED, reason=NOTHING_ASKED)
HINDERED = Result(CHECK, "settings", Outcome.NOT_COVERED, reason="no reply", hindered=True)
UNPLANNED = Result(CHECK, "settings", Outcome.NOT_COVERED, reason="this profile only reads", planned=False)
BROKEN = Result(CHECK, "settings", Outcome.ERROR, reason="KeyError: 'x'")


@pytest.mark.parametrize(
    ("results", "required", "word", "exit_code"),
    [
        ([PASSED], None, Word.CLEAN, 0),
        ([PASSED, EMPTY, UNPLANNED], None, Word.CLEAN, 0),
        ([PASSED, EMPTY, EMPTY], None, Word.INCOMPLETE, 1),
        ([PASSED, EMPTY], 0.95, Word.INCOMPLETE, 1),
        ([PASSED, HINDERED], None, Word.INCOMPLETE, 1),
        ([PASSED, HINDERED], 0.5, Word.CLEAN, 0),
        ([PASSED, UNPLANNED], 1.0, Word.CLEAN, 0),
        ([EMPTY, HINDERED], None, Word.UNJUDGED, 2),
        ([EMPTY], 0.0, Word.UNJUDGED, 2),
        ([PASSED, BROKEN], 0.1, Word.ERROR, 2),
    ],
)
def test_clean_needs_evidence(results: list[Result], required: float | None, word: Word, exit_code: int) -> None:
    found = verdict(*results, require=required)
    assert (found.word, found.exit_code) == (word, exit_code)


def test_what_ended_early_is_not_clean_unless_enough_was_judged() -> None:
    assert verdict(PASSED, partial="the time is over").word is Word.INCOMPLETE
    assert verdict(PASSED, partial="the time is over", require=1.0).word is Word.CLEAN
    assert verdict(PASSED, stopped="the token was refused").exit_code == 2


def test_clauses_are_told_exercised_or_not() -> None:
    one = sound()
    carried_out(one, "failed_writes.invalid")
    create = one.plan.groups["certifications"].one(Kind.CREATE)
    seen = one.session.evidence.exercised[create.id]
    known = declared(one.target.contract, create)
    assert Clause("constraint", "/name type") in known and Clause("constraint", "/name type") in seen
    assert {Clause("status", "200"), Clause("status", "400"), Clause("media type", "application/json")} <= set(seen)
    assert Clause("status", "429") in known and Clause("status", "429") not in seen


CHECKS = """
from mockserver.conformance import Group, Kind, Session, check

@check(Kind.CREATE, Kind.READ, writes=True)
def check_kept(session: Session, group: Group) -> None:
    \"\"\"A record stays.\"\"\"
    made = session.create(group)
    session.same(made, session.read(group, made[group.key]), "a record does not stay")

@check(Kind.CREATE, writes=True)
def check_stumbles(session: Session, group: Group) -> None:
    \"\"\"A check with a fault of its own.\"\"\"
    session.create(group)["no such member"]
"""


def test_a_check_with_a_fault_is_told_and_the_rest_is_reported(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.py").write_text(CHECKS)
    report = tmp_path / "report"
    arguments = ["check", "--checks", str(tmp_path / "mine"), "--group", "courseInstructors", "--no-fuzz"]
    done = forked.run(*arguments, "--report", str(report), env={**os.environ, "COLUMNS": "120"})
    assert done.returncode == 2, done.stdout + done.stderr
    output = done.stdout + done.stderr
    assert "1 of the checks crashed" in output
    assert "the check mine.stumbles (courseInstructors) crashed: KeyError: 'no such member' (mine.py:13)" in output
    told = json.loads((report / "report.json").read_text())
    kept = next(one for one in told["checks"] if (one["name"], one["resource"]) == ("mine.kept", "courseInstructors"))
    assert (kept["outcome"], kept["judged"]) == ("passed", 1)
    assert told["evidence"]["kinds"]["read"]["judged"] > 0
    assert '<error message="KeyError' in (report / "junit.xml").read_text()


def test_reports_of_an_earlier_run_do_not_stand_beside_one_that_failed(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")
    (tmp_path / "mine.txt").write_text("stays")
    target = ["--target", "http://127.0.0.1:1", "--profile", "http"]
    done = CliRunner().invoke(main, ["check", *target, "--report", str(tmp_path)])
    assert done.exit_code == 2
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
