"""What a request changes is final only once its reply is found to be good: else records, ids and mails are as before."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

import mockserver.handlers
from mockserver.contract import Kind
from mockserver.errors import ContractBreach, Violation
from mockserver.messages import Reply, say


def handled_by(monkeypatch: pytest.MonkeyPatch, kind: Kind, wrap: Any) -> None:
    handlers = mockserver.handlers.HANDLERS
    monkeypatch.setattr(mockserver.handlers, "HANDLERS", {**handlers, kind: wrap(handlers[kind])})


def ids_after(client: Any) -> list[str]:
    return [client.post("/books/acme", json={"title": title}).json["id"] for title in ("A", "B")]


@pytest.mark.parametrize("fails", ["reply", "raises", "breach"])
def test_nothing_is_stored_by_a_request_that_ends_in_a_500(library, monkeypatch, fails: str) -> None:
    wanted = ids_after(library().test_client())

    def spoiling(create: Any) -> Any:
        def spoilt(call: Any, tenant: Any) -> Reply:
            reply = create(call, tenant)
            if call.input.body["title"] != "spoilt":
                return reply
            if fails == "raises":
                raise RuntimeError
            if fails == "breach":
                raise ContractBreach(call.operation.id, [Violation("body", "", "x", "x")])
            return say({"no": "book"})

        return spoilt

    handled_by(monkeypatch, Kind.CREATE, spoiling)
    client = library().test_client()
    assert client.post("/books/acme", json={"title": "spoilt"}).status_code == 500
    assert client.get("/books/acme").json == []
    assert ids_after(client) == wanted, "an id was used up"


def test_a_refused_request_uses_up_no_id_and_no_number(library) -> None:
    wanted = ids_after(library().test_client())
    client = library().test_client()
    assert client.post("/books/acme", json={"title": "A", "author_id": "nobody"}).status_code == 409
    assert ids_after(client) == wanted


def test_a_breach_in_one_item_of_a_batch_is_that_items_result(library, monkeypatch) -> None:
    batch = importlib.import_module("mockserver.handlers.batch")
    seen = batch.seen

    def spoiling(call: Any, tenant: Any, record: Any) -> Any:
        if record.data()["title"] == "spoilt":
            raise ContractBreach(call.operation.id, [Violation("body", "/title", "x", "is spoilt")])
        return seen(call, tenant, record)

    monkeypatch.setattr(batch, "seen", spoiling)
    client = library().test_client()
    items = [{"operation": "create", "object": {"title": title}} for title in ("one", "spoilt", "two")]
    answer = client.post("/books/acme/batch", json={"operations": items})
    assert answer.status_code == 200
    assert [one["status"] for one in answer.json["results"]] == [200, 500, 200]
    assert answer.json["results"][1]["error"]["errors"] == [{"path": "body/title", "message": "is spoilt"}]
    assert sorted(one["title"] for one in client.get("/books/acme").json) == ["one", "two"]
    assert client.get("/__mock__/journal").json[0]["breach"] is True


def test_a_managed_field_set_to_what_python_takes_for_the_same_is_refused_in_a_batch_too(library) -> None:
    client = library().test_client()
    made = client.post("/books/acme", json={"title": "A"}).json
    items = [
        {"operation": "create", "object": {"title": "before"}},
        {
            "operation": "patch",
            "id": made["id"],
            "patch_directives": [{"op": "replace", "path": "/version", "value": True}],
        },
        {"operation": "create", "object": {"title": "behind"}},
    ]
    answer = client.post("/books/acme/batch", json={"operations": items}).json
    assert [one["status"] for one in answer["results"]] == [200, 400, 200]
    assert "is managed by the server" in answer["results"][1]["error"]["errors"][0]["message"]
    stored = client.post("/books/acme/search", json={"title": "e"}).json["Items"]
    assert sorted(one["title"] for one in stored) == ["before", "behind"]


def test_patches_of_great_depth_and_many_moves_are_refused_at_their_limits(library) -> None:
    client = library().test_client()
    made = client.post("/books/acme", json={"title": "A", "shelf": {"x": "y" * 300_000}}).json
    path = f"/books/acme/{made['id']}"
    nested = [{"op": "add", "path": "/shelf", "value": {}}] + [
        {"op": "add", "path": "/shelf" + "/a" * depth, "value": {}} for depth in range(1, 60)
    ]
    answer = client.patch(path, json=nested)
    assert answer.status_code == 400
    assert "nest deeper than 32 levels" in answer.json["errors"][0]["message"]
    moves = [{"op": "move", "from": "/shelf", "path": "/shelf"}] * 10
    answer = client.patch(path, json=moves)
    assert answer.status_code == 400
    assert "copy and move more than 1048576 bytes" in answer.json["errors"][0]["message"]
    assert client.get(path).json == made
