"""Faults on request: what a gateway says is possible whatever is declared, and one request may ask for its own status."""

from __future__ import annotations

import json
import re
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver import create_app
from mockserver.messages import Damage
from mockserver.testing.in_process import Client
from mockserver.testing.lease import Lease
from mockserver.testing.live_server import Server
from mockserver.testing.watch import Watch
from mockserver.web.damage import SlowContent, damaged
from server import Running, serving


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_a_gateway_says_needs_no_declaration(library, status: int) -> None:
    client = library().test_client()
    asked = client.post("/__mock__/faults", json={"status": status, "operation": "listBooks", "retry_after": 3})
    assert asked.status_code == 200, asked.text
    failed = client.get("/books/acme")
    assert (failed.status_code, failed.headers["Retry-After"]) == (status, "3")
    assert client.get("/__mock__/journal").json[-1]["breach"] is False
    assert client.get("/books/acme").status_code == 200


def break_(client: Any, damage: str, **fault: Any) -> None:
    answer = client.post("/__mock__/faults", json={"damage": damage, "operation": "createBook", **fault})
    assert answer.status_code == 200, answer.text


def test_garbled_content_and_a_page_instead(library) -> None:
    client = library().test_client()
    break_(client, "garbled")
    garbled = client.post("/books/acme", json={"title": "A"})
    assert (garbled.status_code, garbled.content_type) == (200, "application/json")
    with pytest.raises(ValueError, match=r"utf-8|JSON"):
        json.loads(garbled.data)
    assert garbled.headers["Mock-Reason"] == "fault asked for"
    break_(client, "html", status=502)
    page = client.post("/books/acme", json={"title": "B"})
    assert (page.status_code, page.content_type) == (502, "text/html; charset=utf-8")
    assert page.data.startswith(b"<!doctype html>")
    assert [book["title"] for book in client.get("/books/acme").json] == ["A"], "carried out, unless a status stands"


def test_in_process_a_lost_or_cut_reply_is_a_connection_error(library) -> None:
    app = library()
    client = Client(Lease(app, app.extensions["mockserver"], Watch(strict=False)), dict)
    break_(app.test_client(), "drop")
    with pytest.raises(ConnectionError, match="dropped"):
        client.post("/books/acme", json={"title": "A"})
    break_(app.test_client(), "cut")
    with pytest.raises(ConnectionError, match="cut after"):
        client.post("/books/acme", json={"title": "B"})
    assert len(client.get("/books/acme").json()) == 2
    assert [entry["status"] for entry in client.get("/__mock__/journal").json()] == [200, 200, 200]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"damage": "slow"}, "no time for a slow reply"),
        ({"damage": "drip", "delay": 1}, 'is "drip"'),
    ],
)
def test_a_damage_that_cannot_be_done_is_refused(library, fault: dict[str, Any], said: str) -> None:
    refused = library().test_client().post("/__mock__/faults", json=fault)
    assert refused.status_code in (400, 409)
    assert said in refused.json["errors"][0]["message"]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving("--scenario", "empty", "--auth", "off") as started:
        yield started


@pytest.fixture(scope="module")
def threaded() -> Iterator[Server]:
    server = Server(create_app(scenario="empty", auth="off").wsgi_app)
    yield server
    server.close()


@pytest.fixture(params=["running", "threaded"])
def url(request: pytest.FixtureRequest) -> str:
    """The server that is shipped, and the one that tests start for browsers: both do the same damage."""
    return str(request.getfixturevalue(request.param).url)


def received(url: str, within: float = 60, **fault: Any) -> bytes:
    """All that the socket gives for one request that has this fault before it, until the server closes it."""
    sent = urllib.request.Request(f"{url}/__mock__/faults", json.dumps(fault).encode(), method="POST")
    sent.add_header("Content-Type", "application/json")
    urllib.request.urlopen(sent, timeout=60).close()
    address = urlsplit(url)
    pieces = []
    with socket.create_connection((address.hostname, address.port), timeout=within) as connection:
        connection.sendall(b"GET /settings/acme HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n")
        while piece := connection.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


def test_a_lost_reply_is_not_one_byte(url: str) -> None:
    assert received(url, damage="drop") == b""
    assert received(url, damage="drop", status=503) == b""


def test_a_reset_is_seen_as_one(url: str) -> None:
    with pytest.raises(ConnectionResetError):
        received(url, damage="reset")


def test_a_silent_connection_ends_in_time_and_holds_nobody(url: str) -> None:
    assert received(url, damage="silent", delay=0.2) == b""
    with pytest.raises(TimeoutError):
        received(url, within=0.2, damage="silent")
    assert received(url, delay=0.01).startswith(b"HTTP/1.1 404"), "others are answered, the client that left too"


def test_a_reply_of_a_wrong_type_is_whole(url: str) -> None:
    head, _, content = received(url, damage="mistyped").partition(b"\r\n\r\n")
    assert b"content-type: text/plain" in head.lower()
    assert json.loads(content)


