"""What was exchanged: counted in full, kept in order up to a bound."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from mockserver.conformance.wire.traffic import Exchange, Received, Sent

KEPT = 5_000
"""How many exchanges are kept, the newest ones."""
Message = TypeVar("Message", Sent, Received)
KEPT_BODY = 64 * 2**10
"""How many bytes of each body are kept."""


class Recorder:
    """``statuses`` counts replies by operation and status, ``purposes`` requests by operation and check."""

    def __init__(self, kept: int = KEPT) -> None:
        self.exchanges: deque[Exchange] = deque(maxlen=kept)
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.purposes: Counter[tuple[str, str]] = Counter()
        self.total = 0
        self._lock = threading.Lock()

    def record(self, sent: Sent, reply: Received | None, purpose: str, failure: str = "") -> Exchange:
        operation = sent.operation or "(not in the document)"
        with self._lock:
            self.total += 1
            self.statuses[operation, reply.status if reply else 0] += 1
            self.purposes[operation, purpose] += 1
            exchange = Exchange(self.total, datetime.now(UTC), purpose, sent, reply, failure)
            self.exchanges.append(trimmed(exchange))
        return exchange


def trimmed(exchange: Exchange) -> Exchange:
    """The exchange as it is kept: large bodies cut."""
    reply = _cut(exchange.reply) if exchange.reply else None
    return replace(exchange, sent=_cut(exchange.sent), reply=reply)


def _cut(message: Message) -> Message:
    body = message.body
    return replace(message, body=body[:KEPT_BODY]) if body and len(body) > KEPT_BODY else message
