"""Records in an order that was asked for are those that sorting finds, whatever was written since."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.store import Record
from mockserver.store.collection import SMALL, Collection
from mockserver.store.orders import BEHIND

IDS = [f"{below}/{number}" for below in ("a", "ab", "b") for number in range(SMALL // 3 + 2)]
WRITES = st.lists(
    st.tuples(st.sampled_from(["put", "delete", "restore", "copy", "ask"]), st.sampled_from(IDS), st.integers(0, 3)),
    max_size=2 * BEHIND,
)


def rank(record: Record) -> Any:
    """What the records are sorted by here."""
    return record.data()["rank"]


def put(kept: Collection, record_id: str, number: int) -> None:
    data = {"rank": number}
    kept.put(record_id, data, orjson.dumps(data))


def of(kept: Collection, prefix: str) -> tuple[list[Record], list[Record]]:
    """As the collection has them in order, and as sorting them finds them."""
    below = [one for one in kept.scan() if one.id.startswith(prefix)]
    return [*kept.ordered("rank", prefix, rank)], sorted(below, key=rank)


@given(WRITES)
@settings(max_examples=15)
def test_an_order_is_kept_up_with_what_is_written(writes: list[tuple[str, str, int]]) -> None:
    kept = Collection()
    for number, record_id in enumerate(IDS):
        put(kept, record_id, number % 5)
    others: list[Collection] = []
    for what, record_id, number in writes:
        if what == "put":
            put(kept, record_id, number)
        elif what == "delete":
            kept.delete(record_id)
        elif what == "restore":
            before = kept.kept(record_id)
            put(kept, record_id, number)
            kept.restore(record_id, *before)
        elif what == "copy":
            others.append(kept)
            kept = kept.copy()
        else:
            found, wanted = of(kept, record_id[:2])
            assert found == wanted
    for one in (kept, *others):
        for prefix in ("", "a/", "ab/"):
            found, wanted = of(one, prefix)
            assert found == wanted


def test_a_page_reads_no_record_that_it_does_not_show() -> None:
    """After the first, and after a write: what a page costs does not grow with the records."""
    kept, read = Collection(), []
    for number, record_id in enumerate(IDS):
        put(kept, record_id, number)

    def counted(record: Record) -> Any:
        read.append(record.id)
        return rank(record)

    kept.ordered("rank", "", counted)
    put(kept, "c/1", 7)
    read.clear()
    assert len(kept.ordered("rank", "", counted)) == len(IDS) + 1
    assert len(read) < 20
    read.clear()
    kept.ordered("rank", "", counted)
    assert not read
