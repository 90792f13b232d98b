"""Requests with parameters, content and credentials as a document without annotations declares them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.conformance.check_plan import Group
from mockserver.conformance.inferred.inferred_bodies import NOW
from mockserver.conformance.inferred.inferred_conditions import (
    ANY_VERSION,
    VERSIONS,
    fresh_key,
    is_request_key,
    repeat_key,
    version_header,
)
from mockserver.conformance.inferred.inferred_contents import content_of, media_of, planned
from mockserver.conformance.inferred.inferred_replies import InferredReplies
from mockserver.conformance.inferred.inferred_writing import cookie, held_together, query_pairs, show, text_of, way_of
from mockserver.conformance.session import Session
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.contract import Operation
from mockserver.contract.document import Node
from mockserver.contract.form_bodies import typed
from mockserver.contract.plan import PlannedParameter
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.inference.vocabulary.words import EXPANSIONS
from mockserver.values.absent import ABSENT
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat


@dataclass(slots=True)
class InferredSender:
    """Sends requests of one run that are valid but for what is said otherwise."""

    session: Session

    def send(
        self,
        operation: Operation,
        values: Mapping[str, str] | None = None,
        *,
        body: Any = ABSENT,
        query: Mapping[str, str | list[str]] | None = None,
        without: str = "",
        raw: bytes | None = None,
        media: str = "",
        with_credentials: bool = True,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Received:
        """Send a request that is valid but for what is said otherwise.

        ``values`` fill the path, or the query where that names the record; ``without``: but for the parameter of that
        name; ``raw``: with that content, of the media type ``media``; ``token``: with that credential in place of the
        run's; ``headers``: with these in place of what they would hold.
        """
        plan = planned(operation)
        way = way_of(plan.needs, self.session.own.token)
        needed = (way,) if with_credentials else plan.needs
        shown = {(one.location, one.name) for each in needed for one in each}  # some say them as parameters, too
        taken = [one for one in plan.parameters if (one.location, one.name) not in shown and one.name != without]
        keyed = {} if f"{{{plan.key}}}" in operation.path else values or {}  # a record that the query names
        taken = [one for one in taken if one.name not in (headers or {})]
        pairs, own = self._parameters(tuple(taken), keyed)
        own |= self._of_this_one(operation, taken, values or {}) | dict(headers or {})
        asked = ((name, [one] if isinstance(one, str) else one) for name, one in (query or {}).items())
        pairs += [(name, one) for name, each in asked for one in each]
        pairs = held_together(plan.parameters, pairs, partial(typed, self.maker))
        for one in way if with_credentials else ():
            show(one, token or self.session.own.token or "token", pairs, own)
        content = b""
        if body is not ABSENT:
            body = self._named_alike(operation, values or {}, body)
            own["Content-Type"], content = content_of(
                self.session.plan.contract.document, self.maker.shapes, operation, body
            )
        if raw is not None:
            own["Content-Type"], content = media or media_of(operation), raw
        path = self._path(operation, values or {})
        target = f"{path}?{urlencode(pairs)}" if pairs else path
        own.setdefault("Accept", "*/*")
        return self.session.client.send(Sent(operation.method, target, tuple(own.items()), content or None))

    @property
    def maker(self) -> Maker:
        """What makes values for the document's schemas."""
        maker = self.session.plan.contract.maker
        assert maker
        return maker

    def schema(self, operation: Operation) -> Node:
        """The schema of the body that is sent."""
        return self.body_schema(operation) or Node("", None)

    @property
    def replies(self) -> InferredReplies:
        assert self.session.plan.replies
        return self.session.plan.replies

    def body_schema(self, operation: Operation) -> Node | None:
        """The schema of the body that is sent, None where none is taken."""
        bodies = planned(operation).bodies
        return bodies[media_of(operation)] if bodies else None

    def needed(self, group: Group) -> set[str]:
        """Members of which every record has something: those that must be there, and not as null."""
        record = group.resource.model.record if group.resource.model else None
        if record is None:
            return set()
        declared, required = self.maker.shapes.properties(record), self.maker.shapes.shape(record).required
        return {one for one in required if one not in declared or not self.replies.allows(declared[one], None)}

    def read_only(self, schema: Node) -> set[str]:
        """The members that a client does not say."""
        shapes = self.maker.shapes
        return {name for name, node in shapes.properties(schema).items() if shapes.says(node, "readOnly") is True}

    def write_only(self, operation: Operation) -> set[str]:
        """Members of a record that a reply of ``operation`` does not show."""
        plan = planned(operation)
        schema = plan.success.schema
        place = self.maker.shapes.member(schema, plan.record or ()) if schema is not None else None
        declared = self.maker.shapes.properties(place) if place is not None else {}
        return {name for name, node in declared.items() if self.maker.shapes.says(node, "writeOnly") is True}

    def only_asked_for(self, operation: Operation) -> set[str]:
        """Members that a reply of ``operation`` shows where a parameter lists and names them: ``include[]=options``."""
        shapes, found = self.maker.shapes, set[str]()
        for one in planned(operation).parameters:
            if one.location == "query" and flat(one.name) in EXPANSIONS:
                places = filter(None, (one.schema, shapes.items(one.schema)))
                found |= {
                    name for place in places for name in shapes.says(place, "enum") or () if isinstance(name, str)
                }
        return found

    def _named_alike(self, operation: Operation, values: Mapping[str, str], body: Any) -> Any:
        """``body`` with the keys that its path has, where it says them: its own, of which another would rename the
        record, and those of what it stands below."""
        plan, model = planned(operation), operation.resource.model
        if model is None:
            return body
        is_own = plan.key in values and not plan.alias and "within" not in plan.words  # not an entry of its list
        own = model.key if is_own else ()
        places = [(str(plan.key), own), *zip(plan.scope or (), (one.field for one in model.parents), strict=False)]
        named = body
        for name, place in places:
            steps, said = (*plan.sent, *place), value_at(body, (*plan.sent, *place))
            if place and name in values and isinstance(said, str | int | float) and not isinstance(said, bool):
                key = values[name]
                named = with_value(named, steps, int(key) if not isinstance(said, str) and key.isdecimal() else key)
        return body if named is body or not self.replies.allows(self.schema(operation), body) else named

    def _in_path(self, operation: Operation, name: str, values: Mapping[str, str]) -> str:
        if name in values:
            return quote(values[name], safe="")
        if name == self.session.plan.contract.tenant:
            return quote(self.session.own.tenant, safe="")
        return quote(self.segment(operation, name) or "x", safe="")  # an empty segment would be another path

    def segment(self, operation: Operation, name: str) -> str:
        """What fills that place in the path where nothing that was made does."""
        taken = planned(operation).parameter(name)
        return text_of(self.usual(None) if taken is None else self.shown(taken))

    def shown(self, taken: PlannedParameter) -> Any:
        """A value of a parameter: what the document shows of it, which the target may have; else one that is made."""
        example = taken.example
        if example is not ABSENT and self.replies.allows(taken.schema, example):
            return example
        return self.usual(taken.schema)

    def usual(self, schema: Node | None, number: int = 7, *, varies: bool = False) -> Any:
        """A value of a parameter's schema; ``varies``: none of its examples."""
        if schema is None or schema.value is None:
            return "x"
        return self.maker.make(schema, Draw.of(number, NOW, varies=varies))

    def _of_this_one(
        self, operation: Operation, taken: list[PlannedParameter], values: Mapping[str, str]
    ) -> dict[str, str]:
        """Headers that hold for one request alone: a key that no other has, and the version that it is about."""
        own = {
            one.name: self.request_key(one)
            for one in taken
            if is_request_key(one) and (one.required or one == repeat_key(operation))
        }
        version = version_header(operation)
        if version is not None and version in taken:
            own[version.name] = self.version(operation, version, values) or ANY_VERSION
        return own

    def request_key(self, one: PlannedParameter) -> str:
        """A value of a header that tells one request from all others."""
        return fresh_key(self.maker, one, self.session.mark, self.session.ordinal())

    def version(self, operation: Operation, header: PlannedParameter, values: Mapping[str, str]) -> str:
        """What a read of the record that ``operation`` is about tells of its version, as ``header`` takes it."""
        path = self._path(operation, values)
        read = self.session.client.routes.operation("GET", path)
        version = self.send(read, values).header(VERSIONS[flat(header.name)]) if read and read.plan else None
        return version or ""

    def _path(self, operation: Operation, values: Mapping[str, str]) -> str:
        return re.sub(r"\{([^{}]+)\}", lambda found: self._in_path(operation, found[1], values), operation.path)

    def _parameters(
        self, taken: tuple[PlannedParameter, ...], values: Mapping[str, str]
    ) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """The required ones: query pairs and headers, cookies among these."""
        pairs: list[tuple[str, str]] = []
        headers: dict[str, str] = {}
        for one in taken:
            if not one.required or one.location == "path":
                continue
            value = values.get(one.name) or self.shown(one)
            if one.location == "query":
                pairs += query_pairs(one, value)
            elif one.location == "header":
                headers[one.name] = text_of(value)
            elif one.location == "cookie":
                cookie(headers, one.name, text_of(value))
        return pairs, headers
