"""One running mock as a whole: apart from every other, reset and restored, true under threads, the same in any order."""

from __future__ import annotations

import random
import threading
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.exchange import answer
from mockserver.messages import Request
from mockserver.store import Collection


def world_of(app: Any) -> Any:
    return app.extensions["mockserver"]


def test_two_applications_share_nothing(library) -> None:
    one, two = library(), library()
    one.test_client().post("/books/t", json={"title": "A"})
    one.test_client().post("/__mock__/clock/advance", json={"seconds": 60})
    one.test_client().post("/__mock__/faults", json={"status": 500, "times": None})
    assert two.test_client().get("/books/t").json == []
    assert two.test_client().get("/__mock__/clock").json["now"] == "2025-04-18T12:00:00.000Z"
    assert len(two.test_client().get("/__mock__/journal").json) == 1


def test_reset_is_the_beginning(library) -> None:
    client = library().test_client()
    first = client.post("/books/t", json={"title": "A"}).data
    client.post("/books/t/preview", json={"to": "a@b"})
    client.post("/__mock__/clock/advance", json={"seconds": 60})
    client.post("/__mock__/faults", json={"status": 500, "operation": "listBooks", "times": None})
    client.post("/__mock__/reset")
    assert client.get("/books/t").json == []
    assert client.get("/__mock__/outbox").json == []
    assert client.get("/__mock__/faults").json == []
    assert client.post("/books/t", json={"title": "A"}).data == first


def test_a_snapshot_brings_back_records_and_ids(library) -> None:
    app = library()
    client, world = app.test_client(), world_of(app)
    kept = world.snapshot()
    first = client.post("/books/t", json={"title": "A"}).data
    world.restore(kept)
    assert client.get("/books/t").json == []
    assert client.post("/books/t", json={"title": "A"}).data == first


