"""A usual, valid request for any operation of the document: what checks send that go over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.conformance.bodies.values import ABSENT
from mockserver.conformance.check_plan import Group, read_body
from mockserver.conformance.inferred.inferred_writing import text_of
from mockserver.contract import Kind, Operation
from mockserver.contract.document import Node
from mockserver.contract.operation import Parameter

NO_BODY = object()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request before it has a tenant and a token: ``values`` fill the path, ``body`` is any JSON."""

    operation: Operation
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = NO_BODY

    def request_target(self, tenant_name: str | None, tenant: str) -> str:
        """Path and query, percent-encoded; ``tenant`` stands for the path parameter ``tenant_name``."""
        path = self.operation.path
        for name, value in {**self.values, str(tenant_name): tenant}.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        query = urlencode([(name, text_of(value)) for name, value in self.query.items()])
        return f"{path}?{query}" if query else path

    def but(self, **changes: Any) -> Ask:
        """The same request with these fields changed."""
        return replace(self, **changes)


def names_in(path: str) -> list[str]:
    return [part.split("}")[0] for part in path.split("{")[1:]]


def record_name(operation: Operation) -> str:
    """The path parameter that names the record: the last one; empty where the path has none."""
    return next(reversed(names_in(operation.path)), "")


def usual(group: Group, operation: Operation, record: Mapping[str, Any], body: Mapping[str, Any]) -> Ask:
    """A request that is valid for ``record``; ``body`` is what a create would send."""
    record_id = str(record.get(group.key, "missing"))
    values = dict(others(group, operation))
    match operation.kind:
        case Kind.READ | Kind.DELETE | Kind.DOCUMENT | Kind.NOTICE | Kind.REPLACE | Kind.PATCH if not group.is_single:
            values[record_name(operation)] = record_id
        case Kind.LOOKUP:
            values |= group.named(operation, record) or {}
    return Ask(operation, values, {}, _body(group, operation, record_id, body))


def _body(group: Group, operation: Operation, record_id: str, body: Mapping[str, Any]) -> Any:
    made: Mapping[Kind, Callable[[], Any]] = {
        Kind.CREATE: lambda: dict(body),
        Kind.REPLACE: lambda: dict(body) if group.is_single else {**body, group.key: record_id},
        Kind.PATCH: lambda: [
            {"op": "replace", "path": f"/{group.marker}", "value": body[group.marker]}
            if body
            else {"op": "test", "path": f"/{group.key}", "value": record_id}
        ],
        Kind.SEARCH: dict,
        Kind.BATCH: lambda: operation.batch.body([{"verb": "read", "key": record_id}]),
        Kind.PREVIEW: lambda: preview_body(group, operation, record_id),
        Kind.COMPUTE: lambda: example_body(group, operation),
        Kind.QUERY: lambda: example_body(group, operation),
    }
    return made[operation.kind]() if operation.kind in made and operation.body is not None else NO_BODY


def is_valid(operation: Operation, body: Any) -> bool:
    """Whether ``body`` is an object that ``operation`` takes."""
    return isinstance(body, dict) and operation.body is not None and operation.body.validator.allows(body)


def example_body(group: Group, operation: Operation) -> dict[str, Any]:
    """A body like the document's example, with all that must be there."""
    known = read_body(group.contract, operation)
    return {
        name: known.example[name] if name in known.example else group.values.make(node, name, 1)
        for name, node in known.properties.items()
        if name in known.required or name in known.example
    }


def preview_body(group: Group, operation: Operation, record_id: str) -> dict[str, Any]:
    """A body that asks for a preview made from the record ``record_id``."""
    known = read_body(group.contract, operation)
    made = {
        name: group.values.make(node, name, 1, known.example.get(name, ABSENT))
        for name, node in known.properties.items()
        if name in known.required or name in known.example
    }
    return {**made, operation.meaning["record"]: record_id}


def others(group: Group, operation: Operation) -> Iterator[tuple[str, str]]:
    """Values for the path parameters that are neither the tenant nor the record."""
    for parameter in operation.parameters:
        if parameter.location == "path" and parameter.name != group.contract.tenant:
            yield parameter.name, made_value(group, operation, parameter)


def made_value(group: Group, operation: Operation, parameter: Parameter) -> str:
    """A valid value for ``parameter``: the document's example, else one made."""
    document = group.contract.document
    for place in (
        document.node("paths", operation.path),
        document.node("paths", operation.path, operation.method.lower()),
    ):
        for index, _ in enumerate(place.child("parameters").value or []):
            declared = document.follow(place.child("parameters", index))
            if declared.value.get("name") == parameter.name and "example" in declared.value:
                return str(declared.value["example"])
    return str(
        group.values.make(Node(parameter.validator.node.pointer, parameter.validator.node.value), parameter.name, 1)
    )
