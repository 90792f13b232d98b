"""What stands between a run and the API: replies and silences that are not its own, waited out with patience."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from mockserver.conformance.evidence import media_types
from mockserver.conformance.wire.pacing import OutOfTime
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.contract import Contract, Operation

REFUSED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Statuses of requests that were not looked at: even a write may be sent again."""
ELSEWHERE = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
"""Redirects that want the same request sent to another address: it was not carried out."""
BUSY = REFUSED | {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds before a request is sent again where the target does not say how long."""
PATIENCE = 30.0
"""Seconds without one good reply after which a run stops, but for those that a Retry-After asked for."""
IN_A_ROW = 8
"""After so many requests in a row that were given up, a run stops."""
HOPELESS = 3
"""After so many requests of one operation that were given up, it is asked once each time."""
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)


class Stopped(OutOfTime):
    """The run cannot go on: the message says why."""


def is_html(reply: Received) -> bool:
    """Whether the body is an HTML page, whatever its media type says."""
    return _HTML.match(reply.body[:2_000]) is not None


class Gateway:
    """Tells an answer of the API from one that something before it gave."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._pages: dict[str, bool] = {}

    def trouble(
        self, reply: Received, operation: Operation | None, known: Container[str] = (), *, asked: Sent | None = None
    ) -> str:
        """What stood in the way of an answer to ``asked``, in the same words in every run; empty for an answer.

        Where the document has no such operation, pages and redirects may be answers, but for those that are ``known``.
        """
        status = reply.status
        if status in BUSY:
            return f"{status} {HTTPStatus(status).phrase}"
        if status == HTTPStatus.NOT_MODIFIED and asked is not None and not _is_on_condition(asked):
            return "304 Not Modified where nothing was known"
        cause = ""
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and (to := reply.header("Location")):
            cause = f"a redirect with {status} to {without_query(to)}"
        elif (status < HTTPStatus.MULTIPLE_CHOICES or status == HTTPStatus.FORBIDDEN) and is_html(reply):
            cause = f"an HTML page with status {status}"
        return cause if cause in known or self._is_strange(status, operation) else ""

    def _is_strange(self, status: int, operation: Operation | None) -> bool:
        """Whether the document has no words for a page or redirect with ``status`` as an operation's answer."""
        if operation is None:
            return False
        return not self._answers_pages(operation) and (not operation.declares(status) or not 300 <= status < 400)

    def _answers_pages(self, operation: Operation) -> bool:
        if operation.id not in self._pages:
            declared = media_types(self._contract, operation)
            self._pages[operation.id] = any("html" in name or "*" in name for name in declared)
        return self._pages[operation.id]


def _is_on_condition(asked: Sent) -> bool:
    """Whether a request says what its sender has: whoever answers one that does not with a 304 answers for a cache."""
    return any(asked.header(name) is not None for name in ("If-None-Match", "If-Modified-Since"))


def without_query(url: str) -> str:
    """The address without what a query or fragment may keep, which is another each time."""
    parts = urlsplit(url)
    return parts._replace(query="", fragment="").geturl()


@dataclass(slots=True)
class Trouble:
    """One cause: how many requests met it, and how many were given up for it; ``first`` is the first one's number."""

    cause: str
    first: int
    met: int = 0
    given_up: int = 0


class Patience:
    """Counts what stood in the way, by cause, and says how long to wait it out.

    ``clock`` gives seconds; ``limit`` is how many of them a run waits without one good reply. ``lost`` counts requests
    that got no answer in the end, ``last`` says why the last of them did not.
    """

    def __init__(self, clock: Callable[[], float], limit: float | None = None) -> None:
        self._clock, self._limit = clock, PATIENCE if limit is None else limit
        self._good = clock()
        self._in_a_row, self._has_answered = 0, False
        self._lock = threading.Lock()
        self.troubles: dict[str, Trouble] = {}
        self.stopped = self.last = ""
        self.lost = 0
        self._hopeless: Counter[str | None] = Counter()

    def answered(self, operation: str | None) -> None:
        with self._lock:
            self._good, self._in_a_row, self._has_answered = self._clock(), 0, True
            if self._hopeless:
                self._hopeless.pop(operation, None)

    def met(self, cause: str, number: int) -> None:
        """Request ``number`` met ``cause``."""
        with self._lock:
            self.troubles.setdefault(cause, Trouble(cause, number)).met += 1

    def pause(self, attempt: int, asked: float | None, operation: str | None, *, may_pass: bool = True) -> float | None:
        """Seconds to wait before the next attempt (the first is 0), None to give up.

        An operation that was given up time and again is no longer waited for, nor is a target that was never
        connected to: ``may_pass`` is False for a connection that was not made.
        """
        with self._lock:
            is_hopeless = self._hopeless[operation] >= HOPELESS or not (may_pass or self._has_answered)
            if attempt >= len(PAUSES) or is_hopeless:
                return None
            if asked is not None:
                self._good = max(self._good, self._clock()) + asked
                return asked
            return PAUSES[attempt] if self._clock() - self._good < self._limit else None

    def gave_up(self, cause: str, operation: str | None) -> bool:
        """A request got no answer. Whether that has gone on for so long that nothing seems to be answered."""
        self.lose(cause)
        with self._lock:
            self._hopeless[operation] += 1
            self._in_a_row += 1
            return self._in_a_row >= IN_A_ROW or self._clock() - self._good >= self._limit

    def lose(self, cause: str) -> None:
        """A request is not sent again: whoever wanted its answer does not get one."""
        with self._lock:
            self.troubles[cause].given_up += 1
            self.lost += 1
            self.last = cause

    def stop(self, why: str) -> None:
        """Let nothing leave from now on. Raises Stopped."""
        self.stopped = self.stopped or why
        raise Stopped(self.stopped)
