"""All rules of a document: what is computed, what is filled in, what a change brings about, what operations answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from mockserver.contract import Contract, Kind, Operation, Outline, Resource
from mockserver.contract.document import Node
from mockserver.contract.problems import Problems
from mockserver.expressions.circles import circles
from mockserver.expressions.compiling import Expression
from mockserver.expressions.context import Budget
from mockserver.expressions.effects import Effect, read_effects
from mockserver.expressions.functions import Functions, installed_functions
from mockserver.expressions.record_proxy import EvaluationContext
from mockserver.expressions.record_shapes import AskedShape, Field, KeyShape, RecordShape
from mockserver.expressions.rule_reader import RuleReader
from mockserver.expressions.standard import STANDARD
from mockserver.expressions.value_shape import ANY, Shape, Struct
from mockserver.store import Record, Tenant
from mockserver.values.lazy_mapping import LazyMapping
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

Found = TypeVar("Found")
CALLER = "caller"
"""What expressions of operations call the one who asks: ``caller.subject``, ``caller.contact``."""
FOUND = "found"
"""What expressions of queries call what was found: its members are those of ``_FOUND``."""
REPLY, VALUES = "reply", "values"
ANSWERED = frozenset({Kind.COMPUTE, Kind.GENERATE, Kind.QUERY, Kind.DESCRIBE})
"""The kinds whose answers the document tells as expressions."""
_FOUND = MappingProxyType(
    {
        Kind.QUERY: ("rows", "size", "address", "columns"),
        Kind.DESCRIBE: ("fields", "module", "resource", "key", "name", "description", "required"),
    }
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, by resource or by operationId, then by field or word.

    ``computed`` fields are worked out whenever a record is looked at and are stored nowhere; ``filled`` ones are
    worked out when a client leaves them out. An answer is that of ``values``, by field, and under an empty name
    the ``reply``.
    """

    resources: Mapping[str, Resource]
    computed: Mapping[str, Mapping[str, Expression]]
    filled: Mapping[str, Mapping[str, Expression]]
    effects: Mapping[str, tuple[Effect, ...]]
    answers: Mapping[str, Mapping[str, Expression]]
    dated: tuple[str, ...] = ()
    """The resources whose effects a date brings about."""

    def context(self, tenant: Tenant, now: datetime, budget: Budget | None = None) -> EvaluationContext:
        """What expressions look at; ``budget`` is the request's, without one the context has its own."""
        return EvaluationContext(tenant, now, self.resources, self.computed, budget)

    def is_shown_as_stored(self, resource: Resource) -> bool:
        """Whether records of the resource are seen just as they are stored."""
        return resource.name not in self.computed

    def seen(self, resource: Resource, record: Record, context: EvaluationContext) -> dict[str, Any]:
        """The record as a client sees it, free to be changed."""
        return record.data() if self.is_shown_as_stored(resource) else context.proxy(resource.name, record).whole()


def read_rules(contract: Contract) -> Rules:
    """Raises SetupError listing every rule of the document that cannot be followed."""
    problems = Problems(contract.document)
    reading = _RulesReading(contract, problems, STANDARD.also(*installed_functions()))
    resources = contract.resources.values()
    computed = {resource.name: reading.fields(resource, "computed") for resource in resources}
    filled = {resource.name: reading.fields(resource, "filled") for resource in resources}
    effects = {resource.name: reading.effects(resource) for resource in resources}
    answers = {one.id: reading.answers(one) for one in contract.operations() if one.kind in ANSWERED}
    reading.look_for_circles(computed)
    problems.raise_any()
    return Rules(contract.resources, _some(computed), _some(filled), _some(effects), answers, reading.having_dates())


def proven_rules(contract: Contract, outline: Outline) -> Rules:
    """The rules of a document that ``read_rules`` found good before; each is read when it is asked for.

    None has a function of an installed package.
    """
    problems = Problems(contract.document)
    reading = _RulesReading(contract, problems, STANDARD)
    resources = contract.resources

    def read(make: Callable[[], Found]) -> Found:
        found = make()
        problems.raise_any()
        return found

    def fields(word: str) -> Mapping[str, Mapping[str, Expression]]:
        return LazyMapping(reading.having(word), lambda name: read(lambda: reading.fields(resources[name], word)))

    def answers(name: str) -> dict[str, Expression]:
        path, method, _ = outline.operations[name]
        return read(lambda: reading.answers(contract.paths[path][method]))

    answered = [name for name, (_, _, kind) in outline.operations.items() if kind in ANSWERED]
    effects = LazyMapping(reading.having_effects(), lambda name: read(lambda: reading.effects(resources[name])))
    dated = reading.having_dates()
    return Rules(resources, fields("computed"), fields("filled"), effects, LazyMapping(answered, answers), dated)


def _some(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in found.items() if value}


