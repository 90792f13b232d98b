"""The store against a model of plain dicts, whatever happens to it; copies that share nothing; threads that lose nothing."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mockserver.store import Collection, Record, Store, Tenant, TooManyTenants, ordered_map
from mockserver.store.ordered_map import OrderedMap

IDS = st.sampled_from(["a", "b", "c", "Z", "0", "a|b", "é", "\uffff", "\U0001f600"])
OWNERS = st.sampled_from(["x", "y", None])
TAGS = st.lists(st.sampled_from(["t", "u"]), max_size=3)


def put(collection: Collection, record_id: str, owner: str | None, tags: list[str]) -> None:
    data: dict[str, Any] = {"id": record_id, "owner": owner, "tags": tags}
    collection.put(record_id, data, orjson.dumps(data))


class CollectionMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.real = Collection(("owner", "tags"))
        self.model: dict[str, dict[str, Any]] = {}
        self.copied: tuple[Collection, dict[str, dict[str, Any]]] | None = None

    @rule(record_id=IDS, owner=OWNERS, tags=TAGS)
    def put(self, record_id: str, owner: str | None, tags: list[str]) -> None:
        put(self.real, record_id, owner, tags)
        self.model[record_id] = {"id": record_id, "owner": owner, "tags": tags}

    @rule(record_ids=st.sets(IDS), owner=OWNERS, tags=TAGS)
    def load(self, record_ids: set[str], owner: str | None, tags: list[str]) -> None:
        found = {one: {"id": one, "owner": owner, "tags": tags} for one in record_ids}
        made = {one: self.real.made(one, data, orjson.dumps(data), {}) for one, data in found.items()}
        self.real.load(made, {})
        self.model |= found

    @rule(record_id=IDS)
    def delete(self, record_id: str) -> None:
        gone, expected = self.real.delete(record_id), self.model.pop(record_id, None)
        assert (gone.data() if gone else None) == expected

    @rule()
    def copy(self) -> None:
        self.copied = (self.real.copy(), dict(self.model))

    @rule(after=IDS)
    def page(self, after: str) -> None:
        found = [record.id for record in self.real.scan(after)]
        assert found == [record_id for record_id in sorted(self.model) if record_id > after]

    @rule(owner=st.sampled_from(["x", "y", "z"]), after=st.none() | IDS)
    def look_up(self, owner: str, after: str | None) -> None:
        found = [record.id for record in self.real.lookup("owner", owner, after)]
        expected = sorted(i for i, data in self.model.items() if data["owner"] == owner)
        assert found == [record_id for record_id in expected if after is None or record_id > after]

    @rule(tag=st.sampled_from(["t", "u", "v"]))
    def look_up_in_lists(self, tag: str) -> None:
        found = [record.id for record in self.real.lookup("tags", tag)]
        assert found == sorted(i for i, data in self.model.items() if tag in data["tags"])

    @invariant()
    def same_as_the_model(self) -> None:
        assert [record.data() for record in self.real.scan()] == [self.model[i] for i in sorted(self.model)]
        assert len(self.real) == len(self.model)

    @invariant()
    def a_copy_stays_what_it_was(self) -> None:
        if self.copied:
            collection, model = self.copied
            assert {record.id: record.data() for record in collection.scan()} == model
            assert {r.id for r in collection.lookup("owner", "x")} == {i for i, d in model.items() if d["owner"] == "x"}


TestCollection = CollectionMachine.TestCase
TestCollection.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


class OrderedMapMachine(RuleBasedStateMachine):
    """Chunks of four, so that they split, run empty and are shared; against plain dicts."""

    def __init__(self) -> None:
        super().__init__()
        self.maps: list[tuple[OrderedMap[int], dict[str, int]]] = [(OrderedMap(), {})]

    @rule(which=st.integers(0, 5), key=st.text("abc", max_size=3), value=st.integers())
    def put(self, which: int, key: str, value: int) -> None:
        real, model = self.maps[which % len(self.maps)]
        real.put(key, value)
        model[key] = value

    @rule(which=st.integers(0, 5), key=st.text("abc", max_size=3))
    def pop(self, which: int, key: str) -> None:
        real, model = self.maps[which % len(self.maps)]
        assert real.pop(key) == model.pop(key, None)

    @precondition(lambda self: len(self.maps) < 4)
    @rule(which=st.integers(0, 5))
    def copy(self, which: int) -> None:
        real, model = self.maps[which % len(self.maps)]
        self.maps.append((real.copy(), dict(model)))

    @rule(which=st.integers(0, 5), key=st.text("abc", max_size=3), inclusive=st.booleans())
    def walk(self, which: int, key: str, inclusive: bool) -> None:
        real, model = self.maps[which % len(self.maps)]
        wanted = sorted(one for one in model if one > key or (inclusive and one == key))
        assert list(real.keys(key, inclusive=inclusive)) == wanted
        assert (real.get(key), key in real) == (model.get(key), key in model)

    @rule(which=st.integers(0, 5), start=st.text("abc", max_size=3), end=st.text("abc", max_size=3))
    def between(self, which: int, start: str, end: str) -> None:
        real, model = self.maps[which % len(self.maps)]
        wanted = [model[key] for key in sorted(model) if start <= key < end]
        assert real.between(start, end) == wanted
        assert real.count(start, end) == len(wanted)

    @rule(which=st.integers(0, 5), every=st.integers(1, 3))
    def empty_while_walking(self, which: int, every: int) -> None:
        real, model = self.maps[which % len(self.maps)]
        for number, key in enumerate(real.keys()):
            if number % every == 0:
                assert real.pop(key) == model.pop(key)

    @invariant()
    def each_is_its_own(self) -> None:
        for real, model in self.maps:
            assert list(real.keys()) == sorted(model)
            assert list(real.values()) == [model[key] for key in sorted(model)]
            assert len(real) == len(model)


class TestOrderedMap(OrderedMapMachine.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

    @pytest.fixture(autouse=True)
    def small_chunks(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ordered_map, "CHUNK", 4)
            patch.setattr(ordered_map, "PIECE", 3)
            patch.setattr(ordered_map, "OWN", 2)
            patch.setattr(ordered_map, "GROUP", 2)
            yield


def test_a_copy_and_the_first_change_after_it_leave_the_rest_shared() -> None:
    collection = Collection(("owner",))
    for number in range(20_000):
        put(collection, f"{number:06}", f"o{number % 7}", [])
    twin = collection.copy()
    put(twin, "010000", "somebody", [])
    chunks = [{id(chunk) for chunk in one._records.runs("")} for one in (collection, twin)]
    assert len(chunks[0]) > 30
    assert len(chunks[0] - chunks[1]) == 1, "one chunk was copied"
    assert collection._records._chunks is twin._records._chunks, "and not the list of them"
    assert [len(list(one.lookup("owner", "somebody"))) for one in (collection, twin)] == [0, 1]


class Stop(Exception):
    pass


class TenantMachine(RuleBasedStateMachine):
    """Two tenants that began as one, and changes to either that are undone half-way."""

    def __init__(self) -> None:
        super().__init__()
        things = Collection(("owner", "tags"), counted=("number",))
        self.tenants = [Tenant("one", {"things": things, "others": Collection()})]
        self.models: list[dict[str, dict[str, Any]]] = [{}]

    def place(self, which: int) -> tuple[Tenant, dict[str, dict[str, Any]]]:
        return self.tenants[which % len(self.tenants)], self.models[which % len(self.models)]

    @rule(which=st.integers(0, 2), record_id=IDS, owner=OWNERS, tags=TAGS)
    def put(self, which: int, record_id: str, owner: str | None, tags: list[str]) -> None:
        tenant, model = self.place(which)
        model[record_id] = keep(tenant, record_id, owner, tags)

    @rule(which=st.integers(0, 2), record_id=IDS)
    def delete(self, which: int, record_id: str) -> None:
        tenant, model = self.place(which)
        tenant.delete("things", record_id)
        model.pop(record_id, None)

    @rule(which=st.integers(0, 2))
    @precondition(lambda self: len(self.tenants) < 3)
    def copy(self, which: int) -> None:
        tenant, model = self.place(which)
        self.tenants.append(tenant.copy())
        self.models.append(dict(model))

    @rule(
        which=st.integers(0, 2),
        steps=st.lists(st.tuples(IDS, OWNERS, TAGS, st.booleans()), max_size=4),
        nested=st.booleans(),
    )
    def break_off(self, which: int, steps: list[Any], nested: bool) -> None:
        tenant, _ = self.place(which)
        with pytest.raises(Stop), tenant.transaction():
            for record_id, owner, tags, gone in steps:
                with tenant.transaction() if nested else nullcontext():
                    if gone:
                        tenant.delete("things", record_id)
                    else:
                        keep(tenant, record_id, owner, tags)
            raise Stop

    @invariant()
    def same_as_the_models(self) -> None:
        for tenant, model in zip(self.tenants, self.models, strict=True):
            things = tenant["things"]
            assert {record.id: record.data() for record in things.scan()} == model
            for owner in ("x", "y"):
                found = [record.id for record in things.lookup("owner", owner)]
                assert found == sorted(name for name, data in model.items() if data["owner"] == owner)


TestTenant = TenantMachine.TestCase
TestTenant.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def keep(tenant: Tenant, record_id: str, owner: str | None = None, tags: list[str] | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {"id": record_id, "owner": owner, "tags": tags or []}
    tenant.put("things", record_id, data, orjson.dumps(data))
    return data


def test_the_highest_number_is_remembered_when_its_record_is_gone() -> None:
    tenant = Tenant("one", {"things": Collection(counted=("number",))})
    for number in (3, 7.9, 5, "9", None, True, 1e300, 2**64 - 1):
        tenant.put("things", "a", {"number": number}, b"{}")
    tenant.delete("things", "a")
    assert tenant["things"].highest("number") == 7
    assert tenant.copy()["things"].highest("number") == 7


def store(limit: int = 10) -> Store:
    return Store({"things": ("owner",)}, lambda tenant, _: keep(tenant, "first", "x") and None, limit)


def test_a_tenant_appears_filled_and_apart() -> None:
    both = store()
    keep(both.tenant("one"), "second")
    assert both.tenant("one").sizes() == {"things": 2}
    assert both.tenant("two").sizes() == {"things": 1}
    assert both.names() == ["one", "two"]


def test_a_full_store_refuses_another_tenant() -> None:
    full = store(limit=1)
    full.tenant("one")
    with pytest.raises(TooManyTenants):
        full.tenant("two")
    assert full.names() == ["one"]


def test_a_full_store_is_told_by_its_bytes_too() -> None:
    full = Store({"things": ()}, None, 10, room=30)
    keep(full.tenant("one"), "a" * 40)
    with pytest.raises(TooManyTenants):
        full.tenant("two")
    full.tenant("one").delete("things", "a" * 40)
    assert full.tenant("two").size() == full.tenant("one").size() == 0


def test_a_resource_is_filled_when_somebody_asks_for_it() -> None:
    filled: list[tuple[str, str]] = []

    def fill(tenant: Tenant, resource: str) -> None:
        filled.append((tenant.name, resource))
        tenant.put(resource, "first", {}, b"{}")

    world = Store({"things": (), "others": ()}, fill, 10)
    tenant = world.tenant("one")
    assert filled == []
    with pytest.raises(RuntimeError), tenant.transaction():
        tenant.put("things", "second", {}, b"{}")
        raise RuntimeError
    assert filled == [("one", "things")]
    assert list(tenant["things"].scan()) == [Record("first", b"{}")]  # what was there at the start is not taken back
    twin = tenant.copy()
    assert (twin["others"].get("first"), tenant["others"].get("first")) == (Record("first", b"{}"),) * 2
    assert filled[1:] == [("one", "others")] * 2


def test_a_snapshot_can_be_restored_again_and_again() -> None:
    world = store()
    keep(world.tenant("one"), "second")
    kept = world.copy()
    for _ in range(2):
        world.tenant("one").delete("things", "first")
        world.tenant("other")
        world.restore(kept)
        assert world.names() == ["one"]
        assert world.tenant("one").sizes() == {"things": 2}


def test_a_tenant_appears_once_however_many_ask_at_once() -> None:
    world = store()
    barrier, seen = threading.Barrier(8), []

    def ask() -> None:
        barrier.wait()
        seen.append(world.tenant("one"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, seen))) == 1


def test_a_tenant_that_nobody_writes_to_costs_next_to_nothing() -> None:
    indexed = {f"resource{number}": ("name", "owner") for number in range(60)}
    store = Store(indexed, lambda _tenant, _resource: None, 1_000)
    store.tenant("first")
    tracemalloc.start()
    try:
        for number in range(20):
            store.tenant(f"tenant{number}")
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size / 20 < 20_000


def test_tenants_that_begin_alike_share_nothing_that_one_of_them_writes() -> None:
    store = Store({"books": ("author",)}, None, 10, counted={"books": ("number",)})
    one, other = store.tenant("one"), store.tenant("other")
    one.put("books", "1", {"author": "a", "number": 7}, b'{"author": "a", "number": 7}')
    assert [record.id for record in one["books"].lookup("author", "a")] == ["1"]
    assert (len(other["books"]), other["books"].highest("number"), store.tenant("third").size()) == (0, 0, 0)
    assert [*other["books"].ranked("author", descending=False)] == []
