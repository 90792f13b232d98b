"""Browsers on other origins: every reply of the API carries the CORS headers, every preflight is answered."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request
from flask_cors.core import get_cors_headers, get_cors_options
from werkzeug.datastructures import Headers

from mockserver.messages import Headers as Fixed
from mockserver.web.path_match import Methods

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
"""Offered where nothing answers the path, so that a page can read the denial."""
ALLOW_HEADERS, ALLOW_METHODS = "Access-Control-Allow-Headers", "Access-Control-Allow-Methods"
"""Sent with every reply, not only with a preflight's, as documents declare them."""
CONTROL = "/__mock__/"
"""Below it no page of another origin reads anything."""
EXPOSED = (
    "Allow",
    "Retry-After",
    "WWW-Authenticate",
    "Mock-Effects",
    "Mock-Ignored",
    "Mock-Kind",
    "Mock-Next",
    "Mock-Operation",
    "Mock-Reason",
    "Mock-Request",
    "Mock-Undeclared",
    "Preference-Applied",
)


def allow_browsers(app: Flask, methods: Methods) -> Callable[[str | None], Fixed]:
    """Let any origin read every reply of ``app`` but the control plane's, and send any header it asks for.

    ``methods`` tells those that a request's path answers: these are offered, and no others. Returns what gives the
    headers of a reply, by those methods.

    PERF: what an ordinary reply carries depends on no request, so flask-cors works it out once, here; done
    for each request it took a sixth of a read.
    """
    options = get_cors_options(
        app,
        {
            "origins": "*",
            "send_wildcard": True,
            "methods": [*METHODS, "OPTIONS", "TRACE"],
            "allow_headers": "*",
            "expose_headers": list(EXPOSED),
            "max_age": 600,
            "allow_private_network": True,
        },
    )
    ordinary = [(name, str(text)) for name, text in get_cors_headers(options, Headers(), "GET").items()]
    ordinary.append((ALLOW_HEADERS, "Authorization, Content-Type"))
    denied = ", ".join(METHODS)

    def shared(answered: str | None) -> Fixed:
        return (*ordinary, (ALLOW_METHODS, answered or denied))

    @app.before_request
    def preflight() -> Response | None:
        if request.path.startswith(CONTROL):
            return None
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        response = Response(status=204)
        del response.headers["Content-Type"]
        for name, text in get_cors_headers(options, request.headers, "OPTIONS").items():
            response.headers[name] = str(text)
        response.headers[ALLOW_METHODS] = methods(request) or denied
        return response

    @app.after_request
    def everywhere(response: Response) -> Response:
        if request.path.startswith(CONTROL):
            return response
        if "Access-Control-Allow-Origin" not in response.headers:
            response.headers.extend(shared(methods(request)))
        return response

    return shared
