"""News of tenants that were read when requests arrived, before they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import local
from typing import NamedTuple

from mockserver.store.sql.direct import Direct
from mockserver.store.sql.shelves import NewerThan, News, Shelf
from mockserver.store.tenant import Tenant


class Foreseen(NamedTuple):
    """What is newer than a version of a tenant, as it was read for a request that had arrived."""

    tenant: str
    since: int
    news: News


class Ahead(local):
    """Those of the request that a thread answers.

    PERF: a request asks the database once, not twice; those that arrive together ask once for all of them.
    """

    _known: Foreseen | None = None

    def __init__(self, direct: Direct, cached: Mapping[str, Tenant]) -> None:
        """``cached`` are the tenants in memory."""
        self._direct = direct
        self._cached = cached

    def look(self, names: Iterable[str], beside: NewerThan) -> tuple[dict[str, Foreseen], News]:
        """The news of those of the tenants that are in memory, and of another shelf, all at one moment.

        Raises StoreUnreachable.
        """
        found = ((name, self._cached.get(name)) for name in names)
        since = {name: tenant.version for name, tenant in found if tenant is not None and tenant.version >= 0}
        news, other = self._direct.news(since, beside)
        return {name: Foreseen(name, since[name], one) for name, one in news.items()}, other

    def keep(self, foreseen: Foreseen | None) -> None:
        """Have it at hand for this thread's next look at its tenant."""
        self._known = foreseen

    def forget(self) -> None:
        self._known = None

    def is_of(self, tenant: str) -> bool:
        """Whether there are news of the tenant, which nobody has taken yet."""
        return self._known is not None and self._known.tenant == tenant

    def take(self, tenant: Tenant) -> News | None:
        """What is new to the tenant in memory, once; None where what was read does not continue that.

        What came from here meanwhile is known: memory is at least as new as the request then. What others changed may
        be among the news once more: it is the same there, or newer.
        """
        found, self._known = self._known, None
        if found is None or found.tenant != tenant.name or tenant.is_new:
            return None
        shelf = found.news[0]
        if shelf.filled and found.since <= shelf.version <= tenant.version:
            return Shelf(tenant.version, filled=True), []
        return found.news if found.since <= tenant.version >= shelf.base else None
