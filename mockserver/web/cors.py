"""Browsers on other origins: every reply of the API carries the CORS headers, every preflight is answered."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_cors.core import get_cors_headers, get_cors_options
from werkzeug.datastructures import Headers

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
DOCUMENTED = (
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("Access-Control-Allow-Methods", ", ".join(METHODS)),
)
"""What the vendor's page shows on every reply, not only on a preflight's."""
CONTROL = "/__mock__/"
"""Below it no page of another origin reads anything."""
EXPOSED = (
    "Allow",
    "Retry-After",
    "WWW-Authenticate",
    "Mock-Effects",
    "Mock-Ignored",
    "Mock-Next",
    "Mock-Operation",
    "Mock-Reason",
    "Mock-Request",
)


def allow_browsers(app: Flask) -> None:
    """Let any origin read every reply of ``app`` but the control plane's, and send any header it asks for.

    PERF: what an ordinary reply carries depends on no request, so flask-cors works it out once, here; done
    for each request it took a sixth of a read.
    """
    options = get_cors_options(
        app,
        {
            "origins": "*",
            "send_wildcard": True,
            "methods": list(METHODS),
            "allow_headers": "*",
            "expose_headers": list(EXPOSED),
            "max_age": 600,
            "allow_private_network": True,
        },
    )
    ordinary = [(name, str(text)) for name, text in get_cors_headers(options, Headers(), "GET").items()]
    ordinary += DOCUMENTED

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
        return response

    @app.after_request
    def everywhere(response: Response) -> Response:
        if request.path.startswith(CONTROL):
            return response
        if "Access-Control-Allow-Origin" not in response.headers:
            response.headers.extend(ordinary)
        return response
