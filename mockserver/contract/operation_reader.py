"""From the document's paths to operations: parameters, bodies, replies, and what each operation means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from mockserver.contract.annotation_schemas import operation_marks
from mockserver.contract.custom_kinds import CustomKind
from mockserver.contract.document import METHODS, Document, Node
from mockserver.contract.kinds import ANY_STATUSES, Kind
from mockserver.contract.meaning import Meaning, read_meaning
from mockserver.contract.operation import (
    Body,
    Criterion,
    DeclaredReply,
    How,
    Operation,
    Parameter,
)
from mockserver.contract.problems import Problems
from mockserver.contract.resource import Resource
from mockserver.contract.schema import Schemas
from mockserver.values.form import Form
from mockserver.values.media_types import without_parameters
from mockserver.values.shown import quoted

TYPES = ("string", "integer", "number", "boolean", "array")


class OperationReader:
    """Reads one operation after the other; a problem in one does not hide those of the next."""

    def __init__(
        self,
        document: Document,
        schemas: Schemas,
        resources: Mapping[str, Resource],
        problems: Problems,
        custom: Mapping[str, CustomKind],
    ) -> None:
        self._document = document
        self._schemas = schemas
        self._resources = resources
        self._problems = problems
        self._custom_kinds = custom

    @cached_property
    def _marks(self) -> Form:
        return Form(operation_marks(self._custom_kinds))

    def verbs(self, path: str, item: Node) -> dict[str, Operation]:
        found = {}
        followed = self._problems.attempt(partial(self._document.follow, item))
        item = followed or item
        for method, node in item.items():
            if method in METHODS:
                operation = self._problems.attempt(partial(self._operation, path, method, item, node))
                if operation is not None:
                    found[method.upper()] = operation
        return found

    def _operation(self, path: str, method: str, item: Node, node: Node) -> Operation:
        parameters = self._parameters(item, node)
        meaning = read_meaning(
            self._document, path, method, node, self._resources, form=self._marks, custom_kinds=self._custom_kinds
        )
        body = self._body(node)
        security = node.child("security").value
        security = self._document.root.get("security") if security is None else security
        secured = bool(security) and {} not in (security or [])
        replies = {int(status): self._reply(reply, meaning) for status, reply in self._replies(node)}
        self._declared(node, meaning, replies, secured)
        self._named(node.child("x-mock"), meaning, parameters)
        return Operation(
            id=node.child("operationId").value or f"{method} {path}",
            method=method.upper(),
            path=path,
            summary=node.child("summary").value or "",
            kind=meaning.kind,
            resource=self._resources[meaning.resource],
            meaning=meaning.words,
            parameters=parameters,
            body=body,
            replies=replies,
            secured=secured,
            scopes=frozenset(scope for need in security or [] for scopes in need.values() for scope in scopes),
            projection=meaning.projection,
            page=meaning.page,
            criteria=self._criteria(node, meaning),
            provenance=(node.child("x-provenance", "status").value or "documented"),
            holds_records=meaning.custom is None and self._holds_records(node, meaning),
            custom=meaning.custom,
            batch=meaning.batch,
            is_elsewhere=bool(item.child("servers").value or node.child("servers").value),
        )

    def _parameters(self, item: Node, node: Node) -> tuple[Parameter, ...]:
        found = {}
        for place in (item, node):
            for index, _ in enumerate(place.child("parameters").value or []):
                declared = self._document.follow(place.child("parameters", index))
                if is_ignored(declared):
                    continue
                parameter = self._parameter(declared)
                found[parameter.name, parameter.location] = parameter
        return tuple(found.values())

    def _parameter(self, node: Node) -> Parameter:
        name, location = node.child("name").value, node.child("in").value
        schema = self._document.follow(node.child("schema"))
        type_ = schema.child("type").value or "string"
        if schema.value is None or type_ not in TYPES:
            self._problems.add(
                node, f"the parameter {quoted(name)} has no simple type", f"use one of {', '.join(TYPES)}"
            )
        required = bool(node.child("required").value) or location == "path"
        may_be_empty = location != "query" or type_ == "string" or node.child("allowEmptyValue").value is True
        referenced = node.child("x-mock", "references").value
        if referenced is not None and referenced not in self._resources:
            known = ", ".join(sorted(self._resources))
            self._problems.add(
                node.child("x-mock"), f"names the unknown resource {quoted(referenced)}", f"use one of {known}"
            )
        validator = self._schemas.validator(node.child("schema"))
        return Parameter(name, location, required, type_, may_be_empty, validator, referenced)

    def _body(self, node: Node) -> Body | None:
        body = self._document.follow(node.child("requestBody"))
        if body.value is None:
            return None
        media = {name: place for name, place in body.child("content").items() if is_json(name)}
        if not media:
            raise self._document.error(body, "no JSON media type", "declare application/json")
        schema = next(iter(media.values())).child("schema")
        return Body(tuple(media), bool(body.child("required").value), self._schemas.validator(schema))

    def _criteria(self, node: Node, meaning: Meaning) -> dict[str, Criterion]:
        """What each member of a search's body means."""
        if meaning.kind is not Kind.SEARCH:
            return {}
        body = self._document.follow(
            self._document.follow(node.child("requestBody")).child("content", "application/json", "schema")
        )
        fields = self._resources[meaning.resource].fields
        return {name: self._criterion(name, place, fields) for name, place in body.child("properties").items()}

    def _criterion(self, name: str, place: Node, fields: frozenset[str]) -> Criterion:
        marks = place.child("x-mock").value or {}
        field = marks.get("field", name if name in fields else None)
        if field is not None and field not in fields:
            self._problems.add(
                place, f"searches the unknown field {quoted(field)}", "name a field of the record, or null"
            )
        schema = self._document.follow(place).value
        how = How.EQUALS
        if schema.get("type") == "array":
            how = How.RANGE if schema.get("minItems") == schema.get("maxItems") == 2 else How.ANY_OF
        elif schema.get("type") == "string":
            how = How.CONTAINS
        return Criterion(field, how, is_page_key=marks.get("page") == "key")

    def _replies(self, node: Node) -> Iterator[tuple[str, Node]]:
        for status, reply in node.child("responses").items():
            if status.isdigit():
                yield status, self._document.follow(reply)

    def _reply(self, reply: Node, meaning: Meaning) -> DeclaredReply:
        media = next((place for name, place in reply.child("content").items() if is_json(name)), None)
        if media is None:
            return DeclaredReply(None, None)
        files = frozenset(without_parameters(name) for name, _ in reply.child("content").items() if not is_json(name))
        schema = self._document.follow(media.child("schema"))
        validator = self._schemas.validator(schema)
        if not meaning.projection:
            return DeclaredReply(validator, validator, files)
        resource = self._resources[meaning.resource]
        return DeclaredReply(validator, self._schemas.projection(schema, resource.validator.node, resource.key))

    def _declared(self, node: Node, meaning: Meaning, replies: Mapping[int, Any], secured: bool) -> None:
        wanted = ANY_STATUSES | meaning.facts.statuses | ({401} if secured else set())
        if missing := sorted(wanted - set(replies)):
            listed = ", ".join(map(str, missing))
            self._problems.add(node.child("responses"), f"can answer {listed}, not declared", "declare each of them")

    def _named(self, marks: Node, meaning: Meaning, parameters: tuple[Parameter, ...]) -> None:
        """What the words name must be there: parameters of the operation, fields of the record."""
        asked = sorted({one.name for one in parameters})
        for word, name in (("projection", meaning.projection), ("page", meaning.page.key if meaning.page else None)):
            if name and name not in asked:
                self._problems.add(
                    marks.child(word), f"names no parameter: {quoted(name)}", f"use one of {', '.join(asked)}"
                )
        by = meaning.words.get("by") if meaning.kind is Kind.LOOKUP else None
        if by is not None:
            self._looked_up(marks.child("by"), {by: by} if isinstance(by, str) else by, meaning, asked)

    def _looked_up(self, place: Node, by: Mapping[str, Any], meaning: Meaning, asked: list[str]) -> None:
        """``by``: for each parameter a field, or ``{by: field, cases: {value: field}}``."""
        resource = self._resources[meaning.resource]
        values = [*by.values()]
        plain = [one for one in values if isinstance(one, str)]
        chosen = [one for one in values if not isinstance(one, str)]
        if not plain or plain[0] in resource.computed:
            self._problems.add(place, "no stored field to find records by", "write by: {parameter: field}")
            return
        for name in (one for one in by if one not in asked):
            self._problems.add(place, f"names no parameter: {quoted(name)}", f"use one of {', '.join(asked)}")
        fields = [*plain, *(one["by"] for one in chosen), *(two for one in chosen for two in one["cases"].values())]
        for name in dict.fromkeys(fields):
            if name not in resource.fields:
                self._problems.add(place, f"{resource.name} has no field {quoted(name)}", "name a field of the record")

    def _holds_records(self, node: Node, meaning: Meaning) -> bool:
        """Whether the full success reply is exactly the record's schema, bare, in an array, or in the envelope."""
        media = self._document.follow(node.child("responses", "200")).child("content", "application/json", "schema")
        place = self._document.follow(media)
        if meaning.page and meaning.page.items:
            place = self._document.follow(place.child("properties", meaning.page.items))
        if place.child("type").value == "array":
            place = self._document.follow(place.child("items"))
        return place.pointer == self._resources[meaning.resource].validator.node.pointer


def is_ignored(parameter: Node) -> bool:
    """Whether OpenAPI says to ignore it: these headers are told elsewhere in a document."""
    name = str(parameter.child("name").value).lower()
    return parameter.child("in").value == "header" and name in ("accept", "content-type", "authorization")


def is_json(content_type: str) -> bool:
    """Whether a media type (parameters ignored) carries JSON."""
    name = without_parameters(content_type)
    return name == "application/json" or (name.startswith("application/") and name.endswith("+json"))
