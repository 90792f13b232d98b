"""The store whose tenants are in a database as well: caught up with before a unit of work, committed at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Lock
from typing import Any, TypeAlias

from sqlalchemy import Connection

from mockserver.store.keeping import FactPlace, Overtaken, WouldWait
from mockserver.store.sql.ahead import Ahead
from mockserver.store.sql.beside import Beside, LogLine
from mockserver.store.sql.database import Database
from mockserver.store.sql.direct import MOST, Direct
from mockserver.store.sql.log_lines import Lines
from mockserver.store.sql.shelves import Contents, Shelf, Shelves
from mockserver.store.sql.wariness import Wariness
from mockserver.store.store import BEGINNING, Store, TooManyTenants
from mockserver.store.tenant import Tenant

SNAPSHOT = "snapshot "
"""What the names of the worlds that are kept begin with."""


Changes: TypeAlias = Mapping[FactPlace, bytes | None]


class PersistentStore(Store):
    """Answers from memory, as the other; a database holds what every process that uses it has in common."""

    def __init__(self, database: Database, *args: Any, **options: Any) -> None:
        """``args`` and ``options`` as the other store takes them."""
        super().__init__(*args, **options)
        self.database = database
        self.lines = Lines(database)
        self._shelves = Shelves(database)
        self._direct = direct = Direct(database)
        self._crowd = Wariness()
        """With whose next units of work others are held off, since some came between."""
        self._cached: dict[str, Tenant] = {}
        self._caching = Lock()
        self._beside, self.ahead = Beside(self.lines), Ahead(direct, self._cached, Wariness())

    def tenant(self, name: str) -> Tenant:
        """The tenant of that name as it is now; it appears on first use. Raises TooManyTenants, StoreUnreachable."""
        with self.work(name) as tenant:
            return tenant

    def work(
        self, name: str, *, reading: bool = False, may_wait: bool = True, may_be_overtaken: bool = False
    ) -> AbstractContextManager[Tenant]:
        if not may_wait and name not in self._cached:
            raise WouldWait
        return self._known(name).work(reading=reading, may_wait=may_wait, may_be_overtaken=may_be_overtaken)

    @property
    def is_at_hand(self) -> bool:
        return False

    def names(self) -> list[str]:
        with self.database.reading() as connection:
            return self._shelves.names(connection)

    def add(self, tenant: Tenant) -> None:
        """Keep a tenant that was made elsewhere, in place of the one of its name."""
        self._replace({tenant.name: tenant})

    def copy(self) -> dict[str, Tenant]:
        taken = {}
        for name in self.names():
            with self.work(name) as tenant:
                taken[name] = tenant.copy()
        return taken

    def restore(self, tenants: Mapping[str, Tenant]) -> None:
        """Be what ``copy`` returned: all of it is written."""
        self._replace({**dict.fromkeys(self.names()), **tenants})

    def restore_tenant(self, name: str, kept: Tenant | None) -> None:
        self._replace({name: kept})

    def snapshots(self) -> list[str]:
        return [one for one in self._taken() if one != BEGINNING]

    def has_begun(self) -> bool:
        return BEGINNING in self._taken()

    def take_snapshot(self, snapshot: str) -> None:
        with self._all_held() as connection:
            self._shelves.forget(connection, SNAPSHOT + snapshot)
            self._shelves.mark(connection, SNAPSHOT + snapshot)
            for name, shelf in self._shelves.hold_all(connection).items():
                if shelf.filled:
                    self._shelves.copy(connection, name, SNAPSHOT + snapshot)

    def restore_snapshot(self, snapshot: str, tenant: str | None = None) -> None:
        with self._all_held() as connection:
            kept = self._shelves.names(connection, SNAPSHOT + snapshot)
            for name in {*self._shelves.hold_all(connection), *kept} if tenant is None else {tenant}:
                self._shelves.bring_back(connection, name, SNAPSHOT + snapshot, filled=name in kept)
        self.watches.end(tenant)

    def snapshot(self, snapshot: str) -> Mapping[str, Tenant]:
        """As the other; the tenants are read anew, and belong to who asked."""
        if snapshot not in self._taken():
            raise KeyError(snapshot)
        world = SNAPSHOT + snapshot
        with self.database.reading() as connection:
            return {name: self._read(connection, world, name) for name in self._shelves.names(connection, world)}

    def keep_snapshot(self, snapshot: str, tenants: Mapping[str, Tenant]) -> None:
        with self.database.writing() as connection:
            self._shelves.forget(connection, SNAPSHOT + snapshot)
            self._shelves.mark(connection, SNAPSHOT + snapshot)
            for name, tenant in sorted(tenants.items()):
                self._shelves.put(connection, SNAPSHOT + snapshot, name, tenant.everything())

    def forget_snapshot(self, snapshot: str) -> None:
        with self.database.writing() as connection:
            self._shelves.forget(connection, SNAPSHOT + snapshot)

    def settle(self) -> None:
        self.ahead.forget()

    def append(self, log: str, content: bytes, most: int) -> None:
        """A line of a log that keeps ``most``: written with this thread's unit of work, or by itself without one.

        It is taken back with what is changed beside it; what time has brought about lasts.
        """
        if self._beside.put(LogLine(log, most, content)):
            return
        with self.database.writing() as connection:
            self.lines.append(connection, log, [content], most)

    def afterwards(self, call: Callable[[], object]) -> None:
        if not self._beside.then(call):
            call()

    # A tenant's keeper.

    @contextmanager
    def unit(self, tenant: Tenant, *, reading: bool, may_be_overtaken: bool) -> Iterator[None]:
        """See ``Keeper``."""
        self._beside.begin(tenant)
        try:
            with ExitStack() as held:
                at_once = not tenant.may_wait or reading or (may_be_overtaken and not self._crowd.of(tenant.name))
                connection = self._begin(tenant, held, alone=not at_once)
                try:
                    with tenant.transaction():
                        yield
                except BaseException:
                    self._end(tenant, connection, held)  # first records and what fell due stay, whoever asked for it
                    raise
                self._end(tenant, connection, held)
        finally:
            self._beside.end()

    def _begin(self, tenant: Tenant, held: ExitStack, *, alone: bool) -> Connection | None:
        """Have the tenant as it is now; with a connection, if there is need, on which nobody else changes it."""
        if self.ahead.assumed(tenant.name):
            if not alone:
                return None
            self.database.again(self.ahead.confirm)
        if not self.database.is_shared and tenant.version >= 0:
            return None
        if not (alone and self.database.is_shared):
            self._catch_up(tenant, *(self.ahead.take(tenant) or self.database.again(lambda: self._news(tenant))))
            return None
        connection, found = self.database.again(lambda: self._hold(tenant, held))
        self._catch_up(tenant, *found)
        return connection

    def _news(self, tenant: Tenant) -> tuple[Shelf, Contents]:
        _wait(tenant)
        with self.database.reading() as connection:
            shelf, news = self._shelves.news(connection, tenant.name, tenant.version)
            if shelf.base > tenant.version >= 0:
                return self._shelves.news(connection, tenant.name, -1)
            return shelf, news

    def _hold(self, tenant: Tenant, held: ExitStack) -> tuple[Connection, tuple[Shelf, Contents]]:
        with ExitStack() as trying:
            connection = trying.enter_context(self.database.writing())
            found = self._shelves.hold(connection, tenant.name, tenant.version)
            held.push(trying.pop_all())
        return connection, found

    def _catch_up(self, tenant: Tenant, shelf: Shelf, news: Contents) -> None:
        if shelf.filled and shelf.base <= tenant.version:
            for place, content in news:
                tenant.take(place, content)
            tenant.kept()
        elif shelf.filled:
            fresh = self._made(tenant.name, None)
            for place, content in news:
                fresh.take(place, content)
            tenant.become(fresh)
        else:
            tenant.become(self._made(tenant.name, self._fill))
            tenant.sizes()  # all first records are written with the first unit of work: no recipe is asked again
        tenant.version, tenant.is_new = shelf.version, not shelf.filled

    def _end(self, tenant: Tenant, connection: Connection | None, held: ExitStack) -> None:
        """Commit what was changed. Raises Overtaken, Outdated, StoreUnreachable; then nothing has happened."""
        changes, waiting, assumed = tenant.changes(), self._beside.has_lines, self.ahead.assumed(tenant.name)
        is_changed = bool(changes) or tenant.is_new
        try:
            if is_changed or waiting:
                _wait(tenant)
            if connection is None and is_changed and not (waiting or tenant.is_new or len(changes) > MOST):
                self._direct.write(tenant.name, tenant.version, [*changes.items()], assumed and assumed.beside)
            else:
                self.database.again(self.ahead.confirm)
                self._commit(tenant, connection, held, changes if is_changed else None)
        except Overtaken as overtaken:
            tenant.revert()
            if assumed:
                raise self.ahead.refuted() from overtaken
            self._crowd.become(tenant.name)
            raise
        except BaseException:
            tenant.revert()
            raise
        tenant.kept()
        tenant.version, tenant.is_new = tenant.version + is_changed, False
        self.ahead.confirmed()
        self._beside.kept()

    def _commit(self, tenant: Tenant, connection: Connection | None, held: ExitStack, changes: Changes | None) -> None:
        """By the connection that is held, or another; None where there are no changes."""
        waits = self._beside.has_lines
        with ExitStack() as committing:
            if connection is None and (waits or changes is not None):
                connection = committing.enter_context(self.database.writing())
            if connection is not None and changes is not None:
                self._shelves.write(connection, tenant.name, tenant.version, changes.items())
            if waits:
                assert connection
                self._beside.write(connection)
            committing.push(held.pop_all())

    def _read(self, connection: Connection, world: str, name: str) -> Tenant:
        """A tenant of a snapshot."""
        fresh = self._made(name, None)
        for place, content in self._shelves.contents(connection, world, name):
            fresh.take(place, content)
        return fresh

    def _known(self, name: str) -> Tenant:
        tenant = self._cached.get(name)
        if tenant is None:
            self._make_room(name)
            with self._caching:
                tenant = self._cached.setdefault(name, self._timed(self._made(name, None, keeper=self)))
        return tenant

    def _taken(self) -> list[str]:
        with self.database.reading() as connection:
            worlds = self._shelves.worlds(connection)
        return [one.removeprefix(SNAPSHOT) for one in worlds if one.startswith(SNAPSHOT)]

    def _make_room(self, name: str) -> None:
        """Raises TooManyTenants when there is none for a new tenant."""
        names = self.database.again(self.names)
        size = sum(tenant.size() for tenant in self._cached.values())
        is_full = len(names) >= self._limit or (self._room is not None and size >= self._room)
        if name not in names and is_full:
            raise TooManyTenants(name)

    def _replace(self, tenants: Mapping[str, Tenant | None]) -> None:
        with self._all_held() as connection:
            self._shelves.hold_all(connection)
            for name, tenant in sorted(tenants.items()):
                self._shelves.replace(connection, name, None if tenant is None else tenant.everything())
        for name in tenants:
            self.watches.end(name)

    @contextmanager
    def _all_held(self) -> Iterator[Connection]:
        """A transaction during which no tenant is worked on here; all are read anew after it."""
        with ExitStack() as held:
            with self._caching:
                cached = sorted(self._cached.items())
            for _, tenant in cached:
                held.enter_context(tenant.lock)
            with self.database.writing() as connection:
                yield connection
            for tenant in list(self._cached.values()):
                tenant.version = -1


def _wait(tenant: Tenant) -> None:
    """The database is going to be asked. Raises WouldWait where whoever works on the tenant may not wait for it."""
    if not tenant.may_wait:
        raise WouldWait
