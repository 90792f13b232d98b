"""Faults asked for: answer the next requests with a status, late, or damaged, so that a client can be seen to cope."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from threading import Lock
from typing import Any

import orjson

from mockserver.contract import Operation
from mockserver.errors import Problem, Refusal, SetupError
from mockserver.messages import Damage
from mockserver.values.data_file import DataFile
from mockserver.values.form import check_form
from mockserver.values.json_text import read_own
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import shown

MAX_FAULTS = 100
ASKED_FOR = "fault asked for"
"""The reason that the journal tells."""
GATEWAY = frozenset({502, 503, 504})
"""What a gateway before the API answers: possible whatever the document declares."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What to do to the next ``times`` matching requests (None: to all, until cleared).

    ``operation`` and ``tenant`` narrow what matches (None: any); ``status`` replaces the answer
    (None: the request is carried out, only ``delay``, in seconds, and ``damage`` happen); ``retry_after`` is sent
    with it, in seconds. ``damage`` is what happens to the reply on its way, one of DAMAGES; ``slow`` spreads its
    content over ``delay``.
    """

    operation: str | None = None
    tenant: str | None = None
    status: int | None = None
    delay: float = 0.0
    times: int | None = 1
    retry_after: int | None = None
    message: str | None = None
    damage: str | None = None

    def matches(self, operation: str, tenant: str | None) -> bool:
        return self.operation in (None, operation) and self.tenant in (None, tenant)

    def on_its_way(self) -> Damage | None:
        """What happens to the reply while it is sent."""
        return Damage(self.damage, self.delay) if self.damage else None


def read_fault(body: Mapping[str, Any], operations: Mapping[str, Operation]) -> Fault:
    """The fault that a JSON object tells. Raises SetupError listing what is wrong with it."""
    problems = check_form("fault", DataFile("fault", body))
    wrong = {problem.pointer for problem in problems}
    members = {one.name for one in fields(Fault)}
    fault = Fault(**{name: value for name, value in body.items() if name in members and pointer_to(name) not in wrong})
    problems += [one for one in _wrong_values(fault, operations) if not {one.pointer, "/delay"} & wrong or fault.status]
    if problems:
        raise SetupError(problems)
    return fault


def _wrong_values(fault: Fault, operations: Mapping[str, Operation]) -> Iterator[Problem]:
    if fault.operation is not None and fault.operation not in operations:
        yield Problem(
            "fault",
            "/operation",
            f"no operation is called {shown(fault.operation)}",
            "name an operationId of the document",
        )
    if fault.status is None and not fault.delay and not fault.damage:
        yield Problem("fault", "/status", "neither status nor delay nor damage", "give at least one")
    if fault.damage == "slow" and not fault.delay:
        yield Problem("fault", "/delay", "no time for a slow reply", "give the seconds over which the reply is sent")
    named = operations.get(fault.operation or "")
    meant = [named] if named else list(operations.values())
    declared = sorted({status for operation in meant for status in operation.replies if status >= 400})
    possible = sorted({*declared, *GATEWAY})
    if fault.status is not None and fault.status not in possible:
        problem = f"{fault.status} is not declared"
        yield Problem("fault", "/status", problem, f"use one of {', '.join(map(str, possible))}")


class Faults:
    """The faults still to come, in the order they were asked for; the first that matches is taken.

    ``pause`` waits for so many seconds; a server that does more than wait then replaces it.
    """

    def __init__(self) -> None:
        self.pause: Callable[[float], None] = time.sleep
        self._lock = Lock()
        self._left: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Raises SetupError when too many wait already."""
        with self._lock:
            if len(self._left) >= MAX_FAULTS:
                raise SetupError([Problem("fault", "", f"{MAX_FAULTS} faults are already pending", "clear them first")])
            self._left.append((fault, fault.times))

    @property
    def are_waiting(self) -> bool:
        """Whether there are any still to come."""
        return bool(self._left)

    def waiting(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{**asdict(fault), "left": left} for fault, left in self._left]

    def clear(self, tenant: str | None = None) -> None:
        """Forget all of them, or those that wait for one tenant."""
        with self._lock:
            self._left = [one for one in self._left if one[0].tenant != tenant] if tenant else []

    def state(self) -> bytes:
        """All that waits, for another process to ``be`` it."""
        with self._lock:
            return orjson.dumps([(asdict(fault), left) for fault, left in self._left])

    def be(self, state: bytes) -> None:
        """Be what ``state`` told."""
        with self._lock:
            self._left = [(Fault(**fault), left) for fault, left in read_own(state)]

    def happen(self, fault: Fault) -> None:
        """Sleep, then raise the Refusal that the fault asks for, if any. No lock is held while it sleeps."""
        if fault.delay and fault.damage != "slow":
            self.pause(fault.delay)
        if fault.status is not None:
            headers = [("Retry-After", str(fault.retry_after))] if fault.retry_after is not None else []
            message = fault.message or f"A fault was asked for: {fault.status}."
            raise Refusal(fault.status, message, headers=headers, reason=ASKED_FOR)

    def take(self, operation: str, tenant: str | None) -> Fault | None:
        """The first fault that matches, which is then used up once more."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fault.matches(operation, tenant):
                    if left == 1:
                        del self._left[index]
                    elif left is not None:
                        self._left[index] = (fault, left - 1)
                    return fault
            return None
