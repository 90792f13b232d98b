"""A tenant: its collections and the one lock that every change to them holds; and the store of all tenants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Lock, RLock
from typing import Any, TypeAlias

from mockserver.store.collection import Collection
from mockserver.store.record import Record

Undo: TypeAlias = list[Callable[[], object]]
"""What takes back each change, the first change first."""


class Tenant:
    """One customer's records, apart from every other's.

    ``elsewhere`` are the keys of other modules' records that are known to be there, by ``module:resource``; None
    where nobody asks; ``begun`` are the collections, each with its parents' keys, that have got their first records,
    where these are made when somebody first looks. ``fill`` puts the first records of one resource into the tenant
    when somebody first asks for that resource; without it the resources are as they are given.
    """

    def __init__(
        self,
        name: str,
        collections: Mapping[str, Collection],
        elsewhere: dict[str, set[str]] | None = None,
        fill: Fill | None = None,
    ) -> None:
        self.name = name
        self._fill = fill
        self._unfilled: set[str] = set(collections) if fill else set()
        self.lock = RLock()
        self.elsewhere = elsewhere
        self.begun: set[tuple[str, ...]] = set()
        self._collections = dict(collections)
        self._shared: set[str] = set()
        self._undo: Undo | None = None

    def __getitem__(self, resource: str) -> Collection:
        """The records of a resource, to be read; what changes them goes by this tenant."""
        if resource in self._unfilled:
            self._begin(resource)
        return self._collections[resource]

    def __contains__(self, resource: str) -> bool:
        return resource in self._collections

    def put(self, resource: str, record_id: str, data: Mapping[str, Any], raw: bytes) -> Record:
        """Store ``raw``, the JSON of ``data``; replaces what was there."""
        self._remember(resource, record_id)
        return self._own(resource).put(record_id, data, raw)

    def delete(self, resource: str, record_id: str) -> Record | None:
        """Remove and return the record; None if there was none."""
        self._remember(resource, record_id)
        return self._own(resource).delete(record_id)

    @contextmanager
    def transaction(self, *, lasting: bool = False) -> Iterator[None]:
        """All that is changed inside, or nothing of it when that ends with an exception.

        One inside another is undone with it, unless it is ``lasting``: then its end is final.
        """
        outer, self._undo = self._undo, (mine := Undo())
        try:
            yield
        except BaseException:
            for undo in reversed(mine):
                undo()
            raise
        else:
            if outer is not None and not lasting:
                outer += mine
        finally:
            self._undo = outer

    def on_rollback(self, undo: Callable[[], object]) -> None:
        """Have ``undo`` called when the transaction that is going on ends with an exception."""
        if self._undo is not None:
            self._undo.append(undo)

    def meet(self, resource: str, key: str) -> None:
        """Take it that another module has this record."""
        if self.elsewhere is not None:
            self.elsewhere.setdefault(resource, set()).add(key)

    def sizes(self) -> dict[str, int]:
        """How many records each resource holds."""
        return {resource: len(self[resource]) for resource in sorted(self._collections)}

    def size(self) -> int:
        """How many bytes of JSON it holds, as far as it has been filled."""
        return sum(collection.size for collection in self._collections.values())

    def copy(self) -> Tenant:
        """The same records, apart from these from now on.

        PERF: a resource's records are copied when one of the two first changes them, and most never do.
        """
        known = None if self.elsewhere is None else {name: set(keys) for name, keys in self.elsewhere.items()}
        twin = Tenant(self.name, self._collections, known, self._fill)
        twin._unfilled = set(self._unfilled)
        twin.begun = set(self.begun)
        twin._shared = set(self._collections)
        self._shared = set(self._collections)
        return twin

    def _begin(self, resource: str) -> None:
        """Put a resource's first records in. They stay, whatever becomes of the transaction that asked for them."""
        assert self._fill
        with self.lock:
            undo, self._undo = self._undo, None
            try:
                if resource in self._unfilled:
                    self._unfilled.discard(resource)
                    self._fill(self, resource)
            finally:
                self._undo = undo

    def _own(self, resource: str) -> Collection:
        """The records of a resource, to be changed."""
        if resource in self._unfilled:
            self._begin(resource)
        if resource in self._shared:
            self._collections[resource] = self._collections[resource].copy()
            self._shared.discard(resource)
        return self._collections[resource]

    def _remember(self, resource: str, record_id: str) -> None:
        if self._undo is not None:
            before = self[resource].kept(record_id)
            self._undo.append(partial(self._put_back, resource, record_id, *before))

    def _put_back(self, resource: str, record_id: str, record: Record | None, highest: Mapping[str, int]) -> None:
        self._own(resource).restore(record_id, record, highest)


Fill: TypeAlias = Callable[[Tenant, str], None]
"""Puts the first records of a resource into a tenant."""


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
        self._strict = strict
        self._fill = fill
        self._limit = limit
        self._room = room
        self._lock = Lock()
        self._tenants: dict[str, Tenant] = {}
        self._kept: Mapping[str, Tenant] = {}

    def tenant(self, name: str) -> Tenant:
        """The tenant of that name; it appears on first use.

        Raises TooManyTenants when the store holds ``limit`` of them, or ``room`` bytes of records, already.
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

    def restore_tenant(self, name: str, kept: Tenant | None) -> None:
        """Let one tenant be ``kept``, or appear anew on next use."""
        with self._lock:
            self._tenants.pop(name, None)
            others = {one: tenant for one, tenant in self._kept.items() if one != name}
            self._kept = {**others, name: kept} if kept else others

    def empty(self, name: str) -> Tenant:
        """A tenant without records, which the store does not keep."""
        return self._made(name, None)

    def add(self, tenant: Tenant) -> None:
        """Keep a tenant that was made elsewhere, in place of the one of its name."""
        with self._lock:
            self._tenants[tenant.name] = tenant

    def _made(self, name: str, fill: Fill | None) -> Tenant:
        made = {one: Collection(fields, self._counted.get(one, ())) for one, fields in self._indexed.items()}
        return Tenant(name, made, {} if self._strict else None, fill)

    def _appear(self, name: str) -> Tenant:
        with self._lock:
            if name in self._tenants:
                return self._tenants[name]
            tenant = self._kept[name].copy() if name in self._kept else self._new(name)
            self._tenants[name] = tenant
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
