"""Cursors of the driver itself, each with a connection that is kept for whoever asks next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from select import POLLIN, poll
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.pool import NullPool

from mockserver.store.keeping import StoreUnreachable


class Cursors:
    """As many as are used at once; what the driver raises is a ``failure``, and ``reason`` says it without secrets.

    PERF: a pool of connections takes as long as a statement.
    """

    def __init__(self, engine: Engine, reason: Callable[[Exception], str]) -> None:
        self._engine, self._reason = engine, reason
        self._free: deque[tuple[Any, Any]] = deque()
        """Connections and their cursors, the one used last at the end: it knows the statements."""
        self._is_closed = False
        self._is_own = isinstance(engine.pool, NullPool)
        """Whether nobody else uses a connection that is here."""
        self.failure: type[Exception] = engine.dialect.loaded_dbapi.Error

    @contextmanager
    def lent(self) -> Iterator[Any]:
        """A cursor. What it fails in is taken back where that is not final yet. Raises StoreUnreachable."""
        connection, cursor = self._free_one() or self._connected()
        try:
            yield cursor
        except BaseException as error:
            self._put_away(connection, cursor, is_failure=isinstance(error, self.failure))
            raise
        if self._is_closed:
            connection.close()
        else:
            self._free.append((connection, cursor))

    def close(self) -> None:
        """Let go of all connections; those in use when they are given back."""
        self._is_closed = True
        self._close_free()

    def _free_one(self) -> tuple[Any, Any] | None:
        """A connection that waits and is not known to be lost, with its cursor; None where there is none."""
        try:
            connection, cursor = self._free.pop()
        except IndexError:
            return None
        if self._is_own and _was_told_something(cursor.connection):
            self._put_away(connection, cursor, is_failure=True)
            return None
        return connection, cursor

    def _connected(self) -> tuple[Any, Any]:
        try:
            connection: Any = self._engine.raw_connection()
        except self.failure as error:
            raise StoreUnreachable(self._reason(error)) from None
        return connection, connection.driver_connection.cursor()

    def _put_away(self, connection: Any, cursor: Any, *, is_failure: bool) -> None:
        """Use a connection no more; where it failed, nor those that wait: where one is gone, so are they."""
        if is_failure and self._is_own:
            connection.invalidate()  # it may be lost: to be told to take something back, it would have to be there
        else:
            with suppress(self.failure):
                cursor.connection.rollback()
            connection.close()
        if is_failure:
            self._close_free()

    def _close_free(self) -> None:
        with suppress(IndexError):
            while True:
                connection, _ = self._free.pop()
                connection.invalidate() if self._is_own else connection.close()


def _was_told_something(connection: Any) -> bool:
    """Whether the server said something to a connection that asked nothing: at most that it is gone.

    Who finds that out by a change that it sends does not know whether that has arrived.
    """
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    return bool(waiting.poll(0))
