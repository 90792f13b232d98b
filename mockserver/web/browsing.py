"""What a browser is told: policies on every reply, and where things are when a person asks for what is not there."""

from __future__ import annotations

import base64
import hashlib
import re

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from mockserver.web.outgoing_reply import EVERYWHERE, PAGE_POLICY

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ENTRANCES = ("/",)


def protect_browsers(app: Flask) -> None:
    """Have every reply of ``app`` say that its type is not to be guessed, and every page what it may load."""

    @app.after_request
    def policies(response: Response) -> Response:
        if EVERYWHERE[0][0] in response.headers:  # a reply of the document has all it needs
            return response
        response.headers.extend(EVERYWHERE)
        if response.mimetype == "text/html" and "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = PAGE_POLICY
        return response


def scripted(page: str) -> Response:
    """A page that may run its own scripts and this server's, and ask this server only."""
    digests = [hashlib.sha256(script.encode()).digest() for script in _SCRIPT.findall(page)]
    own = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {own}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def shown_the_way(path: str, docs: str) -> AnyResponse | None:
    """For a person's browser at the front door: the way to the pages. Nothing for a program, or for another path."""
    accepted = [media_type for media_type, _ in request.accept_mimetypes]
    if path in _ENTRANCES and request.method == "GET" and "text/html" in accepted:
        return redirect(f"{request.script_root}{docs}")
    if path == "/favicon.ico" and any(one.startswith(("image/", "text/html")) for one in accepted):
        return Response(status=204)
    return None
