"""The clock's hands: what may be set, what stops it, and how tokens age by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.auth.authenticator import mint
from mockserver.errors import SetupError
from mockserver.runtime.determinism import ADVANCES, EARLIEST, LATEST, Clock

Library = Callable[..., Any]


def status(app: Any, token: str) -> int:
    return app.test_client().get("/books/t", headers={"Authorization": f"Bearer {token}"}).status_code


def by_command(app: Any) -> str:
    world = app.extensions["mockserver"]
    lifetime = timedelta(seconds=60)
    return mint(world.keys, world.contract.security, tenant="t", now=datetime.now(UTC), expires_in=lifetime)


def by_control_plane(app: Any) -> str:
    return app.test_client().post("/__mock__/token", json={"tenant": "t", "expires_in": 60}).json["token"]


@pytest.mark.parametrize("minted", [by_command, by_control_plane])
@pytest.mark.parametrize("seconds", [86_400, -86_400])
def test_a_token_minted_after_an_advance_lives_its_time(
    library: Library, minted: Callable[[Any], str], seconds: int
) -> None:
    app = library(auth="verify")
    before = minted(app)
    app.test_client().post("/__mock__/clock/advance", json={"seconds": seconds})
    after = minted(app)
    assert status(app, before) == (401 if seconds > 0 else 200)
    assert status(app, after) == 200
    app.test_client().post("/__mock__/clock/advance", json={"seconds": 120})
    assert status(app, after) == 401


OUTSIDE = ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+10:00", "0001-01-01", "1969-12-31T23:59:59Z", "2200-01-02"]


@pytest.mark.parametrize("now", OUTSIDE)
def test_a_moment_out_of_range_is_refused_and_changes_nothing(library: Library, now: str) -> None:
    client = library().test_client()
    reply = client.put("/__mock__/clock", json={"now": now})
    assert reply.status_code in (400, 409)
    assert reply.json["errors"][0]["path"] == "/now"
    assert client.get("/__mock__/clock").json["now"] == "2025-04-18T12:00:00.000Z"
    assert client.post("/books/t", json={"title": "A"}).status_code == 200


@pytest.mark.parametrize(("start", "seconds"), [("2199-06-01", 300_000_000), ("1970-06-01", -300_000_000)])
def test_nor_does_an_advance_leave_the_range(library: Library, start: str, seconds: int) -> None:
    client = library().test_client()
    client.put("/__mock__/clock", json={"now": start})
    reply = client.post("/__mock__/clock/advance", json={"seconds": seconds})
    assert reply.status_code == 409
    assert "1970" in reply.text
    assert "2200" in reply.text
    assert client.get("/__mock__/clock").json["now"].startswith(start)


def test_the_ends_of_the_range_are_taken() -> None:
    for end in (EARLIEST, LATEST):
        assert Clock(end).now() == end
    with pytest.raises(SetupError, match="outside 1970 to 2200"):
        Clock(LATEST).advance(timedelta.max)


def test_a_clock_that_was_stopped_is_told_and_started_again(library: Library) -> None:
    client = library(clock="scenario").test_client()
    assert client.get("/__mock__/clock").json["running"] is True
    stopped = client.put("/__mock__/clock", json={"now": "2026-01-01"}).json
    assert stopped == {"now": "2026-01-01T00:00:00.000Z", "running": False, "speed": 1}
    started = client.put("/__mock__/clock", json={"running": True}).json
    assert started["running"] is True
    assert started["now"].startswith("2026-01-01T00:0")
    assert client.put("/__mock__/clock", json={"running": "yes"}).status_code == 400


def test_advances_are_remembered_with_a_bound() -> None:
    clock = Clock()
    for _ in range(ADVANCES * 2):
        clock.advance(timedelta(seconds=1))
    assert len(clock._setting[-1]) == ADVANCES
    assert clock.wall() - datetime.now(UTC) > timedelta(seconds=ADVANCES * 2 - 60)


def test_it_runs_at_a_speed_and_never_out_of_its_range(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = [0.0]
    monkeypatch.setattr("mockserver.runtime.determinism.monotonic", lambda: machine[0])
    client = library().test_client()
    fast = client.put("/__mock__/clock", json={"speed": 3600}).json
    assert (fast["running"], fast["speed"]) == (True, 3600)
    machine[0] += 2
    assert client.get("/__mock__/clock").json["now"] == "2025-04-18T14:00:00.000Z"
    client.put("/__mock__/clock", json={"running": False})
    machine[0] += 2
    assert client.get("/__mock__/clock").json["now"] == "2025-04-18T14:00:00.000Z"
    client.put("/__mock__/clock", json={"running": True, "speed": 0.5})
    machine[0] += 2
    assert client.get("/__mock__/clock").json["now"] == "2025-04-18T14:00:01.000Z"
    client.put("/__mock__/clock", json={"speed": 100_000})
    machine[0] += 1e12
    assert client.get("/__mock__/clock").json["now"] == "2200-01-01T00:00:00.000Z"
    assert client.post("/books/t", json={"title": "A"}).status_code == 200
    assert client.post("/__mock__/clock/reset").json == {
        "now": "2025-04-18T12:00:00.000Z", "running": False, "speed": 1,
    }  # fmt: skip
    assert len(client.get("/books/t").json) == 1, "records stay"
    for wrong in (0, -1, 100_001, "fast"):
        assert client.put("/__mock__/clock", json={"speed": wrong}).status_code == 400


def test_who_asks_while_it_is_set_has_the_time_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the new time with all that the old one had run, which a request beside would have stamped on its record."""
    machine, seen = [0.0], []
    monkeypatch.setattr("mockserver.runtime.determinism.monotonic", lambda: machine[0])
    clock = Clock(EARLIEST, running=True)
    machine[0] = 3600
    monkeypatch.setattr("mockserver.runtime.determinism.time", lambda: seen.append(clock.now()) or 0.0)
    clock.set(EARLIEST + timedelta(days=1), running=True)
    assert seen == [EARLIEST + timedelta(hours=1)]
    assert clock.now() == EARLIEST + timedelta(days=1)


def test_another_process_goes_on_at_the_same_speed() -> None:
    clock, other = Clock(EARLIEST), Clock()
    clock.run(running=True, speed=60)
    other.be(clock.state())
    assert (other.speed, other.running) == (60, True)


def test_under_a_frozen_clock_the_same_requests_give_the_same_bytes(library: Library) -> None:
    def played() -> list[bytes]:
        client = library().test_client()
        client.post("/__mock__/faults", json={"probability": 0.5, "status": 503, "times": None, "method": "GET"})
        book = client.post("/books/t", json={"title": "A"}).json["id"]
        client.post("/__mock__/clock/advance", json={"seconds": 60})
        told = [client.patch(f"/books/t/{book}", json=[{"op": "replace", "path": "/pages", "value": 3}])]
        told += [client.get(f"/books/t{path}") for path in ("", f"/{book}", "/none", "/none/none") for _ in range(5)]
        told.append(client.delete(f"/books/t/{book}"))
        told += [client.get(f"/__mock__/{page}") for page in ("journal?limit=999", "journal/har", "tenants/t/records")]
        return [bytes(str(one.headers), "utf-8") + one.data for one in told]

    first, second = played(), played()
    assert first == second
    assert any(b"503" in one for one in first)
