"""All checks through a gateway with one bad habit: what stands between run and API is no finding, and never silence either."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mockserver.conformance.execution import Outcome
from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.runner import Run
from mockserver.conformance.verdict import Verdict, Word
from mockserver.conformance.wire.targets import Target, find_target
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import Unreachable
from unannotated_documents import PETS

Send = Callable[[Sent], Received]
Habit = Callable[[Sent, Send, int], Received]
MAINTENANCE = b"<html><body>Down for maintenance, back soon.</body></html>"
PAGE = b"<!doctype html><html><title>404</title>Not here</html>"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
GROUP = "trainingProvPrograms"


class Time:
    """A clock that moves with each request and when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


@cache
def mock(spec: Path | None = None) -> Target:
    return find_target(Options(spec=spec) if spec else Options())


def checked(habit: Habit | None, time: Time | None = None, **options: Any) -> Verdict:
    """A run over one resource through a gateway with ``habit``; nothing of it may be left behind."""
    time = time or Time()
    options = {"groups": (GROUP,), "fuzzed": False, **options}
    target = mock(options.get("spec"))
    own, numbers = options.pop("own", target.own), itertools.count(1)

    def transport(sent: Sent) -> Received:
        time.now += 0.004
        return habit(sent, target.transport, next(numbers)) if habit else target.transport(sent)

    verdict, _ = run(
        Options(**options), target=replace(target, transport=transport, own=own), clock=time, pause=time.pause
    )
    return verdict


def every(number: int, answer: Callable[[Sent, Send], Received]) -> Habit:
    return lambda sent, send, count: answer(sent, send) if count % number == 0 else send(sent)


def says(
    status: int, body: bytes = b"busy", headers: tuple[tuple[str, str], ...] = ()
) -> Callable[[Sent, Send], Received]:
    return lambda _, __: Received(status, headers, body)


def loses(answer: Callable[[Sent, Send], Received]) -> Callable[[Sent, Send], Received]:
    """The API carries the request out, and its answer gets lost."""

    def lost(sent: Sent, send: Send) -> Received:
        send(sent)
        return answer(sent, send)

    return lost


def fails(cause: str, *, arrived: bool = True) -> Callable[[Sent, Send], Received]:
    def fail(_: Sent, __: Send) -> Received:
        raise Unreachable(cause, arrived=arrived)

    return fail


RESET = "the connection was closed before a whole reply came"


@pytest.mark.parametrize(
    ("habit", "cause"),
    [
        (every(7, says(429)), "429 Too Many Requests"),
        (every(9, says(200, MAINTENANCE, HTML)), "an HTML page with status 200"),
    ],
)
def test_what_passes_is_waited_out_and_no_finding(habit: Habit, cause: str) -> None:
    verdict = checked(habit)
    assert [(one.check, one.operation, one.cause) for one in verdict.findings] == []
    assert [one.cause for one in verdict.troubles] == [cause]
    hit = [one.check.name for one in verdict.results if one.hindered]
    # Which of several writers, or items of a batch, was not heard cannot always be looked up, nor what no JSON asks for.
    told = ("concurrency.", "failed_writes.unreadable_bodies")
    assert all(name.startswith(told) or "batch" in name for name in hit), hit
    assert (verdict.word, verdict.exit_code) == ((Word.INCOMPLETE, 1) if hit else (Word.CLEAN, 0))
    assert verdict.left == ()


@pytest.mark.parametrize(("answer", "cause"), [(says(502), "502 Bad Gateway"), (fails(RESET), RESET)])
def test_writes_whose_answer_got_lost_are_not_findings_and_leave_nothing(answer: Any, cause: str) -> None:
    mock.cache_clear()  # which answers get lost is not to depend on what other tests left in the world
    verdict = checked(every(97, loses(answer)))
    assert [(one.check, one.operation, one.cause) for one in verdict.findings] == []
    assert [one.cause for one in verdict.troubles] == [cause]
    assert sum(one.hindered for one in verdict.results) <= 3
    assert verdict.left == ()


def test_what_stays_is_one_cause_and_the_checks_it_hit_are_not_covered() -> None:
    def habit(sent: Sent, send: Send, _: int) -> Received:
        return Received(503, (), b"") if sent.operation == "patchTrainingProvProgram" else send(sent)

    verdict = checked(habit)
    assert verdict.findings == ()
    assert (verdict.word, verdict.exit_code) == (Word.INCOMPLETE, 1)
    [trouble] = verdict.troubles
    assert trouble.given_up > 1
    hit = [one for one in verdict.results if one.hindered]
    assert {one.reason for one in hit} == {"503 Service Unavailable"}
    assert 10 < len(hit) < len([one for one in verdict.results if one.has_judged])


def test_the_greeting_asks_what_the_chosen_groups_have_and_forgives_one_broken_operation() -> None:
    asked: list[str] = []

    def habit(sent: Sent, send: Send, _: int) -> Received:
        asked.append(str(sent.operation))
        return Received(404, HTML, PAGE) if sent.operation == "listProgramsByProgramId" else send(sent)

    verdict = checked(habit)
    assert asked[:2] == ["listProgramsByProgramId", "getTrainingProvProgram"]
    assert verdict.word is Word.FINDINGS


