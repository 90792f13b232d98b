"""The control plane as a blueprint: who may use it, its routes, and how a refusal is worded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
from flask import Blueprint, Response, request

from mockserver.errors import SetupError
from mockserver.values.shown import shown
from mockserver.values.suggestions import nearest
from mockserver.web.control.clock import ClockControl
from mockserver.web.control.coverage import CoverageControl
from mockserver.web.control.description import describe
from mockserver.web.control.due import DueControl
from mockserver.web.control.elsewhere import ElsewhereControl
from mockserver.web.control.faults import FaultsControl
from mockserver.web.control.journal import JournalControl
from mockserver.web.control.locks import LockControl
from mockserver.web.control.metrics import MetricsControl
from mockserver.web.control.outbox import OutboxControl
from mockserver.web.control.records import RecordControl
from mockserver.web.control.reloads import ReloadsControl
from mockserver.web.control.route import JSON, Missing, Route, TooLarge, WrongMediaType, missing
from mockserver.web.control.snapshots import SnapshotControl
from mockserver.web.control.tokens import TokenControl
from mockserver.web.control.verification import VerificationControl
from mockserver.web.control.webhooks import WebhookControl
from mockserver.web.control.world import WorldControl
from mockserver.web.control.worlds import WorldsControl
from mockserver.web.guarding import PREFIX, guard_of
from mockserver.web.journal_stream import MEDIA_TYPE, JournalStream
from mockserver.web.shared_store import up_to_date
from mockserver.world import World


def control_plane(world: World, routes: Iterable[Route]) -> Blueprint:
    """The blueprint that steers ``world`` by ``routes``.

    What is not of the form described is refused with 400, what contradicts the world with 409, each with every problem.
    """
    plane = Blueprint("control", __name__, url_prefix=PREFIX)

    plane.before_request(guard_of(world.settings))
    for route in routes:
        name = f"{route.method} {route.path}".replace(".", " ")
        # The id of a record that stands below others has their keys before its own.
        rule = route.path.replace("<record_id>", "<path:record_id>")
        plane.add_url_rule(rule, name, _answering(world, route), methods=[route.method])
    return plane


def control_routes(world: World) -> list[Route]:
    """Every route of the control plane, the description of all others first."""
    nouns: Iterator[Iterable[Route]] = (
        noun(world).routes()
        for noun in (
            WorldControl,
            OutboxControl,
            JournalControl,
            CoverageControl,
            MetricsControl,
            ClockControl,
            DueControl,
            FaultsControl,
            LockControl,
            ElsewhereControl,
            TokenControl,
            SnapshotControl,
            RecordControl,
            ReloadsControl,
            WorldsControl,
            VerificationControl,
            WebhookControl,
        )
    )
    routes = [route for noun in nouns for route in noun]

    def description(_: object) -> dict[str, Any]:
        """The control plane, described."""
        return describe(routes, PREFIX, wants_token=world.settings.control_token is not None)

    routes.insert(0, Route("GET", "/openapi.json", description, "Document"))
    return routes


def _answering(world: World, route: Route) -> Callable[..., Response]:
    def answering(**names: str) -> Response:
        try:
            sent = route.read(request)
        except SetupError as error:
            return _wrong(error, 400)
        try:
            with up_to_date(world, route.method):
                value = route.view(sent, **names)
        except SetupError as error:
            return _wrong(error, 409 if route.fits(sent.body) else 400)
        if isinstance(value, JournalStream):
            return _as_it_is(value, MEDIA_TYPE)
        return _json(value) if route.media_type == JSON else _as_it_is(value, route.media_type)

    return answering


def unknown_page(path: str, known: Iterable[str]) -> Response:
    """The reply to a path below the control plane that is not one of the ``known``."""
    close = nearest(path.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], most=1)
    remedy = f"did you mean {PREFIX}{close[0]}?" if close else f"see {PREFIX}/openapi.json"
    return _wrong(missing(f"the control plane has no {shown(path, 80)}", remedy), 404)


def _as_it_is(value: Any, media_type: str) -> Response:
    return Response(value, content_type=media_type, headers={"Cache-Control": "no-store"})


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status=status, content_type="application/json")


def _wrong(error: SetupError, status: int) -> Response:
    """What is wrong with a request: with ``status``, unless the kind of the error says which."""
    found = ({"path": one.pointer, "message": f"{one.problem}; {one.remedy}"} for one in error.problems)
    body = {"message": "The control plane cannot do that.", "errors": [*found]}
    return _json(body, next((code for kind, code in _STATUSES if isinstance(error, kind)), status))


_STATUSES = ((Missing, 404), (TooLarge, 413), (WrongMediaType, 415))
