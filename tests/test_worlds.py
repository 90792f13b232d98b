"""Worlds as a whole: exported, imported, branched, begun anew, compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver import create_app

Library = Callable[..., Any]
DOCUMENTS = Path(__file__).parent / "data" / "documents"


def records(client: Any, tenant: str = "t") -> Any:
    return client.get(f"/__mock__/tenants/{tenant}/records").json


def test_a_tenant_comes_back_as_it_was(library: Library) -> None:
    client = library().test_client()
    made = [client.post("/books/t", json={"title": title}).json["id"] for title in "AB"]
    kept = records(client)
    assert sorted(kept["records"]["books"]) == sorted(made)
    third = client.post("/books/t", json={"title": "C"}).json["id"]
    client.delete(f"/books/t/{made[0]}")
    assert client.put("/__mock__/tenants/t/records", json=kept).json["books"] == 2
    assert records(client) == kept
    assert client.post("/books/t", json={"title": "C"}).json["id"] == third, "ids go on from where they were"
    client.post("/__mock__/reset")
    assert client.put("/__mock__/tenants/u/records", json=kept).json["books"] == 2, "in another one too"
    assert client.get("/__mock__/tenants").json["u"]["books"] == 2


def test_what_is_brought_in_is_held_to_the_contract_or_nothing_of_it_is_kept(library: Library) -> None:
    client = library().test_client()
    client.post("/books/t", json={"title": "A"})
    before = records(client)
    book = {"id": "a", "title": "A", "made_at": "2025-01-01T00:00:00Z", "version": 1}
    wrong = {
        "records": {
            "books": {"a": {**book, "title": "", "wat": 1}, "b": book, "c": [1]},
            "bokks": {},
        },
        "facts": [["count", "", "[1]", "1"], ["highest", "nobody", "x", "1"], ["record", "books", "x", "{}"]],
    }
    refused = client.put("/__mock__/tenants/t/records", json=wrong)
    assert refused.status_code == 409
    places = {one["path"] for one in refused.json["errors"]}
    assert {"/records/books/a/title", "/records/books/a/wat", "/records/books/b/id", "/records/books/c"} <= places
    assert {"/records/bokks", "/facts/0", "/facts/1", "/facts/2"} <= places
    dangling = {"records": {"books": {"a": {**book, "author_id": "nobody"}}}}
    refused = client.put("/__mock__/tenants/t/records", json=dangling)
    assert [one["path"] for one in refused.json["errors"]] == ["/records/books/a/author_id"]
    assert records(client) == before
    whole = {"records": {"books": [{**book, "author_id": "ann"}], "authors": [{"id": "ann", "name": "Ann"}]}}
    assert client.put("/__mock__/tenants/t/records", json=whole).json["authors"] == 1, "in whatever order"


def test_a_tenant_branches(library: Library) -> None:
    client = library().test_client()
    book = client.post("/books/t", json={"title": "A"}).json
    assert client.post("/__mock__/tenants/t/branch", json={"to": "worker-1"}).json["books"] == 1
    client.delete(f"/books/worker-1/{book['id']}")
    assert client.get(f"/books/t/{book['id']}").json == book
    assert client.post("/__mock__/tenants/t/branch", json={"to": "worker-1"}).json["books"] == 1, "and again"
    for to, status in (("t", 409), ("a/b", 400), ("", 400)):
        assert client.post("/__mock__/tenants/t/branch", json={"to": to}).status_code == status
    assert client.post("/__mock__/tenants/nobody/branch", json={"to": "u"}).status_code == 404
    full = library(max_tenants=1).test_client()
    full.post("/books/t", json={"title": "A"})
    assert "already holds 1 tenants" in full.post("/__mock__/tenants/t/branch", json={"to": "u"}).text


@pytest.mark.parametrize("place", ["memory", "world.db"])
def test_a_snapshot_goes_out_and_in_and_two_differ(library: Library, tmp_path: Path, place: str) -> None:
    app = library(store=place if place == "memory" else str(tmp_path / place))
    snapshots_go_out_and_in(app.test_client())
    app.extensions["mockserver"].close()


def snapshots_go_out_and_in(client: Any) -> None:
    """The same wherever records are kept."""
    first = client.post("/books/t", json={"title": "A", "pages": 1}).json["id"]
    gone = client.post("/books/t", json={"title": "B"}).json["id"]
    client.put("/__mock__/snapshots/before")
    assert client.get("/__mock__/snapshots/before/diff").json == {
        "appeared": [], "gone": [], "records": {}, "complete": True,
    }  # fmt: skip
    client.patch(f"/books/t/{first}", json=[{"op": "replace", "path": "/pages", "value": 2}])
    client.delete(f"/books/t/{gone}")
    new = client.post("/books/t", json={"title": "C"}).json["id"]
    client.get("/books/u")
    diff = client.get("/__mock__/snapshots/before/diff").json
    assert diff["appeared"] == ["u"]
    told = {one["id"]: one for one in diff["records"]["t"]["books"]}
    assert {one["happened"] for one in (told[new], told[gone], told[first])} == {"created", "deleted", "changed"}
    assert "pages" in told[first]["fields"]
    client.put("/__mock__/snapshots/after")
    exported = client.get("/__mock__/snapshots/before/records").json
    assert "again" in client.put("/__mock__/snapshots/again/records", json=exported).json
    assert client.get("/__mock__/snapshots/before/diff?to=again").json["records"] == {}
    there = client.get("/__mock__/snapshots/after/diff?to=before").json
    assert (there["gone"], len(there["records"]["t"]["books"])) == (["u"], 3)
    assert client.post("/__mock__/snapshots/again/restore").json["t"]["books"] == 2
    assert client.get("/__mock__/snapshots/before/diff?to=nothing").status_code == 404
    exported["tenants"]["t"]["records"]["books"] = [{"id": "x"}]
    wrong = client.put("/__mock__/snapshots/again/records", json=exported).json["errors"]
    assert wrong[0]["path"].startswith("/tenants/t/records/books/x")


def test_only_what_changed_is_looked_at(library: Library) -> None:
    from mockserver.store.ordered_map import OrderedMap

    app = library()
    client = app.test_client()
    for title in "ABC":
        client.post("/books/t", json={"title": title})
    client.put("/__mock__/snapshots/before")
    looked = []
    original = OrderedMap.differing
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(OrderedMap, "differing", lambda *two: looked.append(two) or original(*two))
        assert client.get("/__mock__/snapshots/before/diff").json["records"] == {}
        assert looked == []
        client.post("/books/t", json={"title": "D"})
        assert len(client.get("/__mock__/snapshots/before/diff").json["records"]["t"]["books"]) == 1
        assert len(looked) == 1


def test_a_tenant_begins_with_another_scenario() -> None:
    client = create_app(auth="off", clock="frozen").test_client()
    client.get("/certifications/acme")
    assert sum(client.post("/__mock__/tenants/acme/scenario", json={"name": "empty"}).json.values()) == 0
    assert client.post("/__mock__/tenants/acme/scenario", json={"name": "default"}).json["certifications"] > 0
    assert client.post("/__mock__/tenants/other/scenario", json={"name": "default"}).json["certifications"] > 0
    refused = client.post("/__mock__/tenants/acme/scenario", json={"name": "edgy"})
    assert (refused.status_code, "edge" in refused.text) == (409, True)


def test_what_the_seed_command_writes_is_read_back(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from mockserver.commands.cli import main

    assert CliRunner().invoke(main, ["seed", "--out", str(tmp_path)]).exit_code == 0
    written = {file.stem: json.loads(file.read_text()) for file in (tmp_path / "acme").glob("*.json")}
    client = create_app(auth="off", clock="frozen", scenario="empty").test_client()
    sizes = client.put("/__mock__/tenants/acme/records", json={"records": written})
    assert sizes.status_code == 200, sizes.text
    original = create_app(auth="off", clock="frozen").test_client()
    assert records(client, "acme")["records"] == records(original, "acme")["records"]
    assert client.get("/certifications/acme").json == original.get("/certifications/acme").json


def test_any_document_has_its_world_out_and_in() -> None:
    client = create_app(spec=DOCUMENTS / "petstore-3.0.yaml", auth="off", clock="frozen").test_client()
    client.post("/pet", json={"id": 7, "name": "Rex", "photoUrls": ["a"]})
    kept = records(client, "default")
    assert kept["records"]
    seen = client.get("/pet/7").json
    assert seen["name"] == "Rex"
    client.post("/__mock__/reset")
    client.put("/__mock__/tenants/default/records", json=kept)
    assert client.get("/pet/7").json == seen
    assert records(client, "default") == kept
    name = "pet"
    key = next(iter(kept["records"][name]))
    kept["records"][name][key] = "no record"
    assert client.put("/__mock__/tenants/default/records", json=kept).status_code == 409
