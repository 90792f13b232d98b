"""Attempts to deliver events by all processes that share a store."""

from __future__ import annotations

import logging
from typing import Any

from mockserver.runtime.attempts import KEPT, Attempt, Attempts
from mockserver.runtime.kept_lines import KeptLines
from mockserver.store import StoreUnreachable
from mockserver.store.sql.kept_store import KeptStore

log = logging.getLogger("mockserver")


class KeptAttempts(Attempts):
    """The last attempts, whichever process made them."""

    def __init__(self, store: KeptStore) -> None:
        super().__init__()
        self._lines = KeptLines("deliveries", KEPT, store)

    def put(self, one: Attempt) -> None:
        """Keep it, unless the store is away: what was sent is not sent again for that."""
        try:
            self._lines.add(one)
        except StoreUnreachable as lost:
            log.warning("webhooks: that %s was %s is not kept: %s", one.id, one.outcome, lost)

    def after(self, number: int) -> list[dict[str, Any]]:
        return [{"number": at, **one} for at, one in self._lines.all() if at > number]

    def clear(self) -> None:
        self._lines.clear()
