"""How long reads take to see what was written: measured on records made for it, so that it is reported once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.inferred.inferred_requests import InferredRequests
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.traffic import Received, json_or_none
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind

TRIALS = 3
"""How many records are made to measure with; each is read after its create, its change and its delete."""
STEP = 0.02
"""Seconds between two looks."""
LONGEST = 3.0
"""Seconds after which a read that does not see a write is not just late."""
MANY = 10
"""A list of so many records may have the new one on another page."""
FOUND = range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES)
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
IN_A_ROW = 4
"""After so many reads in a row that see it, a write has arrived everywhere."""


@dataclass(frozen=True, slots=True)
class Lag:
    """The shortest and the longest delay that was seen, in seconds."""

    low: float
    high: float

    @property
    def enough(self) -> float:
        """Seconds after a write from which on reads are taken to see it."""
        return self.high * 1.25 + STEP

    def __str__(self) -> str:
        low, high = round(self.low * 1000), round(self.high * 1000)
        return f"{high} ms" if low == high else f"{low}\u2013{high} ms"


def measurable(groups: Iterable[Group], *, owns_all: bool = True) -> Group | None:
    """A resource whose records can be made, read and removed; else one whose only record may be replaced."""
    several = list(groups)
    wanted = (Kind.CREATE, Kind.READ, Kind.DELETE)
    found = [one for one in several if one.has(wanted) and not one.is_single]
    if owns_all:
        found += [one for one in several if one.has((Kind.READ, Kind.REPLACE)) and one.is_single]
    return next(iter(found), None)


def waited_for(session: Session, groups: Iterable[Group], allowed: float) -> Lag | None:
    """Measure how far reads lag, and let them wait for it from now on; ``allowed`` seconds where nothing tells."""
    group = measurable(groups, owns_all=session.limits.owns_all)
    if group is None:
        session.client.pace.lag = allowed
        return None
    if lag := measure(session, group, allowed):
        session.client.pace.lag = lag.enough
    return lag


def measure(session: Session, group: Group, longest: float) -> Lag | None:
    """How far reads lag behind writes, None where they do not; what takes more than ``longest`` seconds is not lag."""
    session.client.purpose = "measuring"
    seen: list[float | None] = []
    try:
        delays = _delays_inferred if session.plan.is_inferred else _delays_of_single if group.is_single else _delays
        for _ in range(TRIALS):
            found = list(delays(session, group, max(longest, LONGEST)))
            seen += found
            if None in found:
                break  # it is not late but never seen: another look would tell no more
    except (Inconclusive, NotApplicable, Unreachable):
        seen = []
    session.clean_up()
    late = [one for one in seen if one]
    return Lag(min(late), max(late)) if late else None


def _delays(session: Session, group: Group, longest: float) -> Iterator[float | None]:
    """Seconds until a new record, its change and its end are seen; None for a write that is never seen."""
    made = session.create(group)
    record_id = str(made[group.key])

    def delay(is_seen: Callable[[Received], bool]) -> float | None:
        return _until(session, lambda: is_seen(session.at(group, Kind.READ, record_id)), longest)

    yield delay(lambda reply: reply.status == 200)
    if Kind.PATCH in group.operations:
        text = f"{session.mark} measured"
        step = {"op": "replace", "path": f"/{group.marker}", "value": text}
        if session.at(group, Kind.PATCH, record_id, body=[step]).status == 200:
            yield delay(lambda reply: _member(reply, group.marker) == text)
    if session.at(group, Kind.DELETE, record_id).status == 200:
        yield delay(lambda reply: reply.status == 404)


def _delays_of_single(session: Session, group: Group, longest: float) -> Iterator[float | None]:
    """The same for a record that a tenant has one of: it is replaced, and afterwards as it was."""
    read, replace = group.one(Kind.READ), group.one(Kind.REPLACE)
    before = session.send(Ask(read))
    if before.status == HTTPStatus.NOT_FOUND and Kind.CREATE in group.operations:
        session.send(Ask(group.one(Kind.CREATE), body=_unmanaged(group, session.body(group))))
    for body in (session.body(group), json_or_none(before.body) if before.status == HTTPStatus.OK else None):
        if not isinstance(body, dict) or group.marker not in body:
            continue
        wanted = body[group.marker]
        if session.send(Ask(replace, body=_unmanaged(group, body))).status != HTTPStatus.OK:
            continue
        yield _until(session, lambda: _member(session.send(Ask(read)), group.marker) == wanted, longest)  # noqa: B023 -- called at once
    if before.status == HTTPStatus.NOT_FOUND and Kind.DELETE in group.operations:
        session.send(Ask(group.one(Kind.DELETE)))


def _delays_inferred(session: Session, group: Group, longest: float) -> Iterator[float | None]:
    """The same where a document does not say what its operations mean: a new record is read and listed, and its end."""
    asking = InferredRequests(session)
    read, delete = asking.on_one(group, Kind.READ), asking.on_one(group, Kind.DELETE)
    made = asking.create(group)

    def is_seen(statuses: Container[int], *, listed: bool) -> bool:
        if asking.send(read, asking.at(read, made)).status not in statuses:
            return False
        for operation in group.all(Kind.LIST)[:1]:
            reply = asking.send(operation, asking.below(operation, made.above))
            keys = [asking.key(group, one) for one in asking.items(reply, operation)]
            return len(keys) >= MANY or not all(keys) or (made.key in keys) is listed
        return True

    yield _until(session, lambda: is_seen(FOUND, listed=True), longest)
    if asking.send(delete, asking.at(delete, made)).status in FOUND:
        yield _until(session, lambda: is_seen(GONE, listed=False), longest)


def _unmanaged(group: Group, record: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record a client sends."""
    return {name: value for name, value in record.items() if name not in group.resource.managed | {group.key}}


def _until(session: Session, is_seen: Callable[[], bool], longest: float) -> float | None:
    """Seconds until the last look that did not see it; 0 when all did, None when that went on for too long."""
    pace = session.client.pace
    began, missed, row = pace.clock(), 0.0, 0
    while row < IN_A_ROW:
        if is_seen():
            row += 1
            continue
        row, missed = 0, max(pace.clock() - began, STEP)
        if missed > longest:
            return None
        pace.wait(STEP)
    return missed


def _member(reply: Received, name: str) -> object:
    value = json_or_none(reply.body)
    return value.get(name) if isinstance(value, dict) else None
