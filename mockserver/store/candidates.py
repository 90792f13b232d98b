"""From conditions to the ids of the records that may meet them, in the order of the ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from mockserver.store.conditions import All, AnyOf, Between, Condition, Containing, Either
from mockserver.store.cursors import Common, Cursor, Filed, Holding, Listed, Together, walk
from mockserver.store.filing import END, ITEM, PAST, is_exact, joined_texts, order_key, rank, value_key, whole
from mockserver.store.indexes import By, Index, Indexes, Way
from mockserver.store.record_map import RecordMap
from mockserver.values.moment import Moment

FEW = 500
"""As many ids are put in order at once. To try the records of one page costs as much."""
MANY = 50_000
"""More ids are put in order for nobody who has not tried as many: it takes 30 ms."""
AT_ONCE = 8
"""How many indexes one search may ask for: each costs memory."""
AS_DEAR = 12
"""As many ids are put in order in the time that it takes to read one record."""


def ways_of(condition: Condition) -> Iterator[Way]:
    """The indexes that the condition needs."""
    match condition:
        case AnyOf(field):
            yield By.VALUE, field
        case Between(field):
            yield By.ORDER, field
        case Containing(field):
            yield By.LETTERS, field
        case All(conditions) | Either(conditions):
            for one in conditions:
                yield from ways_of(one)


def affordable(condition: Condition) -> All:
    """As much of a condition as a few indexes can tell."""
    kept: list[Condition] = []
    ways: set[Way] = set()
    for part in condition.conditions if isinstance(condition, All) else [condition]:
        more = {*ways, *ways_of(part)}
        if len(more) <= AT_ONCE:
            kept, ways = [*kept, part], more
    return All(kept)


def ranks(index: Index, *, descending: bool) -> Iterator[tuple[str, Iterator[str]]]:
    """The ranks of an index by value in their order, each with the ids of the records that have it, in id order."""
    at = "4" if descending else "0"
    while (found := index.last(at) if descending else index.first(at)) and found[0] < "4":
        ranked = rank(found[0])
        yield ranked, walk(Together([*_values(index, ranked)]), "")
        at = ranked + (END if descending else PAST)


def _values(index: Index, ranked: str) -> Iterator[Cursor]:
    """Of each value of a rank the records that have it: texts of one rank may differ by the case of their letters."""
    at = ranked + END
    while (found := index.first(at)) and found[0].startswith(ranked + END):
        key = whole(found[0], ranked)
        yield Filed(index, key)
        at = key.removesuffix(END) + PAST


def _is_told(condition: Condition) -> bool:
    """Whether the indexes tell exactly which records meet the condition; ``tests/test_narrowing.py`` tries it."""
    match condition:
        case AnyOf(_, values):
            return all(map(is_exact, values))
        case Between(_, low, high):
            return all(isinstance(one, Moment) or (one is not None and is_exact(one)) for one in (low, high))
        case Containing(_, text):
            return "\n" not in text  # texts of a list are kept with one between them
        case All() | Either():
            return all(map(_is_told, condition.conditions))


class Narrowing:
    """The records of one collection, with the indexes that a condition needs.

    PERF: where many records are within a range, the first of them are found sooner by trying one after the other than
    by putting all in the order of their ids; that is done once as much has been tried as it costs, or may have been by
    those who asked for the range since the last write.
    """

    def __init__(self, condition: All, records: RecordMap, indexes: Indexes) -> None:
        self._parts = condition.conditions
        self._records = records
        self._kept = indexes
        self._indexes: Mapping[Way, Index] = indexes.of(ways_of(condition), records)
        self._late = [one for one in self._parts if isinstance(one, Between) and self._is_dear(one)]

    def proves(self, condition: Condition) -> bool:
        """Whether each record whose id is found meets the condition for certain; of those that it narrows by."""
        is_tried = any(one is condition for one in self._parts) and not any(one is condition for one in self._late)
        return is_tried and _is_told(condition)

    def ids(self, least: str) -> Iterator[str]:
        """The ids from ``least`` on of those records that may meet the condition."""
        cursors = [self._cursor(one) for one in self._parts if not any(one is each for each in self._late)]
        return self._walk(cursors, self._late, least)

    def _walk(self, cursors: Sequence[Cursor], late: Sequence[Between], least: str) -> Iterator[str]:
        patience = min((self._count(one) for one in late), default=0) // AS_DEAR
        ids = walk(Common(cursors), least) if cursors else self._records.keys(least, inclusive=True)
        for tried, found in enumerate(ids):
            if late and tried >= patience:
                yield from self._walk([*cursors, *map(self._cursor, late)], [], found)
                return
            yield found

    def _cursor(self, condition: Condition) -> Cursor:
        match condition:
            case AnyOf(field, values):
                return self._any_of(self._indexes[By.VALUE, field], values)
            case Between(field):
                index = self._indexes[By.ORDER, field]
                return Listed(self._kept.range(field, index, *_bounds(condition)))
            case Containing(field, text):
                return Holding(self._indexes[By.LETTERS, field], text.casefold(), partial(self._text, field))
            case All(conditions):
                return Common([*map(self._cursor, conditions)])
            case Either(conditions):
                return Together([*map(self._cursor, conditions)])

    @staticmethod
    def _any_of(index: Index, values: Sequence[object]) -> Cursor:
        keys = {f"{begin}{key}" for key in map(value_key, values) for begin in ("", ITEM)}
        there = [key for key in sorted(keys) if (found := index.first(key)) and found[0].startswith(key)]
        cursors = [Filed(index, key) for key in there]
        return cursors[0] if len(cursors) == 1 else Together(cursors)

    def _text(self, field: str, record_id: str) -> str:
        """What a part of a text is looked for in, where the index does not keep it as it is long."""
        record = self._records.one(record_id)
        return joined_texts(record.members().get(field) if record else None).casefold()

    def _is_dear(self, one: Between) -> bool:
        count, bounds = self._count(one), _bounds(one)
        if count <= FEW or self._kept.has_range(one.field, *bounds):
            return False
        return count > MANY or count > FEW * self._kept.times_asked(one.field, *bounds)

    def _count(self, one: Between) -> int:
        return self._indexes[By.ORDER, one.field].count(*_bounds(one))


def _bounds(one: Between) -> tuple[str, str]:
    """The first key in the range and the first behind it. Both bounds are of one kind: moments, or numbers."""
    bound = one.low if one.low is not None else one.high
    assert bound is not None
    kind = order_key(bound)[0]
    low = kind if one.low is None else order_key(one.low)
    return low, kind + "~" if one.high is None else order_key(one.high) + PAST
