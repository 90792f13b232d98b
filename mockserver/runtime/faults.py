"""Faults asked for: answer the next requests with a status, late, or damaged, so that a client can be seen to cope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from math import ceil
from threading import Lock
from typing import Any

import orjson

from mockserver.errors import Problem, Refusal, SetupError
from mockserver.messages import Damage
from mockserver.runtime.fault import Fault, FaultTarget
from mockserver.values.json_text import read_own
from mockserver.values.moment import read_datetime

MAX_FAULTS = 100
ASKED_FOR = "fault asked for"
"""The reason that the journal tells."""
TWICE = "delivered a second time, as a fault asks"
WINDOWS = 1_000
"""How many tenants' windows a limit remembers; the oldest is forgotten first."""
WHOLE = 2.0**128
"""One more than what a draw can be."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault that happens to a request: so many seconds late, with this ``Retry-After``."""

    fault: Fault
    delay: float = 0.0
    retry_after: int | None = None

    @property
    def damage(self) -> Damage | None:
        """What happens to the reply on its way."""
        return self.fault.on_its_way(self.delay)


def later(damage: Damage | None, seconds: float) -> Damage | None:
    """``damage`` that begins so many seconds later than it would; None stays None where these are none."""
    if not seconds:
        return damage
    damage = damage or Damage()
    return replace(damage, late=damage.late + seconds)


@dataclass(slots=True)
class _Window:
    """The requests of one tenant since ``began``."""

    began: datetime
    requests: int = 0


@dataclass(slots=True)
class _Waiting:
    """A fault, how often it may still happen, and how many requests matched it so far."""

    fault: Fault
    number: int
    left: int | None
    met: int = 0
    windows: dict[str, _Window] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        """All of it as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> _Waiting:
        windows = {
            tenant: _Window(read_datetime(one["began"]), one["requests"])
            for tenant, one in described["windows"].items()
        }
        return cls(**{**described, "fault": Fault(**described["fault"]), "windows": windows})

    def seconds_over(self, tenant: str, now: datetime) -> int | None:
        """Seconds until a request of the tenant is within the limit again; None while this one still is."""
        limit = self.fault.limit or {}
        window = self.windows.get(tenant)
        if window is None or not 0 <= (now - window.began).total_seconds() < limit["seconds"]:
            self.windows.pop(tenant, None)
            if len(self.windows) >= WINDOWS:
                self.windows.pop(next(iter(self.windows)))
            window = self.windows[tenant] = _Window(now)
        window.requests += 1
        if window.requests <= limit["requests"]:
            return None
        return max(1, ceil(limit["seconds"] - (now - window.began).total_seconds()))


class Faults:
    """The faults still to come, in the order they were asked for; the first that matches is taken.

    ``draw`` gives a number below 2**128 that depends on its arguments alone: the same requests are hit again in
    another run.
    """

    def __init__(self, draw: Callable[..., int]) -> None:
        self._draw = draw
        self._lock = Lock()
        self._count = 0
        self._left: list[_Waiting] = []

    def add(self, *faults: Fault) -> None:
        """Raises SetupError when too many wait already."""
        with self._lock:
            self._add(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Have these wait and no others."""
        with self._lock:
            self._left.clear()
            self._count = 0
            self._add(faults)

    @property
    def are_waiting(self) -> bool:
        """Whether there are any still to come."""
        return bool(self._left)

    def waiting(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{**asdict(one.fault), "left": one.left} for one in self._left]

    def clear(self, tenant: str | None = None) -> None:
        """Forget all of them, or those that wait for one tenant."""
        with self._lock:
            self._left = [one for one in self._left if one.fault.tenant != tenant] if tenant else []
            self._count = self._count if tenant else 0

    def state(self) -> bytes:
        """All that waits, for another process to ``be`` it."""
        with self._lock:
            return orjson.dumps([self._count, [one.described() for one in self._left]])

    def be(self, state: bytes) -> None:
        """Be what ``state`` told."""
        with self._lock:
            self._count, left = read_own(state)
            self._left = [_Waiting.of(one) for one in left]

    @property
    def lag(self) -> float:
        """Seconds that reads may see the past for; 0 when none does."""
        return max((one.fault.stale for one in self._left), default=0.0) if self._left else 0.0

    def happen(self, hit: Hit) -> None:
        """Raise the Refusal that the fault asks for, if any; its delay passes when the reply leaves."""
        fault = hit.fault
        if fault.status is not None:
            headers = [("Retry-After", str(hit.retry_after))] if hit.retry_after is not None else []
            message = fault.message or f"A fault was asked for: {fault.status}."
            raise Refusal(fault.status, message, headers=headers, reason=ASKED_FOR)

    def take(self, asked: FaultTarget, now: datetime) -> Hit | None:
        """The first fault that hits the request, which is then used up once more; ``now`` is the mock's time."""
        if not self._left:  # PERF: nearly always
            return None
        with self._lock:
            return next((hit for one in [*self._left] if (hit := self._hit(one, asked, now)) is not None), None)

    def _add(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            if len(self._left) >= MAX_FAULTS:
                raise SetupError([Problem("fault", "", f"{MAX_FAULTS} faults are already pending", "clear them first")])
            self._count += 1
            self._left.append(_Waiting(fault, self._count, fault.times))

    def _hit(self, one: _Waiting, asked: FaultTarget, now: datetime) -> Hit | None:
        fault = one.fault
        if not fault.matches(asked):
            return None
        one.met += 1
        if one.met <= fault.after:
            return None
        retry_after = fault.retry_after
        if fault.limit:
            if (seconds := one.seconds_over(asked.tenant or "", now)) is None:
                return None
            retry_after = seconds if retry_after is None else retry_after
        if fault.probability < 1 and self._drawn("whether", one) >= fault.probability:
            return None
        self._use_up(one)
        return Hit(fault, fault.delay_at(self._drawn("delay", one)), retry_after)

    def _drawn(self, what: str, one: _Waiting) -> float:
        return self._draw("fault", what, one.number, one.met) / WHOLE

    def _use_up(self, one: _Waiting) -> None:
        if one.left is not None:
            one.left -= 1
            if not one.left:
                self._left.remove(one)
