"""What steers a mock beside its records, as every process that shares a store sees it: clock, faults, grants, keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from threading import RLock
from typing import Protocol, TypeVar

from mockserver.store.keeping import FactKind, FactPlace, Outdated, StoreUnreachable, WouldWait
from mockserver.store.sql.ahead import Foreseen
from mockserver.store.sql.database import Database
from mockserver.store.sql.persistent_store import PersistentStore
from mockserver.store.sql.shelves import Contents, Shelf, Shelves

WORLD = "steering"
Found = TypeVar("Found")


class SteeringPart(Protocol):
    """Something that steers."""

    def state(self) -> bytes:
        """All that it is; the same bytes as long as nobody changes it."""

    def be(self, state: bytes) -> None:
        """Be what ``state`` told."""


class SharedSteering:
    """Keeps the parts in a database, and up to date with what other processes made of them."""

    def __init__(self, database: Database, store: PersistentStore, parts: Mapping[str, SteeringPart]) -> None:
        self._database = database
        self._store = store
        self._parts = parts
        self._shelves = Shelves(database, WORLD)
        self._version = -1
        self._lock = RLock()
        self._is_changing = False

    def refresh(self, tenant: str | None = None, *, may_wait: bool = True, is_change: bool = False) -> None:
        """Be as all others; see to it that ``tenant`` is read with that, or found out when ``is_change`` is made.

        Raises StoreUnreachable, and WouldWait where it may not wait and that was not done ahead.
        """
        name = tenant or "default"
        if self._store.ahead.is_of(name) or not (self._database.is_shared or self._version < 0):
            return
        if not may_wait:
            raise WouldWait
        beside = self._shelves.asked("", self._version)
        if not (is_change and beside.since > 0 and self._store.ahead.assume(name, beside)):
            self.foresee(self.look((name,)).get(name))

    def settled(self, answering: Callable[[], Found]) -> Found:
        """What ``answering`` returns or raises once it is known that it went by what all others know.

        It is called again where it did not, or where the store could not be asked: nothing has happened then.
        """
        try:
            with self._store.ahead.assuming():
                return self._confirmed(answering)
        except Outdated:
            return answering()

    def _confirmed(self, answering: Callable[[], Found]) -> Found:
        """Raises Outdated."""
        ahead = self._store.ahead
        try:
            found = answering()
        except (Outdated, WouldWait):
            raise
        except StoreUnreachable as lost:
            if ahead.is_assuming and not lost.in_doubt:
                raise ahead.refuted() from lost
            raise
        except Exception:
            self._database.again(ahead.confirm)
            raise
        self._database.again(ahead.confirm)
        return found

    def look(self, names: Iterable[str]) -> Mapping[str, Foreseen]:
        """Be as all others, and what is new of those tenants, for ``foresee``. Raises StoreUnreachable."""
        beside = self._shelves.asked("", self._version)
        found, (shelf, news) = self._database.again(lambda: self._store.ahead.look(names, beside))
        with self._lock:
            if shelf.version > self._version:  # somebody who looked later may have been here sooner
                self._catch_up(shelf, news)
        return found

    def foresee(self, foreseen: Foreseen | None) -> None:
        """Have what was looked for ahead at hand for the request that this thread answers next."""
        self._store.ahead.keep(foreseen)

    @property
    def looks_ahead(self) -> bool:
        """Whether others change the same, so that each request has to look."""
        return self._database.is_shared

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Alone among all others, up to date inside; what changed is kept at the end.

        Raises StoreUnreachable, and Outdated in ``settled``.
        """
        self._database.again(self._store.ahead.confirm)
        with self._lock:
            if self._is_changing:
                yield
                return
            self._is_changing = True
            try:
                with self._kept():
                    yield
            except BaseException:
                self._version = -1  # what was not kept is forgotten at the next look
                raise
            finally:
                self._is_changing = False

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """A file is used at the end alone: a request that is at work would wait for it, and be waited for."""
        with ExitStack() as held:
            connection = held.enter_context(self._database.writing()) if self._database.is_shared else None
            if connection is None:
                self.refresh()
            else:
                self._catch_up(*self._shelves.hold(connection, "", self._version))
            before = self._states() if self._version else {}
            yield
            changed = [(place, state) for place, state in self._states().items() if state != before.get(place)]
            if changed:
                connection = connection or held.enter_context(self._database.writing())
                self._shelves.write(connection, "", self._version, changed)
        self._version += bool(changed)

    def _states(self) -> dict[FactPlace, bytes]:
        return {FactPlace(FactKind.PART, name, ""): part.state() for name, part in self._parts.items()}

    def _catch_up(self, shelf: Shelf, news: Contents) -> None:
        with self._lock:
            for place, state in news:
                if state is not None and place.name in self._parts:
                    self._parts[place.name].be(state)
            self._version = max(shelf.version, 0)
