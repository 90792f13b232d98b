"""A tenant: its collections, and the unit of work in which all that is done to them happens or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from threading import RLock
from typing import TypeAlias

from mockserver.store.collection import Collection, Keyed
from mockserver.store.counting import Counting
from mockserver.store.keeping import FactKind, FactPlace, Keeper, WouldWait, locked, path_key, path_of
from mockserver.store.record import Members, Record
from mockserver.store.transactions import Alone, Transaction, Undo


class Tenant(Counting):
    """One customer's records, apart from every other's.

    ``elsewhere`` are the keys of other modules' records that are known to be there, by ``module:resource``; None
    where nobody asks; ``begun`` are the collections, each with its parents' keys, that have got their first records,
    where these are made when somebody first looks. ``fill`` puts the first records of one resource into the tenant
    when somebody first asks for that resource; without it the resources are as they are given. ``keeper`` keeps the
    tenant outside memory too. ``is_blank``: the collections are empty, and those of other tenants too.
    """

    def __init__(
        self, name: str, collections: Mapping[str, Collection], elsewhere: dict[str, set[str]] | None = None,
        fill: Fill | None = None, keeper: Keeper | None = None, *, is_blank: bool = False,
    ) -> None:  # fmt: skip
        self.name = name
        self._fill = fill
        self._unfilled = frozenset(collections) if fill else _NONE
        self.lock = RLock()
        self.elsewhere = elsewhere
        self.begun: set[tuple[str, ...]] = set()
        self._collections = dict(collections)
        self._shared = frozenset(collections) if is_blank else _NONE
        """PERF: sets that are replaced, so that a tenant nobody writes to shares them with others."""
        super().__init__()
        self.undo: Undo | None = None
        self._keeper = keeper
        self.version = -1
        """How many units of work changed it, as far as its keeper has seen; below 0 before the first look."""
        self.is_new = False
        """Whether its keeper has not kept it yet."""
        self._is_at_work = False
        self.may_wait, self.has_moved = True, False
        self._of: Tenant | None = None
        self._before: dict[FactPlace, bytes | None] | None = {} if keeper else None
        """What stood before at each place that was changed since all was kept; None where nobody keeps it."""

    def __getitem__(self, resource: str) -> Collection:
        """The records of a resource, to be read; what changes them goes by this tenant."""
        if resource in self._unfilled:
            self._begin(resource)
        return self._collections[resource]

    def __contains__(self, resource: str) -> bool:
        return resource in self._collections

    def put(self, resource: str, record_id: str, data: Members, raw: bytes, before: Members | None = None) -> Record:
        """Store ``raw``, the JSON of ``data``; replaces what was there: ``before``, where it was read already."""
        if self.passing is not None:
            self.passing.changes(self, resource)
        self._remember(resource, record_id)
        return self._own(resource).put(record_id, data, raw, before)

    def load(self, resource: str, records: Mapping[str, Keyed], highest: Mapping[str, int]) -> None:
        """Store many records that the resource's collection ``made``, by their ids."""
        if self.passing is not None:
            self.passing.changes(self, resource)
        for record_id in records:
            self._remember(resource, record_id)
        self._own(resource).load(records, highest)

    def delete(self, resource: str, record_id: str) -> Record | None:
        """Remove and return the record; None if there was none."""
        self._remember(resource, record_id)
        return self._own(resource).delete(record_id)

    def work(
        self, *, reading: bool = False, may_wait: bool = True, may_be_overtaken: bool = False
    ) -> AbstractContextManager[Tenant]:
        """One unit of work, alone with the tenant: all that is changed inside, or nothing when it ends in an exception.

        Kept outside memory it is up to date inside, and what was changed is kept before it ends: see ``Keeper.unit``.
        One inside another is a part of it. One that may not wait raises WouldWait where it would have to.
        """
        if self._keeper is None:
            return Alone(self, may_wait=may_wait)
        return self._kept_work(self._keeper, reading=reading, may_wait=may_wait, may_be_overtaken=may_be_overtaken)

    def view(self) -> Tenant:
        """The records as they are now, for whoever reads long, while others change them; the caller holds the lock."""
        twin: Tenant = self.copy()
        twin._of, twin.fell_due = self, self.fell_due
        return twin

    def lend(self, resource: str) -> Collection:
        """A resource's records for somebody who keeps them; what changes here from now on changes a copy."""
        lent = self[resource]
        self._shared |= {resource}
        return lent

    def transaction(self, *, lasting: bool = False) -> AbstractContextManager[Tenant]:
        """All that is changed inside, or nothing of it when that ends with an exception.

        One inside another is undone with it, unless it is ``lasting``: then its end is final.
        """
        return Transaction(self, lasting=lasting)

    @contextmanager
    def _kept_work(self, keeper: Keeper, *, reading: bool, may_wait: bool, may_be_overtaken: bool) -> Iterator[Tenant]:
        with locked(self.lock, may_wait=may_wait):
            if self._is_at_work:
                with self.transaction():
                    yield self
                return
            self._is_at_work, self.may_wait = True, may_wait
            try:
                with keeper.unit(self, reading=reading, may_be_overtaken=may_be_overtaken):
                    if self.passing is not None:
                        self.passing.catch_up(self, may_wait=may_wait)
                    yield self
            finally:
                self._is_at_work, self.may_wait = False, True

    def meet(self, resource: str, key: str) -> None:
        """Take it that another module has this record."""
        if self.elsewhere is not None:
            if self._before is not None:
                self._note(FactKind.ELSEWHERE, resource, key)
            self.elsewhere.setdefault(resource, set()).add(key)

    def mark_begun(self, resource: str, *keys: str) -> None:
        """Take it that a collection has got its first records."""
        if self._before is not None:
            self._note(FactKind.BEGUN, resource, path_key(keys))
        self.begun.add((resource, *keys))

    @property
    def is_strict(self) -> bool:
        """Whether keys into other modules must lead to records that are known to be there."""
        return self.elsewhere is not None

    def is_filled(self, resource: str) -> bool:
        return resource not in self._unfilled

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
        twin._unfilled = self._unfilled
        twin.begun = set(self.begun)
        twin._counts = dict(self._counts)
        twin._shared = self._shared = frozenset(self._collections)
        return twin

    def _begin(self, resource: str) -> None:
        """Put a resource's first records in. They stay, whatever becomes of the transaction that asked for them."""
        assert self._fill
        if self._of is not None:
            with self._of.work():
                self._collections[resource] = self._of.lend(resource)
            self._unfilled -= {resource}
            return
        if not self.may_wait:
            raise WouldWait
        with self.lock:
            undo, self.undo, unfilled = self.undo, None, self._unfilled
            try:
                if resource in unfilled:
                    self._unfilled -= {resource}
                    self._fill(self, resource)
            except BaseException:
                self._unfilled = unfilled
                raise
            finally:
                self.undo = undo

    def _own(self, resource: str) -> Collection:
        """The records of a resource, to be changed."""
        if resource in self._unfilled:
            self._begin(resource)
        if resource in self._shared:
            self._collections[resource] = self._collections[resource].copy()
            self._shared -= {resource}
        return self._collections[resource]

    def _remember(self, resource: str, record_id: str) -> None:
        if self._before is not None:
            self._note(FactKind.RECORD, resource, record_id)
            for field in self._collections[resource].counted:
                self._note(FactKind.HIGHEST, resource, field)
        if self.undo is not None:
            before = self[resource].kept(record_id)
            self.undo.append(partial(self._put_back, resource, record_id, *before))

    def _put_back(self, resource: str, record_id: str, record: Record | None, highest: Mapping[str, int]) -> None:
        self._own(resource).restore(record_id, record, highest)

    def _note_count(self, scope: tuple[str, ...]) -> None:
        if self._before is not None:
            self._note(FactKind.COUNT, "", path_key(scope))

    def _note(self, kind: FactKind, name: str, key: str) -> None:
        """Remember what stands at a place that is about to change."""
        assert self._before is not None
        place = FactPlace(kind, name, key)
        if place not in self._before:
            self._before[place] = self.at(place)

    # What a keeper does: it holds the lock.

    def at(self, place: FactPlace) -> bytes | None:
        """What stands at a place, None where nothing does."""
        kind, name, key = place
        if kind is FactKind.RECORD:
            record = self[name].get(key)
            return record.raw if record else None
        if kind is FactKind.BEGUN:
            return b"" if (name, *path_of(key)) in self.begun else None
        if kind is FactKind.ELSEWHERE:
            return b"" if key in (self.elsewhere or {}).get(name, ()) else None
        number = self[name].highest(key) if kind is FactKind.HIGHEST else self._counts.get(path_of(key), 0)
        return b"%d" % number if number else None

    def take(self, place: FactPlace, content: bytes | None) -> None:
        """Let ``content``, which was kept, stand at a place; None: nothing."""
        kind, name, key = place
        if name not in self._collections and kind in (FactKind.RECORD, FactKind.HIGHEST):
            return  # of a document that had more resources
        if kind is FactKind.RECORD:
            self._own(name).take(key, content)
        elif kind is FactKind.BEGUN:
            (self.begun.discard if content is None else self.begun.add)((name, *path_of(key)))
        elif kind is FactKind.ELSEWHERE:
            keys = (self.elsewhere if self.elsewhere is not None else {}).setdefault(name, set())
            (keys.discard if content is None else keys.add)(key)
        elif kind is FactKind.HIGHEST:
            self._own(name).count_up_to(key, int(content or 0))
        else:
            self._counts[path_of(key)] = int(content or 0)

    def changes(self) -> dict[FactPlace, bytes | None]:
        """What stands now at each place where something else stood when all was last kept."""
        now = {place: self.at(place) for place in self._before or ()}
        return {place: content for place, content in now.items() if content != (self._before or {})[place]}

    def kept(self) -> None:
        """All changes have been kept."""
        self._before = {}

    def revert(self) -> None:
        """Be as when all was last kept, first records included."""
        before, self._before = self._before or {}, None
        for place, content in before.items():
            self.take(place, content)
        self._before = {}

    def become(self, other: Tenant) -> None:
        """Be what ``other`` is, whose use ends with that: nothing of it has been changed."""
        self._collections, self._shared, self._unfilled = other._collections, other._shared, other._unfilled
        self._counts, self.begun, self.elsewhere, self._fill = other._counts, other.begun, other.elsewhere, other._fill
        self._before = {}

    def everything(self) -> Iterator[tuple[FactPlace, bytes]]:
        """All that stands anywhere."""
        for name, collection in self._collections.items():
            yield from ((FactPlace(FactKind.RECORD, name, one.id), one.raw) for one in self[name].scan())
            for field in collection.counted:
                if number := self[name].highest(field):
                    yield FactPlace(FactKind.HIGHEST, name, field), b"%d" % number
        for name, *keys in self.begun:
            yield FactPlace(FactKind.BEGUN, name, path_key(tuple(keys))), b""
        for name, known in (self.elsewhere or {}).items():
            yield from ((FactPlace(FactKind.ELSEWHERE, name, key), b"") for key in known)
        for scope, count in self._counts.items():
            if count:
                yield FactPlace(FactKind.COUNT, "", path_key(scope)), b"%d" % count


_NONE: frozenset[str] = frozenset()
Fill: TypeAlias = Callable[[Tenant, str], None]
"""Puts the first records of a resource into a tenant."""
