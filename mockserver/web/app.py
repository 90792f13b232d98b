"""The Flask application: HTTP in, a Request to ``exchange.answer``, its Reply out; it knows no operation's meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import get_input_stream

from mockserver.errors import Refusal
from mockserver.settings import Settings
from mockserver.store import Moved, Overtaken, StoreUnreachable
from mockserver.web.api import Api
from mockserver.web.browsing import protect_browsers, shown_the_way
from mockserver.web.compressing import compress_large_replies
from mockserver.web.console.pages import console_pages
from mockserver.web.control.plane import control_plane, control_routes, unknown_page
from mockserver.web.cors import CONTROL
from mockserver.web.damage import DAMAGE, damaging
from mockserver.web.docs import docs_pages
from mockserver.web.login import login_pages
from mockserver.web.page_rule import PageRule
from mockserver.web.path_match import BESIDE, Match
from mockserver.web.preflights import allow_browsers
from mockserver.web.received_request import ReceivedRequest
from mockserver.web.shared_store import as_unreachable
from mockserver.web.target import BROKEN, MALFORMED, MOVED, judge_as_sent
from mockserver.world import Progress, World, unseen

_API = "mockserver.api"


def create_app(settings: Settings | None = None, progress: Progress = unseen, **changes: Any) -> Flask:
    """A Flask application that is one mock, run as ``settings`` say, and shares nothing with any other.

    ``changes`` are fields of Settings, for short: ``create_app(scenario="empty", clock="frozen")``; ``progress``
    watches while the first records are made. The state is at ``app.extensions["mockserver"]``, a World. Raises
    SetupError when the document, the scenario or a setting is wrong.
    """
    return application(Api(World(settings or Settings(**changes), progress)))


def application(api: Api) -> Flask:
    """The Flask application of a mock whose document is answered already."""
    world, paths = api.world, api.paths
    app = Flask("mockserver", static_folder=None)
    app.url_rule_class = PageRule
    app.extensions["mockserver"] = world
    app.url_map.merge_slashes = False
    judge_as_sent(app)
    routes = control_routes(world)
    app.register_blueprint(control_plane(world, routes))
    app.register_blueprint(console_pages(world, routes))
    app.register_blueprint(docs_pages(world))
    app.register_blueprint(docs_pages(world), name="docs_beside", url_prefix=BESIDE)
    app.register_blueprint(login_pages(world, paths))
    allow_browsers(app, paths.methods)
    protect_browsers(app)
    compress_large_replies(app)
    app.extensions[_API] = api
    app.before_request(_pages(api))
    app.register_error_handler(HTTPException, _as_json)
    app.register_error_handler(Refusal, _as_refused)
    app.register_error_handler(StoreUnreachable, as_unreachable)
    app.register_error_handler(Overtaken, as_unreachable)
    app.register_error_handler(Moved, _as_moved)
    app.wsgi_app = damaging(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def api_of(app: Flask) -> Api:
    """The document's paths of an application."""
    api: Api = app.extensions[_API]
    return api


def _pages(api: Api) -> Callable[[], AnyResponse | None]:
    """Answers whatever no page of the application does: a path of the document, or of nothing at all."""

    def pages() -> AnyResponse | None:
        if MALFORMED in request.environ:
            return _document_reply(api, None)
        found = api.paths.match(request.environ)  # the document's own path wins over every page of ours
        if found is None and not isinstance(request.routing_exception, NotFound):
            return None
        if found is None and request.path.startswith(CONTROL):
            rules = (one for one in current_app.url_map.iter_rules() if one.endpoint.startswith("control."))
            return unknown_page(request.path, [one.rule for one in rules])
        if found is None and (way := shown_the_way(request.path, api.paths.page("/docs/"))):
            return way
        return _document_reply(api, found)

    return pages


def _document_reply(api: Api, found: Match | None) -> Response:
    environ = request.environ
    outgoing = api.answer(_received(environ, api.world.settings.max_body), found)
    content = outgoing.content if outgoing.stream is None else chain((outgoing.content,), outgoing.stream)
    response = Response(content, outgoing.status)
    response.headers.clear()
    response.headers.extend([*outgoing.own, *outgoing.common.headers])
    environ[DAMAGE] = outgoing.damage
    return response


def _received(environ: dict[str, Any], most: int) -> ReceivedRequest:
    has_body = bool(environ.get("CONTENT_LENGTH")) or "HTTP_TRANSFER_ENCODING" in environ
    return ReceivedRequest(
        request.method,
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        _headers(environ),
        has_body,
        _body(environ, most) if has_body else b"",
        environ.get(BROKEN, "") if has_body else "",
        environ.get(MALFORMED, ""),
    )


def _body(environ: dict[str, Any], most: int) -> bytes | None:
    try:
        return get_input_stream(environ, max_content_length=most).read()
    except RequestEntityTooLarge:
        return None


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    found = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name.startswith("HTTP_")}
    if content_type := environ.get("CONTENT_TYPE"):
        found["content-type"] = content_type
    return found


_JSON = "application/json"


def _as_refused(refusal: Refusal) -> Response:
    body = orjson.dumps({"message": refusal.message, "errors": []})
    return Response(body, refusal.status, list(refusal.headers), content_type=_JSON)


def _as_json(error: HTTPException) -> Response:
    """What Flask itself refuses (outside the API's paths), in the API's error shape and in our words."""
    body = {"message": _message(error), "errors": []}
    response = Response(orjson.dumps(body), status=error.code or 500, content_type=_JSON)
    response.headers.extend([(name, text) for name, text in error.get_headers() if name == "Allow"])
    return response


def _as_moved(_: Moved) -> Response:
    request.environ[MOVED] = True
    return Response(status=503, headers={"Retry-After": "1"})


def _message(error: HTTPException) -> str:
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.method[:20]} is not allowed here, use {allowed}."
    if isinstance(error, NotFound):
        return f"Unknown path {request.path[:200]}."
    return f"{error.name}."
