"""The store against a model of plain dicts, whatever happens to it; copies that share nothing; threads that lose nothing."""

from __future__ import annotations

import threading
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mockserver.store import Collection, Store, Tenant
from mockserver.store.tenant import TooManyTenants

IDS = st.sampled_from(["a", "b", "c", "Z", "0", "a|b", "é"])
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


def store(limit: int = 10) -> Store:
    def fill(tenant: Tenant) -> None:
        put(tenant["things"], "first", "x", [])

    return Store({"things": ("owner",)}, fill, limit)


def test_a_tenant_appears_filled_and_apart() -> None:
    both = store()
    put(both.tenant("one")["things"], "second", "x", [])
    assert both.tenant("one").sizes() == {"things": 2}
    assert both.tenant("two").sizes() == {"things": 1}
    assert both.names() == ["one", "two"]


def test_a_full_store_refuses_another_tenant() -> None:
    full = store(limit=1)
    full.tenant("one")
    with pytest.raises(TooManyTenants):
        full.tenant("two")
    assert full.names() == ["one"]


def test_a_snapshot_can_be_restored_again_and_again() -> None:
    world = store()
    put(world.tenant("one")["things"], "second", "x", [])
    kept = world.copy()
    for _ in range(2):
        world.tenant("one")["things"].delete("first")
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
