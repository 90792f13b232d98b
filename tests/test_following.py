"""The journal as it happens, as an archive, and as figures: over a socket as it is shipped, and for threads."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver import create_app
from mockserver.errors import Violation
from mockserver.runtime.journal import Entry
from mockserver.runtime.metrics import METHODS, OTHER, Metrics
from mockserver.testing.live_server import Server
from mockserver.web.control.journal import STREAMS
from server import Running, serving

Library = Callable[..., Any]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving("--scenario", "empty", "--auth", "off", "--clock", "frozen") as started:
        yield started


@pytest.fixture(scope="module")
def threaded() -> Iterator[Server]:
    server = Server(create_app(scenario="empty", auth="off").wsgi_app)
    yield server
    server.close()


@pytest.fixture(params=["running", "threaded"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param).url)


def sent(url: str, method: str, path: str) -> Any:
    address = urlsplit(url)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)) as connection:
        connection.request(method, path)
        return json.loads(connection.getresponse().read())


@contextmanager
def followed(url: str, path: str, **headers: str) -> Iterator[Iterator[tuple[str, Any]]]:
    """The events of a stream, each its name and its data."""
    address = urlsplit(url)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
        assert answer.readline().startswith(b": "), "a client knows at once that it is there"

        def events() -> Iterator[tuple[str, Any]]:
            name = ""
            while line := answer.readline().decode().rstrip("\n"):
                name = line.removeprefix("event: ") if line.startswith("event: ") else name
                if line.startswith("data: "):
                    yield name, json.loads(line.removeprefix("data: "))
                    answer.readline()

        answer.readline()
        yield events()


def test_what_happens_is_told_as_it_happens(url: str) -> None:
    sent(url, "POST", "/__mock__/reset")
    with followed(url, "/__mock__/journal/stream?method=get") as events:
        sent(url, "DELETE", "/settings/acme")
        sent(url, "GET", "/settings/acme")
        name, told = next(events)
        assert (name, told["number"], told["path"]) == ("exchange", 2, "/settings/acme")
        assert told == sent(url, "GET", "/__mock__/journal?since=1")[0]
        sent(url, "POST", "/__mock__/reset")
        sent(url, "GET", "/settings/globex")
        assert next(events) == ("reset", {}), "numbers begin again"
        assert next(events)[1]["number"] == 1


def test_a_client_goes_on_where_it_was(url: str) -> None:
    sent(url, "POST", "/__mock__/reset")
    for tenant in "abc":
        sent(url, "GET", f"/settings/{tenant}")
    with followed(url, "/__mock__/journal/stream", **{"Last-Event-ID": "1"}) as events:
        assert [next(events)[1]["tenant"] for _ in range(2)] == ["b", "c"]
    with followed(url, "/__mock__/journal/stream?since=2") as events:
        assert next(events)[1]["tenant"] == "c"


def test_streams_hold_nobody_and_have_a_bound(running: Running) -> None:
    address = urlsplit(running.url)
    opened = []
    for _ in range(STREAMS):
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        connection.request("GET", "/__mock__/journal/stream")
        assert connection.getresponse().status == 200
        opened.append(connection)
    assert sent(running.url, "GET", "/__mock__/health")["status"] == "ok"
    refused = sent(running.url, "GET", "/__mock__/journal/stream")
    assert "streams follow the journal already" in refused["errors"][0]["message"]
    for connection in opened:
        connection.close()
    sent(running.url, "GET", "/settings/acme")
    assert "status" in sent(running.url, "GET", "/__mock__/health")


def test_a_page_of_another_origin_follows_nothing(running: Running) -> None:
    assert running.send("GET", "/__mock__/journal/stream", Origin="https://evil.example").status == 403
    assert running.send("GET", "/__mock__/journal/stream?wat=1").status == 400
    assert running.send("HEAD", "/__mock__/journal/stream").status == 200


def test_the_journal_is_an_archive(library: Library) -> None:
    client = library().test_client()
    client.post("/books/acme?x=a b", json={"title": "A"}, headers={"Authorization": "Bearer secret-token"})
    client.get("/books/acme/ü")
    archive = client.get("/__mock__/journal/har").json["log"]
    made, missed = archive["entries"]
    assert archive["version"] == "1.2"
    assert made["request"]["url"] == "http://localhost/books/acme?x=a+b"
    assert json.loads(made["request"]["postData"]["text"]) == {"title": "A"}
    assert json.loads(made["response"]["content"]["text"])["title"] == "A"
    assert (made["response"]["content"]["mimeType"], made["comment"]) == ("application/json", "createBook")
    assert "secret-token" not in json.dumps(archive)
    assert (missed["request"]["url"], missed["response"]["status"]) == ("http://localhost/books/acme/%C3%BC", 400)
    only = client.get("/__mock__/journal/har?status=400&limit=5").json["log"]["entries"]
    assert [one["response"]["status"] for one in only] == [400]


def test_an_entry_without_secrets_is_kept_as_it_is() -> None:
    at, notes = datetime(2025, 4, 18, tzinfo=UTC), (("Effects", "created books/a"),)
    entry = Entry(at, "GET", "/a", (("b", "c"),), {"d": "e"}, b"f", "g", "h", "i", 418, b"j", notes, "k",
                  (Violation("body", "/l", "m", "n"),), True, 1.5, "text/csv")  # fmt: skip
    assert entry.without_secrets() == entry


SAMPLE = re.compile(r'^(\w+)(?:\{([a-z]+="(?:[^"\\]|\\.)*",?)*\})? (\S+)$')


def test_figures_are_what_prometheus_reads(library: Library) -> None:
    client = library().test_client()
    client.post("/books/acme", json={"title": "A"})
    client.get("/nowhere")
    client.open("/books/acme", method="WAT")
    reply = client.get("/__mock__/metrics")
    assert reply.content_type == "text/plain; version=0.0.4; charset=utf-8"
    samples = [line for line in reply.text.splitlines() if not line.startswith("#")]
    assert all(SAMPLE.match(line) for line in samples)
    assert 'mock_requests_total{operation="createBook",method="POST",status="200"} 1' in samples
    assert 'mock_requests_total{operation="other",method="GET",status="403"} 1' in samples
    assert 'mock_requests_total{operation="other",method="other",status="405"} 1' in samples
    assert "mock_request_seconds_count 3" in samples
    assert 'mock_request_seconds_bucket{le="+Inf"} 3' in samples
    assert "mock_tenants 1" in samples
    typed = [line.split()[2] for line in reply.text.splitlines() if line.startswith("# TYPE")]
    assert len(typed) == len(set(typed))


def test_what_figures_are_told_apart_by_has_a_bound() -> None:
    metrics = Metrics()
    for number in range(1_000):
        metrics.count(None, f"M{number}", 405, 0.0, breach=False)
    assert metrics.text([]).count("mock_requests_total{") == 1
    assert OTHER not in METHODS
