"""The Flask application: HTTP in, a Request to ``exchange.answer``, its Reply out; it knows no operation's meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import get_input_stream

from mockserver.errors import Violation
from mockserver.exchange import answer
from mockserver.messages import Reply, Request
from mockserver.settings import Settings
from mockserver.web.browsing import protect_browsers, shown_the_way
from mockserver.web.compressing import compress_large_replies
from mockserver.web.console.pages import console_pages
from mockserver.web.control.plane import control_plane
from mockserver.web.cors import allow_browsers
from mockserver.web.damage import DAMAGE, damaging, spoiled
from mockserver.web.docs import docs_pages
from mockserver.web.front import BROKEN
from mockserver.web.inflating import inflated
from mockserver.web.login import login_pages
from mockserver.web.paths import BESIDE, Paths
from mockserver.web.target import MALFORMED, judge_as_sent
from mockserver.world import Progress, World, unseen


def create_app(settings: Settings | None = None, progress: Progress = unseen, **changes: Any) -> Flask:
    """A Flask application that is one mock and shares nothing with any other.

    ``changes`` are fields of Settings, for short: ``create_app(scenario="empty", clock="frozen")``; ``progress``
    watches while the first records are made. The state is at ``app.extensions["mockserver"]``, a World. Raises
    SetupError when the document, the scenario or a setting is wrong.
    """
    world = World(settings or Settings(**changes), progress)
    app = Flask("mockserver", static_folder=None)
    app.extensions["mockserver"] = world
    app.url_map.merge_slashes = False
    judge_as_sent(app)
    app.register_blueprint(control_plane(world))
    app.register_blueprint(console_pages(world))
    app.register_blueprint(docs_pages(world))
    app.register_blueprint(docs_pages(world), name="docs_beside", url_prefix=BESIDE)
    paths = Paths(world.contract)
    app.register_blueprint(login_pages(world, paths))
    allow_browsers(app, paths.methods)
    protect_browsers(app)
    compress_large_replies(app)
    app.before_request(_api(world, paths))
    app.register_error_handler(HTTPException, _as_json)
    app.wsgi_app = damaging(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def _api(world: World, paths: Paths) -> Callable[[], AnyResponse | None]:
    """Answers whatever no page of the application does: a path of the document, or of nothing at all."""

    def api() -> AnyResponse | None:
        if MALFORMED in request.environ:
            return _answer(world, "", {})
        found = paths.match(request.environ)  # the document's own path wins over every page of ours
        if found is None and not isinstance(request.routing_exception, NotFound):
            return None
        if found is None and (way := shown_the_way(request.path, paths.page("/docs/"))):
            return way
        template, values = found or ("", {})
        return _answer(world, template, values)

    return api


def _answer(world: World, template: str, path_values: Mapping[str, str]) -> Response:
    reply = answer(world, _request(world, template, path_values))
    if reply.damage:
        request.environ[DAMAGE] = reply.damage
        reply = spoiled(reply)
    return _response(reply)


def _request(world: World, template: str, path_values: Mapping[str, str]) -> Request:
    """The request within the limits; what exceeds them is left out and named in ``excess``."""
    environ = request.environ
    headers = _headers(environ)
    excess = [*_too_long(world, environ, headers)]
    body = b""
    if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
        limit = world.settings.max_body
        try:
            body = get_input_stream(environ, max_content_length=limit).read()
        except RequestEntityTooLarge:
            excess.append(Violation("body", "", "maxLength", f"is larger than {limit} bytes"))
        if broken := environ.get(BROKEN):
            excess.append(Violation("body", "", "transfer", broken))
        plain = body if excess else inflated(body, headers.get("content-encoding", ""), limit)
        if isinstance(plain, Violation):
            excess.append(plain)
            plain = b""
        body = plain
    return Request(
        method=request.method,
        path=request.path,
        template=template,
        path_values=path_values,
        query=() if excess or not environ.get("QUERY_STRING") else tuple(request.args.items(multi=True)),
        headers=headers,
        body=body,
        excess=tuple(excess),
    )


def _too_long(world: World, environ: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Violation]:
    settings = world.settings
    if malformed := environ.get(MALFORMED):
        yield Violation("path", "", "encoding", malformed)
    target = len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", ""))
    if target > settings.max_target:
        message = f"the URL has {target} characters, at most {settings.max_target} are taken"
        yield Violation("path", "", "maxLength", message)
    size = sum(map(len, headers)) + sum(map(len, headers.values()))
    if size > settings.max_headers:
        message = f"the headers have {size} characters, at most {settings.max_headers} are taken"
        yield Violation("header", "", "maxLength", message)


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    found = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name.startswith("HTTP_")}
    if content_type := environ.get("CONTENT_TYPE"):
        found["content-type"] = content_type
    return found


def _response(reply: Reply) -> Response:
    content = reply.raw
    response = Response(content, status=reply.status, content_type=reply.content_type if content is not None else None)
    if content is None:
        del response.headers["Content-Type"]
    response.headers.extend(reply.headers)
    return response


_JSON = "application/json"


def _as_json(error: HTTPException) -> Response:
    """What Flask itself refuses (outside the API's paths), in the API's error shape."""
    body = {"message": f"{error.name}: {error.description}", "errors": []}
    response = Response(orjson.dumps(body), status=error.code or 500, content_type=_JSON)
    response.headers.extend([(name, text) for name, text in error.get_headers() if name == "Allow"])
    return response
