"""What every reply of a run is held to, whoever asked: status, schema, headers, and nothing that leaks."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from mockserver.conformance.findings import Finding
from mockserver.conformance.inferred.inferred_replies import InferredReplies
from mockserver.conformance.provenance import Provenance, of_operation
from mockserver.conformance.stories.expecting import JUDGED
from mockserver.conformance.stories.trail import BrokenConstraint, Expected, Trails
from mockserver.conformance.value_differences import without_positions
from mockserver.conformance.wire.recorder import trimmed
from mockserver.conformance.wire.traffic import Exchange, NotJson, Received, json_or_none, read_json
from mockserver.contract import Operation
from mockserver.contract.operation import DeclaredReply

CORS = ("Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin")
GUESSED = frozenset({"watch.moments", "watch.json_type"})
"""What documents say that most readers of theirs do not look at: offsets of moments, and which kind of JSON it is."""
BOM = codecs.BOM_UTF8
"""What must not stand before JSON (RFC 8259, section 8.1), though lenient readers pass over it."""
_TRACE = re.compile(
    rb"Traceback \(most recent call last\)"
    rb"|(?:\b|\\t)at [\w.$]+\([\w]+\.java:\d+\)"
    rb"|(?:\n|\\n)(?:\s|\\t)+at [^\"\n\\]+\([^\"\n\\]+:\d+:\d+\)"
    rb"|File \\?\"[^\"]+\.py\\?\", line \d+"
)
_SIGNS = (b"Traceback", b".java:", b" at ", b"\tat ", b"\\tat ", b'.py"', b'.py\\"')
"""PERF: a reply without any of these holds no trace; most hold none."""


class Oracle:
    """Looks at each exchange of the document's operations; ``findings`` holds what it saw, once per cause."""

    def __init__(self, inferred: InferredReplies | None = None) -> None:
        """``inferred`` judges replies of a document without annotations."""
        self._inferred = inferred
        self.trails: Trails | None = None
        self.findings: dict[tuple[str, str, str], Finding] = {}
        self.seen: dict[tuple[str, str, str], int] = {}

    def observe(self, exchange: Exchange, operation: Operation | None) -> None:
        """Hold the reply to the contract; each fault becomes a finding, once."""
        reply = exchange.reply
        if reply is None:
            return
        for check, code, cause, detail in faults_of(exchange, reply, operation, self._inferred):
            title = _TITLES[check]
            name = operation.id if operation else "(not in the document)"
            resource = operation.resource.name if operation else ""
            provenance = Provenance.INFERRED if check in GUESSED else of_operation(operation)
            seen = (trimmed(exchange),)
            finding = Finding(check, title, code, resource, name, cause, detail, seen, provenance)
            if finding.key not in self.findings:
                expected = self._expected(check, exchange, reply, operation)
                trail = self.trails.trail(finding.key, expected) if self.trails else None
                self.findings[finding.key] = replace(finding, trail=trail)
            self.seen[finding.key] = self.seen.get(finding.key, 0) + 1

    def _expected(self, check: str, exchange: Exchange, reply: Received, operation: Operation | None) -> Expected:
        """What would have been right, where a status, a header or a constraint of a schema says it."""
        declared = _declared(operation) if operation else ()
        if check == "watch.status":
            return Expected(reply, declared)
        if check == "watch.no_server_error":
            return Expected(reply, tuple(one for one in declared if one < HTTPStatus.INTERNAL_SERVER_ERROR))
        if check == "watch.cross_origin":
            return Expected(reply, headers=CORS)
        if check == "watch.schema" and operation is not None:
            return Expected(reply, constraint=self._broken_constraint(exchange, reply, operation))
        return Expected(reply)

    def _broken_constraint(self, exchange: Exchange, reply: Received, operation: Operation) -> BrokenConstraint | None:
        """The first constraint that the reply breaks of those a story can judge; None where it breaks none of them."""
        value = json_or_none(reply.body)
        if self._inferred is not None and operation.plan is not None:
            found = self._inferred.broken_constraints(reply, operation, value)
        else:
            declared = operation.replies.get(reply.status)
            chosen = (declared.projected if is_projected(exchange, operation) else declared.full) if declared else None
            found = chosen.broken(value) if chosen else iter(())
        known = (
            BrokenConstraint(without_positions(place) if place else "", name, limit)
            for place, name, limit in found
            if name in JUDGED
        )
        return next(known, None)


