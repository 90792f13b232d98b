"""From the document to the frozen table of operations: pure, once, at start; every problem is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mockserver.contract.document import Document, Node
from mockserver.contract.meaning import Meaning, read_meaning
from mockserver.contract.operation import (
    ANY_STATUSES,
    STATUSES,
    Body,
    Criterion,
    How,
    Kind,
    Operation,
    Parameter,
    ReplyRule,
    Security,
)
from mockserver.contract.resource import Reference, Resource
from mockserver.contract.schema import Rule, Schemas
from mockserver.errors import Problem, SetupError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
STAMPS = ("created-at", "created-by", "modified-at", "modified-by", "version", "lock")
TYPES = ("string", "integer", "number", "boolean", "array")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Contract:
    """A document made ready to be served.

    ``paths`` maps each path template to its operations by verb; ``indexes`` names the fields by which
    each resource's records are found; ``prefixes`` are the path
    prefixes of the servers the document names; ``tenant`` is the path parameter that names the tenant.
    """

    document: Document
    paths: Mapping[str, Mapping[str, Operation]]
    resources: Mapping[str, Resource]
    indexes: Mapping[str, tuple[str, ...]]
    security: Security
    tenant: str | None
    prefixes: tuple[str, ...]

    def operations(self) -> Iterator[Operation]:
        for verbs in self.paths.values():
            yield from verbs.values()

    def body_of(self, resource: str, kind: Kind) -> Rule | None:
        """The rule for the body of the operation of that kind on ``resource``, if there is one."""
        for operation in self.operations():
            if operation.kind is kind and operation.resource.name == resource:
                return operation.body.rule if operation.body else None
        return None

    def compile_all(self) -> None:
        """Compile every rule now instead of on first use. Raises SetupError listing all that are no schemas."""
        problems = Problems(self.document)
        rules = [resource.rule for resource in self.resources.values()]
        for operation in self.operations():
            rules += [parameter.rule for parameter in operation.parameters]
            rules += [operation.body.rule] if operation.body else []
            for reply in operation.replies.values():
                rules += [rule for rule in (reply.full, reply.projected) if rule]
        for rule in rules:
            problems.attempt(rule.compile)
        problems.raise_any()


class Problems:
    """Collects what is wrong with the document so that a person can mend all of it in one go."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: list[Problem] = []

    def add(self, node: Node, problem: str, remedy: str) -> None:
        self._found.append(self._document.problem(node, problem, remedy))

    def attempt(self, step: Callable[[], Result]) -> Result | None:
        """What ``step`` returns; None when it raised a SetupError, whose problems are kept."""
        try:
            return step()
        except SetupError as error:
            self._found += error.problems
            return None

    def raise_any(self) -> None:
        if self._found:
            raise SetupError(dict.fromkeys(self._found))


def compile_contract(document: Document) -> Contract:
    """Raises SetupError listing everything in the document that cannot be served."""
    problems = Problems(document)
    schemas = Schemas(document)
    resources = _resources(document, schemas, problems)
    reader = _Reader(document, schemas, resources, problems)
    paths = {path: reader.verbs(path, item) for path, item in document.node("paths").items()}
    if not paths:
        problems.add(document.node("paths"), "no paths", "describe at least one operation")
    problems.raise_any()
    return Contract(
        document=document,
        paths=paths,
        resources=resources,
        indexes=_indexes(resources, paths),
        security=_security(document),
        tenant=document.node("x-mock", "tenant").value,
        prefixes=_prefixes(document),
    )


def _resources(document: Document, schemas: Schemas, problems: Problems) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    for schema_name, node in document.node("components", "schemas").items():
        name = node.child("x-mock", "resource").value
        if name is None:
            continue
        if name in found:
            problems.add(node, f"the resource {name!r} has two record schemas", "let one schema claim it")
            continue
        found[name] = _resource(name, schema_name, node, schemas, problems)
    for resource in found.values():
        node = document.node("components", "schemas", resource.schema, "properties")
        for reference in resource.references:
            if reference.resource not in found:
                wanted = f"name one of {', '.join(sorted(found))}, or another module's as 'module:resource'"
                problem = f"references the unknown resource {reference.resource!r}"
                problems.add(node.child(reference.field, "x-mock", "references"), problem, wanted)
    return found


def _resource(name: str, schema: str, node: Node, schemas: Schemas, problems: Problems) -> Resource:
    fields = dict(node.child("properties").items())
    key = node.child("x-mock", "key").value or "id"
    if key not in fields:
        problems.add(node, f"the key {key!r} is no property", "name the property that identifies a record")
    stamps, references = {}, []
    for field, place in fields.items():
        marks = place.child("x-mock").value or {}
        if (stamp := marks.get("stamp")) is not None:
            stamps[stamp] = field
            if stamp not in STAMPS:
                problems.add(place, f"unknown stamp {stamp!r}", f"use one of {', '.join(STAMPS)}")
        if (target := marks.get("references")) is not None and ":" not in target:
            references.append(Reference(field, target))
    managed = {field for field, place in fields.items() if place.child("readOnly").value is True}
    return Resource(
        name=name,
        schema=schema,
        key=key,
        fields=frozenset(fields),
        managed=frozenset(managed | set(stamps.values()) | {key}),
        stamps=stamps,
        references=tuple(references),
        rule=schemas.rule(node),
    )


