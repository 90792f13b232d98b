"""The guard before everything below ``/__mock__``: the control plane and the console alike."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from flask import Response, request

from mockserver.settings import Settings
from mockserver.web.control_access import lacks, refusal
from mockserver.web.health import HEALTH

PREFIX = "/__mock__"
FROM_WHERE = f"ask from a program (a test's own process, curl), or open {PREFIX}/ itself"
THE_ONE = (
    "use the one in MOCKSERVER_CONTROL_TOKEN, or the one on the server's first screen; a tenant's token does not work"
)


def guard_of(settings: Settings) -> Callable[[], Response | None]:
    """What is asked before each request: a reply that refuses it, or None."""

    def guard() -> Response | None:
        if why := refusal(request, settings.allow_hosts):
            return _refused(f"The control plane does not answer {why}; {FROM_WHERE}.", 403)
        if request.path == HEALTH:  # a probe holds no secrets, and is told none
            return None
        if missing := lacks(request, settings.control_token):
            reply = _refused(
                f"The control plane wants 'Authorization: Bearer <control token>', found {missing}; {THE_ONE}.", 401
            )
            # A browser asks a person for a password: the token, with any name.
            challenges = 'Bearer realm="control plane"', 'Basic realm="control token as the password", charset="UTF-8"'
            reply.headers["WWW-Authenticate"] = challenges["text/html" in request.accept_mimetypes.values()]
            return reply
        return None

    return guard


def _refused(message: str, status: int) -> Response:
    return Response(orjson.dumps({"message": message, "errors": []}), status, content_type="application/json")
