"""The first requests of a run: whether the API answers at all, and whether it is the API that answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from itertools import islice
from urllib.parse import urlsplit

from mockserver.conformance.check_plan import Group
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import NO_BODY, Ask, record_name
from mockserver.conformance.wire.gateway import BUSY, is_html, without_query
from mockserver.conformance.wire.pacing import OutOfTime
from mockserver.conformance.wire.presence import described
from mockserver.conformance.wire.traffic import NotJson, Received, Sent
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind, Operation
from mockserver.errors import Problem, SetupError
from mockserver.values.shown import quoted

TRIED = 4
"""How many operations are asked before the target is given up: one of them may be what is broken."""
NOWHERE = "greeting-no-such-record"
"""Names no record: that it is not found is an answer."""


def greet(session: Session, groups: Iterable[Group]) -> None:
    """Ask operations of ``groups`` that change nothing until one is answered as by an API; that one proves the token.

    Raises SetupError when none is, with what answered in its place and what to do.
    """
    session.client.purpose = "greeting"
    problems: list[SetupError] = []
    is_doubted = False
    for ask in _asks(session, groups):
        try:
            reply = session.send(ask)
        except OutOfTime:
            return  # the checks find the same, and tell it
        except Unreachable as error:
            problems.append(_unanswered(session, error))
            if session.client.recorder.exchanges[-1].reply is None:
                break
            continue
        found = _wrong(session, ask.operation, reply, is_doubted=is_doubted)
        if found is None:
            session.prove(ask, reply)
            return
        problems.append(found)
        is_doubted = is_doubted or (ask.operation.kind is Kind.LIST and reply.status == HTTPStatus.NOT_FOUND)
    if problems:
        raise problems[0]


def _asks(session: Session, groups: Iterable[Group]) -> Iterator[Ask]:
    """Safe requests, one a group and kind, at most a few: those first that should be answered with 200."""
    several = list(groups)
    found = (
        (group, operation)
        for kind in (Kind.LIST, Kind.SEARCH, Kind.LOOKUP, Kind.READ)
        for group in several
        for operation in group.all(kind)[:1]
        if session.may(operation)
    )
    several_found = sorted(found, key=lambda one: one[1].plan is not None and "{" in one[1].path)
    for group, operation in islice(several_found, TRIED):
        body = {} if operation.kind is Kind.SEARCH else NO_BODY
        yield Ask(operation, _nowhere(session, group, operation), body=body)


def _nowhere(session: Session, group: Group, operation: Operation) -> dict[str, str]:
    tenant = session.plan.contract.tenant
    names = [one.name for one in operation.parameters if one.location == "path" and one.name != tenant]
    if operation.kind is Kind.READ and not group.is_single:
        names.append(record_name(operation))
    return dict.fromkeys(names, NOWHERE)


def _wrong(session: Session, operation: Operation, reply: Received, *, is_doubted: bool) -> SetupError | None:
    """Why ``reply`` is not the API's to a good request; None when it may be.

    ``is_doubted``: a list was not found, so that a 404 says nothing about a record.
    """
    has_tenants = session.plan.contract.tenant is not None
    of_whom = f" of the tenant {quoted(session.own.tenant)}" if has_tenants else ""
    problem = f"answers {_described(reply)} to {operation.id}{of_whom}"
    token = "give a token that is valid for --tenant" if has_tenants else "give a token that it takes"
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return _cannot("--token", problem, token)
    if is_html(reply) or HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        return _cannot("--target", problem, _remedy(reply, session.client.recorder.exchanges[-1].sent))
    if reply.status == HTTPStatus.FORBIDDEN:
        return _cannot("--token", problem, token)
    if reply.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED) and (
        is_doubted or not _may_be_missing(operation, reply)
    ):
        remedy = "correct the path of the URL (is the base path missing?)"
        return _cannot("--target", problem, f"{remedy}, or --tenant" if has_tenants else remedy)
    return None


def _may_be_missing(operation: Operation, reply: Received) -> bool:
    """Whether a 404 may be about the record that was asked for, and not about the path."""
    if operation.plan is not None:
        return "{" in operation.path and reply.status == HTTPStatus.NOT_FOUND
    if operation.kind is Kind.LIST or reply.status != HTTPStatus.NOT_FOUND:
        return False
    declared = operation.replies.get(reply.status)
    try:
        value = reply.json()
    except NotJson:
        return False
    return declared is None or declared.full is None or declared.full.allows(value)


def _remedy(reply: Received, asked: Sent) -> str:
    text = reply.body[:20_000].lower() + (reply.header("Location") or "").lower().encode()
    if any(word in text for word in (b"maintenance", b"wartung", b"back soon")):
        return "try again when the maintenance is over"
    if any(word in text for word in (b"login", b"log in", b"sign in", b"signin", b"password", b"sso", b"/auth")):
        return "a login page stands in front of the API: name the API's own address, and a token that it takes"
    if HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
        path, to = asked.path, urlsplit(reply.header("Location") or "").path
        if path != to and path.rstrip("/") == to.rstrip("/")[-len(path.rstrip("/")) :]:
            return "its paths and the document's differ by the slash at their end: correct the document, or the target"
        return "name the address that it redirects to, if that is the API"
    return "correct the URL: is the base path missing, or is this the address of a web page?"


def _described(reply: Received) -> str:
    """Status, media type and Location of what answered."""
    parts = [described(reply)]
    if location := reply.header("Location"):
        parts.append(f"with Location {without_query(location)[:200]}")
    return " ".join(parts)


def _unanswered(session: Session, error: Unreachable) -> SetupError:
    """Nothing came, or only what stands in the way of the API came."""
    last = session.client.recorder.exchanges[-1]
    if last.reply is None:
        return _cannot("--target", f"does not answer ({error})", error.remedy)
    problem = f"answers {_described(last.reply)}"
    if last.reply.status in BUSY:
        return _cannot("--target", f"{problem}, even after retries", "try again when it is up and less busy")
    return _cannot("--target", problem, _remedy(last.reply, last.sent))


def _cannot(pointer: str, problem: str, remedy: str) -> SetupError:
    return SetupError([Problem("options", pointer, problem, remedy)])
