"""One resource's records of one tenant, ordered by id, with an index for each field that is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any, NamedTuple, TypeAlias

from mockserver.store.candidates import Narrowing, affordable, ranks
from mockserver.store.conditions import All, Condition
from mockserver.store.filing import END, PAST, is_exact, order_key, value_key
from mockserver.store.indexes import By, Indexes
from mockserver.store.ordered_keys import OrderedKeys
from mockserver.store.orders import Key, Orders
from mockserver.store.record import Members, Record
from mockserver.store.record_map import RecordMap
from mockserver.values.json_text import read_own
from mockserver.values.members import texts_at
from mockserver.values.moment import Moment

Keys: TypeAlias = tuple[str, ...]
SMALL = 200
"""Up to so many records are read one after the other sooner than an index of them is made."""
SHORT = 64
KNOWN = 16_384
"""How many keys of so many characters at most are remembered, for the next record that has the same."""
UNCOUNTED = 2**53
"""From here on numbers are not counted: floats no longer tell one from the next."""


class Keyed(NamedTuple):
    """A record and the values that it is indexed by, one tuple per indexed field."""

    record: Record
    keys: tuple[Keys, ...]


class Collection:
    """Records by id. Replaced, never mutated: a copy shares the records, and of the maps what neither changes since.

    ``indexed`` are the fields that records are found by; ``credits.credit_id`` is a member of what ``credits``
    holds. ``counted`` are the fields whose highest number is kept. Not locked itself: the tenant's lock is held
    by whoever calls.
    """

    def __init__(self, indexed: Sequence[str] = (), counted: Sequence[str] = ()) -> None:
        self.indexed = tuple(indexed)
        self.counted = tuple(counted)
        self._paths = tuple(tuple(field.split(".")) for field in self.indexed)
        self.size = 0
        """Bytes of JSON in all records."""
        self._highest: dict[str, int] = {}
        self._records = RecordMap()
        self._indexes = tuple(OrderedKeys() for _ in self.indexed)
        """For each indexed field a value, with its length before it, and the id of a record that has it, as one key."""
        self._asked = Indexes()
        self._orders = Orders()

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, record_id: str) -> bool:
        return record_id in self._records

    def get(self, record_id: str) -> Record | None:
        return self._records.one(record_id)

    def put(self, record_id: str, data: Members, raw: bytes, before: Members | None = None) -> Record:
        """Store ``raw``, the JSON of ``data``, under ``record_id``; replaces what was there.

        ``before`` is what was there, where that has been read already.
        """
        made = self.made(record_id, data, raw, self._highest)
        self._put(made, before)
        return made.record

    def made(self, record_id: str, data: Members, raw: bytes, highest: dict[str, int]) -> Keyed:
        """``raw``, the JSON of ``data``, as it is kept; its numbers are counted in ``highest``."""
        for field in self.counted:
            if isinstance(number := data.get(field), int | float) and highest.get(field, 0) < number < UNCOUNTED:
                highest[field] = int(number)
        return Keyed(Record(record_id, raw), self._keys(data))

    def load(self, records: Mapping[str, Keyed], highest: Mapping[str, int]) -> None:
        """Store what was ``made``, by its ids.

        PERF: into an empty collection a third of the time of one after the other, and chunks have no room to spare.
        """
        self._highest |= {field: max(number, self.highest(field)) for field, number in highest.items()}
        if len(self) or not self._asked.is_empty:
            for made in records.values():
                self._put(made)
            return
        self._orders.forget()
        self._records = RecordMap.of({record_id: made.record.raw for record_id, made in records.items()})
        self.size = sum(len(made.record.raw) for made in records.values())
        self._indexes = tuple(
            OrderedKeys.of(_prefix(key) + record_id for record_id, made in records.items() for key in made.keys[place])
            for place in range(len(self.indexed))
        )

    def _put(self, made: Keyed, before: Members | None = None) -> None:
        record = made.record
        previous = self._records.one(record.id)
        self._records.put(record.id, record.raw)
        self.size += len(record.raw) - (len(previous.raw) if previous else 0)
        self._index(record.id, self._keys(before) if before and previous else self._keys_of(previous), made.keys)
        self._changed(previous, record)

    def take(self, record_id: str, raw: bytes | None) -> None:
        """Hold ``raw``, as it was once kept, under ``record_id``; None: nothing."""
        if raw is None:
            self.delete(record_id)
        else:
            data = read_own(raw)
            self.put(record_id, data if isinstance(data, dict) else {}, raw)

    def kept(self, record_id: str) -> tuple[Record | None, Mapping[str, int]]:
        """What ``restore`` takes back: the record under that id, if any, and the highest numbers."""
        return self.get(record_id), dict(self._highest)

    def restore(self, record_id: str, record: Record | None, highest: Mapping[str, int]) -> None:
        """Be as before a change: with ``record`` under that id, or without any."""
        self._highest = dict(highest)
        self.delete(record_id)
        if record is not None:
            self._records.put(record_id, record.raw)
            self.size += len(record.raw)
            self._index(record_id, self._keys_of(None), self._keys_of(record))
            self._changed(None, record)

    def delete(self, record_id: str) -> Record | None:
        """Remove and return the record; None if there was none."""
        record = self._records.one(record_id)
        self._records.pop(record_id)
        self.size -= len(record.raw) if record else 0
        self._index(record_id, self._keys_of(record), self._keys_of(None))
        self._changed(record, None)
        return record

    def highest(self, field: str) -> int:
        """The highest number that any record ever had in a ``counted`` field, rounded down; 0 when none had one."""
        return self._highest.get(field, 0)

    def count_up_to(self, field: str, number: int) -> None:
        """Let ``number`` be the highest that a ``counted`` field ever had."""
        self._highest[field] = number

    def scan(self, after: str | None = None) -> Iterator[Record]:
        """Records in id order, beginning behind the position ``after`` (any string is a position)."""
        return self._records.scan(after)

    def lookup(self, field: str, value: str, after: str | None = None) -> Iterator[Record]:
        """Records whose indexed ``field`` is ``value`` (or holds it, for a list), in id order behind ``after``."""
        prefix = _prefix(value)
        start = f"{prefix}{after or ''}"
        for key in self._indexes[self.indexed.index(field)].since(start, inclusive=after is None):
            if not key.startswith(prefix):
                return
            if record := self._records.one(key[len(prefix) :]):  # it may have been deleted on the way
                yield record

    def narrowed(self, condition: Condition | None, after: str | None = None) -> Iterator[Record]:
        """Records in id order behind ``after``: all that meet the condition, and maybe others.

        The indexes for that are made when they are first needed. Nothing is to be changed meanwhile.
        """
        if condition is None:
            return self.scan(after)
        return self.proven(condition.conditions if isinstance(condition, All) else [condition], after)[0]

    def proven(self, conditions: Sequence[Condition], after: str | None) -> tuple[Iterator[Record], list[bool]]:
        """As ``narrowed`` by all of them, and for each whether all these records meet it, so that none need be read."""
        if len(self) <= SMALL or not (parts := affordable(All(conditions))).conditions:
            return self.scan(after), [False] * len(conditions)
        narrowing = Narrowing(parts, self._records, self._asked)
        found = self._those(narrowing.ids("" if after is None else after + "\0"))
        return found, [narrowing.proves(one) for one in conditions]

    def ranked(self, field: str, *, descending: bool) -> Iterator[tuple[str, Iterator[Record]]]:
        """All records by the rank of a field's value, as ``filing`` tells it; those of one rank in id order."""
        if not self._records:
            return iter(())
        index = self._asked.of([(By.VALUE, field)], self._records)[By.VALUE, field]
        return ((one, self._those(ids)) for one, ids in ranks(index, descending=descending))

    def ordered(self, name: str, prefix: str, key: Key) -> Sequence[Record]:
        """The records whose ids begin with ``prefix``, by ``key``, which ``name`` stands for; not to be changed."""
        below = takewhile(lambda one: one.id.startswith(prefix), self.scan(prefix))
        if len(self) <= SMALL:
            return sorted(below, key=key)
        return self._orders.of(name, prefix, key, below)

    def moments(self, field: str, second: int) -> Iterator[str]:
        """The ids of the records whose field holds a moment from a second since 1970 on, in the order of the moments.

        Nothing is to be changed meanwhile.
        """
        index = self._asked.of([(By.ORDER, field)], self._records)[By.ORDER, field]
        at = order_key(Moment(second))
        while (found := index.first(at)) and found[0].startswith("m"):
            key, record_id = found
            if record_id is not None:
                yield record_id
            at = key + "\0"

    def count(self, field: str, value: Any) -> int | None:
        """How many records have just this value in a field; None where they must be read to tell."""
        if len(self) <= SMALL or not is_exact(value):
            return None
        way, key = (By.VALUE, field), value_key(value)
        return self._asked.of([way], self._records)[way].count(key, key.removesuffix(END) + PAST)

    def differing(self, other: Collection) -> Iterator[tuple[str, Record | None, Record | None]]:
        """The ids under which this one and a copy no longer hold the same, and what each has."""
        return self._records.changed(other._records)

    def copy(self) -> Collection:
        """The same records, apart from these from now on."""
        twin = Collection(self.indexed, self.counted)
        twin._highest = dict(self._highest)
        if not self._records:  # all blank tenants begin with the same collection, and share no index later
            return twin
        twin.size = self.size
        twin._records = self._records.copy()
        twin._indexes = tuple(index.copy() for index in self._indexes)
        twin._asked, twin._orders = self._asked.copy(), self._orders.copy()
        return twin

    def _changed(self, previous: Record | None, record: Record | None) -> None:
        self._asked.change(previous, record)
        self._orders.change(previous, record)

    def _those(self, ids: Iterator[str]) -> Iterator[Record]:
        return (record for one in ids if (record := self._records.one(one)))

    def _keys(self, data: Members) -> tuple[Keys, ...]:
        return tuple([_keys(data, path) for path in self._paths])

    def _keys_of(self, record: Record | None) -> tuple[Keys, ...]:
        """What a record was indexed by. PERF: reading it takes 3 µs, a fiftieth of a change."""
        return self._keys(record.members() if record and self._paths else {})

    def _index(self, record_id: str, before: tuple[Keys, ...], after: tuple[Keys, ...]) -> None:
        for index, old, new in zip(self._indexes, before, after, strict=True):
            if old == new:
                continue
            for key in old:
                index.discard(_prefix(key) + record_id)
            for key in new:
                index.add(_prefix(key) + record_id)


def _prefix(value: str) -> str:
    """What the keys of a value begin with, and no other's. PERF: texts compare faster than pairs of them."""
    return f"{len(value)} {value} "


def _keys(data: Members, path: Sequence[str]) -> Keys:
    value = data.get(path[0])
    if value is None:  # PERF: most keys are not there, and nearly all others are one text
        return ()
    if isinstance(value, str) and len(path) == 1:
        return _alone(value) if len(value) <= SHORT else (value,)
    texts = tuple(dict.fromkeys(_texts(value, path[1:])))
    return _alone(texts[0]) if len(texts) == 1 and len(texts[0]) <= SHORT else texts


def _texts(value: Any, names: Sequence[str]) -> list[str]:
    """PERF: nearly all are a member of each object of a list, whose places nobody asks for here."""
    if type(value) is list and len(names) == 1:
        name, found = names[0], []
        for one in value:
            if type(one) is not dict or type(text := one.get(name)) is not str:
                break
            found.append(text)
        else:
            return found
    return [text for _, text in texts_at(value, names)]


@lru_cache(KNOWN)
def _alone(text: str) -> Keys:
    """The one key. PERF: many records have the same."""
    return (text,)
