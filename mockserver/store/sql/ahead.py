"""News of tenants that were read when requests arrived, before they are needed; or that are taken not to be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import local
from typing import NamedTuple

from mockserver.store.keeping import Outdated
from mockserver.store.sql.direct import Direct
from mockserver.store.sql.shelves import NewerThan, News, Shelf
from mockserver.store.sql.wariness import Wariness
from mockserver.store.tenant import Tenant


class Assumption(NamedTuple):
    """That there is nothing new of a tenant, and of another shelf."""

    tenant: str
    beside: NewerThan


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
    _assumed: Assumption | None = None
    _may_assume = False

    def __init__(self, direct: Direct, cached: Mapping[str, Tenant], wary: Wariness) -> None:
        """``cached`` are the tenants in memory."""
        self._direct = direct
        self._cached = cached
        self._wary = wary
        """Of whom it was assumed in vain."""

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
        self._known = self._assumed = None

    @contextmanager
    def assuming(self) -> Iterator[None]:
        """For what can be done again, should something be new after all."""
        self._may_assume = True
        try:
            yield
        finally:
            self._may_assume, self._assumed = False, None

    @property
    def is_assuming(self) -> bool:
        return self._assumed is not None

    def assume(self, name: str, beside: NewerThan) -> bool:
        """Take it that nothing is new of a tenant and another shelf, until the database says so; False: better look.

        PERF: a change asks the database once then, by the statement that changes.
        """
        tenant = self._cached.get(name)
        if not self._may_assume or tenant is None or tenant.version <= 0 or tenant.is_new or self._wary.of(name):
            return False
        self._assumed = Assumption(name, beside)
        return True

    def assumed(self, name: str) -> Assumption | None:
        """What is assumed of a tenant and another shelf, if it is."""
        return self._assumed if self._assumed is not None and self._assumed.tenant == name else None

    def confirm(self) -> None:
        """Look whether what is assumed is true, if something is. Raises Outdated, StoreUnreachable."""
        if self._assumed is None:
            return
        name, beside = self._assumed
        tenant = self._cached[name]
        found, other = self._direct.news({name: tenant.version}, beside)
        if (found[name][0].version, other[0].version) != (tenant.version, beside.since):
            raise self.refuted()
        self._assumed = None

    def confirmed(self) -> None:
        """What was assumed is true."""
        self._assumed = None

    def refuted(self) -> Outdated:
        """What was assumed is not true; for a while nothing is assumed of that tenant."""
        assert self._assumed
        name, self._assumed = self._assumed.tenant, None
        self._wary.become(name)
        return Outdated(name)

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
