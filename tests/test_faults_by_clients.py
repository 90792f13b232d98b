"""Every fault as real clients see it: curl, Python's requests, and a browser's fetch."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import orjson
import pytest
import requests
from selenium import webdriver

from chromium import another_origin, chromium
from conftest import EMPTY
from mockserver.messages import DAMAGES
from mockserver.values.form import read_form
from server import Running, serving
from tiny import document

GIVES_UP = 0.5
"""Seconds after which a client leaves a server that says nothing."""
PATIENT = 15.0
"""Seconds that each other request may take: less than those for which an idle connection is kept."""
WRITE = "POST"


class Case(NamedTuple):
    """A fault, what a client sees of the last of its ``requests``, and after how many seconds at the earliest.

    What is seen: ``json``, ``html`` or ``text`` with the status, and Retry-After or how many records were listed; ``garbled``, ``cut``; ``closed`` and
    ``reset``: a connection without a reply; ``silence``: the client gives up.
    """

    fault: dict[str, Any]
    seen: str
    requests: tuple[str, ...] = ("GET",)
    seconds: float = 0.0
    records: int | None = None


CASES = {
    "declared error": Case({"status": 409}, "json 409"),
    "own message": Case({"status": 500, "message": "The disk is full."}, "json 500"),
    "bad gateway": Case({"status": 502, "damage": "html"}, "html 502"),
    "unavailable": Case({"status": 503, "damage": "html", "retry_after": 7}, "html 503 7"),
    "gateway timeout": Case({"status": 504, "damage": "html", "delay": 0.1}, "html 504", seconds=0.1),
    "a page instead": Case({"damage": "html"}, "html 200", (WRITE,), records=1),
    "dropped": Case({"damage": "drop"}, "closed", (WRITE,), records=1),
    "dropped with a status": Case({"damage": "drop", "status": 503}, "closed", (WRITE,), records=0),
    "reset": Case({"damage": "reset"}, "reset"),
    "reset late": Case({"damage": "reset", "delay": 0.1}, "reset", seconds=0.1),
    "cut": Case({"damage": "cut"}, "cut"),
    "cut error": Case({"damage": "cut", "status": 500}, "cut"),
    "garbled": Case({"damage": "garbled"}, "garbled 200"),
    "wrong content type": Case({"damage": "mistyped"}, "text 200 0"),
    "slow body": Case({"damage": "slow", "delay": 0.2}, "json 200 0", seconds=0.19),
    "slow rate": Case({"bytes_per_second": 200, "status": 500}, "json 500", seconds=0.1),
    "no answer": Case({"damage": "silent"}, "silence", seconds=GIVES_UP * 0.9),
    "no answer, then closed": Case({"damage": "silent", "delay": 0.1}, "closed", seconds=0.1),
    "fixed latency": Case({"delay": 0.1}, "json 200", (WRITE,), seconds=0.1, records=1),
    "even latency": Case({"delay": {"lower": 0.1, "upper": 0.2}}, "json 200 0", seconds=0.1),
    "log-normal latency": Case({"delay": {"median": 0.1, "sigma": 0.01}}, "json 200 0", seconds=0.09),
    "rate limit": Case({"limit": {"requests": 2, "seconds": 60}}, "json 429 60", ("GET", "GET", "GET")),
    "rate limit of its own": Case(
        {"limit": {"requests": 0, "seconds": 60}, "status": 503, "retry_after": 5}, "json 503 5"
    ),
    "stale read": Case({"stale": 5}, "json 200 0", (WRITE, "GET"), records=1),
    "delivered twice": Case({"duplicate": True}, "json 200", (WRITE,), records=2),
}


class Seen(NamedTuple):
    """What a client saw of one request, and how long that took."""

    what: str
    seconds: float


See: TypeAlias = Callable[[str, tuple[str, ...], float], Seen]
"""Sends requests with these methods to an address, giving up after so many seconds, and tells of the last."""


def with_curl(address: str, methods: tuple[str, ...], gives_up: float) -> Seen:
    """Exit codes: 18 is a partial file, 28 a time-out, 52 no reply, 56 a connection that broke."""
    form = "%{stderr}%{exitcode} %{http_code} %{time_total} [%header{retry-after}] %{content_type}"
    for method in methods:
        body = ["-H", "Content-Type: application/json", "-d", '{"title": "A"}'] if method == WRITE else []
        arguments = ["curl", "-s", "-X", method, "-m", str(gives_up), "-w", form, *body, address]
        done = subprocess.run(arguments, capture_output=True, timeout=120, check=False)
    code, status, seconds, after, media_type = done.stderr.decode().split(" ", 4)
    broken = {"18": "cut", "28": "silence", "52": "closed", "56": "reset"}
    what = broken[code] if code != "0" else _read(int(status), media_type, after.strip("[]"), done.stdout)
    return Seen(what, float(seconds))


def with_requests(address: str, methods: tuple[str, ...], gives_up: float) -> Seen:
    with requests.Session() as session:
        for method in methods:
            began, body = time.perf_counter(), {"title": "A"} if method == WRITE else None
            try:
                reply = session.request(method, address, json=body, timeout=gives_up)
                what = _read(
                    reply.status_code,
                    reply.headers["Content-Type"],
                    reply.headers.get("Retry-After", ""),
                    reply.content,
                )
            except requests.RequestException as error:
                what = _broken(repr(error))
    return Seen(what, time.perf_counter() - began)


def _broken(error: str) -> str:
    names = {
        "RemoteDisconnected": "closed", "ConnectionResetError": "reset", "IncompleteRead": "cut", "ReadTimeout": "silence",
    }  # fmt: skip
    return next((what for name, what in names.items() if name in error), error)


def _read(status: int, media_type: str, after: str, content: bytes) -> str:
    kind = {"application/json": "json", "text/html": "html", "text/plain": "text"}[media_type.partition(";")[0]]
    if kind != "html":
        try:
            after = after or _length(json.loads(content))
        except ValueError:
            kind = "garbled"
    return f"{kind} {status} {after}".strip()


def _length(value: Any) -> str:
    return str(len(value)) if isinstance(value, list) else ""


FETCH = """const [cases, gives_up, patient, done] = arguments;
async function seen(address, methods, milliseconds) {
  let what, began
  for (const method of methods) {
    const posted = {method, body: '{"title": "A"}', headers: {"Content-Type": "application/json"}}
    began = performance.now()
    try {
      const reply = await fetch(address, {...(method === "POST" ? posted : {}), signal: AbortSignal.timeout(milliseconds)})
      const type = (reply.headers.get("content-type") ?? "").split(";")[0]
      let kind = {"application/json": "json", "text/html": "html", "text/plain": "text"}[type]
      const text = await reply.text()
      let after = reply.headers.get("retry-after")
      if (kind !== "html") try { after ??= JSON.parse(text).length } catch { kind = "garbled" }
      what = `${kind} ${reply.status} ${after ?? ""}`.trim()
    } catch (error) { what = `${error.name}: ${error.message}` }
  }
  return [what, (performance.now() - began) / 1000]
}
Promise.all(cases.map(([address, methods, silent]) => seen(address, methods, silent ? gives_up : patient)))
  .then(found => done(found), error => done(String(error)))"""


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A mock with each fault waiting for the tenants of its own, one for each client."""
    folder: Path = tmp_path_factory.mktemp("library")
    told = document()
    told["paths"] = {"/books/{tenant}": told["paths"]["/books/{tenant}"]}
    (folder / "openapi.json").write_bytes(orjson.dumps(told))
    (folder / "empty.yaml").write_text(EMPTY)
    scenario = ("--scenario", str(folder / "empty.yaml"), "--auth", "off", "--clock", "frozen")
    with serving(str(folder / "openapi.json"), *scenario) as running:
        for client in ("curl", "requests", "fetch"):
            for number, case in enumerate(CASES.values()):
                fault = {**case.fault, "tenant": f"{client}-{number}", "times": None}
                assert running.send("POST", "/__mock__/faults", fault).status == 200, fault
        yield running


