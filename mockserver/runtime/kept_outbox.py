"""An outbox whose mails are kept with the change that they speak of, or not at all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from mockserver.runtime.outbox import Mail, Outbox
from mockserver.store.sql.kept_store import KeptStore
from mockserver.values.json_text import read_own

LOG = "outbox"


class KeptOutbox(Outbox):
    """The last ``limit`` mails of all processes that share a store."""

    def __init__(self, limit: int, store: KeptStore) -> None:
        super().__init__(limit)
        self._limit = limit
        self._store = store

    def put(self, mail: Mail) -> None:
        self._store.append(LOG, orjson.dumps(asdict(mail)), self._limit)

    def mails(self, tenant: str | None = None) -> list[dict[str, Any]]:
        with self._store.database.reading() as connection:
            newest = self._store.lines.newest(connection, LOG, self._limit)
        mails = ({"number": number, **read_own(line)} for number, line in newest)
        return [mail for mail in mails if tenant in (None, mail["tenant"])]

    def clear(self) -> None:
        with self._store.database.writing() as connection:
            self._store.lines.clear(connection, LOG)
