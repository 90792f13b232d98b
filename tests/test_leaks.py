"""What is over is gone: a mock, and a check of one, leave no world behind in the process that had them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

from flask import Flask

from checking import carried_out, prepared
from mockserver.world import World


def worlds() -> list[World]:
    gc.collect()
    return [one for one in gc.get_objects() if type(one) is World]


def test_a_mock_that_nobody_holds_is_gone(library: Callable[..., Flask]) -> None:
    app = library()
    client = app.test_client()
    made = client.post("/one/books", json={"title": "Ulysses"})
    client.get("/one/books")
    client.post("/__mock__/snapshots/before")
    assert made.status_code != 404
    world = weakref.ref(app.extensions["mockserver"])
    del app, client, made
    gc.collect()
    assert world() is None


def test_a_check_that_is_over_leaves_no_mock() -> None:
    before = weakref.WeakSet(worlds())  # of tests that came earlier; these may go at any time
    one = prepared(groups=("programs",))
    [made] = [weakref.ref(world) for world in worlds() if world not in before]
    carried_out(one, "round_trip", "concurrency")
    del one
    gc.collect()
    assert made() is None
