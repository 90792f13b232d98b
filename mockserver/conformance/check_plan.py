"""What there is to check, read from the document: each resource with its operations by kind."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mockserver.conformance.bodies.values import ABSENT, Values
from mockserver.conformance.findings import NotApplicable
from mockserver.conformance.inferred.inferred_replies import InferredReplies
from mockserver.conformance.rules.rule_text import tree_of
from mockserver.contract import Contract, Kind, Operation, Resource
from mockserver.contract.document import Node
from mockserver.contract.operation import How
from mockserver.contract.resource import Reference

_NOTHING = Node("", None)


@dataclass(frozen=True, slots=True)
class BodyOutline:
    """A request body as the document describes it: its properties, what must be there, and an example."""

    node: Node
    properties: Mapping[str, Node]
    required: frozenset[str]
    example: Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """One resource and what can be done with it. What is told of its fields is read from the document once."""

    resource: Resource
    operations: Mapping[Kind, tuple[Operation, ...]]
    contract: Contract
    values: Values

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.resource.name

    @property
    def key(self) -> str:
        """The field that identifies a record; empty where a tenant has only one."""
        return self.resource.key

    @property
    def is_single(self) -> bool:
        """Whether a tenant has one record of it, which no key names."""
        return self.resource.is_single

    def has(self, kinds: Iterable[Kind]) -> bool:
        """Whether there is an operation of each of ``kinds``."""
        return all(kind in self.operations for kind in kinds)

    def one(self, kind: Kind) -> Operation:
        """The first operation of ``kind``. Raises KeyError where there is none: a check names what it ``needs``."""
        return self.operations[kind][0]

    def all(self, *kinds: Kind) -> tuple[Operation, ...]:
        """The operations of these kinds, or of every kind; in the document's order."""
        found = (one for kind, found in self.operations.items() if not kinds or kind in kinds for one in found)
        return tuple({one.id: one for one in found}.values())

    @cached_property
    def bodies(self) -> Mapping[Kind, BodyOutline]:
        """What the first operation of each kind takes."""
        return {kind: read_body(self.contract, found[0]) for kind, found in self.operations.items()}

    def field(self, name: str) -> Node:
        """The record's field ``name``: its schema, references followed; a node of nothing where there is none."""
        return self._fields.get(name, _NOTHING)

    def marks(self, name: str) -> Mapping[str, Any]:
        """The x-mock words on the record's field."""
        return self.schema.child("properties", name, "x-mock").value or {}

    @cached_property
    def writable(self) -> dict[str, Node]:
        """What a client may set, as the create body describes it, the key left out; nothing where none is created."""
        managed = self.resource.managed
        if Kind.CREATE not in self.bodies:
            return {}
        return {name: node for name, node in self.bodies[Kind.CREATE].properties.items() if name not in managed}

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that a create must be given."""
        return self.bodies[Kind.CREATE].required & frozenset(self.writable) if self.writable else frozenset()

    def of_type(self, *types: str) -> list[str]:
        """Writable fields of these JSON types that are not foreign keys, in the document's order."""
        keys = self.foreign_keys | self.resource.computed
        return [name for name, node in self.writable.items() if self.values.type_of(node) in types and name not in keys]

    @cached_property
    def free_texts(self) -> list[str]:
        """Writable fields that take any text: no enum, pattern, format or length, and no foreign key."""
        limits = {"enum", "const", "pattern", "format", "maxLength"}
        return [name for name in self.of_type("string") if not limits & set(self.field(name).value or {})]

    @cached_property
    def foreign_keys(self) -> frozenset[str]:
        """Fields that name a record, or hold names of some, of this or another module, or that look-ups look up by."""
        marked = {one.field for one in (*self.resource.references, *self.resource.elsewhere)}
        return frozenset(
            marked | {field for one in self.all(Kind.LOOKUP) for field in one.keys.values() if isinstance(field, str)}
        )

    @cached_property
    def text_keys(self) -> frozenset[str]:
        """Single foreign keys that are free text by their schema, but stand in paths: they get no spaces."""
        limits = {"enum", "const", "format"}
        fields = (name for name in self.foreign_keys if self.values.type_of(self.field(name)) == "string")
        return frozenset(name for name in fields if not limits & set(self.field(name).value))

    @cached_property
    def moments(self) -> frozenset[str]:
        """Fields that the search takes a range of moments for, whatever their schema says."""
        found = set()
        for operation in self.all(Kind.SEARCH):
            place = self.contract.document.follow(operation.body.validator.node) if operation.body else None
            for name, criterion in operation.criteria.items():
                if place and criterion.field and criterion.how is How.RANGE:
                    items = self.contract.document.follow(place.child("properties", name)).child("items", "format")
                    found |= {criterion.field} if items.value in ("date-time", "date") else set()
        return frozenset(found)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Foreign keys into this document that a client may set; not those deeper inside a field."""
        return tuple(one for one in self.resource.references if one.field in self.writable and not one.is_nested)

    @cached_property
    def filled(self) -> frozenset[str]:
        """Fields that the server fills in where a client leaves them out."""
        return frozenset(name for name in self.resource.fields if "filled" in self.marks(name))

    @cached_property
    def triggers(self) -> Mapping[str, tuple[Any, ...]]:
        """The values, by field, that let a change to them change other records too, as the document tells.

        An effect is kept from happening by its first condition.
        """
        found: dict[str, tuple[Any, ...]] = {}
        effects = self.schema.child("x-mock", "effects").value or []
        for effect in (one for one in effects if "due" not in one):  # a date brings the others about
            for name, values in first_condition(str(effect.get("when", ""))):
                found[name] = (*found.get(name, ()), *values)
        return found

    @cached_property
    def schema(self) -> Node:
        """The schema of the records."""
        return self.contract.document.node("components", "schemas", self.resource.schema)

    @cached_property
    def _fields(self) -> Mapping[str, Node]:
        document = self.contract.document
        return {name: document.follow(node) for name, node in self.schema.child("properties").items()}

    def named(self, operation: Operation, record: Mapping[str, Any]) -> dict[str, str] | None:
        """The path parameters by which a look-up finds ``record``; None when it has no value for one of them."""
        found: dict[str, str] = {}
        for parameter, field in operation.keys.items():
            name = field if isinstance(field, str) else field.get("cases", {}).get(record.get(field.get("by")))
            value = record.get(str(name))
            if not isinstance(value, str):
                return None
            found[parameter] = value
        return found

    @cached_property
    def marker(self) -> str:
        """The free text that carries the run's mark: one that search finds and every record has, if there is one.

        A field that is a moment by its example is not text, whatever its schema says. Raises NotApplicable.
        """
        fields, example = self.free_texts, self.bodies[Kind.CREATE].example
        free_text = [
            name
            for name in fields
            if _is_free_text(self.values.make(self.field(name), name, 1, example.get(name, ABSENT)), name, example)
        ]
        searched = {
            criterion.field
            for operation in self.all(Kind.SEARCH)
            for criterion in operation.criteria.values()
            if criterion.how is How.CONTAINS
        }
        ranked = sorted(free_text, key=lambda name: (name not in searched, name not in self.required))
        if not ranked:
            raise NotApplicable(f"{self.name} has no free text field to mark records with")
        return ranked[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole document as groups, by resource name; what is about no resource is the group without a name.

    ``replies`` judges those of a document without annotations.
    """

    contract: Contract
    groups: Mapping[str, Group]
    replies: InferredReplies | None = None

    @property
    def is_inferred(self) -> bool:
        """Whether what the operations mean was inferred: the document does not say it."""
        return self.contract.is_inferred

    def operations(self) -> tuple[Operation, ...]:
        """All operations, in the document's order."""
        return tuple(self.contract.operations())


