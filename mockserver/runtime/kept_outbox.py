"""An outbox whose mails are kept with the change that they speak of, or not at all."""

from __future__ import annotations

from typing import Any

from mockserver.runtime.kept_lines import KeptLines
from mockserver.runtime.outbox import Mail, Outbox
from mockserver.store.sql.kept_store import KeptStore


class KeptOutbox(Outbox):
    """The last ``limit`` mails of all processes that share a store."""

    def __init__(self, limit: int, store: KeptStore) -> None:
        super().__init__(limit)
        self._lines = KeptLines("outbox", limit, store)

    def put(self, mail: Mail) -> None:
        self._lines.add(mail)

    def mails(self, tenant: str | None = None) -> list[dict[str, Any]]:
        return [{"number": number, **mail} for number, mail in self._lines.all() if tenant in (None, mail["tenant"])]

    def clear(self) -> None:
        self._lines.clear()
