"""The object that tests hold, by itself: what it sends, plants, answers when asked, and what its messages say."""

from __future__ import annotations

import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from mockserver.errors import SetupError
from mockserver.runtime.journal import SHOWN_BODY
from mockserver.settings import Settings
from mockserver.testing import Mock, Stage, Wanted, difference, read_options
from mockserver.testing.marker import OWN
from mockserver.values.form import read_form
from mockserver.values.redaction import redact_text
from mockserver.verification.wording import shown

MOMENT = datetime(2025, 4, 18, 12, tzinfo=UTC)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def lent(stage: Stage, library: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[..., Mock]]:
    """Makes mocks of the tiny library API, one after the other; options as the marker takes them."""
    library()
    leases = []

    def lend(**given: Any) -> Mock:
        for lease in leases:
            stage.take_back(lease)
        options = read_options({"spec": "openapi.json", "fixtures": ".", "scenario": "empty", **given}, tmp_path)
        leases[:] = [stage.lend(options)]
        return Mock(stage, leases[0], options)

    yield lend
    for lease in leases:
        stage.take_back(lease)


@pytest.fixture
def mock(lent: Callable[..., Mock]) -> Mock:
    return lent()


def create(mock: Mock, **book: Any) -> Any:
    return mock.client.post("/books/acme", json={"title": "A", **book}).json()