def test_threads_lose_no_update(library) -> None:
    app = library()
    book = app.test_client().post("/books/t", json={"title": "A", "tags": []}).json["id"]
    threads, each = 8, 25

    def hammer(number: int) -> None:
        client = app.test_client()
        for index in range(each):
            patch = [{"op": "add", "path": "/tags/-", "value": f"{number}-{index}"}]
            assert client.patch(f"/books/t/{book}", json=patch).status_code == 200

    running = [threading.Thread(target=hammer, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    found = app.test_client().get(f"/books/t/{book}").json
    assert found["version"] == 1 + threads * each
    assert sorted(found["tags"]) == sorted(f"{n}-{i}" for n in range(threads) for i in range(each))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.randoms(use_true_random=False))
def test_what_one_tenant_does_never_changes_another(library, order: random.Random) -> None:
    """Whatever the interleaving, each tenant's world is byte for byte what it is alone."""
    tenants = {"one": list("ABCD"), "two": list("EFG"), "three": list("HI")}
    mixed = [tenant for tenant, titles in tenants.items() for _ in titles]
    order.shuffle(mixed)
    together, left = library().test_client(), {tenant: list(titles) for tenant, titles in tenants.items()}
    for tenant in mixed:
        together.post(f"/books/{tenant}", json={"title": left[tenant].pop(0)})
    for tenant, titles in tenants.items():
        alone = library().test_client()
        for title in titles:
            alone.post(f"/books/{tenant}", json={"title": title})
        assert alone.get(f"/books/{tenant}").data == together.get(f"/books/{tenant}").data


def test_a_fault_holds_up_no_other_request(library, monkeypatch) -> None:
    app = library()
    held, release, found = threading.Event(), threading.Event(), []

    def wait(seconds: float) -> None:
        if seconds:
            held.set()
            assert release.wait(60)

    monkeypatch.setattr("mockserver.web.damage.sleep", wait)
    app.test_client().post("/__mock__/faults", json={"operation": "listBooks", "delay": 20})
    asked = threading.Thread(target=lambda: found.append(app.test_client().get("/books/t").status_code))
    asked.start()
    assert held.wait(60)
    assert app.test_client().post("/books/t", json={"title": "A"}).status_code == 200
    assert not found
    release.set()
    asked.join()
    assert found == [200]


def test_the_journal_tells_what_happened(library) -> None:
    client = library().test_client()
    client.post(
        "/books/t?x=1", json={"title": 5}, headers={"Authorization": "Bearer hush-hush", "Cookie": "a=hush-hush"}
    )
    [entry] = client.get("/__mock__/journal").json
    assert (entry["number"], entry["method"], entry["path"], entry["status"]) == (1, "POST", "/books/t", 400)
    assert (entry["operation"], entry["tenant"], entry["query"]) == ("createBook", "t", [["x", "1"]])
    assert orjson.loads(entry["body"]) == {"title": 5}
    assert [violation["pointer"] for violation in entry["violations"]] == ["/title"]
    assert "hush-hush" not in str(entry)
    assert client.get("/books/t/none").headers["Mock-Request"] == "2"
    assert [entry["number"] for entry in client.get("/__mock__/journal?limit=1").json] == [2]


def test_journal_and_outbox_are_bounded(library) -> None:
    client = library(journal=3, outbox=2).test_client()
    for number in range(5):
        client.post("/books/t/preview", json={"to": f"{number}@b"})
    assert [entry["number"] for entry in client.get("/__mock__/journal").json] == [3, 4, 5]
    assert [mail["to"] for mail in client.get("/__mock__/outbox").json] == ["3@b", "4@b"]


def test_limits_on_tenants_and_records(library) -> None:
    client = library(max_tenants=2, max_records=1).test_client()
    assert client.post("/books/one", json={"title": "A"}).status_code == 200
    full = client.post("/books/one", json={"title": "B"})
    assert (full.status_code, full.headers["Mock-Reason"]) == (429, "limit: records")
    assert client.get("/books/two").status_code == 200
    third = client.get("/books/three")
    assert (third.status_code, third.headers["Mock-Reason"]) == (429, "limit: tenants")


def test_a_breach_is_a_500_that_names_pointer_rule_and_operation(library, monkeypatch) -> None:
    app = library()
    world = world_of(app)
    book = app.test_client().post("/books/t", json={"title": "A"}).json["id"]
    monkeypatch.setattr("mockserver.handlers.storing.stamp", lambda _: "half past noon")
    broken = app.test_client().patch(f"/books/t/{book}", json=[{"op": "replace", "path": "/title", "value": "B"}])
    assert broken.status_code == 500
    assert broken.json["message"] == "The mock broke its own contract in patchBook."
    assert [error["path"] for error in broken.json["errors"]] == ["body/changed_at"]
    assert world.journal.entries()[-1][1].breach
    monkeypatch.undo()
    assert app.test_client().get(f"/books/t/{book}").json["version"] == 1


def test_an_unforeseen_failure_is_a_500_without_a_trace(library, monkeypatch, caplog) -> None:
    app = library()
    monkeypatch.setattr(Collection, "scan", lambda *_: 1 / 0)
    broken = app.test_client().get("/books/t")
    assert broken.status_code == 500
    assert "ZeroDivisionError" not in broken.get_data(as_text=True)
    assert broken.headers["Mock-Reason"] == "internal error: ZeroDivisionError"
    assert "ZeroDivisionError" in caplog.text


def test_answer_needs_no_web_framework(library) -> None:
    world = world_of(library())
    asked = Request(
        "POST",
        "/books/t",
        "/books/{tenant}",
        {"tenant": "t"},
        (),
        {"content-type": "application/json"},
        b'{"title":"A"}',
    )
    reply = answer(world, asked)
    assert reply.status == 200
    assert orjson.loads(reply.raw)["title"] == "A"


def test_header_diagnostics_hold_no_control_characters(library) -> None:
    response = library().test_client().get("/nowhere/%0d%0aSet-Cookie:%20a=b%C3%A9")
    assert response.status_code == 403
    assert "Set-Cookie" not in response.headers
    assert response.headers["Mock-Reason"].isascii()


@pytest.mark.parametrize(
    "changes", [{"page_size": 0}, {"clock": "noon"}, {"auth": "maybe"}, {"secret": "short"}, {"max_depth": 1000}]
)
def test_settings_out_of_range_stop_the_start(library, changes: dict[str, Any]) -> None:
    from mockserver.errors import SetupError

    with pytest.raises(SetupError, match=f"settings: /{next(iter(changes))}"):
        library(**changes)
