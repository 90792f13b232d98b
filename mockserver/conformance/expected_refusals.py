"""Refusals of what breaks the schema; a server that fails instead is asked whether it checked it at all."""

from __future__ import annotations

from http import HTTPStatus

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Broken
from mockserver.conformance.session import Session
from mockserver.conformance.wire.traffic import Received
from mockserver.contract import Operation


def expect_refusal(session: Session, group: Group, operation: Operation, reply: Received, what: str) -> None:
    """Expect ``reply`` to be a 400.

    Where the server fails instead, but not on a valid request to a fresh record, the finding says that it checked too
    late: it carried out what it should have refused.
    """
    if is_failure(reply):
        valid = session.send(session.usual(group, operation, session.create(group)))
        if valid.status == HTTPStatus.OK:
            cause = f"{what}: carried out without being checked, wanted 400"
            raise Broken(cause, f"the server fails with {reply.status}; a valid request is answered 200", operation.id)
    session.status(reply, 400, what, operation)


def is_failure(reply: Received) -> bool:
    """Whether the server itself failed (5xx), which refuses nothing."""
    return reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
