"""A tenant: its collections and the one lock that every change to them holds; and the store of all tenants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock, RLock

from mockserver.store.collection import Collection


class Tenant:
    """One customer's records, apart from every other's."""

    def __init__(self, name: str, collections: Mapping[str, Collection]) -> None:
        self.name = name
        self.lock = RLock()
        self._collections = dict(collections)

    def __getitem__(self, resource: str) -> Collection:
        return self._collections[resource]

    def __contains__(self, resource: str) -> bool:
        return resource in self._collections

    def sizes(self) -> dict[str, int]:
        """How many records each resource holds."""
        return {resource: len(collection) for resource, collection in sorted(self._collections.items())}

    def copy(self) -> Tenant:
        return Tenant(self.name, {name: collection.copy() for name, collection in self._collections.items()})


class TooManyTenants(Exception):
    """The store is full: another tenant would have appeared."""


class Store:
    """Tenants by name. ``fill`` puts the first records into a tenant when it appears."""

    def __init__(self, indexed: Mapping[str, Sequence[str]], fill: Callable[[Tenant], None], limit: int) -> None:
        self._indexed = indexed
        self._fill = fill
        self._limit = limit
        self._lock = Lock()
        self._tenants: dict[str, Tenant] = {}
        self._kept: Mapping[str, Tenant] = {}

    def tenant(self, name: str) -> Tenant:
        """The tenant of that name; it appears, filled, on first use.

        Raises TooManyTenants when the store holds ``limit`` of them already.
        """
        tenant = self._tenants.get(name)
        return tenant if tenant is not None else self._appear(name)

    def names(self) -> list[str]:
        """The tenants there are, sorted."""
        with self._lock:
            return sorted({*self._tenants, *self._kept})

    def copy(self) -> dict[str, Tenant]:
        """Every tenant as it is now, each taken under its own lock: what ``restore`` takes back."""
        with self._lock:
            taken = dict(self._kept)
            for name, tenant in self._tenants.items():
                with tenant.lock:
                    taken[name] = tenant.copy()
            return taken

    def restore(self, tenants: Mapping[str, Tenant]) -> None:
        """Be what ``copy`` returned. Costs nothing by itself: a tenant is copied when it is next used."""
        with self._lock:
            self._tenants, self._kept = {}, dict(tenants)

    def _appear(self, name: str) -> Tenant:
        with self._lock:
            if name in self._tenants:
                return self._tenants[name]
            tenant = self._kept[name].copy() if name in self._kept else self._new(name)
            self._tenants[name] = tenant
            return tenant

    def _new(self, name: str) -> Tenant:
        if len({*self._tenants, *self._kept}) >= self._limit:
            raise TooManyTenants(name)
        tenant = Tenant(name, {resource: Collection(fields) for resource, fields in self._indexed.items()})
        self._fill(tenant)
        return tenant