def test_the_table_has_every_fault() -> None:
    happening = {name for case in CASES.values() for name in case.fault}
    assert happening == {"retry_after", "message", *(one["required"][0] for one in read_form("fault")["anyOf"])}
    assert {*DAMAGES} == {case.fault["damage"] for case in CASES.values() if "damage" in case.fault}


@pytest.mark.parametrize("client", ["curl", "requests"])
def test_a_program_sees_each_fault_as_it_is(mock: Running, client: str) -> None:
    see: See = {"curl": with_curl, "requests": with_requests}[client]
    found = {}
    for number, (name, case) in enumerate(CASES.items()):
        gives_up = GIVES_UP if case.seen == "silence" else PATIENT
        found[name] = see(f"{mock.url}/books/{client}-{number}", case.requests, gives_up)
    judge(mock, client, found)


def test_a_browser_sees_each_fault_as_it_is(mock: Running) -> None:
    """To a page a connection that is dropped or reset is the same; the browser's own log tells them apart.

    A kept connection that ends without a byte may have been idle for too long: the browser sends the request again.
    """
    sent = [
        (f"{mock.url}/books/fetch-{number}", case.requests, case.seen == "silence")
        for number, case in enumerate(CASES.values())
    ]
    with another_origin() as pages, chromium() as browser:
        browser.get(f"{pages}/data/page.html")
        answers = browser.execute_async_script(FETCH, sent, GIVES_UP * 1000, PATIENT * 1000)
        logged = told_by(browser)
    found = {}
    for name, (address, *_), (what, seconds) in zip(CASES, sent, answers, strict=True):
        found[name] = Seen(logged.get(address, what) if what.startswith("TypeError") else what, seconds)
    silent = {name: Seen("silence", one.seconds) for name, one in found.items() if one.what.startswith("TimeoutError")}
    judge(mock, "fetch", {**found, **silent})


def told_by(browser: webdriver.Chrome) -> dict[str, str]:
    """Why the browser could not load what, by address."""
    causes = {"EMPTY_RESPONSE": "closed", "CONNECTION_RESET": "reset", "CONTENT_LENGTH_MISMATCH": "cut"}
    return {
        entry["message"].split(" ")[0]: what
        for entry in browser.get_log("browser")
        for cause, what in causes.items()
        if f"net::ERR_{cause}" in entry["message"]
    }


def judge(mock: Running, client: str, found: dict[str, Seen]) -> None:
    """Each case was seen as it should be, no sooner than it may be, and left the records that it should."""
    assert {name: one.what for name, one in found.items()} == {name: case.seen for name, case in CASES.items()}
    early = {name: one.seconds for name, one in found.items() if one.seconds < CASES[name].seconds}
    assert early == {}
    tenants = mock.send("GET", "/__mock__/tenants").json
    for number, (name, case) in enumerate(CASES.items()):
        if case.records is not None:
            kept = tenants.get(f"{client}-{number}", {}).get("books", 0)
            repeated = client == "fetch" and case.seen == "closed" and case.records
            assert kept > 0 if repeated else kept == case.records, name