class _RulesReading:
    def __init__(self, contract: Contract, problems: Problems, functions: Functions) -> None:
        self._contract = contract
        self._functions = functions
        self._problems = problems
        self._needs: dict[Field, set[Field]] = {}

    def fields(self, resource: Resource, word: str) -> dict[str, Expression]:
        found = {}
        for name, node in self._schema(resource).child("properties").items():
            place = node.child("x-mock", word)
            if place.value is not None:
                needs = self._needs.setdefault((resource.name, name), set()) if word == "computed" else None
                record = self._record(resource, needs)
                found[name] = self._reader(record, record, name).read(place)
                found[name].shape.whole()
        return found

    def having(self, word: str) -> list[str]:
        """The resources that have fields with such an expression."""
        return [
            name
            for name, resource in self._contract.resources.items()
            if any(
                node.child("x-mock", word).value is not None
                for _, node in self._schema(resource).child("properties").items()
            )
        ]

    def having_effects(self) -> list[str]:
        resources = self._contract.resources.items()
        return [name for name, one in resources if self._schema(one).child("x-mock", "effects").value]

    def having_dates(self) -> tuple[str, ...]:
        """The resources that have effects which a date brings about."""
        return tuple(
            name
            for name in sorted(self.having_effects())
            if any("due" in one for one in self._effects_node(name).value if isinstance(one, Mapping))
        )

    def _effects_node(self, name: str) -> Node:
        return self._schema(self._contract.resources[name]).child("x-mock", "effects")

    def effects(self, resource: Resource) -> tuple[Effect, ...]:
        record = self._record(resource)
        return read_effects(self._schema(resource).child("x-mock", "effects"), self._reader(record, record))

    def answers(self, operation: Operation) -> dict[str, Expression]:
        """``values`` and ``reply`` of an operation: over its parameters and body, the reply also over what was made."""
        place = self._contract.document.node("paths", operation.path, operation.method.lower(), "x-mock")
        record = self._record(operation.resource)
        reader = self._reader(record, self._asked(operation)).with_names(place.child("let"))
        if operation.kind in (Kind.COMPUTE, Kind.DESCRIBE):
            return {"": reader.read(place.child(REPLY))}
        fields = operation.resource.fields
        for name, node in place.child(VALUES).items():
            if name not in fields:
                self._problems.add(node, f"{operation.resource.name} has no field {quoted(name)}", meant(name, fields))
        found = {name: reader.read(node) for name, node in place.child(VALUES).items()}
        return {**found, "": reader.read(place.child(REPLY), record)} if operation.kind is Kind.GENERATE else found

    def look_for_circles(self, computed: Mapping[str, Mapping[str, Expression]]) -> None:
        """A computed field that needs itself would never be worked out."""
        for circle in circles(self._needs):
            resource, field = circle[0]
            if field in computed.get(resource, {}):
                chain = " needs ".join(f"{name}.{one}" for name, one in (*circle, circle[0]))
                node = self._schema(self._contract.resources[resource]).child("properties", field, "x-mock", "computed")
                self._problems.add(
                    node, f"computed fields depend on each other: {chain}", "remove one of these dependencies"
                )

    def _asked(self, operation: Operation) -> Shape:
        """What an operation is asked with: its body's members, its parameters, and who asks."""
        found: dict[str, Shape] = {CALLER: Struct({**dict.fromkeys(self._claims(), ANY), "subject": ANY}, CALLER)}
        body = self._contract.resources.get(str(operation.meaning.get("body")))
        if body is not None:
            record = self._record(body)
            found |= {name: record.member(name) or ANY for name in body.fields}
        for one in operation.parameters:
            referenced = self._contract.resources.get(str(one.references))
            found[one.name] = KeyShape(self._record(referenced)) if referenced else ANY
        if operation.kind in _FOUND:
            found[FOUND] = Struct(dict.fromkeys(_FOUND[operation.kind], ANY), FOUND)
        sent = self._sent(operation)
        return AskedShape(operation.id, {**dict.fromkeys(sent or (), ANY), **found}, is_open=sent is None)

    def _sent(self, operation: Operation) -> Iterable[str] | None:
        """The members that the schema of the body declares; None where it may have any."""
        document = self._contract.document
        node = document.follow(document.node("paths", operation.path, operation.method.lower(), "requestBody"))
        if node.value is None:
            return ()
        schema = document.follow(next((one for _, one in node.child("content").items()), node).child("schema"))
        properties = schema.child("properties").value
        return properties if isinstance(properties, Mapping) else None

    def _claims(self) -> Mapping[str, Any]:
        return self._contract.security.claims

    def _record(self, resource: Resource, needs: set[Field] | None = None) -> RecordShape:
        return RecordShape(resource, self._contract.resources, self._contract.document, needs)

    def _reader(self, record: RecordShape, this: Shape, field: str | None = None) -> RuleReader:
        return RuleReader(record, self._problems, this, field, functions=self._functions)

    def _schema(self, resource: Resource) -> Node:
        return self._contract.document.node("components", "schemas", resource.schema)
