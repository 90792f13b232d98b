"""Snapshots, branches, resets and the clock, with what dates bring about, against a model that does all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mockserver.runtime.determinism import stamp

START = datetime(2025, 4, 18, 12, tzinfo=UTC)
TENANTS, NAMES = st.sampled_from("ab"), st.sampled_from("xy")
DAYS = st.integers(min_value=-30, max_value=60)
OUT = {"about": "It goes.", "due": "published", "when": "in_print", "do": [{"set": {"in_print": False}}]}
MAIL = {
    "about": "They are told.",
    "due": "published",
    "before": {"days": 7},
    "when": "in_print",
    "do": [{"mail": "'them@example.com'", "subject": "id", "body": "published"}],
}


@dataclass
class Book:
    published: datetime
    in_print: bool = True
    version: int = 1


@dataclass
class Shelf:
    """A tenant, and the moment up to which all that was due has happened to it."""

    passed: datetime
    books: dict[str, Book] = field(default_factory=dict)


class Model:
    """Everybody is looked at after each step, so that nothing is ever done late."""

    def __init__(self) -> None:
        self.shelves: dict[str, Shelf] = {}
        self.snapshots: dict[str, dict[str, Shelf]] = {}
        self.mails: list[str] = []
        self.base, self.since, self.speed = START, 0.0, 0.0

    def now(self, machine: float) -> datetime:
        return self.base + timedelta(seconds=(machine - self.since) * self.speed)

    def be_at(self, now: datetime, machine: float) -> None:
        self.base, self.since = now, machine

    def catch_up(self, machine: float) -> None:
        now = self.now(machine)
        for name in sorted(self.shelves):
            shelf = self.shelves[name]
            passed = min(shelf.passed, now)
            coming = [(book.published + before, 1 - bool(before), one) for one, book in shelf.books.items()
                      for before in (timedelta(), timedelta(days=-7))]  # fmt: skip
            for at, is_end, one in sorted((at, -end, one) for at, end, one in coming if passed < at <= now):
                self._happen(shelf.books[one], one, at, is_end=bool(is_end))
            shelf.passed = now

    def _happen(self, book: Book, one: str, at: datetime, *, is_end: bool) -> None:
        if not book.in_print:
            return
        if is_end:
            book.in_print, book.version = False, book.version + 1
        else:
            self.mails.append(f"{stamp(at)} {one}")


class Worlds(RuleBasedStateMachine):
    client: Any
    machine: Any

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.send("POST", "/reset")
        for name in self.send("GET", "/snapshots"):
            self.send("DELETE", f"/snapshots/{name}")

    def send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.open(f"/__mock__{path}", method=method, json=body)
        assert answer.status_code == 200, (method, path, body, answer.text)
        self.model.catch_up(self.machine.at)
        return answer.json

    def shelf(self, tenant: str) -> Shelf:
        return self.model.shelves.setdefault(tenant, Shelf(self.now()))

    def books(self, tenant: str) -> dict[str, Book]:
        return self.model.shelves[tenant].books if tenant in self.model.shelves else {}

    def now(self) -> datetime:
        return self.model.now(self.machine.at)

    @rule(tenant=TENANTS, days=DAYS)
    def store(self, tenant: str, days: int) -> None:
        published = self.now().replace(microsecond=0) + timedelta(days=days, seconds=30)
        made = self.client.post(
            f"/books/{tenant}", json={"title": "B", "in_print": True, "published": stamp(published)}
        )
        self.shelf(tenant).books[made.json["id"]] = Book(published)

    @rule(tenant=TENANTS, days=DAYS, data=st.data())
    def change(self, tenant: str, days: int, data: st.DataObject) -> None:
        if books := self.books(tenant):
            one = data.draw(st.sampled_from(sorted(books)))
            published = self.now().replace(microsecond=0) + timedelta(days=days, seconds=45)
            steps = [
                {"op": "add", "path": "/published", "value": stamp(published)},
                {"op": "add", "path": "/in_print", "value": True},
            ]
            assert self.client.patch(f"/books/{tenant}/{one}", json=steps).status_code == 200
            is_same = books[one].published == published and books[one].in_print
            books[one] = Book(published, version=books[one].version + (not is_same))

    @rule(tenant=TENANTS, data=st.data())
    def delete(self, tenant: str, data: st.DataObject) -> None:
        if books := self.books(tenant):
            one = data.draw(st.sampled_from(sorted(books)))
            assert self.client.delete(f"/books/{tenant}/{one}").status_code == 200
            del books[one]

    @rule(days=DAYS)
    def advance(self, days: int) -> None:
        self.model.base += timedelta(days=days)
        self.send("POST", "/clock/advance", {"seconds": days * 86_400})

    @rule(days=DAYS)
    def set(self, days: int) -> None:
        self.model.be_at(START + timedelta(days=days), self.machine.at)
        self.model.speed = 0.0
        self.send("PUT", "/clock", {"now": stamp(self.model.base), "running": False})

    @rule(speed=st.sampled_from([1.0, 1_000.0, 86_400.0]))
    def run_at(self, speed: float) -> None:
        self.model.be_at(self.now(), self.machine.at)
        self.model.speed = speed
        self.send("PUT", "/clock", {"speed": speed})

    @rule()
    def freeze(self) -> None:
        self.model.be_at(self.now(), self.machine.at)
        self.model.speed = 0.0
        self.send("PUT", "/clock", {"running": False})

    @rule(seconds=st.integers(min_value=1, max_value=20))
    def let_the_machine_go_on(self, seconds: int) -> None:
        self.machine.at += seconds
        self.model.catch_up(self.machine.at)

    @rule(name=NAMES)
    def take(self, name: str) -> None:
        self.model.snapshots[name] = deepcopy(self.model.shelves)
        self.send("PUT", f"/snapshots/{name}")

    @rule(name=NAMES)
    def restore(self, name: str) -> None:
        if name in self.model.snapshots:
            self.model.shelves = deepcopy(self.model.snapshots[name])
            self.send("POST", f"/snapshots/{name}/restore")

    @rule(name=NAMES)
    def forget(self, name: str) -> None:
        if self.model.snapshots.pop(name, None) is not None:
            self.send("DELETE", f"/snapshots/{name}")

    @rule(source=TENANTS)
    def branch(self, source: str) -> None:
        if source in self.model.shelves:
            to = "ab".replace(source, "")
            self.model.shelves[to] = deepcopy(self.model.shelves[source])
            self.send("POST", f"/tenants/{source}/branch", {"to": to})

    @rule(tenant=TENANTS)
    def reset_tenant(self, tenant: str) -> None:
        self.model.shelves[tenant] = Shelf(self.now())
        self.send("POST", f"/tenants/{tenant}/reset")

    @rule()
    def reset(self) -> None:
        snapshots = self.model.snapshots
        self.model = Model()
        self.model.snapshots, self.model.since = snapshots, self.machine.at
        self.send("POST", "/reset")

    @invariant()
    def they_are_the_same(self) -> None:
        held = {
            name: self.send("GET", f"/tenants/{name}/records/books?limit=999")["records"] for name in self.model.shelves
        }
        seen = {name: {one["id"]: (one["published"], one["in_print"], one["version"]) for one in books}
                for name, books in held.items()}  # fmt: skip
        assert seen == {
            name: {one: (stamp(book.published), book.in_print, book.version) for one, book in shelf.books.items()}
            for name, shelf in self.model.shelves.items()
        }

    @precondition(lambda self: self.model.snapshots)
    @rule(data=st.data())
    def compare(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.model.snapshots)))
        kept, now = self.model.snapshots[name], self.model.shelves
        found = self.send("GET", f"/snapshots/{name}/diff")["records"]
        for tenant in {*kept} & {*now}:
            books = {one for one in {*kept[tenant].books, *now[tenant].books}
                     if kept[tenant].books.get(one) != now[tenant].books.get(one)}  # fmt: skip
            assert {one["id"] for one in found.get(tenant, {}).get("books", ())} == books

    def teardown(self) -> None:
        sent = sorted(f"{one['at']} {one['subject']}" for one in self.send("GET", "/outbox"))
        assert sent == sorted(self.model.mails)


class Machine:
    at = 1_000.0


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine whose time goes on when it is told to."""
    machine = Machine()
    monkeypatch.setattr("mockserver.runtime.determinism.monotonic", lambda: machine.at)
    yield machine


def test_worlds_are_as_a_simple_model_has_them(library: Callable[..., Any], machine: Machine) -> None:
    def change(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Book"]["x-mock"]["effects"] = [MAIL, OUT]

    class One(Worlds):
        client = library(change).test_client()

    One.machine = machine
    run_state_machine_as_test(
        One, settings=settings(max_examples=25, stateful_step_count=30, deadline=None, derandomize=True)
    )