def read_plan(contract: Contract, seed: int = 1) -> Plan:
    """``seed`` decides which values are drawn where the document's examples do not tell enough."""
    values = Values(contract.document, seed)
    resources = {**contract.resources, **{one.resource.name: one.resource for one in contract.operations()}}
    found: dict[str, dict[Kind, tuple[Operation, ...]]] = {name: {} for name in resources}
    for operation in contract.operations():
        kinds = found[operation.resource.name]
        kinds[operation.kind] = (*kinds.get(operation.kind, ()), operation)
    for kinds in found.values():
        if Kind.CREATE not in kinds and (makers := [one for one in kinds.get(Kind.REPLACE, ()) if makes_by_put(one)]):
            kinds[Kind.CREATE] = (makers[0],)
    groups = {name: Group(resource, found[name], contract, values) for name, resource in resources.items()}
    return Plan(contract, groups, InferredReplies(contract.document, contract.maker) if contract.maker else None)


def makes_by_put(operation: Operation) -> bool:
    """Whether an operation makes the record that its path names where there is none: the document says so by a 201."""
    plan = operation.plan
    return plan is not None and plan.words.get("upsert") is True and plan.key is not None and "201" in plan.replies


def read_body(contract: Contract, operation: Operation) -> BodyOutline:
    """What ``operation`` takes, references followed; nothing where it takes no body."""
    document = contract.document
    place = document.node("paths", operation.path, operation.method.lower(), "requestBody")
    content = document.follow(place).child("content")
    media = next((node for name, node in content.items() if "json" in name), Node("", None))
    schema = document.follow(media.child("schema"))
    properties = dict(schema.child("properties").items())
    required = frozenset(schema.child("required").value or [])
    return BodyOutline(schema, properties, required, _example(contract, media, schema))


def _example(contract: Contract, media: Node, schema: Node) -> Mapping[str, Any]:
    """The first example of the body that is an object, else the schema's, else none."""
    named = [contract.document.follow(node).child("value").value for _, node in media.child("examples").items()]
    found = [
        media.child("example").value,
        *named,
        schema.child("example").value,
        *(schema.child("examples").value or []),
    ]
    return next((one for one in found if isinstance(one, dict)), {})


def examples_of(group: Group) -> list[Mapping[str, Any]]:
    """The records that the document shows: in its schema, and as replies to reading one."""
    document, schema = group.contract.document, group.schema
    found = [schema.child("example").value, *(schema.child("examples").value or [])]
    for operation in group.all(Kind.READ):
        place = document.node("paths", operation.path, operation.method.lower(), "responses", "200")
        for _, media in document.follow(place).child("content").items():  # noqa: PERF102 -- a node, not a mapping
            found.append(media.child("example").value)
            found += [document.follow(node).child("value").value for _, node in media.child("examples").items()]
    return [one for one in found if isinstance(one, dict)]


def first_condition(when: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The field that an effect's condition looks at first, and the values that meet it; (None,) for no certain ones."""
    try:
        tree = tree_of(when or "None")
    except SyntaxError:
        return
    first = tree.values[0] if isinstance(tree, ast.BoolOp) else tree
    if isinstance(first, ast.Compare) and isinstance(first.left, ast.Name):
        try:
            wanted = ast.literal_eval(first.comparators[0])
        except ValueError:
            wanted = None
        yield first.left.id, tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)


def _is_free_text(made: Any, name: str, example: Mapping[str, Any]) -> bool:
    """Whether what is made is the example (or the name) with a number behind it, hence free text."""
    start = example.get(name) or name
    return isinstance(made, str) and made.startswith(str(start))
