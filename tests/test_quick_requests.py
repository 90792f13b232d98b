"""What was quick is answered where it arrives; what may be slow, or may have to wait, is answered beside the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from asgi import answer, front_of, replay, scope_of
from mockserver.handlers.matching import match
from mockserver.runtime.faults import Fault
from mockserver.web.quick_requests import KNOWN, QUICK, QuickRequests, TimingKey

JSON = [(b"content-type", b"application/json"), (b"content-length", b"14")]
LIST = {"path": "/books/t", "method": "GET"}


@pytest.fixture
def where(library: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A front, and on which thread each request that it gets is answered."""
    front, threads = front_of(library()), []
    answering = front._api.answer
    monkeypatch.setattr("mockserver.web.quick_requests.QUICK", 60.0)

    def noting(*arguments: Any, **named: Any) -> Any:
        threads.append(threading.current_thread().name.partition("_")[0])
        return answering(*arguments, **named)

    monkeypatch.setattr(front._api, "answer", noting)
    return front, threads


def test_what_was_quick_is_answered_at_once(where: Any) -> None:
    front, threads = where
    replay(front, [LIST, LIST, {**LIST, "path": "/books/u"}])
    assert threads == ["request", "MainThread", "request"]  # another tenant may have to be filled first


def test_what_was_slow_is_answered_beside_the_others(where: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    front, threads = where
    replay(front, [LIST])
    monkeypatch.setattr("mockserver.web.quick_requests.QUICK", 0.0)
    replay(front, [LIST, LIST])
    assert threads == ["request", "MainThread", "request"]


def test_after_a_change_of_the_world_and_with_a_fault_waiting_nothing_is_taken_to_be_quick(where: Any) -> None:
    front, threads = where
    replay(front, [LIST, {"path": "/__mock__/reset", "method": "POST"}, LIST])
    front.world.faults.add(Fault(status=400))
    assert [one.status for one in replay(front, [LIST, LIST])] == [400, 200]
    assert threads == ["request", "request", "request", "MainThread"]


@pytest.mark.parametrize("told", ["fault", "Prefer"])
def test_replies_that_leave_late_hold_nobody(library: Any, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """A hundred of them, with one thread for all that is answered: they wait where no thread does."""
    monkeypatch.setattr("mockserver.web.threads.THREADS", 1)
    front = front_of(library(clock="scenario"))
    released = asyncio.Event()
    pause, waited = asyncio.sleep, []

    async def until_released(seconds: float) -> None:
        if seconds < 1:
            await pause(seconds)
        else:
            waited.append(seconds)
            await released.wait()

    monkeypatch.setattr(asyncio, "sleep", until_released)
    prefer = [(b"prefer", b"delay=20")] if told == "Prefer" else []
    if not prefer:
        front.world.faults.add(Fault(operation="createBook", delay=20, times=None))

    async def story() -> None:
        scope = scope_of("POST", b"/books/t", headers=[*JSON, *prefer])
        late = [asyncio.create_task(answer(front, scope, b'{"title": "A"}')) for _ in range(100)]
        while len(waited) < 100:
            await pause(0)
        for path in (b"/__mock__/health", b"/books/t", b"/__mock__/journal"):
            assert (await answer(front, scope_of("GET", path))).status == 200
        assert not any(one.done() for one in late)
        released.set()
        assert {one.status for one in await asyncio.gather(*late)} == {200}

    asyncio.run(story())
    assert waited == [20.0] * 100
    created = [one for _, one in front.world.journal.entries() if one.method == "POST"]
    assert all(one.milliseconds > 20_000 for one in created), "the journal tells what the client waited"


def test_beside_a_request_under_way_nothing_waits(where: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one tenant's records are held, another's are answered, and so is health."""
    front, threads = where
    monkeypatch.setattr(front._threads._gate, "_patience", 0.0)
    replay(front, [LIST, LIST, {**LIST, "path": "/books/u"}])
    del threads[:]

    async def story() -> list[int]:
        with held(front.world.store, "u"):
            waiting = asyncio.create_task(answer(front, scope_of("GET", b"/books/u")))
            await asyncio.sleep(0)  # its turn
            others = [await answer(front, scope_of("GET", path)) for path in (b"/books/t", b"/__mock__/health")]
            assert not waiting.done()
        return [one.status for one in (*others, await waiting)]

    assert asyncio.run(story()) == [200, 200, 200]
    # One is tried at once, and left to a thread since it would have to wait.
    assert sorted(threads) == ["MainThread", "MainThread", "request"]
    numbers = [number for number, _ in front.world.journal.entries()]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert len(numbers) == 5  # what was tried and could not be done left no trace


@contextmanager
def held(store: Any, tenant: str) -> Iterator[None]:
    """Somebody else is at work on the tenant."""
    at_work, release = threading.Event(), threading.Event()

    def hold() -> None:
        with store.work(tenant):
            at_work.set()
            release.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    assert at_work.wait(60)
    try:
        yield
    finally:
        release.set()
        holder.join()


def test_nobody_waits_for_a_search(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks at the records as they were when it began; who writes meanwhile is done before it is."""
    app = library()
    client = app.test_client()
    assert client.post("/books/t", json={"title": "A"}).status_code == 200
    begun, release, found = threading.Event(), threading.Event(), []

    def slowly(*arguments: Any) -> Any:
        begun.set()
        assert release.wait(60)
        return match(*arguments)

    monkeypatch.setattr("mockserver.handlers.listing.match", slowly)
    search = threading.Thread(target=lambda: found.append(app.test_client().post("/books/t/search", json={}).json))
    search.start()
    assert begun.wait(60)
    assert client.post("/books/t", json={"title": "B"}).status_code == 200
    assert not found
    release.set()
    search.join()
    assert [one["title"] for one in found[0]["Items"]] == ["A"]
    assert len(client.get("/books/t").json) == 2


def test_what_is_remembered_has_a_bound() -> None:
    pace = QuickRequests()
    for number in range(KNOWN + 1):
        pace.took(TimingKey("GET", "/", str(number)), 0.0)
    assert pace.is_quick(TimingKey("GET", "/", str(KNOWN)))
    assert not pace.is_quick(TimingKey("GET", "/", "1"))


def test_what_was_slow_twice_or_very_slow_is_not_quick() -> None:
    """Once is no evidence: somebody else may have had the processor."""
    pace, one = QuickRequests(), TimingKey("GET", "/", "t")
    for seconds, is_quick in ((0, True), (QUICK * 2, True), (0, True), (QUICK * 2, True), (QUICK * 2, False), (0, True), (QUICK * 11, False), (QUICK * 2, False)):  # fmt: skip
        pace.took(one, seconds)
        assert pace.is_quick(one) == is_quick
