"""What a test may not overlook: breaches of the contract always, refusals where the test is strict about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from mockserver.verification.request_matcher import RecordedCall
from mockserver.verification.wording import exchange

BREACH = "The mock broke its own contract: a fault of the mock or of its document, whatever the test expected."
REFUSED = "The mock refused what this test did not say it expects (see mock.allow and mock.expect_refusals)."


class Watch:
    """The requests of one test that were answered with an error, and which of them it expected."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._lock = Lock()
        self._noted: list[RecordedCall] = []
        self._excused: list[RecordedCall] = []
        self._allowed: frozenset[int] = frozenset()
        self._judged = 0

    def note(self, call: RecordedCall) -> None:
        """Remember a request that was answered with a status from 400 on."""
        with self._lock:
            self._noted.append(call)

    def allow(self, statuses: Iterable[int]) -> None:
        """Expect these statuses in the whole test."""
        self._allowed |= frozenset(statuses)

    @contextmanager
    def expecting(self, statuses: frozenset[int]) -> Iterator[list[RecordedCall]]:
        """Expect refusals (with one of ``statuses``, if any are named) in this block.

        Yields the list that holds them afterwards. Raises AssertionError if there was none.
        """
        before, refused = len(self._noted), list[RecordedCall]()
        yield refused
        refused += [
            call for call in self._noted[before:] if _is_refusal(call) and (not statuses or call.status in statuses)
        ]
        self._excused += refused
        if not refused:
            expected = " or ".join(map(str, sorted(statuses))) or "refusal"
            raise AssertionError(_listed(f"Expected a {expected} here, there was none.", self._noted[before:]))

    def verdict(self) -> str | None:
        """What is wrong and was not told before; None if nothing is."""
        with self._lock:
            fresh, self._judged = self._noted[self._judged :], len(self._noted)
        breaches = [call for call in fresh if call.entry.breach]
        refused = [call for call in fresh if self._is_unexpected(call)]
        parts = [_listed(BREACH, breaches)] if breaches else []
        parts += [_listed(REFUSED, refused)] if refused else []
        return "\n".join(parts) or None

    def _is_unexpected(self, call: RecordedCall) -> bool:
        excused = call.status in self._allowed or any(call is one for one in self._excused)
        return self._strict and _is_refusal(call) and not excused


def _is_refusal(call: RecordedCall) -> bool:
    """Whether the mock itself refused; neither a breach nor a fault that the test asked for."""
    return not call.entry.breach and call.entry.reason != "fault asked for"


def _listed(heading: str, calls: Iterable[RecordedCall]) -> str:
    return "\n".join([heading, *(exchange(call.number, call.entry) for call in calls)])
