"""What is found by index is found without reading the rest, however much there is; a reset makes no index anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from mockserver.store import Record, indexes

SIZE = 3_000


@pytest.fixture
def shelves(library: Callable[..., Any]) -> Any:
    app = library(max_records=SIZE + 10)
    model = app.test_client().post("/books/acme", json={"title": "model"}).json
    tenant = app.extensions["mockserver"].store.tenant("acme")
    tenant.delete("books", model["id"])
    for number in range(SIZE):
        book = {
            **model,
            "id": f"b{number:04}",
            "title": f"Volume {number}",
            "pages": number,
            "author_id": f"a{number % 50}",
        }
        tenant.put("books", book["id"], book, orjson.dumps(book))
    return app


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the records that were read."""
    found: list[str] = []
    data = Record.data
    monkeypatch.setattr(Record, "data", lambda record: found.append(record.id) or data(record))
    return found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"title": "volume 2999"}, ["b2999"]),
        ({"title": "nobody"}, []),
        ({"author_id": ["a7"], "pages": [2950, 2999]}, ["b2957"]),
        ({"author_id": ["a7"], "title": "7", "pages": [0, 60]}, ["b0007", "b0057"]),
        ({"author_id": ["a48", "a49", "b"], "title": "49"}, ["b0049", "b0149", "b0249", "b0349"][:2]),
        ({"title": "olu"}, ["b0000", "b0001"]),
    ],
    ids=str,
)
def test_a_search_reads_few_records(shelves: Any, reads: list[str], asked: dict[str, Any], found: list[str]) -> None:
    client = shelves.test_client()
    reply = client.post("/books/acme/search", json=asked)
    assert [book["id"] for book in reply.json["Items"]] == found
    assert len(reads) <= 70


def test_a_reset_and_a_write_leave_the_indexes(shelves: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, world = shelves.test_client(), shelves.extensions["mockserver"]
    begin = world.snapshot()

    def search() -> list[str]:
        return [book["id"] for book in client.post("/books/acme/search", json={"title": "volume 299"}).json["Items"]]

    patch = [{"op": "add", "path": "/title", "value": "Volume 299 again"}]
    assert client.patch("/books/acme/b0001", json=patch).status_code == 200
    assert search() == ["b0001", "b0299"]
    monkeypatch.setattr(indexes, "_built", lambda ways, _: {} if not ways else pytest.fail("made anew"))
    world.restore(begin)
    assert search() == ["b0299", "b2990"]
    assert client.patch("/books/acme/b0002", json=patch).status_code == 200
    assert search() == ["b0002", "b0299"]
