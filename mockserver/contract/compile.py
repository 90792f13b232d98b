"""From the document to the frozen table of operations: pure, once, at start; every problem is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from mockserver.contract.document import Document, Node
from mockserver.contract.operation import Kind, Operation, Security
from mockserver.contract.operation_reader import OperationReader
from mockserver.contract.problems import Problems
from mockserver.contract.resource import Reference, Resource
from mockserver.contract.schema import Rule, Schemas

STAMPS = ("created-at", "created-by", "modified-at", "modified-by", "version", "lock")


@dataclass(frozen=True, slots=True)
class Contract:
    """A document made ready to be served.

    ``paths`` maps each path template to its operations by verb; ``indexes`` names the fields by which
    each resource's records are found; ``bodies`` holds the rule for the body of a resource's operation
    of a kind; ``tenant`` is the path parameter that names the tenant, if any; ``prefixes`` are the path
    prefixes of the servers that the document names.
    """

    document: Document
    paths: Mapping[str, Mapping[str, Operation]]
    resources: Mapping[str, Resource]
    indexes: Mapping[str, tuple[str, ...]]
    bodies: Mapping[tuple[str, Kind], Rule]
    security: Security
    tenant: str | None
    prefixes: tuple[str, ...]

    def operations(self) -> Iterator[Operation]:
        for verbs in self.paths.values():
            yield from verbs.values()

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


def compile_contract(document: Document) -> Contract:
    """Raises SetupError listing everything in the document that cannot be served."""
    problems = Problems(document)
    schemas = Schemas(document)
    resources = _resources(document, schemas, problems)
    reader = OperationReader(document, schemas, resources, problems)
    paths = {path: reader.verbs(path, item) for path, item in document.node("paths").items()}
    if not paths:
        problems.add(document.node("paths"), "no paths", "describe at least one operation")
    problems.raise_any()
    return Contract(
        document=document,
        paths=paths,
        resources=resources,
        indexes=_indexes(resources, paths),
        bodies=_bodies(paths),
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


def _bodies(paths: Mapping[str, Mapping[str, Operation]]) -> dict[tuple[str, Kind], Rule]:
    return {
        (operation.resource.name, operation.kind): operation.body.rule
        for verbs in paths.values()
        for operation in verbs.values()
        if operation.body
    }


def _security(document: Document) -> Security:
    for name, node in document.node("components", "securitySchemes").items():
        if node.child("scheme").value == "bearer":
            marks = node.child("x-mock").value or {}
            return Security(name, marks.get("audience"), marks.get("claims") or {})
    return Security()


def _prefixes(document: Document) -> tuple[str, ...]:
    urls = [server.get("url", "") for server in document.root.get("servers") or []]
    return tuple(dict.fromkeys(["", *(urlsplit(url).path.rstrip("/") for url in urls)]))
