"""The connection to a database: opened once, brought up to date, lost and found again, its password never shown."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mockserver.errors import Problem, SetupError
from mockserver.store.keeping import StoreUnreachable
from mockserver.store.sql.database_schema import STEPS, facts, lines
from mockserver.store.sql.driver_cursors import Cursors
from mockserver.store.sql.engines import stating, transacting
from mockserver.store.sql.location import Location

Found = TypeVar("Found")
log = logging.getLogger("mockserver")

DOUBT = 10.0
"""Seconds in which it must be found out what became of a commit whose end was not heard."""
COMMITS, KNOWN, FORGETTING = "commits", 600.0, 500
"""The log of what was committed, for how many seconds it is known, and after about how many the old is forgotten."""
VOID = b"void"
"""What a line of that log holds instead of what was to be committed, and never will be."""
SIGNED = "signed"
"""Under which a connection tells by what its transaction is known again."""
OPENING = 0x6D6F636B
"""Names the lock that is held while tables are made."""


class Database:
    """One database; ``is_shared`` tells that other processes may change it too."""

    def __init__(self, location: Location) -> None:
        """Raises SetupError when it cannot be opened, or was made by a newer version."""
        self.location = location
        self.is_shared = location.is_shared
        self._alone, self._trying = RLock(), RLock()
        self._is_lost = self._is_closed = False
        self._numbers = count(secrets.randbits(61))
        try:
            self._engine = transacting(location)
            self._cursors = Cursors(stating(location) if location.is_shared else self._engine, self._reason)
            self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            with self._engine.begin() as connection:
                self._bring_up_to_date(connection)
        except ImportError as error:
            remedy = "install mockserver with its extra [postgresql]: pip install '.[postgresql]' in a checkout"
            raise SetupError([Problem(location.shown, "", f"the driver is missing: {error}", remedy)]) from None
        except SQLAlchemyError as error:
            raise self._unusable(error) from None

    def insert(self, table: Any) -> Any:
        """An INSERT that can say what is done about a row that is there."""
        return (postgresql if self.is_shared else sqlite).insert(table)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on which each statement stands for itself. Raises StoreUnreachable."""
        with self._used(), self._autocommit.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that is committed at the end. Raises StoreUnreachable."""
        with self._used(), self._engine.connect() as connection:
            transaction = connection.begin()
            try:
                yield connection
            except BaseException:
                if not connection.invalidated:
                    transaction.rollback()
                raise
            self._commit(connection)

    def again(self, asking: Callable[[], Found]) -> Found:
        """What ``asking`` returns, which changes nothing; asked twice where a connection turns out to be dead."""
        try:
            return asking()
        except StoreUnreachable:
            return asking()

    def fact(self, name: str) -> str | None:
        """What is known of the whole."""
        with self.reading() as connection:
            return connection.scalar(select(facts.c.content).where(facts.c.name == name))

    def set_fact(self, name: str, content: str) -> None:
        with self.writing() as connection:
            self._set_fact(connection, name, content)

    def close(self) -> None:
        """Let go of it; from now on it is not reachable."""
        with self._alone:
            self._is_closed = True
            self._cursors.close()
            self._engine.dispose()

    def compiled(self, statement: Any) -> str:
        """A statement as the driver takes it."""
        return str(statement.compile(dialect=self._engine.dialect))

    def rows(self, compiled: str, asked: Mapping[str, Any]) -> list[Any]:
        """What a statement finds that stands for itself. Raises StoreUnreachable."""
        with self.cursor() as cursor:
            cursor.execute(compiled, asked)
            found: list[Any] = cursor.fetchall()
            return found

    def changes(self, compiled: str, bound: Mapping[str, Any], number: int) -> bool:
        """Whether a statement that stands for itself, and signs with a number, changes anything.

        When its end is not heard, it is found out what became of it. Raises StoreUnreachable.
        """
        with self._used():
            try:
                with self._cursors.lent() as cursor:
                    cursor.execute(compiled, bound)
                    return cursor.fetchone() is not None
            except self._cursors.failure as error:
                if self._was_committed(number):
                    return True
                raise StoreUnreachable(self._reason(error)) from None

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """The driver's own. On PostgreSQL each statement stands for itself. Raises StoreUnreachable."""
        with self._used():
            try:
                with self._cursors.lent() as cursor:
                    yield cursor
            except self._cursors.failure as error:
                raise StoreUnreachable(self._reason(error)) from None

    def end(self, cursor: Any) -> None:
        """Commit what was changed by a cursor of a file."""
        cursor.connection.commit()

    def number(self) -> int:
        """What no other transaction signs with. PERF: all that is drawn is where this process begins to count."""
        return next(self._numbers)

    def sign(self, connection: Connection) -> None:
        """Let a transaction be known again should the end of its commit not be heard."""
        if self.is_shared:
            number = self.number()
            signed = {"log": COMMITS, "number": number, "at": time.time(), "content": b""}
            connection.execute(insert(lines), signed)
            if not number % FORGETTING:
                connection.execute(delete(lines).where(lines.c.log == COMMITS, lines.c.at < time.time() - KNOWN))
            connection.info[SIGNED] = number

    def _commit(self, connection: Connection) -> None:
        """Commit; when the end of that is not heard, find out what became of it. Raises StoreUnreachable."""
        signed = connection.info.pop(SIGNED, None)
        try:
            connection.commit()
        except DBAPIError as error:
            if signed is None or not self._was_committed(signed):
                raise StoreUnreachable(self._reason(error)) from None

    def _was_committed(self, number: int) -> bool:
        """Raises StoreUnreachable when that cannot be found out in time.

        A line is put where the transaction puts its own. Only one of the two can be there: while the transaction is
        at work it is waited for, and if it has not begun, it never will. (The numbers that PostgreSQL gives to
        transactions tell nothing here: after a crash it gives those it lost once more.)
        """
        deadline = time.monotonic() + DOUBT
        void = self.insert(lines).values(log=COMMITS, number=number, at=time.time(), content=VOID)
        found = select(lines.c.content).where(lines.c.log == COMMITS, lines.c.number == number)
        while time.monotonic() < deadline:
            try:
                with self._engine.begin() as connection:
                    connection.execute(text(f"SET LOCAL lock_timeout = '{DOUBT:.0f}s'"))
                    connection.execute(void.on_conflict_do_nothing())
                with self._engine.begin() as connection:
                    return bytes(connection.scalars(found).one()) != VOID
            except (DBAPIError, PoolTimeout):
                time.sleep(0.1)
        raise StoreUnreachable("the connection was lost while a change was committed", in_doubt=True)

    @contextmanager
    def _used(self) -> Iterator[None]:
        """SQLite has one connection; what fails is told once, until it works again.

        Meanwhile one at a time tries; all others are told at once, and do not wait for what does not answer.
        """
        is_trying = self._is_lost
        if is_trying and not self._trying.acquire(blocking=False):
            raise StoreUnreachable("the connection is lost")
        try:
            with self._told_when_lost():
                yield
        finally:
            if is_trying:
                self._trying.release()

    @contextmanager
    def _told_when_lost(self) -> Iterator[None]:
        with self._alone if not self.is_shared else _nobody():
            if self._is_closed:
                raise StoreUnreachable("it has been closed")
            try:
                yield
            except (DBAPIError, PoolTimeout) as error:
                self._tell_lost(self._reason(error))
                raise StoreUnreachable(self._reason(error)) from None
            except StoreUnreachable as error:
                self._tell_lost(str(error))
                raise
            if self._is_lost:
                self._is_lost = False
                log.warning("store %s: works again", self.location.shown)

    def _tell_lost(self, why: str) -> None:
        if not self._is_lost:
            self._is_lost = True
            log.error("store %s: not reachable, requests are answered 503 until it is: %s", self.location.shown, why)

    def _reason(self, error: Exception) -> str:
        cause = getattr(error, "orig", None) or error
        first = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
        return self.location.hides(first)[:300]

    def _bring_up_to_date(self, connection: Connection) -> None:
        if self.is_shared:  # replicas that start together make the tables once
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": OPENING})
        is_there = connection.dialect.has_table(connection, facts.name)
        found = connection.scalar(select(facts.c.content).where(facts.c.name == "schema")) if is_there else None
        version = int(found or 0)
        if version > len(STEPS):
            problem = f"it was made by a newer mockserver (tables of version {version}, known up to {len(STEPS)})"
            raise SetupError([Problem(self.location.shown, "", problem, "install that version")])
        for number in range(version, len(STEPS)):
            STEPS[number](connection)
            if version:
                log.warning("store %s: tables of version %d are now of %d", self.location.shown, number, number + 1)
        self._set_fact(connection, "schema", str(len(STEPS)))

    def _set_fact(self, connection: Connection, name: str, content: str) -> None:
        put = self.insert(facts).values(name=name, content=content)
        connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"content": content}))

    def _unusable(self, error: SQLAlchemyError) -> SetupError:
        reason = self._reason(error)
        remedy = "make sure that the database is running, and that its address, user and password are right"
        if not self.is_shared:
            is_used = "locked" in reason
            remedy = "name a file of mockserver's own, or a new one"
            reason = "another process uses it" if is_used else reason
            remedy = "stop that one first; several processes share a world on PostgreSQL" if is_used else remedy
        return SetupError([Problem(self.location.shown, "", f"the store cannot be opened: {reason}", remedy)])


@contextmanager
def _nobody() -> Iterator[None]:
    yield
