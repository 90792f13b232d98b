"""All rules of a document: what is computed, what is filled in, what a change brings about, what operations answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mockserver.contract import Contract, Kind, Operation, Resource
from mockserver.contract.document import Node
from mockserver.contract.problems import Problems
from mockserver.rules.circles import circles
from mockserver.rules.context import Compute, Scene
from mockserver.rules.effects import Effect, read_effects
from mockserver.rules.language import read_expression
from mockserver.rules.scope import Scope, Shape
from mockserver.store import Record, Tenant

CALLER = "caller"
"""What expressions of operations call the one who asks: ``caller.subject``, ``caller.contact``."""
REPLY, VALUES = "reply", "values"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, by resource or by operationId, then by field or word.

    ``computed`` fields are worked out whenever a record is looked at and are stored nowhere; ``filled`` ones are
    worked out when a client leaves them out.
    """

    resources: Mapping[str, Resource]
    computed: Mapping[str, Mapping[str, Compute]]
    filled: Mapping[str, Mapping[str, Compute]]
    effects: Mapping[str, tuple[Effect, ...]]
    answers: Mapping[str, Mapping[str, Compute]]

    def scene(self, tenant: Tenant, now: datetime) -> Scene:
        return Scene(tenant, now, self.resources, self.computed)

    def is_plain(self, resource: Resource) -> bool:
        """Whether records of the resource are seen just as they are stored."""
        return resource.name not in self.computed

    def seen(self, resource: Resource, record: Record, scene: Scene) -> dict[str, Any]:
        """The record as a client sees it, free to be changed."""
        return record.data() if self.is_plain(resource) else scene.view(resource.name, record).whole()


def read_rules(contract: Contract) -> Rules:
    """Raises SetupError listing every rule of the document that cannot be followed."""
    problems = Problems(contract.document)
    reader = _Reader(contract, problems)
    computed = {resource.name: reader.fields(resource, "computed") for resource in contract.resources.values()}
    filled = {resource.name: reader.fields(resource, "filled") for resource in contract.resources.values()}
    effects = {resource.name: reader.effects(resource) for resource in contract.resources.values()}
    answers = {
        one.id: reader.answers(one) for one in contract.operations() if one.kind in (Kind.COMPUTE, Kind.GENERATE)
    }
    reader.look_for_circles(computed)
    problems.raise_any()
    return Rules(contract.resources, _some(computed), _some(filled), _some(effects), answers)


def _some(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in found.items() if value}


class _Reader:
    def __init__(self, contract: Contract, problems: Problems) -> None:
        self._contract = contract
        self._problems = problems
        self._needs: dict[tuple[str, str], set[tuple[str, str]]] = {}

    def fields(self, resource: Resource, word: str) -> dict[str, Compute]:
        found = {}
        for name, node in self._schema(resource).child("properties").items():
            place = node.child("x-mock", word)
            if place.value is not None:
                needs = self._needs.setdefault((resource.name, name), set()) if word == "computed" else None
                found[name] = self._scope(Shape(resource), needs).read(place)
        return found

    def effects(self, resource: Resource) -> tuple[Effect, ...]:
        return read_effects(self._schema(resource).child("x-mock", "effects"), self._scope(Shape(resource)))

    def answers(self, operation: Operation) -> dict[str, Compute]:
        """``values`` and ``reply`` of an operation: over its parameters and body, the reply also over what was made."""
        place = self._contract.document.node("paths", operation.path, operation.method.lower(), "x-mock")
        scope = self._scope(self._asked(operation))
        found = {}
        if operation.kind is Kind.GENERATE:
            for name, node in place.child(VALUES).items():
                if name not in operation.resource.fields:
                    remedy = "name a field of the record"
                    self._problems.add(node, f"{operation.resource.name} has no field {name!r}", remedy)
                found[name] = scope.read(node)
            scope = scope.inside(Shape(operation.resource))
        return {**found, "": scope.read(place.child(REPLY))}

    def look_for_circles(self, computed: Mapping[str, Mapping[str, Compute]]) -> None:
        """A computed field that needs itself would never be worked out."""
        for circle in circles(self._needs):
            resource, field = circle[0]
            if field in computed.get(resource, {}):
                told = " needs ".join(f"{name}.{one}" for name, one in (*circle, circle[0]))
                node = self._schema(self._contract.resources[resource]).child("properties", field, "x-mock", "computed")
                self._problems.add(node, f"computed fields need each other: {told}", "let one of them do without")

    def _asked(self, operation: Operation) -> Shape:
        """What an operation is asked with: its body's members, its parameters, and who asks."""
        keys = {one.name: one.references for one in operation.parameters if one.references}
        body = operation.meaning.get("body")
        if body is not None and (resource := self._contract.resources.get(str(body))):
            keys |= {one.path: one.resource for one in resource.references if not one.is_nested}
        return Shape(keys=keys)

    def _scope(self, shape: Shape, needs: set[tuple[str, str]] | None = None) -> Scope:
        return Scope((shape,), self._contract.resources, self._problems, read_expression, needs)

    def _schema(self, resource: Resource) -> Node:
        return self._contract.document.node("components", "schemas", resource.schema)
