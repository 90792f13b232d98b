"""Several mocks on one PostgreSQL answer as one, whoever is asked, and whatever becomes of the connection."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import OperationalError

import postgres as postgres_module
from mockserver.auth.claims import Person
from mockserver.oauth.grants import Grant
from mockserver.settings import Settings
from mockserver.world import World
from postgres import Postgres, postgres
from test_wire import CASES
from test_wire import test_wire as wire_case
from test_worlds import snapshots_go_out_and_in

pytestmark = pytest.mark.skipif(postgres_module.program("initdb") is None, reason=postgres_module.MISSING)
BOOK = {"title": "A", "tags": []}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(scope="module")
def names() -> Iterator[str]:
    return map("world{}".format, count())


@pytest.fixture
def replica(server: Postgres, names: Iterator[str], library: Callable[..., Flask]) -> Iterator[Callable[..., Flask]]:
    """Makes replicas of one world."""
    name, running = next(names), []
    engine = create_engine(server.url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()

    def make(**settings: Any) -> Flask:
        running.append(library(store=server.url.replace("/postgres", f"/{name}"), page_size=10_000, **settings))
        return running[-1]

    yield make
    for app in running:
        app.extensions["mockserver"].close()


def test_what_one_did_every_other_answers(replica: Callable[..., Flask]) -> None:
    one, other = replica().test_client(), replica().test_client()
    made = one.post("/books/acme", json=BOOK).json
    assert other.get(f"/books/acme/{made['id']}").json == made
    assert other.delete(f"/books/acme/{made['id']}").status_code == 200
    assert one.get(f"/books/acme/{made['id']}").status_code == 404
    ids = [client.post("/books/acme", json=BOOK).json["id"] for client in (one, other, one, other)]
    assert len({made["id"], *ids}) == 5
    assert one.get("/books/acme").json == other.get("/books/acme").json
    assert replica().test_client().get("/books/acme").json == one.get("/books/acme").json


def test_a_snapshot_goes_out_and_in_and_two_differ(replica: Callable[..., Flask]) -> None:
    snapshots_go_out_and_in(replica().test_client())


@pytest.mark.parametrize(
    "name", ["records: create", "records: what others", "patch: each operation", "many: each operation"]
)
def test_wire_cases(replica: Callable[..., Flask], name: str) -> None:
    """A sample; ``make stores`` runs all of them."""
    steps = next(case.values[0] for case in CASES if str(case.id).startswith(name))
    wire_case(steps, "compiled", replica)


def test_a_seed_makes_the_same_world_everywhere(replica: Callable[..., Flask], tmp_path: Path) -> None:
    shared = replica().extensions["mockserver"].settings.store
    places = ("memory", str(tmp_path / "stock.db"), f"{shared}?options=-csearch_path%3Dstock")
    with psycopg.connect(shared, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA stock")
    found = []
    for place in places:
        world = World(Settings(store=place))
        found.append({})
        for name in (*world.store.names(), "elsewhere"):
            with world.store.work(name) as tenant:
                found[-1][name] = sorted(tenant.everything())
        world.close()
    assert found[0] == found[1] == found[2]
    assert sum(map(len, found[0].values())) > 1_000


def statements(database: Any, ask: Callable[[], Any]) -> list[str]:
    """What is asked of the database meanwhile, without what the journal writes on a thread of its own."""
    told: list[str] = []
    asking = threading.get_ident()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == asking:
            told.append(statement.split(None, 1)[0])

    event.listen(database._engine, "before_cursor_execute", note)
    try:
        assert ask().status_code < 300
    finally:
        event.remove(database._engine, "before_cursor_execute", note)
    return told


def test_a_request_asks_little_of_the_database(
    replica: Callable[..., Flask], library: Callable[..., Flask], tmp_path: Path
) -> None:
    """A read is one statement; what a change needs beside that holds its tenant, moves it on, signs and writes it."""
    shared, alone = replica(), library(store=str(tmp_path / "world.db"))
    for app, most in ((shared, (1, 5)), (alone, (0, 2))):
        client, database = app.test_client(), app.extensions["mockserver"].store.database
        path = f"/books/acme/{client.post('/books/acme', json=BOOK).json['id']}"
        client.patch(path, json=retitled("B"))
        read = statements(database, partial(client.get, path))
        changed = statements(database, partial(client.patch, path, json=retitled("C")))
        assert (len(read), len(changed)) <= most, (read, changed)
    alone.extensions["mockserver"].close()


def retitled(title: str) -> list[dict[str, str]]:
    return [{"op": "replace", "path": "/title", "value": title}]


def test_what_steers_one_steers_all(replica: Callable[..., Flask]) -> None:
    apps = [replica(), replica()]
    one, other = (app.test_client() for app in apps)
    one.put("/__mock__/clock", json={"now": "2030-01-01T00:00:00Z"})
    assert other.get("/__mock__/clock").json["now"].startswith("2030-01-01")
    one.post("/__mock__/faults", json={"status": 500, "operation": "listBooks", "times": 2})
    assert [client.get("/books/acme").status_code for client in (other, one, other, one)] == [500, 500, 200, 200]
    other.post("/books/acme", json=BOOK)
    other.put("/__mock__/snapshots/kept")
    one.post("/books/acme", json=BOOK)
    one.post("/books/acme/preview", json={"to": "a@b"})
    assert [mail["to"] for mail in other.get("/__mock__/outbox").json] == ["a@b"]
    assert other.post("/__mock__/snapshots/kept/restore").json["acme"]["books"] == 1
    assert len(one.get("/books/acme").json) == 1
    entries = one.get("/__mock__/journal").json
    assert {entry["path"] for entry in entries} == {"/books/acme", "/books/acme/preview"}
    assert len({entry["number"] for entry in entries}) == len(entries) == 8
    one.post("/__mock__/reset")
    assert other.get("/books/acme").json == []
    assert other.get("/__mock__/outbox").json == []
    worlds = [app.extensions["mockserver"] for app in apps]
    with worlds[0].steered():
        code = worlds[0].grants.new_code(Grant("app", "acme", Person("p", {}), "openid", 1.0))
    found = []
    for world in (worlds[1], worlds[0]):
        with world.steered():
            found.append(world.grants.redeem_code(code) is not None)
    assert found == [True, False], "a code is good once, whoever is asked"
    assert worlds[0].keys.public() != {}
    with worlds[0].steered():
        pass
    worlds[1].refresh()
    assert worlds[1].keys.public() == worlds[0].keys.public()


def test_together_they_lose_nothing_and_double_nothing(replica: Callable[..., Flask]) -> None:
    apps, each = [replica(), replica(), replica()], 12
    counter = apps[0].test_client().post("/books/acme", json=BOOK).json["id"]
    start = apps[0].extensions["mockserver"].store.tenant("acme").version
    made: list[str] = []
    barrier = threading.Barrier(len(apps))

    def work(app: Flask) -> None:
        client = app.test_client()
        barrier.wait()
        for _ in range(each):
            made.append(client.post("/books/acme", json=BOOK).json["id"])
            patch = [{"op": "add", "path": "/tags/-", "value": "x"}]
            assert client.patch(f"/books/acme/{counter}", json=patch).status_code == 200
            assert client.get("/books/other").status_code == 200

    threads = [threading.Thread(target=work, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = len(apps) * each
    assert len(set(made)) == total
    for app in apps:
        client = app.test_client()
        assert len(client.get("/books/acme").json) == total + 1
        assert len(client.get(f"/books/acme/{counter}").json["tags"]) == total
        assert app.extensions["mockserver"].store.tenant("acme").version == start + 2 * total


def test_a_lost_connection_is_told_and_heals(
    server: Postgres, replica: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    client = replica().test_client()
    first = client.post("/books/acme", json=BOOK).json["id"]
    server.stop()
    try:
        with caplog.at_level(logging.WARNING, "mockserver"):
            for answer in (
                client.post("/books/acme", json=BOOK),
                client.get("/books/acme"),
                client.post("/__mock__/reset"),
            ):
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
                assert "was not carried out" in answer.json["message"]
        assert client.get("/__mock__/health").status_code == 200
        assert len([line for line in caplog.messages if "not reachable" in line]) == 1
    finally:
        server.start()
    assert [book["id"] for book in client.get("/books/acme").json] == [first]
    second = client.post("/books/acme", json=BOOK).json["id"]
    assert {book["id"] for book in replica().test_client().get("/books/acme").json} == {first, second}


@pytest.mark.parametrize("is_done", [True, False])
def test_a_commit_whose_end_is_not_heard_is_looked_up(
    replica: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, is_done: bool
) -> None:
    client, commit, left = replica().test_client(), Connection.commit, [1]
    client.get("/books/acme")

    def lost(connection: Connection) -> None:
        if left:
            left.pop()
            if is_done:
                commit(connection)
            connection.invalidate()
            raise OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))
        commit(connection)

    monkeypatch.setattr(Connection, "commit", lost)
    answer = client.post("/books/acme", json=BOOK)
    assert answer.status_code == (200 if is_done else 503), answer.json
    assert len(client.get("/books/acme").json) == is_done
    assert client.post("/books/acme", json=BOOK).status_code == 200
    assert len(client.get("/books/acme").json) == is_done + 1


def test_a_read_that_others_overtake_is_read_again(
    replica: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both see a tenant first; each makes its first records, and one of them is too late."""
    one, other = replica(), replica()
    store = one.extensions["mockserver"].store
    catch_up, asked = store._catch_up, []

    def late(*found: Any) -> None:
        catch_up(*found)
        if not asked:
            asked.append(other.test_client().post("/books/fresh", json=BOOK).json)

    monkeypatch.setattr(store, "_catch_up", late)
    assert one.test_client().get("/books/fresh").json == asked
