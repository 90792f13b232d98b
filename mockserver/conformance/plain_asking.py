"""Requests to operations whose meaning was inferred: parameters, bodies, credentials as the document declares them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.fresh_keys import with_fresh_key
from mockserver.conformance.plain_replies import PlainReplies
from mockserver.conformance.plain_writing import cookie, flat, is_file, last_of, multipart, query_pairs, show, text_of
from mockserver.conformance.session import Session
from mockserver.conformance.traffic import Received, Sent, json_or_none
from mockserver.contract import Kind, Operation
from mockserver.contract.document import Node
from mockserver.contract.making import Maker
from mockserver.contract.plan import OperationPlan, Parent, Steps, Taken
from mockserver.contract.scalars import Draw
from mockserver.values.absent import ABSENT

NOW = datetime(2025, 4, 18, 12, tzinfo=UTC)
DEEPEST = 4
UNKNOWN = 987_654_321
"""How many parents above each other are made."""


@dataclass(frozen=True, slots=True)
class PlainMade:
    """A record that was created: its key, what stands above it in its path (outermost first), what was sent of it, and
    the reply's record.
    """

    key: str
    above: tuple[str, ...]
    sent: Any
    record: Any


@dataclass(slots=True)
class PlainAsking:
    """Speaks for one check to a target whose document tells no meanings."""

    session: Session
    _made: int = field(default=0)

    def send(
        self,
        operation: Operation,
        values: Mapping[str, str] | None = None,
        *,
        body: Any = ABSENT,
        query: Mapping[str, str] | None = None,
        without: str = "",
        raw: bytes | None = None,
        media: str = "",
        with_credentials: bool = True,
    ) -> Received:
        """Send a request that is valid but for what is said otherwise; ``values`` fill the path.

        ``without``: but for the parameter of that name; ``raw``: with that content, of the media type ``media``.
        """
        plan = planned(operation)
        needed = plan.needs[:1] if with_credentials else plan.needs
        shown = {(one.location, one.name) for each in needed for one in each}  # some say them as parameters, too
        taken = (one for one in plan.taken if (one.location, one.name) not in shown and one.name != without)
        pairs, own = self._parameters(tuple(taken))
        pairs += list((query or {}).items())
        for one in plan.needs[0] if with_credentials and plan.needs else ():
            show(one, self.session.own.token or "token", pairs, own)
        content = b""
        if body is not ABSENT:
            own["Content-Type"], content = self._content(operation, body)
        if raw is not None:
            own["Content-Type"], content = media or media_of(operation), raw
        path = re.sub(r"\{([^{}]+)\}", lambda found: self._in_path(operation, found[1], values or {}), operation.path)
        target = f"{path}?{urlencode(pairs)}" if pairs else path
        own.setdefault("Accept", "*/*")
        return self.session.client.send(Sent(operation.method, target, tuple(own.items()), content or None))

    def body(self, operation: Operation, ordinal: int = 0) -> Any:
        """A valid body, ABSENT where none is taken. Raises Inconclusive."""
        schema = self.body_schema(operation)
        if schema is None:
            return ABSENT
        examples = tuple(self._examples(operation))
        made = self.maker.make(schema, Draw.of(ordinal, NOW), examples if ordinal == 0 else ())
        if not self.replies.allows(schema, made):
            raise Inconclusive(f"no valid body for {operation.id} could be made from the document")
        return made

    @property
    def maker(self) -> Maker:
        """What makes values for the document's schemas."""
        maker = self.session.plan.contract.maker
        assert maker
        return maker

    def schema(self, operation: Operation) -> Node:
        """The schema of the body that is sent."""
        return self.body_schema(operation) or Node("", None)

    def unknown(self, operation: Operation) -> str:
        """A key that no record has, as its parameter wants it."""
        schema = next((one.schema for one in planned(operation).taken if one.name == planned(operation).key), None)
        if schema is not None and not self.replies.allows(schema, "text") and self.replies.allows(schema, UNKNOWN):
            return str(UNKNOWN)
        return text_of(self.usual(schema, UNKNOWN))

    @property
    def replies(self) -> PlainReplies:
        assert self.session.plan.replies
        return self.session.plan.replies

    def create(self, group: Group, above: tuple[str, ...] | None = None, depth: int = 0) -> PlainMade:
        """Make a record and say where it is. Raises Inconclusive where that is refused or tells no key."""
        operation = group.one(Kind.CREATE)
        above = self.above(group, depth) if above is None else above
        self._made += 1
        body = self.new_body(group, operation, self._made)
        reply = self.send(operation, self.below(operation, above), body=body)
        if not 200 <= reply.status < 300:
            raise Inconclusive(f"{operation.id} answered {reply.status} to a body that its schema allows")
        record = within(json_or_none(reply.body), planned(operation).record or ())
        key = self.told_key(group, record, reply)
        if not key:
            raise Inconclusive(f"{operation.id} tells neither a key nor a Location")
        return PlainMade(key, above, self.said(operation, body), record)

    def said(self, operation: Operation, body: Any) -> Any:
        """What a body says of the record that it makes or changes; nothing where it is a form with files."""
        is_form = isinstance(body, dict) and media_of(operation).startswith("multipart/")
        return {} if is_form else within(body, planned(operation).sent)

    def new_body(self, group: Group, operation: Operation, number: int) -> Any:
        """A valid body of a create, with a key that nothing else of this run has where a client says it."""
        body = self.body(operation, number)
        schema = self.body_schema(operation)
        if schema is None or body is ABSENT:
            return body
        mark, number = self.session.mark, self.session.ordinal()
        return with_fresh_key(self.maker, operation, group.resource, schema, body, mark=mark, number=number, now=NOW)

    def above(self, group: Group, depth: int = 0) -> tuple[str, ...]:
        """What stands in the path above the records of ``group``, outermost first: keys of records that are there."""
        model = group.resource.model
        return tuple(self._parent(group, parent, depth) for parent in (model.parents if model else ()))

    def _parent(self, group: Group, parent: Parent, depth: int) -> str:
        holder = self.session.plan.groups.get(parent.resource) if parent.resource else None
        if holder is not None and holder is not group and depth < DEEPEST:
            try:
                return self._some(holder, depth)
            except Inconclusive:
                if parent.must_exist:
                    raise
        operation = next(iter(group.all()))
        schema = next((one.schema for one in planned(operation).taken if one.name == parent.parameter), None)
        return text_of(self.usual(schema))

    def below(self, operation: Operation, above: tuple[str, ...]) -> dict[str, str]:
        """The path parameters of ``operation`` for what stands above: each path has names of its own for them."""
        return dict(zip(planned(operation).scope or (), above, strict=False))

    def _some(self, group: Group, depth: int) -> str:
        """The key of a record of ``group``: one that is made, else one that is there."""
        if Kind.CREATE in group.operations and not self.session.limits.reads_only:
            return self.create(group, depth=depth + 1).key
        for operation in group.all(Kind.LIST):
            reply = self.send(operation, self.below(operation, self.above(group, depth + 1)))
            for record in self.items(reply, operation):
                if key := self.key(group, record):
                    return key
        raise Inconclusive(f"there is no record of {group.name} to work below")

    def on_one(self, group: Group, kind: Kind) -> Operation:
        """The operation of ``kind`` whose path names the record. Raises NotApplicable."""
        for operation in group.all(kind):
            plan = operation.plan
            if plan and plan.key is not None and not plan.alias and plan.scope is not None and plan.status < 300:
                return operation
        raise NotApplicable(f"no {kind} names the record in its path")

    def key(self, group: Group, record: Any) -> str:
        """What identifies ``record``; empty where it does not tell."""
        model = group.resource.model
        steps = (model.key or model.listed_key) if model else ()
        value = within(record, steps) if steps else None
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def told_key(self, group: Group, record: Any, reply: Received) -> str:
        """What identifies a record that was made: what it says itself, else the end of its address; else empty."""
        ending = group.resource.model.ending if group.resource.model else ""
        return self.key(group, record) or last_of(reply.header("Location")).removesuffix(ending)

    def read_only(self, schema: Node) -> set[str]:
        """The members that a client does not say."""
        shapes = self.maker.shapes
        return {name for name, node in shapes.properties(schema).items() if shapes.says(node, "readOnly") is True}

    def at(self, operation: Operation, made: PlainMade) -> dict[str, str]:
        """The path parameters of an operation on one record."""
        key = planned(operation).key
        return {**self.below(operation, made.above), **({key: made.key} if key else {})}

    def record(self, reply: Received, operation: Operation) -> Any:
        return within(json_or_none(reply.body), planned(operation).record or ())

    def items(self, reply: Received, operation: Operation) -> list[Any]:
        """The records of a list's reply."""
        plan = planned(operation)
        found = within(json_or_none(reply.body), plan.items or ())
        return [within(one, plan.each) for one in found] if isinstance(found, list) else []

    def _in_path(self, operation: Operation, name: str, values: Mapping[str, str]) -> str:
        if name in values:
            return quote(values[name], safe="")
        if name == self.session.plan.contract.tenant:
            return quote(self.session.own.tenant, safe="")
        schema = next((one.schema for one in planned(operation).taken if one.name == name), None)
        return quote(text_of(self.usual(schema)) or "x", safe="")  # an empty segment would be another path

    def usual(self, schema: Node | None, number: int = 7) -> Any:
        """A value of a parameter's schema."""
        return self.maker.make(schema, Draw.of(number, NOW)) if schema is not None and schema.value is not None else "x"

    def _parameters(self, taken: tuple[Taken, ...]) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """The required ones: query pairs and headers, cookies among these."""
        pairs: list[tuple[str, str]] = []
        headers: dict[str, str] = {}
        for one in taken:
            if not one.required or one.location == "path":
                continue
            value = self.usual(one.schema)
            if one.location == "query":
                pairs += query_pairs(one, value)
            elif one.location == "header":
                headers[one.name] = text_of(value)
            elif one.location == "cookie":
                cookie(headers, one.name, text_of(value))
        return pairs, headers

    def body_schema(self, operation: Operation) -> Node | None:
        """The schema of the body that is sent, None where none is taken."""
        bodies = planned(operation).bodies
        return bodies[media_of(operation)] if bodies else None

    def _examples(self, operation: Operation) -> Iterator[Any]:
        document = self.session.plan.contract.document
        place = document.operation(operation.path, operation.method).child("requestBody")
        media = document.follow(place).child("content", media_of(operation))
        if media.child("example").value is not None:
            yield media.child("example").value
        for _, node in media.child("examples").items():  # noqa: PERF102 -- a Node is not a dict
            yield document.follow(node).child("value").value

    def _content(self, operation: Operation, body: Any) -> tuple[str, bytes]:
        media = media_of(operation)
        if "urlencoded" in media and isinstance(body, dict):
            if any(one in ([], {}) for one in body.values()):
                raise Inconclusive(f"{operation.id} takes a form, which cannot hold an empty list or object")
            pairs = [(name, text) for name, one in body.items() for text in flat(one)]
            return media, urlencode(pairs).encode()
        if "json" in media or media == "*/*":
            return media if "json" in media else "application/json", json.dumps(body).encode()
        if media.startswith("multipart/") and isinstance(body, dict):
            return multipart(media, body, self._files(operation))
        if "xml" in media:
            raise Inconclusive(f"{operation.id} takes {media}, of which no body is made")
        return media if "*" not in media else "application/octet-stream", text_of(body).encode()

    def _files(self, operation: Operation) -> set[str]:
        """The members of a form that are files."""
        shapes, schema = self.maker.shapes, self.body_schema(operation)
        members = shapes.properties(schema) if schema is not None else {}
        return {name for name, node in members.items() if is_file(shapes, node)}


def within(value: Any, steps: Steps) -> Any:
    """What ``steps`` lead to in ``value``; None where they lead nowhere."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def planned(operation: Operation) -> OperationPlan:
    """How the operation was inferred to be answered."""
    assert operation.plan
    return operation.plan


def media_of(operation: Operation) -> str:
    """The media type to send: JSON where it is taken."""
    names = list(planned(operation).bodies)
    return next((one for one in names if "json" in one and "patch" not in one), names[0])
