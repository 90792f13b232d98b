"""Browsers on other origins: every page carries the CORS headers, every preflight is answered."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_cors.core import get_cors_headers, get_cors_options

from mockserver.web.cors import ALLOW_METHODS, CONTROL, DENIED, EXPOSED, METHODS, ORIGIN, cors_headers, origin_headers
from mockserver.web.path_match import Methods


def allow_browsers(app: Flask, methods: Methods) -> None:
    """Let any origin read every reply of ``app`` but the control plane's, and send any header it asks for.

    ``methods`` tells those that a request's path answers: these are offered, and no others.
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
        response.headers[ALLOW_METHODS] = methods(request) or DENIED
        for name, text in origin_headers(request.headers["Origin"]) if "Origin" in request.headers else ():
            response.headers[name] = text
        return response

    @app.after_request
    def everywhere(response: Response) -> Response:
        if not request.path.startswith(CONTROL) and ORIGIN not in response.headers:
            origin = request.headers.get("Origin", "")
            response.headers.extend(cors_headers(methods(request), names_origin=bool(origin)))
            response.headers.extend(origin_headers(origin) if origin else ())
        return response
