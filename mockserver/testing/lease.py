"""One test's use of a world: a WSGI application that answers until the test is over, and notes what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from mockserver.testing.watch import Watch
from mockserver.verification.request_matcher import RecordedCall
from mockserver.web.app import api_of
from mockserver.web.outgoing_reply import OutgoingReply
from mockserver.web.received_request import ReceivedRequest
from mockserver.world import World

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

Told: TypeAlias = list[tuple[int, str | None]]
"""The status of a reply and its Mock-Request number, as the application said them."""


class Lease:
    """``world`` behind ``app``, lent to one test. Closed, it answers 503 and touches nothing."""

    def __init__(self, app: Flask, world: World, watch: Watch) -> None:
        self.world = world
        self.watch = watch
        self._app, self._api = app, api_of(app)
        self._changed = Condition()
        self._running = 0
        self._open = True

    @property
    def is_open(self) -> bool:
        return self._open

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._running_one() as is_open:
            if not is_open:
                return unavailable(start_response)
            return [self._answered(environ, start_response)]

    def answer(self, received: ReceivedRequest) -> OutgoingReply | None:
        """The answer to a request for a path of the document; None: the application has to look closer.

        PERF: WSGI's and Flask's views of a request take three quarters of what a record read takes by them.
        """
        with self._running_one() as is_open:
            is_late = self.world.faults.are_waiting or "prefer" in received.headers
            found = self._api.paths.find(received.path) if is_open and not is_late else None
            if found is None:
                return None
            outgoing = self._api.answer(received, found)
            if outgoing.status >= 400:
                self._note(next(int(text) for name, text in outgoing.own if name == "Mock-Request"))
            return outgoing

    @contextmanager
    def _running_one(self) -> Iterator[bool]:
        """A request that runs; False where none may run now."""
        with self._changed:
            self._running += (is_open := self._open)
        try:
            yield is_open
        finally:
            with self._changed:
                self._running -= is_open
                self._changed.notify_all()

    def close(self, within: float) -> bool:
        """Answer no more; whether every request that was running ended in ``within`` seconds."""
        with self._changed:
            self._open = False
            return self._changed.wait_for(lambda: self._running == 0, within)

    def wait_for(self, condition: Callable[[], bool], within: float) -> bool:
        """Whether ``condition`` held within so many seconds; it is asked at once and after each exchange."""
        with self._changed:
            return self._changed.wait_for(condition, within)

    def calls(self) -> list[RecordedCall]:
        """What the journal holds, oldest first."""
        return [RecordedCall(number, entry) for number, entry in self.world.journal.entries()]

    def _answered(self, environ: WSGIEnvironment, start_response: StartResponse) -> bytes:
        """The whole body, so that nothing of the application runs after it; notes a refusal."""
        captured: Told = []
        parts = self._app(environ, _telling(start_response, captured))
        try:
            body = b"".join(parts)
        finally:
            getattr(parts, "close", _nothing)()
        for status, number in captured:
            if status >= 400 and number is not None:
                self._note(int(number))
        return body

    def _note(self, number: int) -> None:
        for call in reversed(self.calls()):
            if call.number == number:
                self.watch.note(call)
                return


def unavailable(start_response: StartResponse) -> Iterable[bytes]:
    """A 503 that says what is missing."""
    message = "No test is using the mock at this moment: a test that sends requests asks for the fixture `mock`."
    body = orjson.dumps({"message": message, "errors": []})
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("503 Service Unavailable", [*headers, ("Access-Control-Allow-Origin", "*")])
    return [body]


def _telling(start_response: StartResponse, captured: Told) -> StartResponse:
    def telling(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        number = next((value for name, value in headers if name == "Mock-Request"), None)
        captured.append((int(status[:3]), number))
        return start_response(status, headers, *error)

    return telling


def _nothing() -> None:
    """What an iterable without ``close`` has to do."""
