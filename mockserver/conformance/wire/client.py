"""The one way to the target: nothing leaves that is not allowed, too fast or too late, and all of it is recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from http import HTTPStatus
from typing import TypeAlias

from mockserver.conformance.wire.allow_list import AllowList, NotAllowed, Routes
from mockserver.conformance.wire.consistent_reads import consistent
from mockserver.conformance.wire.credentials import Credentials, carries
from mockserver.conformance.wire.gateway import ELSEWHERE, REFUSED, Gateway, Patience, Stopped
from mockserver.conformance.wire.pacing import RequestRate, retry_after
from mockserver.conformance.wire.recorder import Recorder
from mockserver.conformance.wire.traffic import Exchange, Received, Sent
from mockserver.conformance.wire.transports import START, Transport, Unreachable
from mockserver.contract import Contract, Operation

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Fate(Enum):
    """What became of a write that nothing was heard of."""

    DONE = "done"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"


Before: TypeAlias = Callable[[Sent, Operation | None], Sent]
After: TypeAlias = Callable[[Exchange, Operation | None], None]
LookUp: TypeAlias = Callable[[Sent, Operation], Fate]


class _Looking(threading.local):
    """How many look-ups a thread is in: what is sent for one is not looked up itself."""

    depth = 0


class TargetClient:
    """Sends requests through ``transport``, whoever asks: a check, a fuzzer, or the cleaning up.

    ``before`` may change a request that is allowed to leave, ``after`` sees each exchange that ends with an answer of
    the API's, ``look_up`` tells what became of a write. ``proofs`` are requests that were answered well, by the token
    they carry: they tell a refused token from an operation that refuses it. ``purpose`` is what requests are sent for
    at the moment; ``refused`` lists what was not let out. Raises NotAllowed, OutOfTime, Stopped and Unreachable.
    """

    def __init__(
        self,
        contract: Contract,
        transport: Transport,
        *,
        allow: AllowList | None = None,
        pace: RequestRate | None = None,
        before: Before | None = None,
        credentials: Credentials | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.routes = Routes(contract)
        self.pace = pace or RequestRate()
        self.patience = patience or Patience(self.pace.clock)
        self.recorder = Recorder()
        self.before = before
        self.after: list[After] = []
        self.look_up: LookUp | None = None
        self.proofs: Mapping[str, Sent] = {}
        self.purpose = ""
        self.refused: list[str] = []
        self._transport = transport
        self._remedies: dict[str, str] = {}
        self._allow = allow or AllowList()
        self._gateway = Gateway(contract)
        self._credentials = credentials or Credentials(())
        self._looking = _Looking()
        self._one_looks = threading.Lock()

    def may(self, operation: Operation) -> bool:
        """Whether this operation may leave at all."""
        return self._allow.operations is None or operation.id in self._allow.operations

    def is_safe(self, exchange: Exchange) -> bool:
        """Whether the request was one that changes nothing."""
        return is_safe(exchange.sent, self.routes.operation(exchange.sent.method, exchange.sent.path))

    def send(self, sent: Sent) -> Received:
        operation = self.routes.operation(sent.method, sent.path)
        try:
            self._allow.judge(sent.method, sent.path, operation)
        except NotAllowed as refusal:
            self.refused.append(str(refusal))
            raise
        sent = replace(sent, operation=operation.id if operation else None)
        if self.before:
            sent = self.before(sent, operation)
        if self.pace.lag and operation is not None and is_safe(sent, operation):
            sent = consistent(sent, operation)
        exchange = self._answered(sent, operation)
        assert exchange.reply
        for look in self.after:
            look(exchange, operation)
        self.pace.wrote(not is_safe(sent, operation) and exchange.reply.status < HTTPStatus.MULTIPLE_CHOICES)
        return exchange.reply

    def _answered(self, sent: Sent, operation: Operation | None, *, is_renewed: bool = False) -> Exchange:
        """The exchange that ends with an answer of the API's: what stands in the way of one is waited out."""
        attempt = 0
        while True:
            if is_safe(sent, operation):
                self.pace.settle()
            exchange, cause, may_have_arrived = self._tried(sent, operation)
            if not cause:
                self.patience.answered(sent.operation)
                return exchange if is_renewed else self._trusted(exchange, operation)
            self.patience.met(cause, exchange.number)
            asked = retry_after(exchange.reply.header("Retry-After")) if exchange.reply else None
            pause = self.patience.pause(
                attempt, asked, sent.operation, may_pass=may_have_arrived or exchange.reply is not None
            )
            if pause is None:
                if self.patience.gave_up(cause, sent.operation) and not self._is_alive():
                    first = self.patience.troubles[cause].first
                    self.patience.stop(f"no more replies: {cause}, from request {first} on")
                raise Unreachable(cause, self._remedies.get(cause, START))
            self.pace.hold(pause)
            if may_have_arrived and not is_safe(sent, operation) and not self._may_repeat(sent, operation):
                self.patience.lose(cause)
                raise Unreachable(f"{cause}, and whether a write was carried out is unknown")
            attempt += 1

    def _tried(self, sent: Sent, operation: Operation | None) -> tuple[Exchange, str, bool]:
        """One attempt: what stood in its way (empty: nothing), and whether the request may have been carried out."""
        try:
            exchange = self._once(sent)
        except Unreachable as error:
            self._remedies[str(error)] = error.remedy
            return self.recorder.record(sent, None, self.purpose, str(error)), str(error), error.arrived
        assert exchange.reply
        cause = self._gateway.trouble(exchange.reply, operation, self.patience.troubles, asked=sent)
        return exchange, cause, exchange.reply.status not in REFUSED | ELSEWHERE

    def _once(self, sent: Sent) -> Exchange:
        if self.patience.stopped:
            raise Stopped(self.patience.stopped)
        self.pace.turn()
        reply = self._transport(self._credentials.current(sent))
        return self.recorder.record(sent, reply, self.purpose)

    def _may_repeat(self, sent: Sent, operation: Operation | None) -> bool:
        """Whether a write of which nothing was heard was not carried out, or does no harm if it is once more."""
        if operation is None:
            return True  # the document has no such thing to carry out
        if self._looking.depth:
            return sent.method == "DELETE"
        if self.look_up is None:
            return False
        with self._one_looks:
            self._looking.depth += 1
            try:
                return self.look_up(sent, operation) is Fate.NOT_DONE
            finally:
                self._looking.depth -= 1

    def _trusted(self, exchange: Exchange, operation: Operation | None) -> Exchange:
        """The exchange, unless its 401 is about a good token of ours: no verdict, the token is renewed first."""
        assert exchange.reply
        if exchange.reply.status != HTTPStatus.UNAUTHORIZED:
            return exchange
        proof = next((proof for token, proof in self.proofs.items() if carries(exchange.sent, token)), None)
        if proof is None or self._is_good(proof):
            return exchange
        if self._credentials.renewed(exchange.sent) and self._is_good(proof):
            return self._answered(exchange.sent, operation, is_renewed=True)
        self.patience.stop(f"the token was refused from request {exchange.number} on")
        raise AssertionError  # stop() has raised

    def _is_alive(self) -> bool:
        """Whether what was answered well before still is: then it is one operation that is not."""
        if not self.proofs or self._tried(next(iter(self.proofs.values())), None)[1]:
            return False
        self.patience.answered(None)
        return True

    def answer_to(self, proof: Sent) -> Received | None:
        """The reply to one of the ``proofs``; None where something stands in the way, which is told elsewhere."""
        exchange, cause, _ = self._tried(proof, None)
        return None if cause else exchange.reply

    def _is_good(self, proof: Sent) -> bool:
        """Whether the token that ``proof`` carries is taken where it was taken before."""
        reply = self.answer_to(proof)
        return reply is None or reply.status != HTTPStatus.UNAUTHORIZED


def is_safe(sent: Sent, operation: Operation | None) -> bool:
    """Whether the request changes nothing, by its method or by what its operation means."""
    return sent.method in SAFE_METHODS or (operation is not None and operation.facts.is_safe)