def _indexes(
    resources: Mapping[str, Resource], paths: Mapping[str, Mapping[str, Operation]]
) -> dict[str, tuple[str, ...]]:
    """For each resource the fields that records are found by: foreign keys, and what look-ups look up by."""
    wanted = {name: [reference.field for reference in resource.references] for name, resource in resources.items()}
    for verbs in paths.values():
        for operation in verbs.values():
            if operation.kind is Kind.LOOKUP:
                wanted[operation.resource.name].append(operation.meaning["by"])
    return {name: tuple(dict.fromkeys(fields)) for name, fields in wanted.items()}


def _security(document: Document) -> Security:
    for name, node in document.node("components", "securitySchemes").items():
        if node.child("scheme").value == "bearer":
            marks = node.child("x-mock").value or {}
            return Security(name, marks.get("audience"), marks.get("claims") or {})
    return Security()


def _prefixes(document: Document) -> tuple[str, ...]:
    urls = [server.get("url", "") for server in document.root.get("servers") or []]
    return tuple(dict.fromkeys(["", *(urlsplit(url).path.rstrip("/") for url in urls)]))


class _Reader:
    """Reads one operation after the other; a problem in one does not hide those of the next."""

    def __init__(
        self, document: Document, schemas: Schemas, resources: Mapping[str, Resource], problems: Problems
    ) -> None:
        self._document = document
        self._schemas = schemas
        self._resources = resources
        self._problems = problems

    def verbs(self, path: str, item: Node) -> dict[str, Operation]:
        found = {}
        for method, node in item.items():
            if method in METHODS:
                operation = self._problems.attempt(lambda m=method, n=node: self._operation(path, m, item, n))  # type: ignore[misc]
                if operation is not None:
                    found[method.upper()] = operation
        return found

    def _operation(self, path: str, method: str, item: Node, node: Node) -> Operation:
        parameters = self._parameters(item, node)
        meaning = read_meaning(self._document, path, method, node, self._resources)
        body = self._body(node)
        security = node.child("security").value
        security = self._document.root.get("security") if security is None else security
        secured = bool(security) and {} not in (security or [])
        replies = {int(status): self._reply(reply, meaning) for status, reply in self._replies(node)}
        self._declared(node, meaning, replies, secured)
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
            holds_records=self._holds_records(node, meaning),
        )

    def _parameters(self, item: Node, node: Node) -> tuple[Parameter, ...]:
        found = {}
        for place in (item, node):
            for index, _ in enumerate(place.child("parameters").value or []):
                declared = self._document.follow(place.child("parameters", index))
                parameter = self._parameter(declared)
                found[parameter.name, parameter.location] = parameter
        return tuple(found.values())

    def _parameter(self, node: Node) -> Parameter:
        name, location = node.child("name").value, node.child("in").value
        schema = self._document.follow(node.child("schema"))
        type_ = schema.child("type").value or "string"
        if schema.value is None or type_ not in TYPES:
            self._problems.add(node, f"the parameter {name!r} has no simple type", f"use one of {', '.join(TYPES)}")
        required = bool(node.child("required").value) or location == "path"
        return Parameter(name, location, required, type_, self._schemas.rule(node.child("schema")))

    def _body(self, node: Node) -> Body | None:
        body = self._document.follow(node.child("requestBody"))
        if body.value is None:
            return None
        media = {name: place for name, place in body.child("content").items() if is_json(name)}
        if not media:
            raise self._document.error(body, "no JSON media type", "declare application/json")
        schema = next(iter(media.values())).child("schema")
        return Body(tuple(media), bool(body.child("required").value), self._schemas.rule(schema))

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
            self._problems.add(place, f"searches the unknown field {field!r}", "name a field of the record, or null")
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

    def _reply(self, reply: Node, meaning: Meaning) -> ReplyRule:
        media = next((place for name, place in reply.child("content").items() if is_json(name)), None)
        if media is None:
            return ReplyRule(None, None)
        schema = self._document.follow(media.child("schema"))
        alternatives = schema.child("anyOf")
        if meaning.projection and alternatives.value and len(alternatives.value) == 2:
            return ReplyRule(self._schemas.rule(alternatives.child(0)), self._schemas.rule(alternatives.child(1)))
        rule = self._schemas.rule(schema)
        return ReplyRule(rule, rule)

    def _declared(self, node: Node, meaning: Meaning, replies: Mapping[int, Any], secured: bool) -> None:
        wanted = ANY_STATUSES | STATUSES[meaning.kind] | ({401} if secured else set())
        if missing := sorted(wanted - set(replies)):
            told = ", ".join(map(str, missing))
            self._problems.add(node.child("responses"), f"can answer {told}, not declared", "declare each of them")

    def _holds_records(self, node: Node, meaning: Meaning) -> bool:
        """Whether the full success reply is exactly the record's schema, bare, in an array, or in the envelope."""
        media = self._document.follow(node.child("responses", "200")).child("content", "application/json", "schema")
        place = self._document.follow(media)
        if meaning.projection and place.child("anyOf").value:
            place = self._document.follow(place.child("anyOf", 0))
        if meaning.page and meaning.page.items:
            place = self._document.follow(place.child("properties", meaning.page.items))
        if place.child("type").value == "array":
            place = self._document.follow(place.child("items"))
        return place.pointer == self._resources[meaning.resource].rule.node.pointer


def is_json(media_type: str) -> bool:
    """Whether a media type (parameters ignored) carries JSON."""
    name = media_type.split(";", maxsplit=1)[0].strip().lower()
    return name == "application/json" or (name.startswith("application/") and name.endswith("+json"))