def failure(ask: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as raised:
        ask()
    return str(raised.value)


# Sending.


def test_the_client_speaks_like_requests(mock: Mock) -> None:
    made = mock.client.post("/books/acme", json={"title": "A"})
    assert (made.status_code, made.ok, made.headers["content-type"]) == (200, True, "application/json")
    book = made.json()
    assert mock.client.get(f"/books/acme/{book['id']}").json() == book
    put = mock.client.put(f"/books/acme/{book['id']}", json={"id": book["id"], "title": "B"})
    assert put.json()["title"] == "B"
    patch = [{"op": "replace", "path": "/title", "value": "C"}]
    assert mock.client.patch(f"/books/acme/{book['id']}", json=patch).json()["title"] == "C"
    assert mock.client.delete(f"/books/acme/{book['id']}").text == f'"{book["id"]}"'
    with pytest.raises(AssertionError, match=r"^404 .*No record"):
        mock.client.get(f"/books/acme/{book['id']}").raise_for_status()


def test_parameters_are_sent_as_an_api_reads_them(mock: Mock) -> None:
    book = create(mock)
    params = {"loud": True, "depth": 2, "tags": ["a", "b"], "fields": None}
    assert mock.client.get(f"/books/acme/{book['id']}?fields=title", params=params).ok
    assert mock.journal[-1].query == {"fields": ["title"], "loud": ["true"], "depth": ["2"], "tags": ["a", "b"]}


def test_a_body_can_be_sent_as_it_is(mock: Mock) -> None:
    answer = mock.client.post("/books/acme", data="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert mock.journal[-1].json == "{"


def test_the_client_reaches_the_mock_only(mock: Mock) -> None:
    with pytest.raises(ValueError, match="does not begin with a slash"):
        mock.client.get("https://example.com/books/acme")


def test_nothing_in_the_process_opens_a_socket(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert create(mock)["title"] == "A"
    assert mock.calls("createBook")


def test_the_url_is_a_real_socket_until_the_stage_closes(mock: Mock, stage: Stage) -> None:
    request = urllib.request.Request(mock.url + "/books/acme", headers=mock.headers())
    with urllib.request.urlopen(request) as answer:
        assert answer.read() == b"[]"
    mock.assert_called("listBooks", times=1)
    stage.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(request)
    assert "mockserver" not in {thread.name for thread in threading.enumerate()}


# Who asks.


def test_tokens(mock: Mock) -> None:
    def status(**token: Any) -> int:
        return mock.client.get("/books/acme", headers=mock.headers(**token)).status_code

    assert status() == 200
    assert status(expires_in=-60) == 401
    assert status(expires_in=timedelta(hours=-1)) == 401
    assert status(tenant="globex") == 403
    assert mock.client.get("/books/acme", headers={"Authorization": None}).status_code == 401
    assert mock.client_for(tenant="globex").get("/books/globex").ok


def test_writes_are_stamped_with_the_subject(mock: Mock) -> None:
    made = mock.client_for(subject="auth0|ada").post("/books/acme", json={"title": "A"}).json()
    assert made["made_by"] == "auth0|ada"


def test_tokens_grow_old_with_the_clock_but_the_clients_own(mock: Mock) -> None:
    headers = mock.headers(expires_in=3600)
    assert mock.client.get("/books/acme", headers=headers).ok
    mock.clock.advance(hours=2)
    assert mock.client.get("/books/acme", headers=headers).status_code == 401
    mock.clock.advance(days=400)
    assert mock.client.get("/books/acme").ok


@pytest.mark.parametrize(("given", "tenant"), [({}, "acme"), ({"tenant": "globex"}, "globex")])
def test_the_default_tenant(lent: Callable[..., Mock], given: dict[str, Any], tenant: str) -> None:
    mock = lent(**given)
    assert mock.tenant == tenant
    assert mock.client.get(f"/books/{tenant}").ok


# What there is.


def test_planted_records_are_whole_and_found(mock: Mock) -> None:
    author = mock.put("authors", {"name": "Ada"})
    book = mock.put("books", {"title": "A", "author_id": author["id"], "locked": True})
    assert (book["version"], book["made_by"], book["made_at"]) == (1, "mockserver|test", "2025-04-18T12:00:00.000Z")
    assert mock.records("books") == [book]
    assert mock.client.get(f"/books/acme/author/{author['id']}").json()["Items"] == [book]
    assert mock.client.delete(f"/books/acme/{book['id']}").status_code == 409
    mock.put("books", {"id": book["id"], "title": "B"})
    assert [one["title"] for one in mock.records("books")] == ["B"]
    assert mock.records("books", tenant="globex") == []


def test_planting_tells_everything_that_is_wrong(mock: Mock) -> None:
    with pytest.raises(SetupError) as raised:
        mock.put("books", {"titel": "A", "pages": "many", "author_id": "nobody"})
    assert str(raised.value).splitlines() == [
        "planted in books: /title: is required and missing; add it",
        'planted in books: /pages: "many" is not of type "number"; correct it (type)',
        "planted in books: /titel: is not a field; did you mean 'title'?",
        "planted in books: /author_id: names 'nobody', which is not in authors; plant that one first",
    ]
    assert mock.records("books") == []
    with pytest.raises(SetupError, match="unknown resource 'book'; did you mean 'books'"):
        mock.put("book", {})


def test_planting_leaves_the_next_id_alone(lent: Callable[..., Mock]) -> None:
    first = create(lent())["id"]
    mock = lent()
    mock.put("books", {"id": "mine", "title": "A"})
    assert create(mock)["id"] == first


def test_the_clock(mock: Mock) -> None:
    assert mock.clock.now == MOMENT
    assert mock.clock.advance(hours=2) == MOMENT + timedelta(hours=2)
    assert create(mock)["made_at"] == "2025-04-18T14:00:00.000Z"
    assert mock.clock.set("2030-01-01") == datetime(2030, 1, 1, tzinfo=UTC)
    assert mock.clock.set(MOMENT, running=True) >= MOMENT


def test_faults_and_outbox(mock: Mock) -> None:
    mock.fail("listBooks", status=429, times=2, retry_after=7)
    answers = [mock.client.get("/books/acme") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    with pytest.raises(SetupError, match="418 is not declared"):
        mock.fail("listBooks", status=418)
    mock.client.post("/books/acme/preview", json={"to": "ada@example.com", "email": {"subject": "S", "body": "B"}})
    [mail] = mock.outbox
    assert (mail["to"], mail["subject"], mail["body"]) == ("ada@example.com", "S", "B")


def test_a_reset_is_the_beginning_of_the_test(lent: Callable[..., Mock]) -> None:
    mock = lent(clock="2025-06-01T00:00:00Z")
    create(mock)
    mock.clock.advance(hours=2)
    mock.reset()
    assert (mock.records("books"), mock.journal) == ([], [])
    assert mock.clock.now == datetime(2025, 6, 1, tzinfo=UTC)


# What happened.


def test_called_says_which(mock: Mock) -> None:
    create(mock, pages=1)
    create(mock, pages=2)
    [call] = mock.assert_called("createBook", body={"pages": 2})
    assert (call.number, call.method, call.status, call.json) == (2, "POST", 200, {"title": "A", "pages": 2})
    assert call.reply["version"] == 1
    mock.assert_called("createBook", times=2)
    mock.assert_called(method="post", path="/books/acme", status=200, tenant="acme", times=2)
    mock.assert_called(path=re.compile("^/books/"), headers={"content-TYPE": "application/json"})
    mock.assert_called("listBooks", times=0)
    mock.assert_not_called("createBook", body={"pages": 3})
    assert mock.calls("listBooks") == []


def test_not_called_tells_the_nearest_and_what_differed(mock: Mock) -> None:
    mock.client.get("/books/acme", params={"after": "x"})
    create(mock, pages=1, in_print=True)
    create(mock, title="B", pages=1, in_print=False)
    wanted = {"title": re.compile("^C"), "pages": 1, "in_print": False, "email": "a@b"}
    assert failure(lambda: mock.assert_called("createBook", query={"dry": True}, body=wanted)) == (
        'Not called: createBook, query={"dry": true}, '
        """body={"title": "re.compile('^C')", "pages": 1, "in_print": false, "email": "a@b"}\n"""
        "The nearest of 3 other requests:\n"
        "  #3 POST /books/acme -> 200 createBook\n"
        "      query/dry: wanted true, found nothing\n"
        '      body/title: wanted /^C/, found "B"\n'
        '      body/email: wanted "a@b", found nothing\n'
        "  #2 POST /books/acme -> 200 createBook\n"
        "      query/dry: wanted true, found nothing\n"
        '      body/title: wanted /^C/, found "A"\n'
        "      body/in_print: wanted false, found true\n"
        '      body/email: wanted "a@b", found nothing\n'
        "  #1 GET /books/acme?after=x -> 200 listBooks\n"
        '      operation: wanted "createBook", found "listBooks"\n'
        "      query/dry: wanted true, found nothing\n"
        """      body: wanted {"title": "re.compile('^C')", "pages": 1, "in_print": false, "email": "a@b"}, found null"""
    )


def test_messages_about_numbers_of_calls(mock: Mock) -> None:
    assert failure(lambda: mock.assert_called("listBooks")) == "Not called: listBooks\nNo request was made at all."
    create(mock)
    assert failure(lambda: mock.assert_called("createBook", times=2)).splitlines()[:3] == [
        "Called once, wanted twice: createBook",
        "  #1 POST /books/acme -> 200 createBook",
        '      sent:  {"title": "A"}',
    ]
    assert failure(lambda: mock.assert_called("listBooks", times=3)) == (
        "Not called, wanted 3 times: listBooks\n"
        "The one other request:\n"
        "  #1 POST /books/acme -> 200 createBook\n"
        '      operation: wanted "listBooks", found "createBook"'
    )
    told = failure(lambda: mock.assert_not_called(method="POST"))
    assert told.startswith('Called once, wanted none: method="POST"\n  #1 POST /books/acme -> 200 createBook\n')
    assert failure(lambda: mock.assert_called(times=0)).startswith("Called once, wanted never: any request\n")


def test_an_unknown_name_is_not_a_verdict(mock: Mock) -> None:
    for ask in (mock.assert_called, mock.assert_not_called, mock.calls):
        with pytest.raises(SetupError, match="'createBok' is not an operation; did you mean 'createBook'"):
            ask("createBok")
    with pytest.raises(TypeError, match="boddy"):
        mock.assert_not_called("createBook", boddy={})


def test_what_the_journal_lost_is_not_taken_for_never_called(lent: Callable[..., Mock]) -> None:
    mock = lent(journal=2)
    for _ in range(3):
        mock.client.get("/books/acme")
    mock.assert_called("listBooks")
    told = failure(lambda: mock.assert_not_called("createBook"))
    assert told.startswith("Cannot tell how often it was called: createBook\nThe journal kept the last 2 requests")
    assert failure(lambda: mock.assert_called("listBooks", times=3)).startswith("Cannot tell how often")
    assert "The journal dropped 1 earlier requests" in failure(lambda: mock.assert_called("createBook"))


def test_a_call_may_come_later(mock: Mock) -> None:
    mock.fail("listBooks", delay=0.2)
    later = threading.Thread(target=lambda: mock.client.get("/books/acme"))
    later.start()
    mock.assert_called("listBooks", within=60)
    later.join()
    with pytest.raises(AssertionError, match="Not called"):
        mock.assert_called("createBook", within=0.01)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"method": "get"}, ["method"]),
        ({"path": "/books/globex"}, ["path"]),
        ({"status": 404}, ["status"]),
        ({"tenant": "globex"}, ["tenant"]),
        ({"query": {"a": "1"}}, []),
        ({"query": {"a": 1, "flag": True}}, []),
        ({"query": {"b": ["1", "2"]}}, []),
        ({"query": {"b": "1"}}, ["query/b"]),
        ({"query": {"a": None}}, ["query/a"]),
        ({"query": {"c": None}}, []),
        ({"headers": {"X-Trace": re.compile("^t")}}, []),
        ({"headers": {"X-Trace": "u"}}, ["headers/X-Trace"]),
        ({"headers": {"X-None": None}}, []),
        ({"body": {"title": "A"}}, []),
        ({"body": {"title": ANY, "tags": ["x", re.compile("y")]}}, []),
        ({"body": {"tags": ["x"]}}, ["body/tags"]),
        ({"body": {"tags": ["x", "z"]}}, ["body/tags/1"]),
        ({"body": {"shelf": {"row": 1}}}, []),
        ({"body": {"shelf": {"row": 2, "a/b": 1}}}, ["body/shelf/row", "body/shelf/a/b"]),
        ({"body": {"in_print": True}}, []),
        ({"body": {"in_print": 1}}, ["body/in_print"]),
        ({"body": {"pages": 1.0}}, []),
        ({"body": {"pages": True}}, ["body/pages"]),
        ({"body": []}, ["body"]),
        ({"body": None}, ["body"]),
    ],
)
def test_difference(mock: Mock, wanted: dict[str, Any], places: list[str]) -> None:
    body = {"title": "A", "pages": 1, "in_print": True, "tags": ["x", "y"], "shelf": {"row": 1, "side": "left"}}
    query = {"a": 1, "b": [1, 2], "flag": True}
    mock.client.post("/books/acme", params=query, json=body, headers={"X-Trace": "t1"})
    assert [found.place for found in difference(Wanted(**wanted), mock.journal[-1])] == places


def test_none_stands_for_no_body(mock: Mock) -> None:
    mock.client.get("/books/acme")
    mock.assert_called("listBooks", body=None)


def test_a_body_that_was_not_kept_is_not_compared(mock: Mock) -> None:
    create(mock, title="x" * SHOWN_BODY)
    told = failure(lambda: mock.assert_called("createBook", body={"title": "y"}))
    assert f"found more than the {SHOWN_BODY} bytes that the journal keeps" in told


# Secrets.


def test_no_secret_is_told(mock: Mock) -> None:
    token = mock.token()
    mock.client.post(
        "/books/acme",
        params={"access_token": "hush-1", "x": token},
        json={"title": 5, "password": "hush-2", "shelf": {"API_key": "hush-3"}, "email": f"Bearer {token}"},
        headers={"Cookie": "hush-4"},
    )
    wish = {"headers": {"Authorization": "Bearer hush-5", "Cookie": "hush-6"}, "body": {"password": "hush-7"}}
    told = mock.transcript() + failure(lambda: mock.assert_called("createBook", **wish))
    assert "headers/Authorization: wanted (kept secret), found (kept secret)" in told
    assert "hush" not in told
    assert token not in told
    assert token.split(".")[1] not in told


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"client_secret":"a\\"b","city":"London"}', '{"client_secret":"(kept secret)","city":"London"}'),
        ('{"token": 12, "n": 1', '{"token": "(kept secret)", "n": 1'),
        ('{"tokens": ["hush", "hush"], "n": 1', '{"tokens": "(kept secret)"'),
        ('{"password": "cut off', '{"password": "(kept secret)"'),
        ("/x?y=1&api-key=abc&z=2", "/x?y=1&api-key=(kept secret)&z=2"),
        ("password=abc&z=2", "password=(kept secret)&z=2"),
        ("Bearer abc.def", "(kept secret)"),
        ('{"title": "The tokens of Ada"}', '{"title": "The tokens of Ada"}'),
    ],
)
def test_redaction_of_text(text: str, kept: str) -> None:
    assert redact_text(text) == kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"tokens": ["hush", {"a": "hush"}], "n": 1}, '{"tokens": "(kept secret)", "n": 1}'),
        ([{"x": {"apiKey": "hush", "b": [1]}}], '[{"x": {"apiKey": "(kept secret)", "b": [1]}}]'),
        ({"said": "Bearer abc.def"}, '{"said": "(kept secret)"}'),
        ("x" * 400, '"' + "x" * 299 + "…"),
        (re.compile("^a"), "/^a/"),
        ({1: {"now": MOMENT}}, f'{{"1": {{"now": "{MOMENT!r}"}}}}'),
    ],
)
def test_redaction_of_values(value: Any, kept: str) -> None:
    assert shown(value) == kept


