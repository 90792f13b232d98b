"""Browsers on other origins: every reply carries the three CORS headers, every preflight is answered, on every path."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_cors import CORS

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ALLOWED = "Authorization, Content-Type"
EXPOSED = (
    "Allow", "Retry-After", "WWW-Authenticate", "Mock-Ignored", "Mock-Operation", "Mock-Reason", "Mock-Request",
)  # fmt: skip


def allow_browsers(app: Flask) -> None:
    """Let any origin read every reply of ``app``, the diagnostics included, and send any header it asks for."""

    @app.before_request
    def preflight() -> Response | None:
        asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not asked:
            return None
        response = Response(status=204)
        del response.headers["Content-Type"]
        return response

    @app.after_request
    def documented(response: Response) -> Response:
        response.headers.setdefault("Access-Control-Allow-Headers", ALLOWED)
        response.headers.setdefault("Access-Control-Allow-Methods", ", ".join(METHODS))
        return response

    CORS(
        app,
        origins="*",
        send_wildcard=True,
        methods=list(METHODS),
        allow_headers="*",
        expose_headers=list(EXPOSED),
        max_age=600,
        allow_private_network=True,
    )