class Tokens:
    """An issuer whose tokens are taken one after the other: each new one makes the old ones bad."""

    def __init__(self) -> None:
        self.good = str(mock().own.token)
        self.known = {f"Bearer {self.good}"}
        self.minted = 0

    def renew(self) -> str:
        self.minted += 1
        assert mock().own.mint
        self.good = mock().own.mint(jti=str(self.minted))
        self.known.add(f"Bearer {self.good}")
        return self.good

    def habit(self, period: int) -> Habit:
        """Every so many requests the token is withdrawn."""

        def habit(sent: Sent, send: Send, count: int) -> Received:
            if count % period == 0:
                self.good = "none"
            header = sent.header("Authorization")
            is_old = header in self.known and header != f"Bearer {self.good}"
            return Received(401, (), b"{}") if is_old else send(sent)

        return habit


def test_a_token_that_is_refused_is_fetched_anew_and_the_request_repeated() -> None:
    tokens = Tokens()
    own = replace(mock().own, renew=tokens.renew)
    verdict = checked(tokens.habit(400), own=own)
    assert tokens.minted >= 3
    assert [(one.check, one.cause) for one in verdict.findings] == []
    assert verdict.word is Word.CLEAN
    assert tokens.good in verdict.secrets


def test_an_operation_that_refuses_a_good_token_is_a_finding() -> None:
    def habit(sent: Sent, send: Send, _: int) -> Received:
        return Received(401, (), b"{}") if sent.operation == "patchTrainingProvProgram" else send(sent)

    verdict = checked(habit)
    assert verdict.stopped == ""
    assert verdict.exit_code == 1
    assert "patchTrainingProvProgram" in {one.operation for one in verdict.findings}


@dataclass
class Replica:
    """Reads of one record see what was written ``lag`` seconds ago."""

    time: Time
    lag: float

    def __post_init__(self) -> None:
        self._old: dict[str, tuple[float, Received]] = {}

    def __call__(self, sent: Sent, send: Send, _: int) -> Received:
        path = sent.path
        if sent.method == "GET" and path in self._old and self._old[path][0] > self.time.now:
            return self._old[path][1]
        headers = tuple((name, text) for name, text in sent.headers if name != "Content-Type")
        look = Sent("GET", path, headers)
        before = send(look) if sent.method in ("PUT", "PATCH", "DELETE") else None
        reply = send(sent)
        if sent.method == "POST" and reply.status < 300 and "/batch" not in path and "id" in str(reply.body[:20]):
            path = f"{path}/{json.loads(reply.body)['id']}"
            before = send(replace(look, target=f"{sent.path}/987654"))
        if before is not None and 200 <= reply.status < 300:
            self._old[path] = (self.time.now + self.lag, before)
        return reply


def laggard(lag: float, **options: Any) -> Verdict:
    time = Time()
    return checked(Replica(time, lag), time, target="http://127.0.0.1:1", profile="http", **options)


def test_reads_that_lag_are_one_finding_and_not_forty() -> None:
    verdict = laggard(0.2)
    [found] = verdict.findings
    assert found.cause.startswith("reads lag behind writes by "), found
    assert verdict.lag and 0.15 < verdict.lag.high < 0.3
    assert verdict.exit_code == 1


def test_reads_that_lag_no_more_than_allowed_are_waited_for_and_told() -> None:
    verdict = laggard(0.2, settle=2.0)
    assert verdict.findings == ()
    assert verdict.word is Word.CLEAN
    assert verdict.lag


@pytest.mark.parametrize(
    ("groups", "spec"), [(("settings",), None), ((), PETS)], ids=["single records", "a document without annotations"]
)
def test_lag_is_measured_whatever_the_records_are(groups: Any, spec: Any, tmp_path: Path) -> None:
    more: dict[str, Any] = {"groups": groups}
    if spec:
        (tmp_path / "pets.yaml").write_text(spec)
        more |= {"spec": tmp_path / "pets.yaml", "strictness": Provenance.INFERRED}
    verdict = laggard(0.2, settle=2.0, **more)
    assert [(one.check, one.cause) for one in verdict.findings] == []
    assert verdict.lag and 0.15 < verdict.lag.high < 0.3


def test_reads_that_do_not_lag_are_not_waited_for() -> None:
    time = Time()
    verdict = checked(None, time, target="http://127.0.0.1:1", profile="http", settle=2.0)
    assert (verdict.lag, verdict.word) == (None, Word.CLEAN)


def test_a_check_that_asks_nothing_is_not_a_reason_to_greet_again() -> None:
    run = Run(Options(groups=("settings",)), mock())
    run.greet()
    run.checks = [one for one in run.checks if one.suite in ("paging", "batching", "versions")]  # for many records
    run.check_groups(run.groups)
    assert {one.outcome for one in run.results} == {Outcome.NOT_APPLICABLE}
    assert run.client.recorder.total == 1


def test_a_token_that_is_withdrawn_before_the_cleaning_up_stops_the_run_and_says_what_is_left() -> None:
    refuses: list[bool] = []

    def transport(sent: Sent) -> Received:
        return Received(401, (), b"{}") if refuses else mock().transport(sent)

    run = Run(Options(groups=("statusReasons",)), replace(mock(), transport=transport))
    run.greet()
    made = run.session.create(run.groups["statusReasons"])
    refuses.append(True)
    assert [one.id for one in run.clean_up()] == [made["id"]]
    assert run.stopped.startswith("while cleaning up, the token was refused from request ")
