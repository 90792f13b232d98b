"""The way from Schemathesis to the target: a WSGI application that hands every request to the one client."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import schemathesis
from schemathesis import Case, HookContext
from werkzeug.wsgi import get_input_stream

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import is_valid, record_name
from mockserver.conformance.wire.allow_list import NotAllowed
from mockserver.conformance.wire.pacing import OutOfTime
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind, Operation

ON_ONE_RECORD = frozenset({Kind.READ, Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.DOCUMENT, Kind.NOTICE})
NOT_SENT = "X-Not-Sent"
"""Marks a stand-in for the reply to a request that was not let out: nothing that is found in it counts."""

StartResponse: TypeAlias = Callable[[str, list[tuple[str, str]]], Any]


class Bridge:
    """Called as the application under test; ``over`` tells why nothing leaves now."""

    def __init__(self, session: Session) -> None:
        self._kit = session
        self._ever: set[str] = set()
        self.over = ""

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        reply = self._reply(_sent(environ))
        names = {"connection", "transfer-encoding", "content-encoding"}
        start_response(f"{reply.status} ", [(name, text) for name, text in reply.headers if name.lower() not in names])
        return [reply.body]

    def prepare(self, case: Case[Any]) -> None:
        """Let ids that would only lead to a 404 (and never to somebody else's record) name a record of this run.

        Which ids are left as they are depends on the id alone, so that a repeated case is the same case.
        """
        if case.meta is not None:
            self._kit.client.purpose = f"fuzzing.{case.meta.phase.name.value}"
        operation = self._operation(case)
        if operation is None or self.over:
            return
        group = self._kit.plan.groups[operation.resource.name]
        if operation.kind in ON_ONE_RECORD and case.path_parameters:
            self._name(case.path_parameters, record_name(operation), group)
        body: Any = case.body
        if operation.kind is Kind.PREVIEW and isinstance(body, dict):
            self._name(body, operation.meaning["record"], group)
        if operation.kind in (Kind.CREATE, Kind.REPLACE) and is_valid(operation, body):
            self._refer(body, group)
        items = body.get(operation.batch.items) if operation.kind is Kind.BATCH and isinstance(body, dict) else None
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                self._name(item, operation.batch.key, group)

    def _name(self, place: Any, name: str, group: Group) -> None:
        known = place.get(name)
        field = group.field(group.key)
        self._ever |= {made.id for made in self._kit.records.left()}
        if isinstance(known, str) and known not in self._ever and _allows(field.value, known) and _is_replaced(known):
            place[name] = self._own(group) or known

    def _refer(self, body: Any, group: Group) -> None:
        """Let foreign keys of a valid body name a record of this run, and not somebody else's."""
        for reference in () if self._kit.limits.reads_only else group.references:
            known = body.get(reference.field)
            named = known[0] if isinstance(known, list) and known else known
            if isinstance(named, str) and _is_replaced(named):
                target = self._target(self._kit.plan.groups[reference.resource])
                body[reference.field] = known if target is None else [target] if isinstance(known, list) else target

    def _target(self, group: Group) -> str | None:
        if Kind.CREATE not in group.operations:
            return None
        try:
            return str(self._kit.referenced(group)[group.key])
        except (Inconclusive, Unreachable, OutOfTime, NotAllowed):
            return None

    def _own(self, group: Group) -> str | None:
        """The id of a record of this run, made where none is left; None where none can be had."""
        if self._kit.limits.reads_only or Kind.CREATE not in group.operations:
            return self._existing(group)
        wanted = (group.name, self._kit.own.tenant)
        left = next((made.id for made in self._kit.records.left() if (made.resource, made.tenant) == wanted), None)
        try:
            return left or str(self._kit.create(group)[group.key])
        except (Inconclusive, Unreachable, OutOfTime, NotAllowed):
            return None

    def _existing(self, group: Group) -> str | None:
        try:
            return str(self._kit.sample(group)[0][group.key])
        except (Inconclusive, Unreachable, OutOfTime, NotAllowed):
            return None

    def _operation(self, case: Case[Any]) -> Operation | None:
        verbs = self._kit.plan.contract.paths.get(case.operation.path, {})
        return verbs.get(case.method.upper())

    def _reply(self, sent: Sent) -> Received:
        if self.over:
            return _stand_in(self.over)
        try:
            return self._kit.client.send(sent)
        except NotAllowed as refusal:
            return _stand_in(str(refusal))
        except Unreachable as trouble:
            return _stand_in(str(trouble))
        except OutOfTime as end:
            self.over = str(end)
            return _stand_in(self.over)


@schemathesis.hook
def before_call(_: HookContext, case: Case[Any], __: dict[str, Any]) -> None:
    """Of the cases that go over a bridge, and of no others."""
    if isinstance(case.operation.app, Bridge):
        case.operation.app.prepare(case)


def _stand_in(why: str) -> Received:
    body = json.dumps({"message": why, "errors": []}).encode()
    return Received(403, (("Content-Type", "application/json"), (NOT_SENT, "1")), body)


def _sent(environ: dict[str, Any]) -> Sent:
    """The request as it is to leave: the path percent-encoded as it was given."""
    target = str(environ.get("REQUEST_URI") or environ["PATH_INFO"])
    query = environ.get("QUERY_STRING")
    target = f"{target.partition('?')[0]}?{query}" if query else target.partition("?")[0]
    headers = [(name[5:].replace("_", "-").title(), text) for name, text in environ.items() if name.startswith("HTTP_")]
    headers = [(name, text) for name, text in headers if name != "Host"]
    if environ.get("CONTENT_TYPE"):
        headers.append(("Content-Type", environ["CONTENT_TYPE"]))
    has_body = bool(environ.get("CONTENT_LENGTH")) and environ["CONTENT_LENGTH"] != "0"
    body = get_input_stream(environ).read() if has_body else None
    return Sent(environ["REQUEST_METHOD"], target, tuple(headers), body)


def _is_replaced(known: str) -> bool:
    """Of three ids in four; which ones depends on the id alone."""
    return hashlib.blake2b(known.encode(), digest_size=1).digest()[0] % 4 != 0


def _allows(schema: Any, text: str) -> bool:
    pattern = schema.get("pattern") if isinstance(schema, dict) else None
    return bool(text) and (pattern is None or re.search(pattern, text) is not None)
