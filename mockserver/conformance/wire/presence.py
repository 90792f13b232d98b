"""Whether it is still the API that answers: the request that greeted it is sent again when a check has failed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from http import HTTPStatus
from typing import TypeAlias

from mockserver.conformance.findings import Finding
from mockserver.conformance.session import Session
from mockserver.conformance.wire.client import TargetClient
from mockserver.conformance.wire.recorder import Recorder
from mockserver.conformance.wire.traffic import Exchange, Received, json_or_none

Key: TypeAlias = tuple[str, str, str]
LOOKS = 2
"""How often the greeting must be answered otherwise: between two of them there is a pause."""
PAUSE = 1.0
FEW = 12
"""After so many replies one of them should have been a success."""


def ensure_same_api(session: Session, findings: dict[Key, Finding], known: Collection[Key]) -> None:
    """Raises Stopped when it is not (or no longer) the API that answers; ``findings`` ``known`` before stay."""
    if not session.window:
        return
    nobody = silence(session.client.recorder)
    why = nobody or absence(session.client, session.greeting)
    if why:
        for key in findings.keys() - (() if nobody else known):
            del findings[key]
        session.client.patience.stop(why)


def absence(client: TargetClient, greeting: Received | None) -> str:
    """Why it is no longer the API that answers; empty where it is, or where the greeting cannot tell.

    ``greeting`` is the reply to the first of the client's proofs. What fails with 500 is the API's own answer.
    """
    if greeting is None or not client.proofs:
        return ""
    proof, reply = next(iter(client.proofs.values())), greeting
    for look in range(LOOKS):
        if look:
            client.pace.wait(PAUSE)
        now = client.answer_to(proof)
        if now is None or _may_be(greeting, now):
            return ""
        reply = now
    since = _since(client.recorder.exchanges, reply)
    return f"what was answered {described(greeting)} is answered {described(reply)}, from request {since} on"


def silence(recorder: Recorder) -> str:
    """Why no reply can be the API's; empty as soon as one was a success, and while there are but a few."""
    statuses = sorted({status for _, status in recorder.statuses})
    replies = sum(count for (_, status), count in recorder.statuses.items() if status)
    if replies < FEW or any(status < HTTPStatus.BAD_REQUEST for status in statuses):
        return ""
    found = " and ".join(str(one) for one in statuses)
    return f"nothing is answered but {found}: correct the path of the URL (is the base path missing?), or --tenant"


def described(reply: Received) -> str:
    """Status and media type of a reply."""
    media_type = reply.media_type
    return f"{reply.status} ({media_type[:60]})" if media_type else str(reply.status)


def _may_be(first: Received, now: Received) -> bool:
    """Whether both may be the same server's: alike in status and form, a success after all, or its own failure."""
    if now.status < HTTPStatus.MULTIPLE_CHOICES or now.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return True
    return first.status == now.status and first.media_type == now.media_type and _members(first) == _members(now)


def _since(exchanges: Iterable[Exchange], reply: Received) -> int:
    """The number of the first of the last exchanges that all were answered in the same way."""
    number = 0
    for one in reversed(list(exchanges)):
        if one.reply is None or (one.reply.status, one.reply.media_type) != (reply.status, reply.media_type):
            break
        number = one.number
    return number


def _members(reply: Received) -> frozenset[str]:
    body = json_or_none(reply.body)
    return frozenset(body) if isinstance(body, dict) else frozenset()
