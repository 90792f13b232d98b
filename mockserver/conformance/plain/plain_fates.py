"""What became of a write of which nothing was heard, where no document tells what its operations mean."""

from __future__ import annotations

from dataclasses import replace

from mockserver.conformance.plain.plain_contents import is_plain_json, media_of
from mockserver.conformance.session import Session
from mockserver.conformance.wire.client import Fate
from mockserver.conformance.wire.traffic import Sent
from mockserver.contract import Kind, Operation
from mockserver.messages import SUCCESSES

GONE = (404, 410)


class PlainFates:
    """Asked by the client about each write that got no answer.

    A record that a create made cannot be told from others like it, so that the check has to start anew.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, sent: Sent, operation: Operation) -> Fate:
        plan = operation.plan
        if plan is None or not plan.key or sent.method not in ("PUT", "PATCH", "DELETE"):
            return Fate.UNKNOWN
        if sent.method != "DELETE":
            # what sets members to values does so again
            is_set = bool(plan.bodies) and is_plain_json(media_of(operation))
            return Fate.NOT_DONE if is_set and operation.kind in (Kind.REPLACE, Kind.PATCH) else Fate.UNKNOWN
        read = self._session.client.routes.operation("GET", sent.path)
        if read is None or operation.kind is not Kind.DELETE:
            return Fate.UNKNOWN
        headers = tuple(one for one in sent.headers if not one[0].lower().startswith("content-"))
        status = self._session.client.send(replace(sent, method="GET", headers=headers, body=None)).status
        return Fate.DONE if status in GONE else Fate.NOT_DONE if status in SUCCESSES else Fate.UNKNOWN
