"""What a run tells while it goes on: one stream of events, which reporters listen to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from mockserver.conformance.execution import Result
from mockserver.conformance.reporters.report_data import Report


@dataclass(frozen=True, slots=True)
class Started:
    """The target has answered; so many checks of resources are to come."""

    planned: int


@dataclass(frozen=True, slots=True)
class Working:
    """Something begins, in a few words."""

    what: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A check of a resource, or one of the fuzzer's, has its result.

    ``is_noted``: what it found is listed and does not count, by the strictness of the run.
    """

    result: Result
    is_noted: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over, however it ended: all that is known of it."""

    report: Report


Event: TypeAlias = Started | Working | Judged | Finished
Listener: TypeAlias = Callable[[Event], None]


def to_all(*listeners: Listener) -> Listener:
    """One listener that passes each event on to several, in order."""

    def hear(event: Event) -> None:
        for one in listeners:
            one(event)

    return hear
