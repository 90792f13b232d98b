"""Records in orders that somebody has asked for: sorted once, and kept up with what is written."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from mockserver.store.record import Record

MOST = 4
"""How many orders a collection has at most; the one that was made longest ago makes room."""
BEHIND = 16
"""How many writes an order may be behind; one that is further behind is made anew."""
Key: TypeAlias = Callable[[Record], Any]
Change: TypeAlias = tuple[Record | None, Record | None]
"""A record and the one that took its place; None: there was none before, or there is none now."""


class _Order(NamedTuple):
    """The records that were there, and what has changed since."""

    records: list[Record]
    changes: tuple[Change, ...] = ()


class Orders:
    """The orders of one collection, each of the records whose ids begin alike.

    PERF: to sort 100,000 records for each page of them takes 0.15 s, and more than a second where each is read for it;
    to put one more into its place takes as long as to copy a list of them. Copies of a collection share the lists.
    """

    def __init__(self) -> None:
        self._orders: dict[tuple[str, str], _Order] = {}

    def of(self, name: str, prefix: str, key: Key, records: Iterable[Record]) -> Sequence[Record]:
        """The ``records``, all those whose ids begin with ``prefix``, by ``key``, which ``name`` stands for.

        Those of one key in the order of their ids. Not to be changed.
        """
        known = self._orders.get((name, prefix))
        found = known.records if known else None
        if known and known.changes:
            found = _kept_up(known, prefix, key)
        if found is None:
            found = sorted(records, key=lambda one: (key(one), one.id))
        if known is None or found is not known.records:
            others = [(one, order) for one, order in self._orders.items() if one != (name, prefix)]
            self._orders = {**dict(others[max(0, len(others) + 1 - MOST) :]), (name, prefix): _Order(found)}
        return found

    def change(self, previous: Record | None, record: Record | None) -> None:
        """A record took the place of another; None: there was none before, or there is none now."""
        if self._orders:
            self._orders = {
                one: _Order(order.records, (*order.changes, (previous, record)))
                for one, order in self._orders.items()
                if len(order.changes) < BEHIND
            }

    def forget(self) -> None:
        """All records are others."""
        self._orders = {}

    def copy(self) -> Orders:
        """For a copy of the records."""
        twin = Orders()
        twin._orders = self._orders
        return twin


def _kept_up(order: _Order, prefix: str, key: Key) -> list[Record] | None:
    """The records as they are now; None where the order does not have what was there before a change."""
    records = list(order.records)

    def whole(one: Record) -> Any:
        return key(one), one.id

    for previous, record in _below(order.changes, prefix):
        if previous is not None:
            place = bisect_left(records, whole(previous), key=whole)
            if place == len(records) or records[place].raw is not previous.raw:
                return None
            del records[place]
        if record is not None:
            records.insert(bisect_left(records, whole(record), key=whole), record)
    return records


def _below(changes: Iterable[Change], prefix: str) -> Iterator[Change]:
    return (one for one in changes if any(record is not None and record.id.startswith(prefix) for record in one))
