"""News of a tenant that were read when a request arrived, before they are needed."""

from __future__ import annotations

from threading import local
from typing import NamedTuple

from mockserver.store.sql.shelves import News, Shelf
from mockserver.store.tenant import Tenant


class _Known(NamedTuple):
    tenant: str
    since: int
    news: News


class Ahead(local):
    """Those of the request that a thread answers.

    PERF: a request asks the database once, not twice.
    """

    _known: _Known | None = None

    def keep(self, tenant: str, since: int, news: News) -> None:
        """Keep what is newer than a version of a tenant."""
        self._known = _Known(tenant, since, news)

    def forget(self) -> None:
        self._known = None

    def take(self, tenant: Tenant) -> News | None:
        """What is new to the tenant in memory, once; None where what was read does not continue that.

        What came from here meanwhile is known: memory is at least as new as the request then.
        """
        found, self._known = self._known, None
        if found is None or found.tenant != tenant.name or tenant.is_new:
            return None
        shelf = found.news[0]
        if shelf.filled and found.since <= shelf.version <= tenant.version:
            return Shelf(tenant.version, filled=True), []
        return found.news if found.since == tenant.version >= shelf.base else None
