"""The indexes of a collection that somebody has asked for: made then, kept up with each write, shared by copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from mockserver.store.filing import folded, order_keys, value_keys
from mockserver.store.ordered_map import OrderedMap
from mockserver.store.record import Record
from mockserver.store.record_map import RecordMap

MOST = 16
"""How many indexes a collection has at most; the one that was asked for longest ago makes room."""
RANGES = 4
"""How many ranges are kept in the order of their ids until the next write."""


class By(StrEnum):
    """What an index files records under: a value, its place in the order of moments and numbers, a text's letters."""

    VALUE = "value"
    ORDER = "order"
    LETTERS = "letters"


Way: TypeAlias = tuple[By, str]
"""What is filed, and of which field."""
Index: TypeAlias = OrderedMap[str | None]
"""Ids of records by key and id; for LETTERS the texts by the records' ids."""
Known: TypeAlias = dict[Way, tuple[RecordMap, Index]]
"""Indexes with the records that they are of."""


class Indexes:
    """Made when first asked for. What changes a collection tells it here.

    ``known`` is shared by all copies of a collection: one that lacks an index takes that of another and sees to the
    differences. So a reset costs no index.
    """

    def __init__(self, known: Known | None = None) -> None:
        self._known: Known = {} if known is None else known
        self._indexes: dict[Way, Index] = {}
        self._ranges: dict[tuple[str, str, str], list[str]] = {}
        self._times: dict[tuple[str, str, str], int] = {}
        """How often each of the last ranges was asked for since the last write."""

    @property
    def is_empty(self) -> bool:
        return not self._indexes

    def of(self, ways: Iterable[Way], records: RecordMap) -> Mapping[Way, Index]:
        """The indexes asked for, over ``records``; those that are missing are made."""
        wanted = dict.fromkeys(ways)
        missing = [way for way in wanted if way not in self._indexes]
        found = {way: self._indexes[way] for way in wanted if way not in missing}
        for way in missing:
            if derived := self._derived(way, records):
                found[way] = derived
        found |= _built([way for way in missing if way not in found], records)
        for way in missing:
            if len(self._known) < MOST or way in self._known:
                self._known[way] = (records.copy(), found[way].copy())
        others = [(way, one) for way, one in self._indexes.items() if way not in found]
        self._indexes = {**dict(others[max(0, len(others) + len(found) - MOST) :]), **found}
        return found

    def change(self, previous: Record | None, record: Record | None) -> None:
        """A record took the place of another; None: there was none before, or there is none now."""
        self._ranges, self._times = {}, {}
        if not self._indexes:
            return
        before, after = _members(previous), _members(record)
        for way, index in self._indexes.items():
            if not (previous and record and _is_same(before.get(way[1]), after.get(way[1]))):
                _change(way, index, (previous, before), (record, after))

    def range(self, field: str, index: Index, low: str, high: str) -> list[str]:
        """The ids that are filed from ``low`` up to ``high``, in their order."""
        key = (field, low, high)
        found = self._ranges.get(key)
        if found is None:
            found = sorted(one for one in index.between(low, high) if one is not None)
            self._ranges = dict([*self._ranges.items(), (key, found)][-RANGES:])
        return found

    def has_range(self, field: str, low: str, high: str) -> bool:
        """Whether ``range`` costs nothing."""
        return (field, low, high) in self._ranges

    def times_asked(self, field: str, low: str, high: str) -> int:
        """How often this range was asked for since the last write, this time included."""
        key = (field, low, high)
        times = self._times.pop(key, 0) + 1
        self._times = dict([*self._times.items(), (key, times)][-RANGES:])
        return times

    def copy(self) -> Indexes:
        """For a copy of the records."""
        twin = Indexes(self._known)
        twin._indexes = {way: index.copy() for way, index in self._indexes.items()}
        twin._ranges = self._ranges
        return twin

    def _derived(self, way: Way, records: RecordMap) -> Index | None:
        """The index of other records, changed where these differ; None where too many do."""
        if way not in self._known:
            return None
        others, index = self._known[way]
        differing = list(others.changed(records))
        if len(differing) > len(records) // 4:
            return None
        made = index.copy()
        for _, previous, record in differing:
            _change(way, made, (previous, _members(previous)), (record, _members(record)))
        return made


def _built(ways: list[Way], records: RecordMap) -> dict[Way, Index]:
    """PERF: each record is read once for all of them, and no pair is made that the garbage collector would look at."""
    entries: dict[Way, dict[str, str | None]] = {way: {} for way in ways}
    filing = [(FILED[by], field, entries[by, field]) for by, field in ways]
    for record in records.scan() if ways else ():
        data = _members(record)
        for filed, field, found in filing:
            filed(record.id, data.get(field), found)
    return {way: OrderedMap.of(found) for way, found in entries.items()}


def _by_value(record_id: str, value: Any, found: dict[str, str | None]) -> None:
    for key in value_keys(value):
        found[key + record_id] = record_id


def _by_order(record_id: str, value: Any, found: dict[str, str | None]) -> None:
    for key in order_keys(value):
        found[key + record_id] = record_id


def _by_letters(record_id: str, value: Any, found: dict[str, str | None]) -> None:
    for text in folded(value):
        found[record_id] = text


FILED: Mapping[By, Callable[[str, Any, dict[str, str | None]], None]] = MappingProxyType(
    {By.VALUE: _by_value, By.ORDER: _by_order, By.LETTERS: _by_letters}
)
"""Puts the entries of one record's value into a dict."""


def _filed(way: Way, record: Record | None, data: Mapping[str, Any]) -> dict[str, str | None]:
    """The entries of one record; none where there is no record."""
    by, field = way
    found: dict[str, str | None] = {}
    if record:
        FILED[by](record.id, data.get(field), found)
    return found


def _change(
    way: Way,
    index: Index,
    before: tuple[Record | None, Mapping[str, Any]],
    after: tuple[Record | None, Mapping[str, Any]],
) -> None:
    old, new = _filed(way, *before), _filed(way, *after)
    if old == new:
        return
    for key in old:
        index.pop(key)
    for key, value in new.items():
        index.put(key, value)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are filed alike, as far as that can be told at once. PERF: most writes change few fields."""
    return type(one) is type(other) and one == other and not isinstance(one, list)


def _members(record: Record | None) -> Mapping[str, Any]:
    return record.members() if record else {}
