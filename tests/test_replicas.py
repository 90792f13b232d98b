"""Several mocks on one PostgreSQL answer as one, whoever is asked, and whatever becomes of the connection."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, text

import postgres as postgres_module
from asgi import answer, front_of, scope_of
from mockserver.auth.claims import Person
from mockserver.oauth.grants import Grant
from mockserver.settings import Settings
from mockserver.store.sql.wariness import CROWD
from mockserver.world import World
from postgres import Postgres, postgres
from test_effects_of_time import DAY, OUT, advance, due, made
from test_webhooks import Receiver
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

    def make(*change: Any, **settings: Any) -> Flask:
        store = server.url.replace("/postgres", f"/{name}")
        running.append(library(*change, store=store, page_size=10_000, **settings))
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


def test_what_fell_due_is_told_by_each_whoever_saw_it(replica: Callable[..., Flask]) -> None:
    make = partial(replica, due(OUT))
    one, other = make().test_client(), make().test_client()
    books = [made(client, "A", day) for client, day in ((one, "2025-05-01"), (other, "2025-05-20"))]
    advance(one, 15 * DAY)
    told = other.get("/__mock__/due").json
    assert [[at["record_id"] for at in told[when]] for when in ("happened", "coming")] == [books[:1], books[1:]]
    advance(other, 60 * DAY)
    assert [client.get("/__mock__/due").json["coming"] for client in (one, other)] == [[], []]
    assert [at["record_id"] for at in one.get("/__mock__/due").json["happened"]] == books
    other.post("/__mock__/reset")
    assert one.get("/__mock__/due").json == {"coming": [], "happened": []}


def test_a_webhook_is_registered_once_and_each_event_is_sent_once(replica: Callable[..., Flask]) -> None:
    one, other = (Receiver(replica(due(OUT))) for _ in range(2))
    registered = one.register(events=["books.*"])
    book = made(other.client, "A", "2025-05-01")
    assert other.client.get("/__mock__/webhooks").json["webhooks"][0]["id"] == registered["id"]
    made(one.client, "B", "2025-06-01")
    assert (one.deliver(), other.deliver()) == (1, 1), "who was asked sends"
    assert len({headers["webhook-id"] for *_, headers, _ in (*one.sent, *other.sent)}) == 2
    other.advance(15 * DAY)
    one.client.get("/books/t")
    assert sum(server.deliver() for server in (one, other)) == 1, "what fell due is told once, whoever looks"
    told = [attempt["event"] for attempt in one.log]
    assert told == [attempt["event"] for attempt in other.log]
    assert told == ["books.created", "books.created", "books.changed"]
    other.statuses = [410]
    other.client.delete(f"/books/t/{book}")
    other.deliver()
    assert not one.client.get("/__mock__/webhooks").json["webhooks"][0]["enabled"]
    one.client.delete(f"/__mock__/webhooks/{registered['id']}")
    assert other.client.get("/__mock__/webhooks").json["webhooks"] == []


def test_who_is_overtaken_tells_of_nothing(replica: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two see the clock pass at the same time; the one that is too late does it again, and finds it done."""
    one, other = (Receiver(replica(due(OUT))) for _ in range(2))
    made(one.client, "A", "2025-05-01")
    other.client.get("/books/t")
    one.register()
    world, store = one.world, one.world.store
    with world.steered():
        world.clock.advance(by=timedelta(days=20))
    end, raced = store._end, []

    def late(*told: Any) -> None:
        if not raced:
            raced.append(other.client.get("/books/t").json)
        end(*told)

    monkeypatch.setattr(store, "_end", late)
    assert one.client.get("/books/t").json == raced[0]
    assert (one.deliver(), other.deliver()) == (0, 1)


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


def statements(app: Flask, monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Any], status: int = 200) -> list[str]:
    """What is asked of the database meanwhile, without what the journal writes on a thread of its own."""
    told: list[str] = []
    asking = threading.get_ident()

    def note(statement: str) -> None:
        if threading.get_ident() == asking:
            told.append(statement.split(None, 1)[0])

    database = app.extensions["mockserver"].store.database
    with monkeypatch.context() as patched:
        if database.is_shared:
            for kind in (psycopg.Cursor, psycopg.Connection):
                name = "execute" if kind is psycopg.Cursor else "_exec_command"
                patched.setattr(kind, name, _noting(getattr(kind, name), note))
            assert ask().status_code == status
        else:
            with database.cursor() as cursor:
                cursor.connection.set_trace_callback(note)
                assert ask().status_code == status
                cursor.connection.set_trace_callback(None)
    return told


