"""All tenants by name: who is there, who appears on first use, and what they were when they were last kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Lock

from mockserver.store.collection import Collection
from mockserver.store.keeping import Keeper, Moved, WouldWait
from mockserver.store.passing import Passing
from mockserver.store.tenant import Fill, Tenant
from mockserver.store.watches import Watches

BEGINNING = ""
"""The name of the snapshot of what all tenants are at the start."""
ROOM = 512 * 2**20
"""How many bytes of JSON all tenants may hold when another one appears; in memory it is about twice that."""


class TooManyTenants(Exception):
    """The store is full: another tenant would have appeared."""


class Store:
    """Tenants by name. ``fill`` puts the first records of a resource into a tenant.

    A tenant that nobody knew appears on first use and costs next to nothing: each of its resources is filled when
    somebody first asks for it. ``indexed`` are the fields by which each resource's records are found, ``counted``
    those whose highest number is kept; ``strict`` tenants keep track of other modules' records.
    """

    def __init__(
        self,
        indexed: Mapping[str, Sequence[str]],
        fill: Fill | None,
        limit: int,
        *,
        room: int | None = None,
        counted: Mapping[str, Sequence[str]] | None = None,
        strict: bool = False,
    ) -> None:
        self._indexed = indexed
        self._counted = counted or {}
        self._blank = {one: Collection(fields, self._counted.get(one, ())) for one, fields in indexed.items()}
        self._strict = strict
        self._fill = fill
        self._limit = limit
        self._room = room
        self._lock = Lock()
        self._tenants: dict[str, Tenant] = {}
        self._kept: Mapping[str, Tenant] = {}
        self._snapshots: dict[str, Mapping[str, Tenant]] = {}
        self.passing: Callable[[], Passing] | None = None
        """Makes what sees to it that time passes for one tenant; None where nothing depends on time."""
        self._has_moved = False
        self.watches = Watches()

    def tenant(self, name: str) -> Tenant:
        """The tenant of that name; it appears on first use.

        Raises TooManyTenants when the store holds ``limit`` of them, or ``room`` bytes of records, already.
        """
        tenant = self._tenants.get(name)
        return tenant if tenant is not None else self._appear(name)

    def work(
        self, name: str, *, reading: bool = False, may_wait: bool = True, may_be_overtaken: bool = False
    ) -> AbstractContextManager[Tenant]:
        """The tenant of that name for one unit of work, as ``Tenant.work``; it appears on first use.

        Raises TooManyTenants, and WouldWait where it may not wait.
        """
        if not may_wait and name not in self._tenants:
            raise WouldWait
        return self.tenant(name).work(reading=reading, may_wait=may_wait, may_be_overtaken=may_be_overtaken)

    @property
    def is_at_hand(self) -> bool:
        """Whether all is in memory, so that a unit of work waits for nothing but for whoever else is at work."""
        return True

    def afterwards(self, call: Callable[[], object]) -> None:
        """Call it once what this thread's unit of work has changed is kept, if it is; at once where nobody keeps it."""
        call()

    def settle(self) -> None:
        """A request has been answered: what was read for it alone is forgotten."""

    def view(self, name: str, *resources: str) -> Tenant:
        """The tenant's records as they are now, the first ones of these resources made; nobody waits for who reads it.

        Raises TooManyTenants.
        """
        with self.work(name, reading=True) as tenant:
            for resource in resources:
                _ = tenant[resource]
            return tenant.view()

    def names(self) -> list[str]:
        """The tenants there are, sorted."""
        with self._lock:
            return sorted({*self._tenants, *self._kept})

    def copy(self) -> dict[str, Tenant]:
        """Every tenant as it is now, each taken under its own lock: what ``restore`` takes back."""
        with self._lock:
            self._require_here()
            taken = dict(self._kept)
            for name, tenant in self._tenants.items():
                with tenant.lock:
                    taken[name] = tenant.copy()
            return taken

    def restore(self, tenants: Mapping[str, Tenant]) -> None:
        """Be what ``copy`` returned. Costs nothing by itself: a tenant is copied when it is next used."""
        with self._lock:
            self._require_here()
            self._tenants, self._kept = {}, dict(tenants)
        self.watches.end()

    def restore_tenant(self, name: str, kept: Tenant | None) -> None:
        """Let one tenant be ``kept``, or appear anew on next use."""
        with self._lock:
            self._require_here()
            self._tenants.pop(name, None)
            others = {one: tenant for one, tenant in self._kept.items() if one != name}
            self._kept = {**others, name: kept} if kept else others
        self.watches.end(name)

    def beginning(self, name: str) -> Tenant:
        """The tenant as it is at the start, apart from the one that is kept."""
        kept = self._snapshots.get(BEGINNING, {}).get(name)
        return self._made(name, self._fill) if kept is None else kept.copy()

    def hand_over(self) -> dict[str, Tenant]:
        """Every tenant as it is now, for another store: whoever comes here from now on meets Moved."""
        with self._lock:
            self._has_moved = True
            for tenant in self._tenants.values():
                with tenant.lock:  # whoever is at work ends first
                    tenant.has_moved = True
            self.watches.end()
            return {**self._kept, **{name: tenant.copy() for name, tenant in self._tenants.items()}}

    def take_back(self) -> None:
        """Go on as if nothing had been handed over."""
        with self._lock:
            self._has_moved = False
            for tenant in self._tenants.values():
                tenant.has_moved = False

    def snapshots(self) -> list[str]:
        """The names under which all tenants were kept, sorted; without that of the beginning."""
        return sorted({*self._snapshots} - {BEGINNING})

    def has_begun(self) -> bool:
        """Whether the beginning is kept."""
        return BEGINNING in self._snapshots

    def take_snapshot(self, snapshot: str) -> None:
        """Keep all tenants as they are now under a name, in place of what was kept there."""
        self._snapshots[snapshot] = self.copy()

    def restore_snapshot(self, snapshot: str, tenant: str | None = None) -> None:
        """Let all tenants, or one of them, be as they were kept under a name."""
        kept = self._snapshots[snapshot]
        if tenant is None:
            self.restore(kept)
        else:
            self.restore_tenant(tenant, kept.get(tenant))

    def snapshot(self, snapshot: str) -> Mapping[str, Tenant]:
        """All tenants as they were kept under a name, not to be changed. Raises KeyError when that is not in memory."""
        return self._snapshots[snapshot]

    def keep_snapshot(self, snapshot: str, tenants: Mapping[str, Tenant]) -> None:
        """Keep tenants that were made elsewhere under a name."""
        self._require_here()
        self._snapshots[snapshot] = dict(tenants)

    def forget_snapshot(self, snapshot: str) -> None:
        self._require_here()
        self._snapshots.pop(snapshot, None)

    def empty(self, name: str) -> Tenant:
        """A tenant without records, which the store does not keep."""
        return self._made(name, None)

    def unfilled(self, name: str) -> Tenant:
        """A tenant whose resources are filled when somebody asks for them, which the store does not keep."""
        return self._made(name, self._fill)

    def add(self, tenant: Tenant) -> None:
        """Keep a tenant that was made elsewhere, in place of the one of its name."""
        with self._lock:
            self._require_here()
            self._tenants[tenant.name] = self._timed(tenant)
        self.watches.end(tenant.name)

    def _made(self, name: str, fill: Fill | None, keeper: Keeper | None = None) -> Tenant:
        return Tenant(name, self._blank, {} if self._strict else None, fill, keeper, is_blank=True)

    def _require_here(self) -> None:
        """Raises Moved when the tenants have been handed over."""
        if self._has_moved:
            raise Moved

    def _appear(self, name: str) -> Tenant:
        with self._lock:
            self._require_here()
            if name in self._tenants:
                return self._tenants[name]
            tenant = self._kept[name].copy() if name in self._kept else self._new(name)
            self._tenants[name] = self._timed(tenant)
            return tenant

    def _timed(self, tenant: Tenant) -> Tenant:
        tenant.passing = self.passing() if self.passing else None
        return tenant

    def _new(self, name: str) -> Tenant:
        known = {**self._kept, **self._tenants}
        if len(known) >= self._limit:
            raise TooManyTenants(name)
        if self._room is not None and sum(tenant.size() for tenant in known.values()) >= self._room:
            raise TooManyTenants(name)
        tenant = self._made(name, self._fill)
        if self._strict:  # what other modules have is known when all records have been seen
            tenant.sizes()
        return tenant