@pytest.mark.parametrize(("size", "rate", "seconds"), [(1_000, 2_000, 0.5), (1_000_000, 1, 30), (0, 1, 0)])
def test_content_comes_at_its_rate_with_a_bound(size: int, rate: int, seconds: float) -> None:
    slowly = damaged(bytes(size), Damage("slow", rate=rate))
    assert isinstance(slowly, SlowContent)
    assert slowly.seconds == seconds
    assert b"".join(slowly.pieces()) == bytes(size)


def test_a_gateways_page_has_its_status(url: str) -> None:
    head, _, page = received(url, damage="html", status=504).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 504")
    assert b"<h1>504 Gateway Timeout</h1>" in page


def test_a_cut_reply_ends_before_its_length(url: str) -> None:
    head, _, content = received(url, damage="cut").partition(b"\r\n\r\n")
    [length] = re.findall(rb"content-length: (\d+)", head.lower())
    assert len(content) == int(length) // 2 > 0


def test_a_slow_reply_takes_its_time_in_pieces() -> None:
    slowly = SlowContent(b"x" * 1_000, 2.0)
    assert len(slowly.pieces()) * slowly.pause == pytest.approx(2.0)
    assert b"".join(slowly.pieces()) == slowly.content
    assert len(slowly.pieces()) > 1


def test_a_slow_reply_is_whole(url: str) -> None:
    head, _, content = received(url, damage="slow", delay=0.2).partition(b"\r\n\r\n")
    [length] = re.findall(rb"content-length: (\d+)", head.lower())
    assert len(content) == int(length)
    assert json.loads(content)


# Which requests, how often, how surely.


def ask(client: Any, **fault: Any) -> None:
    answer = client.post("/__mock__/faults", json=fault)
    assert answer.status_code == 200, answer.text


def statuses(client: Any, times: int, address: str = "/books/acme", **request: Any) -> list[int]:
    return [client.get(address, **request).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        ({"method": "get"}, {"method": "DELETE"}),
        ({"path": "/books/*"}, {"path": "/authors/*"}),
        ({"query": {"after": "b"}}, {"query": {"after": None}}),
        ({"headers": {"X-Who": "me"}}, {"headers": {"X-Who": None}}),
        ({"body": {"a": {"b": 1}}}, {"body": {"a": {"b": 2}}}),
        ({"tenant": "acme"}, {"tenant": "globex"}),
    ],
)
def test_a_fault_is_for_the_requests_it_tells(library, wanted: dict[str, Any], other: dict[str, Any]) -> None:
    client = library().test_client()
    sent = {"query_string": {"after": "b"}, "headers": {"X-Who": "me"}, "json": {"a": {"b": 1, "c": 2}}}
    ask(client, status=503, times=None, **other)
    assert client.get("/books/acme", **sent).status_code != 503
    ask(client, status=503, times=None, **wanted)
    assert client.get("/books/acme", **sent).status_code == 503


def test_some_pass_before_and_only_so_many_are_hit(library) -> None:
    client = library().test_client()
    ask(client, status=503, after=2, times=2)
    assert statuses(client, 6) == [200, 200, 503, 503, 200, 200]


def test_what_is_probable_happens_to_the_same_requests_again(library) -> None:
    client = library().test_client()
    runs = []
    for _ in range(2):
        ask(client, status=503, probability=0.3, times=None)
        runs.append(statuses(client, 100))
        client.post("/__mock__/reset")
    assert runs[0] == runs[1]
    assert 15 <= runs[0].count(503) <= 45
    ask(client, status=503, probability=0, times=None)
    assert 503 not in statuses(client, 20)


def test_delays_are_drawn(library, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("mockserver.web.damage.sleep", lambda seconds: waited.append(seconds) if seconds else None)
    client = library().test_client()
    ask(client, delay={"lower": 1, "upper": 2}, times=50)
    statuses(client, 50)
    assert 1 <= min(waited) < 1.3
    assert 1.7 < max(waited) <= 2
    waited.clear()
    ask(client, delay={"median": 0.1, "sigma": 1}, times=200)
    statuses(client, 200)
    assert 0.08 < sorted(waited)[100] < 0.125
    assert max(waited) > 0.5
    waited.clear()
    ask(client, delay={"median": 29, "sigma": 5}, times=20)
    statuses(client, 20)
    assert max(waited) == 30, "the bound of all delays"


def test_a_rate_limit_has_windows_by_the_clock_and_by_tenant(library) -> None:
    client = library().test_client()
    ask(client, limit={"requests": 2, "seconds": 60}, times=None)
    assert statuses(client, 3) == [200, 200, 429]
    assert statuses(client, 1, "/books/globex") == [200]
    client.post("/__mock__/clock/advance", json={"seconds": 45})
    refused = client.get("/books/acme")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "15")
    client.post("/__mock__/clock/advance", json={"seconds": 15})
    assert statuses(client, 3) == [200, 200, 429]


