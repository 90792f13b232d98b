"""What was quick is answered where it arrives; what may be slow, or may have to wait, is answered beside the others."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from asgi import answer, replay, scope_of
from mockserver.runtime.faults import Fault
from mockserver.web.front import Front
from mockserver.web.pace import KNOWN, QUICK, Like, RequestPace

JSON = [(b"content-type", b"application/json"), (b"content-length", b"14")]
LIST = {"path": "/books/t", "method": "GET"}


@pytest.fixture
def where(library: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A front, and on which thread each request that it gets is answered."""
    front, threads = Front(library()), []
    answering = front._api.answer
    monkeypatch.setattr("mockserver.web.pace.QUICK", 60.0)

    def noting(*arguments: Any) -> Any:
        threads.append(threading.current_thread().name.partition("_")[0])
        return answering(*arguments)

    monkeypatch.setattr(front._api, "answer", noting)
    return front, threads


def test_what_was_quick_is_answered_at_once(where: Any) -> None:
    front, threads = where
    replay(front, [LIST, LIST, {**LIST, "path": "/books/u"}])
    assert threads == ["request", "MainThread", "request"]  # another tenant may have to be filled first


def test_what_was_slow_is_answered_beside_the_others(where: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    front, threads = where
    replay(front, [LIST])
    monkeypatch.setattr("mockserver.web.pace.QUICK", 0.0)
    replay(front, [LIST, LIST])
    assert threads == ["request", "MainThread", "request"]


def test_after_a_change_of_the_world_and_with_a_fault_waiting_nothing_is_taken_to_be_quick(where: Any) -> None:
    front, threads = where
    replay(front, [LIST, {"path": "/__mock__/reset", "method": "POST"}, LIST])
    front.world.faults.add(Fault(status=400))
    assert [one.status for one in replay(front, [LIST, LIST])] == [400, 200]
    assert threads == ["request", "request", "request", "MainThread"]


def test_a_request_that_asks_to_be_answered_late_makes_nobody_wait(where: Any) -> None:
    front, threads = where
    replay(front, [LIST, LIST, {**LIST, "headers": {"Prefer": "delay=0.01"}}])
    assert threads == ["request", "MainThread", "request"]


def test_beside_a_request_under_way_nothing_waits(where: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one tenant's records are held, another's are answered, and so is health."""
    front, threads = where
    monkeypatch.setattr(front._gate, "_patience", 0.0)
    replay(front, [LIST, {**LIST, "path": "/books/u"}])
    del threads[:]

    async def story() -> list[int]:
        with front.world.store.tenant("t").lock:
            held = asyncio.create_task(answer(front, scope_of("POST", b"/books/t", headers=JSON), b'{"title": "A"}'))
            await asyncio.sleep(0)
            others = [await answer(front, scope_of("GET", path)) for path in (b"/books/u", b"/__mock__/health")]
            assert not held.done()
        return [one.status for one in (*others, await held)]

    assert asyncio.run(story()) == [200, 200, 200]
    assert threads == ["request", "request"]


def test_what_is_remembered_has_a_bound() -> None:
    pace = RequestPace()
    for number in range(KNOWN + 1):
        pace.took(Like("GET", "/", str(number)), 0.0)
    assert pace.is_quick(Like("GET", "/", str(KNOWN)))
    assert not pace.is_quick(Like("GET", "/", "1"))
    pace.took(Like("GET", "/", str(KNOWN)), QUICK * 2)
    assert not pace.is_quick(Like("GET", "/", str(KNOWN)))
