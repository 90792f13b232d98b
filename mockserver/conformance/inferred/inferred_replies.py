"""Replies of a document without annotations, judged by jsonschema: a reader of schemas that the engine does not use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from mockserver.conformance.bodies.bounds import FORMATS as FORMATS_BROKEN
from mockserver.conformance.bodies.bounds import INTEGERS_BEYOND
from mockserver.conformance.inferred.inferred_headers import InferredHeaders
from mockserver.conformance.value_differences import without_positions
from mockserver.conformance.wire.traffic import NotJson, Received, read_json
from mockserver.contract import Operation
from mockserver.contract.document import Document, Node
from mockserver.contract.plan import PlannedReply, names_of
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.messages import WITHOUT_CONTENT
from mockserver.values.media_types import without_parameters
from mockserver.values.moment import read_moment
from mockserver.values.pointer import pointer_to, steps_of
from mockserver.values.shown import quoted

JSON = "application/json"
ROOT = "urn:document"
FORMATS = FormatChecker(["date-time", "date", "uuid", "email", "ipv4", "ipv6"])
"""The formats that all readers of schemas understand alike."""
SHOWN = 5
NOW = datetime(2025, 4, 18, 12, tzinfo=UTC)
LONG = 65_536
"""PERF: bodies of more bytes are first shown to the engine's validator, which is a hundred times as fast."""
TRIED = 6
"""How many values are made to see whether a schema can be kept."""

BEYOND = tuple(one for values in INTEGERS_BEYOND.values() for one in values)
ALTERNATIVES = ("anyOf", "oneOf", "unevaluatedProperties")
"""Keywords that are broken where a value inside of theirs is wrong."""

Fault = tuple[str, str, str]
"""The check, the cause, and the detail."""


class InferredReplies:
    """Knows one document; validators are made when first needed."""

    def __init__(self, document: Document, maker: Maker) -> None:
        self._maker = maker
        self._registry: Registry[Any] = Registry().with_resource(
            ROOT, Resource.from_contents(document.root, default_specification=DRAFT202012)
        )
        self._judge = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
        self._known: dict[str, Validator] = {}
        self._headers = InferredHeaders(document, maker.shapes, self.violations)

    def faults(self, reply: Received, operation: Operation) -> Iterator[Fault]:
        """What is wrong with a reply by what the document declares for its status.

        An undeclared refusal is not: documents seldom list them all. An undeclared success or redirect is.
        """
        assert operation.plan
        name = self._name(operation, reply.status)
        if name is None:
            # Where only refusals are declared, a success is what nobody thought of declaring.
            if reply.status < 400 and any(name[:1] in "23" for name in operation.plan.replies):
                declared = ", ".join(sorted(operation.plan.replies))
                yield "watch.status", f"answered {reply.status}, which is not declared", f"declared: {declared}"
            return
        said, media = operation.plan.replies[name], reply.media_type
        yield from (("watch.headers", *fault) for fault in self._headers.faults(reply, operation, name))
        if said.media_type is None or operation.method == "HEAD" or reply.status in WITHOUT_CONTENT:
            return
        if not reply.body:
            # who answers nothing where a default is declared for all else, or tells where it is, may well mean it
            is_meant = name == "default" or reply.header("Location") is not None
            if not is_meant and reply.status < 300 and "json" in said.media_type and _says_something(said.schema):
                yield "watch.schema", f"a reply with {reply.status} has no content", f"declared: {said.media_type}"
            return
        if not any(_covers(name, media) for name in self._media_types(said)):
            cause = f"a reply with {reply.status} has the content type {media or 'none'}"
            yield "watch.content_type", cause, f"declared: {said.media_type}"
        elif said.schema is not None and "json" in media:
            if not self._is_declared(said, media):
                cause = f"a reply with {reply.status} has the content type {media}, a different kind of JSON"
                yield "watch.json_type", cause, f"declared: {said.media_type}"
            yield from self._schema(reply, said.schema)

    def _is_declared(self, said: PlannedReply, media: str) -> bool:
        """Whether a media type is declared by its own name or a range; versions of a vendor's are not told apart."""
        names = self._media_types(said)
        return any("/" not in one or fnmatchcase(media, one) or one == JSON for one in names)

    def broken_constraints(self, reply: Received, operation: Operation, value: Any) -> Iterator[tuple[str, str, Any]]:
        """Pointer, keyword and limit of what the JSON of a reply breaks; what must be there is at its own pointer."""
        said = self.declared(operation, reply.status)
        for one in self.violations(said.schema, value) if said and said.schema is not None else ():
            wanted: Any = one.validator_value
            is_lacking = one.validator == "required" and isinstance(wanted, list)
            instance: Any = one.instance
            missing = [name for name in wanted if name not in instance] if is_lacking else []
            yield pointer_to(*map(str, one.absolute_path), *missing[:1]), str(one.validator), wanted

    def declared(self, operation: Operation, status: int) -> PlannedReply | None:
        """The reply that the document declares for ``status``, be it as ``2XX`` or ``default``."""
        name = self._name(operation, status)
        return operation.plan.replies[name] if operation.plan and name is not None else None

    def _name(self, operation: Operation, status: int) -> str | None:
        """What the document calls the reply that it declares for ``status``."""
        said: Mapping[str, PlannedReply] = operation.plan.replies if operation.plan else {}
        return next((one for one in names_of(status) if one in said), None)

    def allows(self, schema: Node, value: Any) -> bool:
        """Whether ``value`` keeps the schema; one that cannot be read forbids nothing."""
        return not self.violations(schema, value)

    def violations(self, schema: Node, value: Any) -> list[ValidationError]:
        if not isinstance(schema.value, Mapping | bool):
            return []
        if schema.pointer not in self._known:
            reference = {"$ref": f"{ROOT}#{quote(schema.pointer, safe='/~')}"}
            self._known[schema.pointer] = self._judge(reference, registry=self._registry, format_checker=FORMATS)
        try:
            return list(self._known[schema.pointer].iter_errors(value))
        except (Unresolvable, SchemaError, RecursionError, TypeError, AttributeError, re.error):
            return []  # a schema that its owner got wrong says nothing of a reply

    def _schema(self, reply: Received, schema: Node) -> Iterator[Fault]:
        try:
            value = read_json(reply.body)
        except NotJson as wrong:
            yield "watch.schema", f"a reply with {reply.status} is not JSON", str(wrong)
            return
        if len(reply.body) > LONG and self._maker.allows(schema, value):
            return
        broken = [one for one in self.violations(schema, value) if not _is_echo(one)]
        if broken and self._can_be_kept(schema):
            firm = [one for one in broken if not _is_local(one)]
            places = (
                f"{without_positions(pointer_to(*one.absolute_path))} ({one.validator})" for one in firm or broken
            )
            where = ", ".join(sorted(set(places))[:3])
            detail = "; ".join(f"{one.json_path}: {one.message[:200]}" for one in (firm or broken)[:SHOWN])
            if firm:
                yield "watch.schema", f"a reply with {reply.status} breaks its schema at {where}", detail
            else:
                yield (
                    "watch.moments",
                    f"a reply with {reply.status} has timestamps without an offset at {where}",
                    detail,
                )

    def _can_be_kept(self, schema: Node) -> bool:
        """Whether a value can be made that keeps the schema: one that nothing keeps says nothing of a target."""
        made = (self._maker.make(schema, Draw.of(number, NOW)) for number in range(TRIED))
        return any(self.allows(schema, value) for value in made)

    def _media_types(self, said: PlannedReply) -> list[str]:
        """All that the document declares for that reply; the plan knows the one that is answered with."""
        place = said.media.pointer.rpartition("/")[0] if said.media else ""
        node = self._registry.contents(ROOT)
        for step in steps_of(place):
            node = node.get(step) if isinstance(node, Mapping) else None
        names = list(node) if isinstance(node, Mapping) else []
        return [without_parameters(name) for name in names or [str(said.media_type)]]