def _declared(operation: Operation) -> tuple[int, ...]:
    """The statuses that are not findings; documents without annotations seldom list all refusals."""
    if operation.plan is None:
        return tuple(sorted(operation.replies))
    names = {name.lower() for name in operation.plan.replies}
    said = {one for one in range(200, 400) if {str(one), f"{one // 100}xx", "default"} & names}
    return (*sorted(said), *range(400, 500))


def faults_of(
    exchange: Exchange, reply: Received, operation: Operation | None, inferred: InferredReplies | None = None
) -> Iterator[tuple[str, int | None, str, str]]:
    """What is wrong with one reply: check, code, cause and detail of each."""
    if any(sign in reply.body for sign in _SIGNS) and _TRACE.search(reply.body):
        yield "watch.no_stack_trace", 309, f"a reply with {reply.status} holds a stack trace", ""
    if reply.status >= 500:
        code = 100 if reply.status == 500 else 121
        yield "watch.no_server_error", code, f"answered {reply.status}", _start(reply)
    if operation is None or exchange.sent.method == "OPTIONS":
        return
    if inferred is not None and operation.plan is not None:
        yield from ((check, 200, cause, detail) for check, cause, detail in inferred.faults(reply, operation))
        return
    if missing := [name for name in CORS if reply.header(name) is None]:
        yield "watch.cross_origin", None, f"a reply with {reply.status} lacks {', '.join(missing)}", ""
    declared = operation.replies.get(reply.status)
    if declared is None:
        statuses = ", ".join(map(str, sorted(operation.replies)))
        yield "watch.status", None, f"answered {reply.status}, which is not declared", f"declared: {statuses}"
    elif reply.status < 500:
        yield from _content(exchange, reply, operation, declared)


def _content(
    exchange: Exchange, reply: Received, operation: Operation, declared: DeclaredReply
) -> Iterator[tuple[str, int | None, str, str]]:
    if declared.full is None:
        if reply.body:
            yield "watch.schema", 200, f"a reply with {reply.status} has content, none is declared", _start(reply)
        return
    media = reply.media_type
    if declared.is_file(media):
        return
    if media != "application/json":
        yield "watch.content_type", 200, f"a reply with {reply.status} has the content type {media or 'none'}", ""
    if reply.body.startswith(BOM):
        yield "watch.schema", 200, f"a reply with {reply.status} begins with a byte order mark, not with JSON", ""
    try:
        value: Any = read_json(reply.body, parse_constant=_not_json)
    except NotJson as wrong:
        yield "watch.schema", 200, f"a reply with {reply.status} is not JSON", str(wrong)
        return
    chosen = declared.projected if is_projected(exchange, operation) else declared.full
    if chosen and (broken := chosen.violations(value, "body")):
        where = sorted({f"{without_positions(one.pointer)} ({one.keyword})" for one in broken})
        detail = "; ".join(f"{one.path}: {one.message}" for one in broken[:5])
        yield "watch.schema", 200, f"a reply with {reply.status} breaks its schema at {', '.join(where[:3])}", detail
    yield from _miscounted(operation, value)


def _miscounted(operation: Operation, value: Any) -> Iterator[tuple[str, int | None, str, str]]:
    """A page whose count is not the number of its records, be they whole or not."""
    page = operation.page
    if page is None or not page.count or not isinstance(value, dict) or not isinstance(value.get(page.items), list):
        return
    count, found = value.get(page.count), len(value[page.items])
    if isinstance(count, int) and count != found:
        yield "watch.count", None, f"{operation.id} miscounts a page", f"{count} for {found}"


def is_projected(exchange: Exchange, operation: Operation) -> bool:
    """Whether the request asked for some fields only."""
    query = parse_qs(exchange.sent.target.partition("?")[2], keep_blank_values=True)
    return operation.projection is not None and operation.projection in query


def _not_json(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _start(reply: Received) -> str:
    return reply.body[:200].decode(errors="replace")


_TITLES: Mapping[str, str] = {
    "watch.no_stack_trace": "No reply shows a stack trace",
    "watch.no_server_error": "No request makes the server fail",
    "watch.cross_origin": "Every reply carries the cross-origin headers",
    "watch.status": "Every status is declared",
    "watch.schema": "Every reply matches the schema of its status",
    "watch.count": "Each page counts its own records",
    "watch.headers": "Every reply has the headers that its status must have, as declared",
    "watch.content_type": "Every reply has the declared content type",
    "watch.json_type": "Every reply is of the declared kind of JSON",
}
