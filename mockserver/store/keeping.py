"""What is kept of a tenant outside memory: every fact has a place and is bytes, a record's or those of a number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import orjson

from mockserver.values.json_text import read_own


class FactKind(StrEnum):
    """What stands at a place."""

    RECORD = "record"
    """A record's JSON: by resource and id."""
    COUNT = "count"
    """How often a scope was asked for a new number: by the scope."""
    HIGHEST = "highest"
    """The highest number that a counted field ever had: by resource and field."""
    BEGUN = "begun"
    """That a collection got its first records: by the collection and its parents' keys."""
    PART = "part"
    """A part of what steers the mock, which no tenant has: by its name."""
    ELSEWHERE = "elsewhere"
    """That another module has a record: by ``module:resource`` and key."""


class FactPlace(NamedTuple):
    """Where in a tenant one fact stands."""

    kind: FactKind
    name: str
    key: str


def path_key(steps: tuple[str, ...]) -> str:
    """Several texts as one that tells them apart."""
    return orjson.dumps(steps).decode()


def path_of(key: str) -> tuple[str, ...]:
    """The texts that ``path_key`` made one."""
    return tuple(read_own(key))


class Overtaken(Exception):
    """Another changed the tenant meanwhile; the same work may be done again, with others held off."""


class Outdated(Exception):
    """What was in memory was taken to be what is kept, and was older. Nothing has happened; look, and do it again."""


class StoreUnreachable(Exception):
    """Where tenants are kept cannot be reached. Nothing has happened, unless ``in_doubt`` tells it is not known."""

    def __init__(self, why: str, *, in_doubt: bool = False) -> None:
        super().__init__(why)
        self.in_doubt = in_doubt


class WouldWait(Exception):
    """What was to be done at once would have to wait: for whoever works on the tenant, or for its first records."""


@contextmanager
def locked(lock: Any, *, may_wait: bool) -> Iterator[None]:
    """The lock held. Raises WouldWait where it is taken and nobody may wait."""
    if not lock.acquire(blocking=may_wait):
        raise WouldWait
    try:
        yield
    finally:
        lock.release()


class Moved(Exception):
    """The records were handed over to another store. Nothing has happened; ask again where they are now."""


class Keeper(Protocol):
    """Keeps tenants outside memory as well."""

    def unit(self, tenant: Any, *, reading: bool, may_be_overtaken: bool) -> AbstractContextManager[None]:
        """One unit of work of a Tenant: it is up to date inside; what it changed is kept before it ends, or undone.

        The tenant's lock is held. Where it is ``reading`` or ``may_be_overtaken``, other keepers of the tenant are not
        held off: raises Overtaken when something is changed and another changed the tenant as well; nothing has
        happened then.
        """
