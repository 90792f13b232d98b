"""A world in an SQLite file: all of it is there after a restart, a change that cannot be kept has not happened."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from mockserver.commands.cli import main
from mockserver.errors import SetupError
from mockserver.store.sql import database as database_module
from mockserver.store.sql.location import read_location

HERE = Path(__file__).parent
BOOK = {"title": "A", "tags": []}


@pytest.fixture
def restart(library: Callable[..., Flask], tmp_path: Path) -> Callable[..., Flask]:
    """Ends the world that was, without a warning, and starts one on the same file."""
    running: list[Flask] = []

    def start(*args: Any, **settings: Any) -> Flask:
        for app in running:
            app.extensions["mockserver"].close()
        running[:] = [library(*args, store=str(tmp_path / "world.db"), **settings)]
        return running[0]

    return start


def store_of(app: Flask) -> Any:
    return app.extensions["mockserver"].store


def told(client: Any, path: str) -> Any:
    return client.get(f"/__mock__/{path}").json


def test_all_of_a_world_survives_a_restart(restart: Callable[..., Flask]) -> None:
    client = restart().test_client()
    made = [client.post("/books/acme", json=BOOK).json["id"] for _ in range(3)]
    client.delete(f"/books/acme/{made[0]}")
    client.put("/__mock__/snapshots/two")
    client.post("/books/acme/preview", json={"to": "a@b"})
    client.put("/__mock__/clock", json={"now": "2030-01-01T00:00:00Z"})
    client.post("/__mock__/faults", json={"status": 500, "operation": "listBooks", "tenant": "other", "times": 3})
    pages = ("outbox", "clock", "faults", "snapshots", "tenants")
    before = {page: told(client, page) for page in pages}
    journal = told(client, "journal")

    client = restart().test_client()
    assert {page: told(client, page) for page in pages} == before
    assert told(client, "journal") == journal
    assert sorted(book["id"] for book in client.get("/books/acme").json) == sorted(made[1:])
    another = client.post("/books/acme", json=BOOK).json["id"]
    assert another not in made, "an id was given twice"
    assert client.post("/__mock__/snapshots/two/restore").json["acme"]["books"] == 2
    assert int(client.get("/books/acme").headers["Mock-Request"]) > max(one["number"] for one in journal)


def test_a_world_goes_back_to_its_beginning_after_a_restart_too(restart: Callable[..., Flask]) -> None:
    client = restart().test_client()
    first = client.post("/books/acme", json=BOOK).json["id"]
    client = restart().test_client()
    client.post("/__mock__/reset")
    assert client.get("/books/acme").json == []
    assert client.post("/books/acme", json=BOOK).json["id"] == first


def test_log_ins_survive_a_restart(restart: Callable[..., Flask]) -> None:
    grants = restart().extensions["mockserver"]
    from mockserver.auth.claims import Person
    from mockserver.oauth.grants import Grant

    with grants.steered():
        code = grants.grants.new_code(Grant("app", "acme", Person("p", {"name": "Ada"}), "openid", 1.0))
    again = restart().extensions["mockserver"]
    with again.steered():
        grant = again.grants.redeem_code(code)
    assert grant is not None
    assert grant.person == Person("p", {"name": "Ada"})


def test_each_unit_of_work_is_one_version(restart: Callable[..., Flask]) -> None:
    app = restart()
    client, store = app.test_client(), store_of(app)
    assert app.extensions["mockserver"].kept_in.endswith("world.db")
    start = store.tenant("acme").version
    items = [{"operation": "create", "object": BOOK} for _ in range(3)]
    client.post("/books/acme/batch", json={"operations": items})
    client.get("/books/acme")
    client.post("/books/acme", json={"title": 1})
    assert store.tenant("acme").version == start + 1


def test_who_steers_a_file_and_who_changes_it_do_not_wait_for_each_other(restart: Callable[..., Flask]) -> None:
    app = restart()
    world, answered = app.extensions["mockserver"], []
    world.store.tenant("acme")

    def ask() -> None:
        answered.append(app.test_client().post("/books/acme", json=BOOK).status_code)

    with world.steered():
        asking = Thread(target=ask, daemon=True)
        asking.start()
        asking.join(60)
        world.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
        assert answered == [200]
    del world
    assert restart().test_client().get("/__mock__/clock").json["now"].startswith("2030-01-01")


def test_what_cannot_be_kept_has_not_happened(restart: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    app = restart()
    client = app.test_client()
    wanted = restart().test_client()  # the same file, the other is closed
    del app, client
    first = wanted.post("/books/acme", json=BOOK).json["id"]
    with monkeypatch.context() as broken:
        broken.setattr(database_module.Database, "end", _full)
        failed = wanted.post("/books/acme", json=BOOK)
        assert (failed.status_code, failed.headers["Retry-After"]) == (503, "1")
        assert "was not carried out" in failed.json["message"]
        assert wanted.delete(f"/books/acme/{first}").status_code == 503
        assert [book["id"] for book in wanted.get("/books/acme").json] == [first]
        assert wanted.get("/__mock__/health").status_code == 200
    second = wanted.post("/books/acme", json=BOOK).json["id"]
    again = restart().test_client()
    assert {book["id"] for book in again.get("/books/acme").json} == {first, second}


def test_entries_that_do_not_fit_while_others_are_written_cost_none_of_the_newer(
    restart: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal: Any = restart().extensions["mockserver"].journal
    monkeypatch.setattr(journal, "_write_soon", lambda: None)
    journal._waiting = deque(((number, 1.0, b"{}") for number in (1, 2, 3)), maxlen=3)
    insert, written = journal._lines.insert, []

    def slow(connection: Any, log: str, lines: list[Any]) -> None:
        written.extend(number for number, *_ in lines)
        if len(written) == 3:
            journal._waiting.extend((number, 1.0, b"{}") for number in (4, 5))
        insert(connection, log, lines)

    monkeypatch.setattr(journal._lines, "insert", slow)
    journal._write()
    journal._write()
    assert written == [1, 2, 3, 4, 5]
    journal.clear()


def _full(_: database_module.Database, __: sqlite3.Cursor) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def test_a_file_is_one_process_s(restart: Callable[..., Flask], library: Callable[..., Flask], tmp_path: Path) -> None:
    restart()
    with pytest.raises(SetupError, match="another process uses it; stop that one first"):
        library(store=str(tmp_path / "world.db"))


def test_what_is_not_a_store_is_refused(library: Callable[..., Flask], tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database at all, and long enough to be seen as none" * 20)
    for wrong, why in (
        (str(tmp_path / "text.db"), "file is not a database"),
        (str(tmp_path / "none" / "world.db"), "its folder does not exist"),
        (str(tmp_path), "is not a file"),
        ("mysql://host/world", "is not supported"),
    ):
        with pytest.raises(SetupError, match=why):
            library(store=wrong)


def test_a_password_is_never_shown() -> None:
    location = read_location("postgresql://ada:se%20cret@db.example:5433/world?sslmode=require")
    assert location.shown == "postgresql://ada:***@db.example:5433/world"
    assert location.hides("no entry for ada with 'se cret'") == "no entry for ada with '***'"


def test_a_newer_store_is_refused_and_an_older_one_brought_up_to_date(
    restart: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    restart()
    done: list[int] = []
    now = len(database_module.STEPS)
    monkeypatch.setattr(database_module, "STEPS", (*database_module.STEPS, lambda _: done.append(2)))
    restart()
    assert done == [2]
    assert f"tables of version {now} are now of {now + 1}" in caplog.text
    monkeypatch.undo()
    with pytest.raises(SetupError, match="made by a newer mockserver"):
        restart()


def test_a_changed_document_keeps_what_is_good_for_it(restart: Callable[..., Flask]) -> None:
    client = restart().test_client()
    made = client.post("/books/acme", json=BOOK).json["id"]

    def harmless(document: dict[str, Any]) -> None:
        document["info"]["title"] = "Another"

    def harmful(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Book"]["properties"]["title"]["minLength"] = 20

    assert restart(harmless).test_client().get(f"/books/acme/{made}").status_code == 200
    with pytest.raises(SetupError, match=f"world.db: /acme/books/{made}/title: .*; serve the document it was made for"):
        restart(harmful)


def test_what_is_kept_is_shown_copied_vacuumed_and_emptied(restart: Callable[..., Flask], tmp_path: Path) -> None:
    app = restart()
    client = app.test_client()
    made = [client.post("/books/acme", json=BOOK).json["id"] for _ in range(2)]
    client.delete(f"/books/acme/{made[0]}")
    client.put("/__mock__/snapshots/mine")
    app.extensions["mockserver"].close()
    one, other = str(tmp_path / "world.db"), str(tmp_path / "copy.db")

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["store", *arguments])
        assert done.exit_code == code, done.output
        return done.output

    assert "acme: 1 records" in run("show", one)
    shown = json.loads(run("show", "--json", one))
    assert shown["tenants"]["acme"]["resources"] == {
        "books": {"records": 1, "bytes": shown["tenants"]["acme"]["bytes"]}
    }
    assert (shown["snapshots"], shown["journal"] >= 3) == (["mine"], True)
    run("copy", one, other)
    assert "something is in it already" in run("copy", one, other, code=2)
    assert {**json.loads(run("show", "--json", other)), "store": one} == shown
    assert run("vacuum", other).startswith("1 deleted")
    (tmp_path / "world.db").unlink()
    run("copy", other, one)
    client = restart().test_client()
    assert [book["id"] for book in client.get("/books/acme").json] == made[1:]
    assert client.post("/books/acme", json=BOOK).json["id"] not in made
    assert "Remove everything" in run("empty", other, code=1)
    run("empty", "--yes", other)
    assert json.loads(run("show", "--json", other))["tenants"] == {}
    assert "no such file" in run("show", str(tmp_path / "none.db"), code=2)


def test_a_kill_at_any_moment_loses_nothing_that_was_acknowledged() -> None:
    done = subprocess.run(
        [sys.executable, "killing.py", "12"], cwd=HERE, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 kills" in done.stdout