def test_no_depth_is_too_deep_for_a_report(mock: Mock) -> None:
    mock.client.post("/books/acme", data="[" * 900 + "]" * 900, headers={"Content-Type": "application/json"})
    assert "#1 POST /books/acme -> 400 createBook" in mock.transcript()


# Taking turns.


def test_a_mock_ends_with_its_test(lent: Callable[..., Mock]) -> None:
    before = lent()
    after = lent()
    late = before.client_for  # kept by something that outlived its test
    with pytest.raises(RuntimeError, match="belongs to a test that is over"):
        late().get("/books/acme")
    with pytest.raises(RuntimeError, match="belongs to a test that is over"):
        before.put("books", {"title": "late"})
    assert after.records("books") == after.journal == []


def test_a_late_request_finds_nobody(lent: Callable[..., Mock]) -> None:
    before = lent(auth="off")
    client, headers = before.client, before.headers()
    after = lent(auth="off")
    client._headers = lambda: headers
    answer = client.post("/books/acme", json={"title": "late"})
    assert answer.status_code == 503
    assert "No test is using the mock" in answer.json()["message"]
    assert after.records("books") == after.journal == []


def test_a_reply_that_is_asked_to_be_late_is_late(lent: Callable[..., Mock], monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("mockserver.web.damage.sleep", waited.append)
    assert lent(auth="off").client.get("/books/acme", headers={"Prefer": "delay=2"}).status_code == 200
    assert 2 in waited


class Held:
    """Requests that a fault holds up, until they are let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self._held = threading.Event()
        monkeypatch.setattr("mockserver.web.damage.sleep", self._sleep)

    def create(self, mock: Mock) -> threading.Thread:
        """A request that is under way when this returns."""
        mock.fail("createBook", delay=1)
        request = threading.Thread(target=lambda: create(mock, title="late"))
        request.start()
        assert self._held.wait(60)
        return request

    def _sleep(self, _: float) -> None:
        self._held.set()
        assert self.go.wait(60)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(monkeypatch)


def test_a_test_ends_when_its_requests_have(
    lent: Callable[..., Mock], held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockserver.testing.stage.PATIENCE", 60.0)
    before = lent()
    world = before.world
    request = held.create(before)
    threading.Timer(0.05, held.go.set).start()
    after = lent()
    request.join()
    assert after.world is world
    assert after.records("books") == after.journal == []


def test_a_world_that_is_still_in_use_is_never_used_again(
    lent: Callable[..., Mock], held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockserver.testing.stage.PATIENCE", 0.0)
    before = lent()
    world = before.world
    request = held.create(before)
    after = lent()
    held.go.set()
    request.join()
    assert after.world is not world
    assert after.records("books") == after.journal == []
    assert [book.data()["title"] for book in world.store.tenant("acme")["books"].scan()] == ["late"]


def test_worlds_are_kept_for_those_that_want_the_same(lent: Callable[..., Mock]) -> None:
    first, other, again = (lent(**given).world for given in ({}, {"page_size": 10}, {}))
    assert first is again
    assert first is not other


def test_only_so_many_worlds_are_kept(lent: Callable[..., Mock], stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.testing.stage.KEPT", 2)
    worlds = [lent(seed=seed).world for seed in (1, 2, 3, 1, 3)]
    assert worlds[0] is not worlds[3]
    assert worlds[2] is worlds[4]
    assert len(stage._apps) == 2


def test_two_tests_at_once_are_refused(lent: Callable[..., Mock], stage: Stage, tmp_path: Path) -> None:
    lent()
    with pytest.raises(RuntimeError, match="they take turns"):
        stage.lend(read_options({"spec": "openapi.json", "fixtures": ".", "scenario": "empty"}, tmp_path))


# Options.


def test_options() -> None:
    given = {"clock": "2025-06-01T02:00:00+02:00", "seed": 7, "spec": "a.json", "tenant": "globex", "strict": True}
    options = read_options(given, Path("/root"))
    assert options.moment == datetime(2025, 6, 1, tzinfo=UTC)
    assert (options.tenant, options.strict) == ("globex", True)
    assert (options.settings.clock, options.settings.seed) == ("frozen", 7)
    assert options.settings.spec == Path("/root/a.json")
    assert read_options({"overlays": ["b.yaml"]}, Path("/root")).settings.overlays == (Path("/root/b.yaml"),)
    usual = read_options({}, Path())
    assert (usual.moment, usual.tenant, usual.strict, usual.settings.clock) == (None, None, False, "frozen")
    assert read_options({"clock": "now"}, Path()).settings.clock == "now"
    assert read_options({"clock": datetime(2025, 6, 1)}, Path()).moment == datetime(2025, 6, 1, tzinfo=UTC)  # noqa: DTZ001 -- naive is UTC


def test_wrong_options_are_told_all_at_once() -> None:
    given = {"senario": "edge", "seed": "7", "page_size": True, "clock": "noon", "strict": 1, "counts": 5}
    with pytest.raises(SetupError) as raised:
        read_options(given, Path())
    assert str(raised.value).splitlines() == [
        'mark mockserver: /clock: is "noon", wanted a date or a timestamp; give scenario, frozen, now or an ISO 8601 timestamp',
        "mark mockserver: /counts: is 5 (integer), wanted object; give how many records each resource has, such as {'books': 50}",
        "mark mockserver: /page_size: is true (boolean), wanted integer; give how many records a page holds",
        "mark mockserver: /seed: is \"7\" (string), wanted integer or null; give a whole number, or None for the scenario's",
        "mark mockserver: /senario: is unknown; did you mean 'scenario'?",
        "mark mockserver: /strict: is 1 (integer), wanted boolean; give true or false: whether a refusal that the test does not expect fails it",
    ]  # fmt: skip
    with pytest.raises(SetupError, match="settings: /page_size: 0 is out of range"):
        read_options({"page_size": 0}, Path())
    with pytest.raises(SetupError, match="/spec: is object \\(object\\), wanted string"):
        read_options({"spec": object()}, Path())


def test_the_schema_of_options_has_every_setting() -> None:
    names = [one.name for one in fields(Settings)]
    assert list(read_form("options")["properties"]) == [*names, *sorted(OWN, reverse=True)]


def test_a_snapshot_of_one_test_is_not_there_in_the_next(lent: Callable[..., Mock]) -> None:
    assert lent().client.put("/__mock__/snapshots/mine").json() == ["mine"]
    assert lent().client.get("/__mock__/snapshots").json() == []