def _noting(execute: Callable[..., Any], note: Callable[[str], None]) -> Callable[..., Any]:
    def noting(self: Any, command: Any, *rest: Any, **options: Any) -> Any:
        note(command if isinstance(command, str) else command.decode())
        return execute(self, command, *rest, **options)

    return noting


def test_a_request_asks_little_of_the_database(
    replica: Callable[..., Flask], library: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read and a change are one statement each on PostgreSQL: no transaction is held open beside them."""
    shared, alone = replica(), library(store=str(tmp_path / "world.db"))
    in_one = (["SELECT"], ["WITH"])
    for app, wanted in ((shared, in_one), (alone, ([], ["BEGIN", "UPDATE", "INSERT", "COMMIT"]))):
        client = app.test_client()
        path = f"/books/acme/{client.post('/books/acme', json=BOOK).json['id']}"
        client.patch(path, json=retitled("B"))
        read = statements(app, monkeypatch, partial(client.get, path))
        changed = statements(app, monkeypatch, partial(client.patch, path, json=retitled("C")))
        assert (read, changed) == wanted
    alone.extensions["mockserver"].close()


def test_requests_that_arrive_together_look_once(
    replica: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And each of them sees what was acknowledged before it arrived, whoever answered that."""
    one, other = replica(), replica()
    path = f"/books/acme/{one.test_client().post('/books/acme', json=BOOK).json['id']}"
    front, steering, looks = front_of(one), one.extensions["mockserver"].steering, []
    look = steering.look
    monkeypatch.setattr(steering, "look", lambda names: looks.append({*names}) or look(names))

    async def read(count: int) -> set[str]:
        found = await asyncio.gather(*(answer(front, scope_of("GET", path.encode())) for _ in range(count)))
        return {orjson.loads(reply.content)["title"] for reply in found}

    for title in ("B", "C", "D"):
        assert other.test_client().patch(path, json=retitled(title)).status_code == 200
        assert asyncio.run(read(8)) == {title}
    assert looks == [{"acme"}] * 3
    fails = iter([ValueError("once")])
    monkeypatch.setattr(steering, "look", lambda names: _raised(next(fails, None)) or look(names))
    assert asyncio.run(read(8)) == {"D"}, "nobody waits for a look that failed"


def _raised(error: Exception | None) -> None:
    if error:
        raise error


def test_a_change_that_others_overtake_is_made_again(
    replica: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is looked for or held off at first; who comes too late looks, then holds the others off, and adds to that."""
    one, other = replica(), replica()
    path = f"/books/acme/{one.test_client().post('/books/acme', json=BOOK).json['id']}"
    store = one.extensions["mockserver"].store
    write, held, late = store._direct.write, [], [1, 2]

    def overtaken(*told: Any) -> None:
        if late:
            late.pop()
            assert other.test_client().patch(path, json=tagged("theirs")).status_code == 200
        write(*told)

    hold = store._hold
    monkeypatch.setattr(store, "_hold", lambda *told: held.append(1) or hold(*told))
    monkeypatch.setattr(store._direct, "write", overtaken)
    assert one.test_client().patch(path, json=tagged("ours")).json["tags"] == ["theirs", "theirs", "ours"]
    assert held == [1]
    for _ in range(CROWD + 1):
        assert one.test_client().patch(path, json=tagged("more")).status_code == 200
    assert len(held) == CROWD + 1, "then nobody is held off again"
    assert one.test_client().get(path).json == other.test_client().get(path).json


def test_what_a_change_goes_by_is_what_others_know(
    replica: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks only where its statement finds that something is new, or where it changes nothing."""
    app, other = replica(), replica().test_client()
    one = app.test_client()
    made = one.post("/books/acme", json=BOOK).json["id"]
    path = f"/books/acme/{made}"

    def asked(status: int, *, body: Any) -> list[str]:
        app.extensions["mockserver"].store.ahead._wary._left.clear()
        return statements(app, monkeypatch, partial(one.patch, path, json=body), status)

    assert asked(200, body=tagged("A")) == ["WITH"]
    assert asked(400, body=[{"op": "?"}]) == ["SELECT"], "a refusal is looked for, and stands where nothing is new"
    other.patch(path, json=tagged("B"))
    assert asked(200, body=tagged("C")) == ["WITH", "SELECT", "WITH"]
    other.put("/__mock__/clock", json={"now": "2030-01-01T00:00:00Z"})
    assert asked(200, body=tagged("D")) == ["WITH", "SELECT", "WITH"]
    assert one.get(path).json["changed_at"].startswith("2030")
    assert one.get(path).json["tags"] == ["A", "B", "C", "D"]
    other.post("/__mock__/faults", json={"status": 503, "operation": "patchBook", "times": 1})
    asked(503, body=tagged("E"))
    assert asked(200, body=tagged("E"))[-1] == "WITH"
    other.delete(path)
    assert asked(404, body=tagged("F")) == ["WITH", "SELECT"]
    path = f"/books/acme/{other.post('/books/acme', json=BOOK).json['id']}"
    assert asked(200, body=tagged("A")) == ["SELECT", "SELECT", "WITH"], "a record that memory does not have yet"


def tagged(tag: str) -> list[dict[str, str]]:
    return [{"op": "add", "path": "/tags/-", "value": tag}]


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
    other.get("/__mock__/journal")  # has it write now what it answered; its thread writes a moment later
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


def test_who_looked_first_and_comes_last_brings_back_nothing_old(
    replica: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (app.extensions["mockserver"] for app in (replica(), replica()))

    def advance() -> None:
        with other.steered():
            other.clock.advance(timedelta(days=1))

    class Late:
        """A lock at which somebody else was sooner."""

        def __enter__(self) -> None:
            monkeypatch.undo()
            advance()
            one.refresh()

        def __exit__(self, *_: object) -> None: ...

    advance()
    monkeypatch.setattr(one.steering, "_lock", Late())
    one.refresh()
    assert one.clock.now() == other.clock.now()


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


def healed(client: Any) -> Any:
    """The first answer since the connection was lost. It is 503 while another thread, such as the journal's, is trying."""
    return next(answer for answer in iter(lambda: client.get("/books/acme"), None) if answer.status_code == 200)


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
        assert {record.name.partition(".")[0] for record in caplog.records} == {"mockserver"}
    finally:
        server.start()
    assert [book["id"] for book in healed(client).json] == [first]
    second = client.post("/books/acme", json=BOOK).json["id"]
    assert {book["id"] for book in replica().test_client().get("/books/acme").json} == {first, second}


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("is_held", [True, False])
def test_a_commit_whose_end_is_not_heard_is_looked_up(
    replica: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, is_done: bool, is_held: bool
) -> None:
    app = replica()
    client, left, asking = app.test_client(), [1], threading.get_ident()
    client.get("/books/acme")
    store = app.extensions["mockserver"].store
    if is_held:
        store._crowd.become("acme")
    kind: Any = psycopg.Connection if is_held else psycopg.Cursor
    name = "commit" if is_held else "execute"
    execute = getattr(kind, name)

    def lost(self: Any, *told: Any, **options: Any) -> Any:
        is_other = threading.get_ident() != asking or (told and not str(told[0]).lstrip().startswith("WITH moved"))
        if not left or is_other:
            return execute(self, *told, **options)
        left.clear()
        connection = self if is_held else self.connection
        if is_done:
            execute(self, *told, **options)
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(kind, name, lost)
    answer = client.post("/books/acme", json=BOOK)
    assert not left
    if is_done or is_held:  # where nobody was held off it is done again, unless another thread is trying the connection
        assert answer.status_code == (200 if is_done else 503), answer.json
    is_made = answer.status_code == 200
    assert len(healed(client).json) == is_made
    assert client.post("/books/acme", json=BOOK).status_code == 200
    assert len(client.get("/books/acme").json) == is_made + 1


def test_a_change_that_has_not_arrived_when_it_is_looked_for_never_happens(replica: Callable[..., Flask]) -> None:
    app = replica()
    client = app.test_client()
    client.get("/books/acme")
    database = app.extensions["mockserver"].store.database
    given: list[Any] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "changes", lambda *told: given.append(told) or True)
        client.post("/books/acme", json=BOOK)
    [(statement, told, number)] = given
    assert [database._was_committed(number) for _ in range(2)] == [False, False]
    with database.cursor() as cursor, pytest.raises(psycopg.errors.UniqueViolation):
        cursor.execute(statement, told)
    assert replica().test_client().get("/books/acme").json == []


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
