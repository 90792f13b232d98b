"""What is over is gone: a mock, and a check of one, leave no world behind in the process that had them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

from flask import Flask

from checking import carried_out, prepared
from mockserver.world import World


def worlds() -> int:
    gc.collect()
    return sum(type(one) is World for one in gc.get_objects())


def test_a_mock_that_nobody_has_any_more_is_gone(library: Callable[..., Flask]) -> None:
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
    before = worlds()
    one = prepared(groups=("programs",))
    assert worlds() == before + 1
    carried_out(one, "round_trip", "concurrency")
    del one
    assert worlds() == before
