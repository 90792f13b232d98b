"""Whatever is found by an index is what reading every record finds: after any writes, in every copy, in the same order."""

from __future__ import annotations

from itertools import islice, product
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mockserver.contract.operation import How
from mockserver.handlers import matching, query_rows, querying
from mockserver.handlers.planned import many
from mockserver.handlers.planned.addressing import criteria
from mockserver.handlers.query_rows import OPERATORS, Asked, rows
from mockserver.store import Collection, Either, candidates, collection, indexes, ordered_map
from mockserver.store.filing import is_exact, rank, value_key
from mockserver.values.equality import same_json

FOLDING = [
    "Straße",
    "STRASSE",
    "İ",
    "a\0",
    "a\0b",
    "\0",
    "a\n",
    "x" * 70,
    "X" * 70,
    "x" * 64,
    "x" * 63 + "ß",
    "y" * 1_100,
]
DATES = ["2025-04-18", "2025-04-18T00:00:00Z", "2025-04-18T02:00:00+02:00", "2016-12-31T23:59:60Z", "0000-01-01"]
FRACTIONS = ["2025-04-18T00:00:00.5Z", "2025-04-18T00:00:00.25Z", "2016-12-31T23:59:59.9Z", "9999-12-31"]
TEXTS = st.sampled_from(["", "a", "A", "ab"]) | st.sampled_from(FOLDING)
MOMENTS = st.sampled_from([*DATES, *FRACTIONS])
NUMBER = [0, -0.0, 1, 1.0, -1.5, 10, 2**53, 2**53 + 1, float(2**53), -(2**53) - 1, 1e300, -1e300, 5e-324]
NUMBERS = st.sampled_from(NUMBER)
EACH = [None, True, False, "", "a", "A", "a\1", *FOLDING, *DATES, *FRACTIONS, *NUMBER]
SCALARS = st.none() | st.booleans() | TEXTS | MOMENTS | NUMBERS
LIKELY = [["a"], ["b", "A", 0], "xAx", "a", 0, 1.5, -0.0, None, [[]], {}, {"id": "a"}, True, [DATES[0]], *DATES[:4]]
VALUES = st.sampled_from(LIKELY) | SCALARS | st.lists(SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
RECORDS = st.fixed_dictionaries({}, optional={"f": VALUES, "g": VALUES})
IDS = st.text("ab\0é", min_size=0, max_size=3)
FIELDS = st.sampled_from(["f", "g"])
ASKED = st.one_of(
    st.tuples(st.just(How.EQUALS), VALUES),
    st.tuples(st.just(How.ANY_OF), st.lists(VALUES, max_size=4)),
    st.tuples(st.just(How.CONTAINS), st.sampled_from(["", "a", "A", "SS", "ß", "x", "i̇", "\n", "\0", "nobody"])),
    st.tuples(st.just(How.RANGE), st.lists(MOMENTS | NUMBERS | TEXTS, min_size=2, max_size=2)),
)
CRITERIA = st.recursive(
    st.fixed_dictionaries({"fact": FIELDS, "operator": st.sampled_from(sorted(OPERATORS)), "value": VALUES}),
    lambda inner: st.fixed_dictionaries(
        {}, optional={"all": st.lists(inner, max_size=3), "any": st.lists(inner, max_size=3)}
    ),
    max_leaves=5,
)
SORTS = st.lists(st.fixed_dictionaries({"field": FIELDS, "direction": st.sampled_from(["asc", "desc"])}), max_size=2)
USUAL = (
    ("f", How.CONTAINS, "a"),
    ("f", How.ANY_OF, ["a", 0, None, [], True]),
    ("f", How.RANGE, [-2, 2]),
    ("f", How.RANGE, ["2016-12-31T23:59:60Z", "2025-04-18T00:00:00.3Z"]),
)


@pytest.fixture(scope="module", autouse=True)
def small() -> Any:
    """Chunks of four, an index for every collection, and ranges put in order soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collection, "SMALL", 0)
        patch.setattr(query_rows, "MANY", 1)
        patch.setattr(ordered_map, "CHUNK", 4)
        patch.setattr(ordered_map, "PIECE", 3)
        patch.setattr(candidates, "FEW", 2)
        patch.setattr(candidates, "AS_DEAR", 2)
        patch.setattr(indexes, "MOST", 5)
        yield


def ids_by_reading(kept: Collection, asked: list[tuple[str, tuple[How, Any]]], after: str | None) -> list[str]:
    tests = [(field, matching._test(how, wanted)) for field, (how, wanted) in asked]
    return [record.id for record in kept.scan(after) if matching._meets(record.data(), tests)]


def found_by(kept: Collection, asked: list[tuple[str, tuple[How, Any]]], after: str | None) -> list[str]:
    """By the indexes, and by reading for what these do not prove alone."""
    records, left = matching.narrowed(kept, [(field, *one) for field, one in asked], after)
    return [one.id for one in records if matching._meets(one.data(), left)]


class Machine(RuleBasedStateMachine):
    """Collections that are written to and copied; each search is made by the indexes, and by reading."""

    @initialize(records=st.dictionaries(IDS, RECORDS, min_size=5, max_size=25))
    def fill(self, records: dict[str, Any]) -> None:
        self.kept = [Collection()]
        for record_id, data in records.items():
            self.put(0, record_id, data)

    @rule(which=st.integers(0, 3), record_id=IDS, data=RECORDS)
    def put(self, which: int, record_id: str, data: dict[str, Any]) -> None:
        self.one(which).put(record_id, data, orjson.dumps(data))

    @rule(which=st.integers(0, 3), record_id=IDS)
    def delete(self, which: int, record_id: str) -> None:
        self.one(which).delete(record_id)

    @rule(which=st.integers(0, 3), record_id=IDS, data=RECORDS)
    def undo(self, which: int, record_id: str, data: dict[str, Any]) -> None:
        before = self.one(which).kept(record_id)
        self.put(which, record_id, data)
        self.one(which).restore(record_id, *before)

    @rule(which=st.integers(0, 3))
    def copy(self, which: int) -> None:
        if len(self.kept) < 4:
            self.kept.append(self.one(which).copy())

    @rule(
        which=st.integers(0, 3), asked=st.lists(st.tuples(FIELDS, ASKED), min_size=1, max_size=3), after=st.none() | IDS
    )
    def search(self, which: int, asked: list[tuple[str, tuple[How, Any]]], after: str | None) -> None:
        kept = self.one(which)
        for _ in range(2):  # the second time a range is in order already
            assert found_by(kept, asked, after) == ids_by_reading(kept, asked, after)
        conditions = [matching._condition(field, how, wanted) for field, (how, wanted) in asked]
        either = {one.id for one in kept.narrowed(Either(conditions), after)}
        assert either >= {one for single in asked for one in ids_by_reading(kept, [single], after)}

    @rule(which=st.integers(0, 3), criteria=CRITERIA, sort=SORTS, most=st.integers(0, 4))
    def query(self, which: int, criteria: dict[str, Any], sort: list[Any], most: int) -> None:
        kept = self.one(which)
        rules = SimpleNamespace(computed={}, seen=lambda _resource, record, _context: record.data())
        call: Any = SimpleNamespace(tools=SimpleNamespace(rules=rules), context=lambda _: None)
        resource: Any = SimpleNamespace(name="r")
        tenant: Any = {"r": kept}
        found = [*islice(rows(call, tenant, resource, Asked(criteria, sort, most)), most)]
        met = (record.data() for record in kept.scan() if query_rows._meets(record.data(), criteria))
        assert found == query_rows._in_order(met, sort)[:most]

    @rule(which=st.integers(0, 3), field=FIELDS, value=VALUES)
    def count(self, which: int, field: str, value: Any) -> None:
        kept = self.one(which)
        found = kept.count(field, value)
        wanted = sum(1 for one in kept.scan() if field in one.data() and same_json(one.data()[field], value))
        assert found == (wanted if is_exact(value) else None)

    @invariant()
    def usual_searches(self) -> None:
        """Those whose indexes are there already, so that writes and copies must have kept them up."""
        for kept in self.kept:
            for field, how, wanted in USUAL:
                asked = [(field, (how, wanted))]
                assert found_by(kept, asked, None) == ids_by_reading(kept, asked, None)

    def one(self, which: int) -> Collection:
        return self.kept[which % len(self.kept)]


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=50, stateful_step_count=20, deadline=None, report_multiple_bugs=False)


def test_a_copy_takes_over_the_indexes_of_another(monkeypatch) -> None:
    """And sees to what is different in it: nothing is made anew."""
    first = Collection()
    for number in range(40):
        data = {"f": f"a{number % 3}"}
        first.put(f"{number:02}", data, orjson.dumps(data))
    second = first.copy()
    asked = ("f", How.CONTAINS, "a1"), ("f", How.ANY_OF, ["a1"])
    for field, how, wanted in asked:
        assert len([*first.narrowed(matching._condition(field, how, wanted))]) == 13
    monkeypatch.setattr(indexes, "_built", lambda ways, _: {} if not ways else pytest.fail("made anew"))
    for record_id, value in (("01", "a2"), ("50", "a1"), ("00", "a1"), ("51", "b")):
        second.put(record_id, {"f": value}, orjson.dumps({"f": value}))
    second.delete("04")
    for field, how, wanted in asked:
        found = [one.id for one in second.narrowed(matching._condition(field, how, wanted))]
        assert found == ids_by_reading(second, [(field, (how, wanted))], None)


@pytest.mark.parametrize("sort", [[], [{"field": "f"}]])
@pytest.mark.parametrize(
    ("cut", "found"), [({"offset": 2**70}, 0), ({"offset": -1}, 3), ({"limit": -1}, 0), ({"limit": 1e300}, 3)]
)
def test_a_slice_that_the_document_does_not_bound(sort: list[Any], cut: dict[str, Any], found: int) -> None:
    kept = Collection()
    for number in range(3):
        kept.put(f"{number}", {"f": number}, orjson.dumps({"f": number}))
    rules = SimpleNamespace(computed={}, seen=lambda _resource, record, _context: record.data())
    call: Any = SimpleNamespace(tools=SimpleNamespace(rules=rules), context=lambda _: None)
    resource: Any = SimpleNamespace(name="r")
    tenant: Any = {"r": kept}
    assert len(querying._rows(call, tenant, resource, {"fields": ["f"], "sort": sort, **cut})) == found


def test_a_filter_of_any_document_finds_what_is_written_so() -> None:
    kept = Collection()
    for number, value in enumerate([*EACH, *LIKELY]):
        data = {"f": value}
        kept.put(f"{number:03}", data, orjson.dumps(data))
    kept.put("absent", {}, b"{}")
    for text in {criteria.written(value) for value in [*EACH, *LIKELY]} | {"5", "true", "1e0"}:
        wanted = {"f": text}
        found = [one.id for one in kept.narrowed(criteria.condition(wanted)) if many._fits(one.data(), wanted, None)]
        assert found == [one.id for one in kept.scan() if many._fits(one.data(), wanted, None)]


def test_what_indexes_prove_alone_is_what_reading_finds(monkeypatch) -> None:
    """Each kind of condition with each value beside each."""
    monkeypatch.setattr(candidates, "FEW", 1_000)
    kept = Collection()
    for number, value in enumerate([*EACH, *LIKELY, ["a", "b"], ["b", "a\n", 2**53 + 1], ["y" * 600, "z" * 600]]):
        data = {"f": value}
        kept.put(f"{number:03}", data, orjson.dumps(data))
    kept.put("absent", {}, b"{}")
    ranges = [*product(NUMBER, NUMBER), *product([*DATES, *FRACTIONS], [*DATES, *FRACTIONS])]
    parts = ["", "a", "B", "SS", "ß", "\n", "a\nb", "b\na", "\0", "y", "yz", "y\nz", "z" * 70]
    every = [(How.ANY_OF, [value, "no"]) for value in [*EACH, *LIKELY]]
    every += [(How.RANGE, [*bounds]) for bounds in ranges] + [(How.CONTAINS, part) for part in parts]
    for how, wanted in every:
        asked = [("f", (how, wanted))]
        assert found_by(kept, asked, None) == ids_by_reading(kept, asked, None), (how, wanted)


def test_keys_are_in_the_order_of_the_values() -> None:
    for one, other in product(EACH, EACH):
        held_to_order(one, other)


def held_to_order(one: Any, other: Any) -> None:
    if same_json(one, other):
        assert value_key(one) == value_key(other)
    elif is_exact(one) and is_exact(other):
        assert value_key(one) != value_key(other)
    first, second = query_rows._rank(one), query_rows._rank(other)
    if first <= second:
        assert rank(value_key(one)) <= rank(value_key(other))
