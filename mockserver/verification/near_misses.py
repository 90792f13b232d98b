"""Questions about calls, and the messages of those that are answered with no: the nearest requests, what differed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mockserver.verification.request_matcher import Difference, RecordedCall, Wanted, difference
from mockserver.verification.wording import exchange, line, shown

KEEP_MORE = "keep more (in pytest: @pytest.mark.mockserver(journal=…))"
NEAREST = 3
"""How many requests a message shows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The calls that are what was ``wanted``, and each of the others with its differences."""

    wanted: Wanted
    met: Sequence[RecordedCall]
    others: Sequence[tuple[RecordedCall, list[Difference]]]

    def count_is(self, times: int | None) -> bool:
        """Whether it was called so many times; None: at all."""
        return bool(self.met) if times is None else len(self.met) == times

    @property
    def dropped(self) -> int:
        """How many requests the journal no longer holds."""
        numbers = [call.number for call in self.met] + [call.number for call, _ in self.others]
        return min(numbers) - 1 if numbers else 0

    def nearest(self) -> list[tuple[RecordedCall, list[Difference]]]:
        """Those of the same operation first, then those that differ least, then the latest."""

        def distance(one: tuple[RecordedCall, list[Difference]]) -> tuple[bool, int, int]:
            call, found = one
            return any(place.place == "operation" for place in found), len(found), -call.number

        return sorted(self.others, key=distance)[:NEAREST]


def ask(wanted: Wanted, calls: Iterable[RecordedCall]) -> Answer:
    judged = [(call, difference(wanted, call)) for call in calls]
    met = [call for call, found in judged if not found]
    return Answer(wanted, met, [(call, found) for call, found in judged if found])


def not_called(answer: Answer, times: int | None) -> str:
    """Why it was not called as often as wanted."""
    return "\n".join(_not_called(answer, times))


def called(answer: Answer) -> str:
    """That it was called though it should not have been."""
    return "\n".join([f"Called {_times(len(answer.met))}, wanted none: {_wish(answer.wanted)}", *_each(answer.met)])


def unknown(answer: Answer, limit: int) -> str | None:
    """Why nobody can tell how often it was called; None if the journal holds every request."""
    if not answer.dropped:
        return None
    return (
        f"Cannot tell how often it was called: {_wish(answer.wanted)}\n"
        f"The journal kept the last {limit} requests or fewer, {answer.dropped} before them are gone. "
        f"Ask before sending so many, or {KEEP_MORE}."
    )


def _not_called(answer: Answer, times: int | None) -> Iterator[str]:
    wish = _wish(answer.wanted)
    if times is not None and answer.met:
        yield f"Called {_times(len(answer.met))}, wanted {_times(times)}: {wish}"
        yield from _each(answer.met)
    else:
        yield f"Not called{'' if times is None else f', wanted {_times(times)}'}: {wish}"
    if answer.dropped:
        yield f"The journal dropped {answer.dropped} earlier requests; {KEEP_MORE}."
    if not answer.others:
        yield from () if answer.met else ["No request was made at all."]
        return
    many = len(answer.others) > 1
    yield f"The nearest of {len(answer.others)} other requests:" if many else "The one other request:"
    for call, found in answer.nearest():
        yield f"  {line(call.number, call.entry)}"
        yield from (f"      {place}" for place in found)


def _each(calls: Sequence[RecordedCall]) -> Iterator[str]:
    for call in calls[:NEAREST]:
        yield from (f"  {text}" for text in exchange(call.number, call.entry).splitlines())
    if len(calls) > NEAREST:
        yield f"  and {len(calls) - NEAREST} more"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _wish(wanted: Wanted) -> str:
    said = wanted.said()
    operation = said.pop("operation", None)
    headers = said.pop("headers", None)
    parts = [str(operation)] if operation else []
    parts += [f"{name}={shown(value)}" for name, value in said.items()]
    parts += [f"headers={shown(sorted(headers))}"] if headers else []
    return ", ".join(parts) or "any request"
