"""The one record that a tenant has of a resource: asked for, put aside for a check, and bodies for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from mockserver.conformance.bodies.edges import allowed, bodies_mistyped, values_outside
from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import NotApplicable
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.identity import Requester
from mockserver.contract import Kind


def ask(session: Session, group: Group, kind: Kind, body: Any = None, *, who: Requester | None = None) -> Any:
    """The reply to an operation on the one record."""
    operation = group.one(kind)
    return session.send(Ask(operation) if body is None else Ask(operation, body=body), who=who)


@contextmanager
def put_aside(session: Session, group: Group, *, who: Requester | None = None) -> Iterator[None]:
    """The tenant is without the record for a while, and gets it back as it was."""
    reply = ask(session, group, Kind.READ, who=who)
    before = session.value(reply) if reply.status == 200 else None
    if before is not None:
        ask(session, group, Kind.DELETE, who=who)
    try:
        yield
    finally:
        ask(session, group, Kind.DELETE, who=who)
        if before is not None:
            managed = group.resource.managed
            ask(session, group, Kind.CREATE, {n: v for n, v in before.items() if n not in managed}, who=who)


def sent(session: Session, group: Group) -> dict[str, Any]:
    """What a create would send."""
    return {name: value for name, value in session.body(group).items() if name != group.key}


@contextmanager
def made(session: Session, group: Group, fields: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """The tenant has a record that the check made, all its fields set, and gets its own back."""
    with put_aside(session, group):
        reply = ask(session, group, Kind.CREATE, {**sent(session, group), **(fields or {})})
        session.status(reply, 200, "a create of a single record", group.one(Kind.CREATE))
        yield dict(session.value(reply))


def now(session: Session, group: Group) -> dict[str, Any]:
    """The record as it is read."""
    reply = ask(session, group, Kind.READ)
    session.status(reply, 200, "an existing single record", group.one(Kind.READ))
    return dict(session.value(reply))


def spoilt(session: Session, group: Group, kind: Kind) -> Iterator[tuple[str, Any]]:
    """Bodies that are wrong in one place each: what is wrong, and the body."""
    valid, as_whole = sent(session, group), Kind.CREATE if kind is Kind.PATCH else kind
    wrong = list(bodies_mistyped(group, as_whole, valid))
    with suppress(NotApplicable):
        wrong += [(f"with {name} {how}", {**valid, name: value}) for name, how, value in values_outside(group)]
    for what, body in wrong:
        changed = next((name for name in body if name not in valid or body[name] is not valid[name]), None)
        if kind is Kind.PATCH and changed is not None:
            yield what, [{"op": "add", "path": f"/{changed}", "value": body[changed]}]
        elif kind is not Kind.PATCH and not allowed(group, kind, body):
            yield what, body
