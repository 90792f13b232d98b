"""All or nothing: what is changed in a transaction is taken back when it ends with an exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from mockserver.store.keeping import Moved, WouldWait
from mockserver.store.passing import Passing

Undo: TypeAlias = list[Callable[[], object]]
"""What takes back each change, the first change first."""


class Undoable(Protocol):
    """What holds things that change; ``undo`` is None outside of any transaction, ``has_moved`` once handed over."""

    lock: Any
    undo: Undo | None
    may_wait: bool
    passing: Passing | None
    has_moved: bool


Holder = TypeVar("Holder", bound=Undoable)


class Transaction(Generic[Holder]):
    """See ``Tenant.transaction``. PERF: a class, since each request enters one, and a generator costs it 1.5 µs."""

    __slots__ = ("_is_lasting", "_mine", "_outer", "_tenant")

    def __init__(self, tenant: Holder, *, lasting: bool = False) -> None:
        self._tenant = tenant
        self._is_lasting = lasting

    def __enter__(self) -> Holder:
        tenant = self._tenant
        self._mine: Undo = []
        self._outer, tenant.undo = tenant.undo, self._mine
        return tenant

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is not None:
                for undo in reversed(self._mine):
                    undo()
            elif self._outer is not None and not self._is_lasting:
                self._outer += self._mine
        finally:
            self._tenant.undo = self._outer


class Alone(Transaction[Holder]):
    """A transaction, and the tenant's lock around it; one that ``may_wait`` not raises WouldWait where it is taken.

    Raises Moved when the tenant has been handed over.
    """

    __slots__ = ("_before", "_may_wait")

    def __init__(self, tenant: Holder, *, may_wait: bool = True) -> None:
        super().__init__(tenant)
        self._may_wait = may_wait

    def __enter__(self) -> Holder:
        tenant = self._tenant
        if not tenant.lock.acquire(blocking=self._may_wait):
            raise WouldWait
        if tenant.has_moved:
            tenant.lock.release()
            raise Moved
        self._before, tenant.may_wait = tenant.may_wait, self._may_wait
        if tenant.passing is not None and tenant.undo is None:
            self._pass_time(tenant.passing)
        return super().__enter__()

    def _pass_time(self, passing: Passing) -> None:
        try:
            passing.catch_up(self._tenant, may_wait=self._may_wait)
        except BaseException:
            self._tenant.may_wait = self._before
            self._tenant.lock.release()
            raise

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            super().__exit__(kind, *rest)
        finally:
            self._tenant.may_wait = self._before
            self._tenant.lock.release()
