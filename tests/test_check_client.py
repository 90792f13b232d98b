"""The one way out: what it lets through, how fast, how often again, until when; and what it never shows."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from checking import prepared
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.wire.allow_list import NotAllowed, allowed
from mockserver.conformance.wire.client import Fate, TargetClient
from mockserver.conformance.wire.gateway import PATIENCE, PAUSES, Stopped
from mockserver.conformance.wire.pacing import OutOfTime, RequestRate, retry_after
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Contract
from mockserver.values.redaction import HIDDEN


class Time:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds


class Target:
    """Answers with what it is given, one after the other, the last one for ever; an exception is raised."""

    def __init__(self, *answers: Received | Exception) -> None:
        self.answers = list(answers)
        self.got: list[Sent] = []

    def __call__(self, sent: Sent) -> Received:
        self.got.append(sent)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(scope="module")
def contract() -> Contract:
    return prepared().plan.contract


OK = Received(200, (), b"{}")


def busy(status: int = 429, seconds: str = "7") -> Received:
    return Received(status, (("Retry-After", seconds),), b"")


def client(contract: Contract, target: Target, time: Time | None = None, *, rate=None, max_time=None, reads=False):
    time = time or Time()
    pace = RequestRate(rate, max_time, clock=time, pause=time.pause)
    return TargetClient(
        contract, target, allow=allowed(contract, reads_only=reads, unmarked=True, elsewhere=True), pace=pace
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/certifications/acme"),
        ("PUT", "/certifications/acme/x"),
        ("PATCH", "/certifications/acme/x"),
        ("DELETE", "/certifications/acme/x"),
        ("POST", "/certifications/acme/batch"),
        ("POST", "/certifications/acme/previewEmail"),
        ("POST", "/certifications/acme/sendNotice/n/x"),
        ("GET", "/no/such/path"),
        ("OPTIONS", "/certifications/acme"),
        ("TRACE", "/certifications/acme"),
    ],
)
def test_what_is_not_allowed_never_leaves(contract: Contract, method: str, path: str) -> None:
    target = Target(OK)
    one = client(contract, target, reads=True)
    with pytest.raises(NotAllowed, match=method):
        one.send(Sent(method, path))
    assert target.got == []
    assert len(one.refused) == 1


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/certifications/acme?fields=name", "listCertifications"),
        ("GET", "/certifications/acme/cert-ada", "getCertification"),
        ("GET", "/certifications/acme/contact/c%7C1", "listCertificationsByContactId"),
        ("GET", "/certifications/acme/certificate/x", "downloadCertificate"),
        ("POST", "/certifications/acme/search", "searchForCertifications"),
    ],
)
def test_what_reads_leaves_and_is_recorded(contract: Contract, method: str, path: str, operation: str) -> None:
    target = Target(OK)
    one = client(contract, target, reads=True)
    assert one.send(Sent(method, path)) is OK
    assert target.got[0].operation == operation
    assert one.recorder.statuses == {(operation, 200): 1}


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "/certifications/acme/x", "/certifications/acme/x?consistentRead=true"),
        ("GET", "/certifications/acme/x?fields=name", "/certifications/acme/x?fields=name&consistentRead=true"),
        ("GET", "/certifications/acme/x?consistentRead=false", "/certifications/acme/x?consistentRead=false"),
        ("GET", "/certifications/acme", "/certifications/acme"),
        ("DELETE", "/certifications/acme/x", "/certifications/acme/x"),
    ],
)
def test_where_reads_lag_they_ask_to_be_consistent(contract: Contract, method: str, path: str, sent: str) -> None:
    for lag, wanted in ((0.0, path), (0.2, sent)):
        target = Target(OK)
        one = client(contract, target)
        one.pace.lag = lag
        one.send(Sent(method, path))
        assert target.got[0].target == wanted


def test_safe_requests_are_sent_again_when_the_target_says_when(contract: Contract) -> None:
    time, target = Time(), Target(busy(), busy(503, "2"), OK)
    assert client(contract, target, time).send(Sent("GET", "/certifications/acme")).status == 200
    assert time.waits == [7.0, 2.0]
    assert len(target.got) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_a_write_that_was_not_looked_at_is_sent_again(contract: Contract, status: int) -> None:
    time, target = Time(), Target(busy(status), Received(status, (), b""), OK)
    one = client(contract, target, time)
    assert one.send(Sent("POST", "/certifications/acme", body=b"{}")).status == 200
    assert time.waits == [7.0, 1.0]


@pytest.mark.parametrize(
    ("method", "attempts"), [("GET", 1 + len(PAUSES)), ("POST", 1), ("DELETE", 1), ("PATCH", 1), ("PUT", 1)]
)
@pytest.mark.parametrize("answer", [Unreachable("reset"), Received(502, (), b""), Received(504, (), b"")])
def test_a_write_that_may_have_been_carried_out_is_not_sent_again_unseen(
    contract: Contract, method: str, attempts: int, answer: Received | Exception
) -> None:
    time, target = Time(), Target(answer)
    with pytest.raises(Unreachable):
        client(contract, target, time).send(Sent(method, f"/certifications/acme{'/x' * (method != 'POST')}"))
    assert len(target.got) == attempts


@pytest.mark.parametrize(("fate", "attempts"), [(Fate.NOT_DONE, 2), (Fate.DONE, 1), (Fate.UNKNOWN, 1)])
def test_a_write_is_looked_up_before_it_is_sent_again(contract: Contract, fate: Fate, attempts: int) -> None:
    time, target = Time(), Target(Received(502, (), b""), OK)
    one = client(contract, target, time)
    one.look_up = lambda _, __: fate
    if fate is Fate.NOT_DONE:
        assert one.send(Sent("PUT", "/certifications/acme/x", body=b"{}")).status == 200
    else:
        with pytest.raises(Unreachable, match="whether a write was carried out is unknown"):
            one.send(Sent("PUT", "/certifications/acme/x", body=b"{}"))
    assert len(target.got) == attempts


def test_a_connection_that_was_never_made_carried_nothing_out(contract: Contract) -> None:
    time, target = Time(), Target(OK, Unreachable("refused", arrived=False), OK)
    one = client(contract, target, time)
    assert [one.send(Sent("POST", "/certifications/acme", body=b"{}")).status for _ in range(2)] == [200, 200]
    assert len(target.got) == 3


def test_a_target_that_stays_silent_stops_the_run(contract: Contract) -> None:
    time, target = Time(), Target(OK, Unreachable("refused", arrived=False))
    one = client(contract, target, time)
    one.send(Sent("GET", "/certifications/acme"))
    with pytest.raises(Stopped, match="no more replies: refused, from request 2 on"):
        while True:
            with suppress(Unreachable):
                one.send(Sent("GET", "/certifications/acme"))
    assert time.now <= PATIENCE + sum(PAUSES)
    sent = len(target.got)
    with pytest.raises(Stopped):
        one.send(Sent("GET", "/certifications/acme"))
    assert len(target.got) == sent


def test_the_rate_is_kept(contract: Contract) -> None:
    time = Time()
    one = client(contract, Target(OK), time, rate=4)
    for _ in range(9):
        one.send(Sent("GET", "/certifications/acme"))
    assert time.now == pytest.approx(2.0)


def test_nothing_leaves_after_the_time_is_over(contract: Contract) -> None:
    time, target = Time(), Target(OK)
    one = client(contract, target, time, rate=1, max_time=3)
    with pytest.raises(OutOfTime):
        while True:
            one.send(Sent("GET", "/certifications/acme"))
    assert len(target.got) == 4
    one.pace.extend(10)
    one.send(Sent("GET", "/certifications/acme"))


def test_a_retry_that_would_come_too_late_ends_the_run(contract: Contract) -> None:
    target = Target(busy(seconds="60"), OK)
    with pytest.raises(OutOfTime):
        client(contract, target, max_time=5).send(Sent("GET", "/certifications/acme"))
    assert len(target.got) == 1


def test_retry_after_in_all_its_forms() -> None:
    assert retry_after("12") == 12
    assert retry_after(None) is None
    assert retry_after("soon") is None
    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert 25 < (retry_after(format_datetime(soon, usegmt=True)) or 0) <= 30
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJlLW9mLXRoaXM"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {TOKEN}",
        f"https://api.example.com/x?access_token={TOKEN}",
        "the token opaque-token-1 was refused",
        "Bearer some-opaque-thing-2",
        "write to ada.lovelace+x@example.com, please",
        "/search?email=ada.lovelace%40example.com",
        "found 'Kirchstraße 5', wanted nothing",
        "found 'Kirchstra\\u00dfe 5'",
        "/x?street=Kirchstra%C3%9Fe%205",
        "her PIN is 4711.",
    ],
)
def test_secrets_are_covered_wherever_they_turn_up(text: str) -> None:
    redactor = Redactor([TOKEN, "opaque-token-1"], ["Street", "pin"])
    redactor.learn(json.dumps({"a": [{"street": "Kirchstraße 5"}], "PIN": 4711}).encode())
    covered = redactor.text(text)
    assert HIDDEN in covered
    for secret in (TOKEN, "opaque", "ada.lovelace", "Kirchstra", "4711"):
        assert secret not in covered


def test_chosen_fields_are_covered_in_bodies_patches_and_queries() -> None:
    redactor = Redactor([], ["street"])
    redactor.learn(json.dumps([{"street": "Hidden Lane"}, {"street": ["Secret Way", 4711]}]).encode())
    body = {"street": {"any": "thing"}, "city": "London", "note": "near Hidden Lane, off Secret Way", "n": [4711, 1]}
    assert json.loads(redactor.body(json.dumps(body).encode())) == {
        "street": HIDDEN,
        "city": "London",
        "note": f"near {HIDDEN}, off {HIDDEN}",
        "n": [HIDDEN, 1],
    }
    steps = [{"op": "add", "path": "/street", "value": "Elsewhere"}]
    assert json.loads(redactor.body(json.dumps(steps).encode()))[0]["value"] == HIDDEN
    assert "Hidden" not in redactor.text("/x?street=Hidden%20Lane")


def test_what_a_run_made_up_itself_is_not_a_secret_elsewhere() -> None:
    redactor = Redactor([], ["street", "number"])
    redactor.sent("/x?street=answered", b'{"street": "wanted", "number": 200}')
    redactor.learn(b'{"street": "wanted", "number": 200}')
    redactor.learn(b'{"street": "Hidden Lane"}')
    redactor.sent("/x", b'{"street": "Hidden Lane"}')
    redactor.learn(b'{"street": "Hidden Lane"}')
    assert redactor.text("answered 200, wanted 404 in Hidden Lane") == f"answered 200, wanted 404 in {HIDDEN}"
    assert redactor.texts({"seconds": 200, "street": "x"}) == {"seconds": 200, "street": "x"}


def test_what_is_not_a_secret_stays() -> None:
    text = "patchCertification answered 200, wanted 400: body/0/path; eyes open"
    assert Redactor([], ["pin"]).text(text) == text
