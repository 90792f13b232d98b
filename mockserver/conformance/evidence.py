"""What a run judged, and which clauses of the document its requests and replies exercised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from mockserver.conformance.check_plan import read_body
from mockserver.conformance.wire.traffic import Exchange, NotJson, read_json
from mockserver.contract import Contract, Operation
from mockserver.contract.document import Node

CONSTRAINTS = frozenset(
    {"type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "multipleOf"}
    | {"exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
)
"""The keywords of a body's members that are counted as clauses; that a member is required is one more."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing the document says about an operation.

    ``kind`` is ``status``, ``media type``, ``parameter``, ``member`` (of the request body) or ``constraint``, which
    counts as exercised when a request that breaks it was answered.
    """

    kind: str
    name: str


class Evidence:
    """Observes every exchange. By operationId, ``judged`` counts judgements and ``exercised`` holds clauses."""

    def __init__(self) -> None:
        self.judged: Counter[str] = Counter()
        self.exercised: dict[str, dict[Clause, None]] = {}
        self._seen: set[tuple[Any, ...]] = set()
        self._members: dict[str, set[str]] = {}

    def judge(self, operation: str) -> None:
        """A check has compared something about ``operation`` with what it wanted."""
        self.judged[operation] += 1

    def observe(self, exchange: Exchange, operation: Operation | None) -> None:
        """Count the clauses of the document that the exchange exercised."""
        if operation is None or exchange.reply is None:
            return
        clauses = self.exercised.setdefault(operation.id, {})
        # PERF: most exchanges look like one before them, and exercise nothing that was not exercised by it.
        names = tuple(name for name, _ in exchange.sent.headers)
        media_type, query = exchange.reply.header("Content-Type"), exchange.sent.target.partition("?")[2]
        seen = (operation.id, exchange.reply.status, media_type, query, names)
        if seen not in self._seen:
            self._seen |= {seen} if not query else set()
            clauses.update(dict.fromkeys(_around_body(exchange, operation)))
        self._look_inside(exchange, operation, clauses)

    def _look_inside(self, exchange: Exchange, operation: Operation, clauses: dict[Clause, None]) -> None:
        """Note the members of the request's body, and each constraint that it breaks."""
        if operation.body is None or not exchange.sent.body:
            return
        try:
            value: Any = read_json(exchange.sent.body)
        except NotJson:
            return
        members = self._members.setdefault(operation.id, set())
        if isinstance(value, dict) and not value.keys() <= members:
            clauses.update({Clause("member", name): None for name in value if name not in members})
            members |= value.keys()
        for broken in operation.body.validator.violations(value, ""):
            # PERF: a valid body, which most are, costs no more than the one look.
            clauses[Clause("constraint", f"{broken.pointer} {broken.keyword}")] = None


def _around_body(exchange: Exchange, operation: Operation) -> Iterator[Clause]:
    assert exchange.reply
    yield Clause("status", str(exchange.reply.status))
    media_type = exchange.reply.media_type
    yield Clause("media type", media_type)
    for name, _ in parse_qsl(exchange.sent.target.partition("?")[2], keep_blank_values=True):
        yield Clause("parameter", f"query {name}")
    for parameter in operation.parameters:
        if parameter.location == "path" or (
            parameter.location == "header" and exchange.sent.header(parameter.name) is not None
        ):
            yield Clause("parameter", f"{parameter.location} {parameter.name}")


def declared(contract: Contract, operation: Operation) -> list[Clause]:
    """The clauses of the document that a run can exercise, those of one operation, in the document's order."""
    found = [Clause("status", status) for status in operation.statuses]
    found += [Clause("media type", name) for name in media_types(contract, operation)]
    found += [Clause("parameter", f"{one.location} {one.name}") for one in operation.parameters]
    if operation.body is not None:
        body = read_body(contract, operation)
        found += [Clause("member", name) for name in body.properties]
        found += [Clause("constraint", f"/{name} required") for name in sorted(body.required)]
        for name, node in body.properties.items():
            found += [Clause("constraint", f"/{name} {word}") for word in _constraints(contract, node)]
    return found


def _constraints(contract: Contract, node: Node) -> list[str]:
    schema = contract.document.follow(node).value
    return [word for word in schema if word in CONSTRAINTS] if isinstance(schema, dict) else []


def media_types(contract: Contract, operation: Operation) -> list[str]:
    """The media types that the operation's replies may have, in lower case."""
    document = contract.document
    replies = document.operation(operation.path, operation.method).child("responses")
    found = [name.lower() for _, one in replies.items() for name, _ in document.follow(one).child("content").items()]
    return list(dict.fromkeys(found))
