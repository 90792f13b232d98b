"""What a date brings about, over the tiny library API: when the clock passes it, once, whoever looks and whenever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver.errors import SetupError
from mockserver.runtime.due_log import Happened
from mockserver.runtime.outbox import Mail
from mockserver.store.collection import Collection
from mockserver.web.app import create_app

Library = Callable[..., Any]
DAY = 86_400
OUT = {
    "about": "A book goes out of print.",
    "due": "published",
    "when": "in_print",
    "do": [{"set": {"in_print": False, "state": "f'out since {today()}'"}}],
}
REMINDED = {
    "about": "Its readers are told of it.",
    "due": "published",
    "before": {"days": 2, "hours": 12},
    "when": "in_print",
    "do": [{"mail": "email", "subject": "f'{title} goes'", "body": "'Get {{title}} by {{published}}.'"}],
}


def due(*effects: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Book"]["x-mock"]["effects"] = list(effects)

    return change


def made(client: FlaskClient, title: str, published: str, **more: Any) -> str:
    body = {"title": title, "published": published, "in_print": True, **more}
    return str(client.post("/books/t", json=body).json["id"])


def advance(client: FlaskClient, seconds: float) -> None:
    assert client.post("/__mock__/clock/advance", json={"seconds": seconds}).status_code == 200


def be_at(client: FlaskClient, now: str) -> None:
    assert client.put("/__mock__/clock", json={"now": now, "running": False}).status_code == 200


def world_of(client: FlaskClient) -> bytes:
    return bytes(client.get("/__mock__/tenants/t/records").data) + bytes(client.get("/__mock__/outbox").data)


def mailed(client: FlaskClient) -> list[str]:
    return [one["subject"] for one in client.get("/__mock__/outbox").json]


def test_a_date_brings_about_what_the_document_says_and_once(library: Library) -> None:
    client = library(due(OUT)).test_client()
    book = made(client, "A", "2025-04-20T08:00:00Z")
    assert client.get("/__mock__/due").json == {
        "coming": [
            {
                "at": "2025-04-20T08:00:00.000Z",
                "tenant": "t",
                "resource": "books",
                "record_id": book,
                "about": OUT["about"],
            }
        ],
        "happened": [],
    }
    advance(client, DAY)
    assert client.get(f"/books/t/{book}").json["version"] == 1
    client.application.extensions["mockserver"].clock.advance(by=timedelta(days=2))
    seen = client.get(f"/books/t/{book}")
    assert seen.headers["Mock-Effects"] == f"due books/{book} at 2025-04-20T08:00:00.000Z, changed books/{book}"
    assert seen.json["in_print"] is False and seen.json["state"] == "out since 2025-04-20"
    assert seen.json["changed_at"] == "2025-04-20T08:00:00.000Z", "the moment, not when somebody looked"
    assert (seen.json["version"], seen.json["changed_by"]) == (2, "mockserver|clock")
    assert "Mock-Effects" not in client.get(f"/books/t/{book}").headers
    told = client.get("/__mock__/due").json
    assert told["coming"] == [] and [one["effects"] for one in told["happened"]] == [f"changed books/{book}"]
    assert ["Effects", seen.headers["Mock-Effects"]] in client.get("/__mock__/journal").json[-2]["notes"]


def test_the_world_is_the_same_whoever_looks_and_whenever(library: Library) -> None:
    """In one world somebody looks every day, in the other nobody until the end."""
    worlds = []
    for seconds in (DAY // 2, 20 * DAY):
        client = library(due(OUT, REMINDED)).test_client()
        for number, day in enumerate(("24", "21", "22", "22", "02", "30")):
            made(client, f"B{number}", f"2025-04-{day}", email=f"{number}@example.com", in_print=number != 3)
        for _ in range(20 * DAY // seconds):
            advance(client, seconds)
            client.get("/books/t")
        worlds.append(world_of(client))
        assert mailed(client) == ["B2 goes", "B0 goes", "B5 goes"], "B1's reminder was due before it was there"
    assert worlds[0] == worlds[1]
    assert b"Get B2 by 2025-04-22." in worlds[0]


def test_what_is_past_when_it_is_stored_does_not_fall_due(library: Library) -> None:
    client = library(due(OUT)).test_client()
    past, later = made(client, "A", "2020-01-01"), made(client, "B", "2025-05-01")
    client.put("/__mock__/tenants/t/records/books/c", json={"title": "C", "published": "2019-01-01", "in_print": True})
    advance(client, 30 * DAY)
    assert client.get(f"/books/t/{past}").json["in_print"] and client.get("/books/t/c").json["in_print"]
    assert not client.get(f"/books/t/{later}").json["in_print"]
    client.patch(f"/books/t/{later}", json=[{"op": "replace", "path": "/in_print", "value": True}])
    advance(client, DAY)
    assert client.get(f"/books/t/{later}").json["in_print"], "the date passes once"
    client.patch(f"/books/t/{later}", json=[{"op": "replace", "path": "/published", "value": "2025-06-01"}])
    advance(client, 30 * DAY)
    assert not client.get(f"/books/t/{later}").json["in_print"], "the next one passes too"


def test_snapshots_and_branches_have_come_as_far_as_their_records(library: Library) -> None:
    client = library(due(OUT, REMINDED)).test_client()
    book = made(client, "A", "2025-04-30", email="a@example.com")
    client.put("/__mock__/snapshots/before")
    client.post("/__mock__/tenants/t/branch", json={"to": "u"})
    advance(client, 20 * DAY)
    assert len(mailed(client)) == 2, "the branch had it coming as well"
    after = client.get("/__mock__/tenants/t/records").json
    client.post("/__mock__/tenants/t/branch", json={"to": "v"})
    assert client.get(f"/books/v/{book}").json == client.get(f"/books/u/{book}").json
    assert len(mailed(client)) == 2, "what has happened does not happen again in a branch"
    client.post("/__mock__/snapshots/before/restore")
    assert client.get("/__mock__/tenants/t/records").json == after, "it is due for the records that are back"
    assert len(mailed(client)) == 3, "the branches are gone, as they were not there before"
    imported = client.put("/__mock__/tenants/w/records", json=after)
    assert imported.status_code == 200 and len(mailed(client)) == 3


def test_a_clock_that_is_turned_back_passes_what_comes_after_it(library: Library) -> None:
    client = library(due(OUT)).test_client()
    old = made(client, "A", "2025-06-01")
    be_at(client, "2026-01-01")
    be_at(client, "2025-05-01")
    new = made(client, "B", "2025-07-01")
    be_at(client, "2025-12-01")
    assert not client.get(f"/books/t/{new}").json["in_print"]
    assert client.get(f"/books/t/{old}").json["version"] == 2, "it was out of print already"
    client.post("/__mock__/reset")
    assert client.get("/__mock__/due").json == {"coming": [], "happened": []}


def test_a_refused_request_leaves_what_fell_due(library: Library) -> None:
    client = library(due(OUT, REMINDED)).test_client()
    book = made(client, "A", "2025-04-20", email="a@example.com")
    client.application.extensions["mockserver"].clock.advance(by=timedelta(days=9))
    assert client.delete("/books/t/nobody").status_code == 404
    assert len(mailed(client)) == 0, "2 days and 12 hours before that day was past when the book was made"
    assert client.get(f"/books/t/{book}").json["version"] == 2


@pytest.mark.parametrize("kept", [False, True], ids=["memory", "database"])
def test_a_refused_request_leaves_the_mail_that_fell_due(library: Library, tmp_path: Path, kept: bool) -> None:
    """And takes its own back with what it changed."""
    where = {"store": str(tmp_path / "world.db")} if kept else {}
    client = library(due(OUT, REMINDED), **where).test_client()
    made(client, "A", "2025-04-30", email="a@example.com")
    world = client.application.extensions["mockserver"]
    world.clock.advance(by=timedelta(days=20))
    assert client.delete("/books/t/nobody").status_code == 404
    assert mailed(client) == ["A goes"]
    with pytest.raises(LookupError), world.store.work("t"):
        world.outbox.put(Mail("now", "t", "remind", "notice", None, "Never sent", "", None, {}))
        raise LookupError
    assert mailed(client) == (
        ["A goes"] if kept else ["A goes", "Never sent"]
    )  # in memory who is done tells of its mails last
    world.close()


def test_a_locked_record_is_left_alone_and_that_is_told(library: Library) -> None:
    client = library(due(OUT)).test_client()
    book = made(client, "A", "2025-04-20")
    client.put(f"/__mock__/tenants/t/books/{book}/lock")
    advance(client, 5 * DAY)
    assert client.get(f"/books/t/{book}").json["in_print"]
    assert "is locked" in client.get("/__mock__/due").json["happened"][0]["effects"]


def test_effects_follow_from_effects_and_their_own_dates_in_turn(library: Library) -> None:
    """Each week it is published anew, until it has been for long enough; a set is a change, from which more follows."""
    again = {
        "about": "A book comes out again a week later.",
        "due": "published",
        "when": "pages < 4",
        "do": [{"set": {"pages": "pages + 1", "published": "later(published, days=7)"}}],
    }
    last = {"about": "Then it is complete.", "when": "pages == 4", "do": [{"set": {"state": "'complete'"}}]}
    client = library(due(again, last)).test_client()
    book = made(client, "A", "2025-04-20", pages=1)
    advance(client, 365 * DAY)
    seen = client.get(f"/books/t/{book}").json
    assert (seen["pages"], seen["published"], seen["state"]) == (4, "2025-05-11", "complete")
    assert seen["changed_at"] == "2025-05-04T00:00:00.000Z"


def test_one_that_goes_on_for_ever_comes_to_an_end(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.handlers.falling_due.MOST", 50)
    again = {**OUT, "when": "True", "do": [{"set": {"published": "later(published, minutes=1)"}}]}
    client = library(due(again)).test_client()
    book = made(client, "A", "2025-04-20")
    advance(client, 365 * DAY)
    assert client.get(f"/books/t/{book}").json["version"] == 51
    assert client.get("/__mock__/due").json["coming"] == []


def test_nothing_is_looked_at_while_nothing_is_due(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    client = library(due(OUT, REMINDED), clock="scenario").test_client()
    for number in range(300):
        made(client, f"B{number}", "2025-05-01")
    client.get("/books/t")
    looked: list[str] = []
    seen = Collection.moments
    monkeypatch.setattr(
        Collection,
        "moments",
        lambda self, field, second: (looked.append(one) or one for one in seen(self, field, second)),
    )
    for _ in range(5):
        client.get("/books/t")
    assert looked == []
    made(client, "A", "2025-04-19")
    client.get("/books/t")
    assert len(looked) < 10, "as many as there are effects, not records"


def test_it_is_kept_in_a_file(library: Library, tmp_path: Path) -> None:
    at = {"store": str(tmp_path / "world.db"), "clock": "frozen"}
    client = library(due(OUT, REMINDED), **at).test_client()
    book = made(client, "A", "2025-04-30", email="a@example.com")
    advance(client, 20 * DAY)
    assert mailed(client) == ["A goes"]
    told = client.get("/__mock__/due").json
    assert [one["about"] for one in told["happened"]] == [REMINDED["about"], OUT["about"]]
    client.application.extensions["mockserver"].close()
    again = library(due(OUT, REMINDED), **at).test_client()
    assert again.get(f"/books/t/{book}").json["version"] == 2
    assert mailed(again) == ["A goes"]
    assert again.get("/__mock__/due").json == told
    again.post("/__mock__/reset")
    assert again.get("/__mock__/due").json == {"coming": [], "happened": []}


def test_what_fell_due_at_once_is_kept_in_its_order_and_bounded(library: Library, tmp_path: Path) -> None:
    world = library(due(OUT), store=str(tmp_path / "world.db")).extensions["mockserver"]
    names = [f"b{number:04}" for number in range(1_120)]
    with world.store.work("t"):
        for name in names[:1_100]:
            world.due_log.put(Happened("now", "t", "books", name, "It happens.", ""))
    assert [one["record_id"] for one in world.due.happened("t")] == names[100:1_100]
    for name in names[1_100:]:
        world.due_log.put(Happened("now", "t", "books", name, "It happens.", ""))
    assert [one["record_id"] for one in world.due.happened()] == names[120:]
    assert world.due.happened("u") == []
    world.close()


@pytest.mark.parametrize(
    ("wrong", "place", "said"),
    [
        ({"due": "publishd"}, "/due", "did you mean 'published'?"),
        ({"due": "published", "on": ["create"]}, "", ""),
        ({"before": {"days": 1}}, "/due", "is missing beside 'before'"),
        ({"due": "published", "before": {"months": 1}}, "/before/months", "is unknown"),
        ({"due": "published", "do": [{"mail": "email"}]}, "/do/0/subject", "is missing"),
    ],
)
def test_what_is_declared_wrongly_is_told(library: Library, wrong: Any, place: str, said: str) -> None:
    with pytest.raises(SetupError) as refused:
        library(due({"about": "It happens.", "do": OUT["do"], **wrong}))
    found = [one for one in refused.value.problems if one.pointer.endswith(f"/effects/0{place}")]
    assert any(said in f"{one.problem}; {one.remedy}" for one in found), refused.value.problems


def test_a_billing_run_of_the_bundled_api_takes_place_on_its_day() -> None:
    client = create_app(auth="off", clock="frozen").test_client()
    coming = client.get("/__mock__/due?tenant=acme").json["coming"]
    assert ("run-2025-05", "2025-05-01T06:00:00.000Z") in [(one["record_id"], one["at"]) for one in coming]
    be_at(client, "2025-05-02")
    run = client.get("/billingRuns/acme/run-2025-05").json
    assert (run["status"], run["run_date"]) == ("completed", "2025-05-01T06:00:00.000Z")
    assert client.get("/certifications/acme/cert-ada").json["last_reminder_date"] == "2025-05-01"
    mail = next(one for one in client.get("/__mock__/outbox?tenant=acme").json if one["about"] == "cert-ada")
    assert (mail["at"], mail["to"]) == ("2025-05-01T06:00:00.000Z", "ada@example.com")
    assert "{{" not in mail["body"] and "Ada" in mail["body"]
    assert not [one for one in client.get("/__mock__/journal").json if one["breach"]]