def test_reads_lag_behind_writes_by_the_clock(library) -> None:
    client = library().test_client()
    ask(client, stale=2, times=None)
    client.post("/books/acme", json={"title": "A"})
    client.post("/__mock__/clock/advance", json={"seconds": 1})
    client.post("/books/acme", json={"title": "B"})
    assert client.get("/books/acme").json == []
    client.post("/__mock__/clock/advance", json={"seconds": 1})
    late = client.get("/books/acme")
    assert ([one["title"] for one in late.json], late.headers["Mock-Reason"]) == (["A"], "fault asked for")
    client.post("/__mock__/clock/advance", json={"seconds": 1})
    assert len(client.get("/books/acme").json) == 2
    client.post("/books/acme", json={"title": "C"})
    client.delete("/__mock__/faults")
    assert client.get("/__mock__/tenants").json["acme"]["books"] == 3


def test_a_write_is_delivered_twice_and_both_are_in_the_journal(library) -> None:
    client = library().test_client()
    ask(client, duplicate=True)
    first = client.post("/books/acme", json={"title": "A"})
    assert [book["title"] for book in client.get("/books/acme").json] == ["A", "A"]
    entries = client.get("/__mock__/journal").json
    assert first.headers["Mock-Request"] == "1"
    assert [(one["status"], one["reason"]) for one in entries[:2]] == [
        (200, "fault asked for"), (200, "delivered a second time, as a fault asks"),
    ]  # fmt: skip
    ask(client, duplicate=True)
    gone = client.delete(f"/books/acme/{first.json['id']}")
    assert gone.status_code == 200
    assert client.get("/__mock__/journal").json[-1]["status"] == 404


@pytest.mark.parametrize(
    ("fault", "path", "said"),
    [
        ({}, "", "needs at least one of status, delay, damage"),
        ({"tenant": "acme", "delay": 0, "duplicate": False}, "", "needs at least one of"),
        ({"status": 503, "stale": 1}, "/stale", "cannot be while 503 is answered instead"),
        ({"damage": "cut", "bytes_per_second": 5}, "/bytes_per_second", "stands beside the damage cut"),
        ({"delay": {"lower": 2, "upper": 1}}, "/delay", "lower is more than upper"),
        ({"delay": {"lower": 2}}, "/delay", "wanted 2 or more"),
        ({"delay": {"median": 2, "upper": 3}}, "/delay", "is missing beside 'median'"),
        ({"limit": {"requests": 2}}, "/limit/seconds", "is missing"),
        ({"probability": 1.5, "status": 503}, "/probability", "wanted 1 or less"),
        ({"operation": "listBook", "delay": "x"}, "/operation", "did you mean 'listBooks'?"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(library, fault: dict[str, Any], path: str, said: str) -> None:
    client = library().test_client()
    refused = client.post("/__mock__/faults", json=fault)
    assert refused.status_code == (409 if "cannot" in said or "beside the" in said or "lower is" in said else 400)
    found = [one["message"] for one in refused.json["errors"] if one["path"].startswith(path)]
    assert any(said in one for one in found), refused.text
    assert client.get("/__mock__/faults").json == []


def test_a_profile_takes_the_place_of_all_that_waits(library) -> None:
    client = library().test_client()
    ask(client, status=503)
    names = [one["name"] for one in client.get("/__mock__/faults/profiles").json]
    assert names == ["eventual", "flaky", "outage", "rate-limited", "slow-3g"]
    for name in names:
        waiting = client.put(f"/__mock__/faults/profiles/{name}")
        assert {one["left"] for one in waiting.json} == {None}, waiting.text
    client.put("/__mock__/faults/profiles/rate-limited")
    assert statuses(client, 12).count(429) == 2
    unknown = client.put("/__mock__/faults/profiles/flakey")
    assert unknown.status_code == 404
    assert "did you mean 'flaky'?" in unknown.json["errors"][0]["message"]


def test_profiles_of_ones_own_stand_beside_the_scenarios(library, tmp_path) -> None:
    client = library().test_client()
    (tmp_path / "faults").mkdir()
    (tmp_path / "faults" / "mine.yaml").write_text("description: Mine.\nfaults: [{status: 504, times: 1}]\n")
    assert client.put("/__mock__/faults/profiles/mine").json[0]["left"] == 1
    (tmp_path / "faults" / "mine.yaml").write_text("description: Mine.\nfaults: [{status: 418}, {delai: 1}]\n")
    refused = client.put("/__mock__/faults/profiles/mine")
    assert (refused.status_code, refused.json["errors"][1]["path"]) == (409, "/faults/1/delai")
    (tmp_path / "faults" / "mine.yaml").write_text("description: Mine.\nfaults: [{status: 418}]\n")
    assert client.put("/__mock__/faults/profiles/mine").json["errors"][0]["path"] == "/faults/0/status"