def _says_something(schema: Node | None) -> bool:
    """Whether a schema tells of any content at all."""
    return schema is not None and schema.value not in (True, {})


def _is_echo(broken: ValidationError) -> bool:
    """Whether a value is one that the kit sent to see whether it is refused: that it was not is told where it was."""
    if broken.validator in ALTERNATIVES:
        return _holds_echo(broken.instance)
    if broken.validator == "format":
        return broken.instance in FORMATS_BROKEN.values()
    return broken.validator in ("minimum", "maximum") and _is_beyond(broken.instance)


def _holds_echo(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_holds_echo, value.values() if isinstance(value, dict) else value))
    return value in FORMATS_BROKEN.values() or _is_beyond(value)


def _is_beyond(value: Any) -> bool:
    """Whether a number is one that no format of integers holds, as it was sent or as readers of fractions keep it."""
    return type(value) in (int, float) and any(abs(value - one) <= abs(one) * 1e-15 for one in BEYOND)


def _is_local(broken: ValidationError) -> bool:
    """Whether a moment is told by ISO 8601 but for its offset: RFC 3339 wants it, and many servers leave it out."""
    if broken.validator != "format" or broken.validator_value != "date-time" or not isinstance(broken.instance, str):
        return False
    return read_moment(f"{broken.instance.replace(' ', 'T')}Z") is not None


def _covers(declared: str, media: str) -> bool:
    """Whether a declared media type or range is about ``media``; one kind of JSON is as good as another."""
    pattern = re.escape(declared).replace(r"\*", ".*")
    return re.fullmatch(pattern, media) is not None or ("json" in declared and "json" in media) or "/" not in declared


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """Patterns that Python cannot read are passed over: ECMAScript has words that it does not know."""
    try:
        is_found = not isinstance(value, str) or re.search(pattern, value)
    except re.error:
        return
    if not is_found:
        yield ValidationError(f"{quoted(value)} does not match {quoted(pattern)}")
