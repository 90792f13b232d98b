"""Pages beside the API where several processes share a store: up to date, alone when they change something."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import TypeVar

import orjson
from flask import Response, request

from mockserver.errors import unreachable
from mockserver.store import Overtaken, StoreUnreachable
from mockserver.web.health import HEALTH
from mockserver.world import World

Page = TypeVar("Page")


def up_to_date(world: World, method: str) -> AbstractContextManager[None]:
    """For what answers a request: clock, faults, grants and keys are those of all; a GET changes none of them."""
    if method not in ("GET", "HEAD"):
        return world.steered()
    if request.path != HEALTH:  # a probe asks for this process
        world.refresh()
    return nullcontext()


def sharing(world: World, view: Callable[..., Page]) -> Callable[..., Page]:
    """``view``, up to date while it answers."""

    @wraps(view)
    def shared(**names: str) -> Page:
        with up_to_date(world, request.method):
            return view(**names)

    return shared


def as_unreachable(error: StoreUnreachable | Overtaken) -> Response:
    """The reply when the store could not be reached."""
    in_doubt = isinstance(error, StoreUnreachable) and error.in_doubt
    refusal = unreachable(str(error), in_doubt=in_doubt)
    body = orjson.dumps({"message": refusal.message, "errors": []})
    return Response(body, refusal.status, dict(refusal.headers), content_type="application/json")
