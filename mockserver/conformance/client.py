"""The one way to the target: nothing leaves that is not allowed, too fast or too late, and all of it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from mockserver.conformance.allow_list import AllowList, NotAllowed, Routes
from mockserver.conformance.pacing import Pace, retry_after
from mockserver.conformance.recorder import Recorder
from mockserver.conformance.traffic import Exchange, Reply, Sent
from mockserver.conformance.transports import Transport, Unreachable
from mockserver.contract import Contract, Operation

RETRIES = 3
"""How often a safe request is sent again after no reply, a 429 or a 503."""
BUSY = frozenset({429, 503})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Before: TypeAlias = Callable[[Sent, Operation | None], Sent]
After: TypeAlias = Callable[[Exchange, Operation | None], None]


class Client:
    """Sends requests through ``transport``, whoever asks: a check, a fuzzer, or the cleaning up.

    ``before`` may change a request that is allowed to leave, ``after`` sees each exchange. ``purpose`` is
    what requests are sent for at the moment; ``refused`` lists what was not let out. Raises NotAllowed,
    OutOfTime and Unreachable.
    """

    def __init__(
        self,
        contract: Contract,
        transport: Transport,
        *,
        allow: AllowList | None = None,
        pace: Pace | None = None,
        before: Before | None = None,
    ) -> None:
        self.routes = Routes(contract)
        self.pace = pace or Pace()
        self.recorder = Recorder()
        self.before = before
        self.after: list[After] = []
        self.purpose = ""
        self.refused: list[str] = []
        self._transport = transport
        self._allow = allow or AllowList()

    def may(self, operation: Operation) -> bool:
        """Whether this operation may leave at all."""
        return self._allow.operations is None or operation.id in self._allow.operations

    def send(self, sent: Sent) -> Reply:
        operation = self.routes.operation(sent.method, sent.path)
        try:
            self._allow.judge(sent.method, sent.path, operation)
        except NotAllowed as refusal:
            self.refused.append(str(refusal))
            raise
        sent = replace(sent, operation=operation.id if operation else None)
        if self.before:
            sent = self.before(sent, operation)
        return self._repeated(sent, operation)

    def _repeated(self, sent: Sent, operation: Operation | None) -> Reply:
        """The reply; only what is safe is sent again, and never before the time that the target asked for."""
        attempts = RETRIES if sent.method in SAFE_METHODS else 0
        while True:
            try:
                reply = self._once(sent, operation)
            except Unreachable:
                if not attempts:
                    raise
            else:
                wait = retry_after(reply.header("Retry-After")) if reply.status in BUSY else None
                self.pace.hold(wait or 0.0)
                if reply.status not in BUSY or not attempts or wait is None:
                    return reply
            attempts -= 1

    def _once(self, sent: Sent, operation: Operation | None) -> Reply:
        self.pace.turn()
        try:
            reply = self._transport(sent)
        except Unreachable as error:
            self.recorder.record(sent, None, self.purpose, str(error))
            raise
        exchange = self.recorder.record(sent, reply, self.purpose)
        for look in self.after:
            look(exchange, operation)
        return reply
