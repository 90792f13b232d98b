"""What has fallen due, kept with the change that it made, whichever process saw the clock pass it."""

from __future__ import annotations

from typing import Any

from mockserver.runtime.due_log import KEPT, DueLog, Happened
from mockserver.runtime.kept_lines import KeptLines
from mockserver.store.sql.kept_store import KeptStore


class KeptDueLog(DueLog):
    """What fell due last in all processes that share a store."""

    def __init__(self, store: KeptStore) -> None:
        super().__init__()
        self._lines = KeptLines("due", KEPT, store)

    def put(self, one: Happened) -> None:
        self._lines.add(one)

    def happened(self, tenant: str | None = None) -> list[dict[str, Any]]:
        return [one for _, one in self._lines.all() if tenant in (None, one["tenant"])]

    def clear(self) -> None:
        self._lines.clear()
