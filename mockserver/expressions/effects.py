"""Effects: what a stored change of one record does to others, as the document tells it; carried out elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.contract.resource import local_name
from mockserver.expressions.compiling import Expression
from mockserver.expressions.record_proxy import EvaluationContext, RecordProxy
from mockserver.expressions.record_shapes import RecordShape
from mockserver.expressions.rule_reader import RuleReader
from mockserver.expressions.standard import as_json
from mockserver.expressions.value_shape import NOWHERE, Shape
from mockserver.values.absent import ABSENT, Absent
from mockserver.values.form import Form, read_form
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

Values: TypeAlias = Mapping[str, Expression]
"""Fields, and what they become; absent: the field is left as it is."""


@dataclass(frozen=True, slots=True)
class Set:
    """Fields of the record itself."""

    values: Values


@dataclass(frozen=True, slots=True)
class Create:
    """A new record (``each``: one for each item). Its id goes into the field ``link`` of the record itself."""

    resource: str
    values: Values
    each: Expression | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of the records that ``targets`` leads to and ``where`` holds of.

    ``quiet``: the server's own bookkeeping, which neither counts as a change nor heeds locks.
    """

    resource: str
    targets: Expression
    where: Expression | None
    values: Values
    quiet: bool

    def found(self, context: EvaluationContext, this: RecordProxy) -> list[RecordProxy] | Absent:
        """The records that it leads to, whatever ``where`` says; ABSENT when nothing names any."""
        value = context.evaluate(self.targets, this)
        if value is ABSENT or value == "":
            return ABSENT
        some = value if isinstance(value, list) else [value]
        found = [one if isinstance(one, RecordProxy) else context.find(self.resource, one) for one in some]
        return [one for one in found if isinstance(one, RecordProxy)]


@dataclass(frozen=True, slots=True)
class Send:
    """A mail. ``about`` leads to the record of ``resource`` whose fields fill in ``{{…}}``; None: the record itself."""

    resource: str
    to: Expression
    subject: Expression
    body: Expression
    about: Expression | None

    def found(self, context: EvaluationContext, this: RecordProxy) -> RecordProxy | Absent:
        """The record that it is about."""
        value = context.evaluate(self.about, this) if self.about else this
        found = value if isinstance(value, RecordProxy) or value is ABSENT else context.find(self.resource, value)
        return found if isinstance(found, RecordProxy) else ABSENT


Step: TypeAlias = Set | Create | Change | Send


@dataclass(frozen=True, slots=True)
class Due:
    """The moment that the field ``field`` of the record holds, moved by ``offset``."""

    field: str
    offset: timedelta


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens when a record is created or changed (``on``) so that ``when`` begins to hold.

    With ``due`` it happens instead when the clock passes that moment, if ``when`` holds then.
    """

    on: tuple[str, ...]
    when: Expression | None
    steps: tuple[Step, ...]
    due: Due | None = None
    about: str = ""

    def happens(self, context: EvaluationContext, this: RecordProxy, before: RecordProxy | None) -> bool:
        """Whether storing the record brings it about; ``before`` is None for a new record."""
        if ("create" if before is None else "change") not in self.on or not holds(self.when, context, this):
            return False
        return before is None or not holds(self.when, context, before)


def holds(condition: Expression | None, context: EvaluationContext, this: Any, it: Any = ABSENT) -> bool:
    """Whether the condition is met; none always is."""
    return condition is None or bool(context.evaluate(condition, this, it))


def worked_out(values: Values, context: EvaluationContext, this: Any, it: Any = ABSENT) -> dict[str, Any]:
    """The fields that have a value."""
    made = {name: context.evaluate(value, this, it) for name, value in values.items()}
    return {name: as_json(value) for name, value in made.items() if value is not ABSENT}


def read_effects(node: Node, reader: RuleReader) -> tuple[Effect, ...]:
    """The effects listed at ``node``, of the resource that ``reader`` is about; none where they are of a wrong form."""
    if node.value is None:
        return ()
    if faults := Form(read_form("effects")).faults(node.value):
        for pointer, problem, remedy in faults:
            reader.problems.add(Node(node.pointer + pointer, None), problem, remedy)
        return ()
    return tuple(_effect(node.child(index), reader) for index in range(len(node.value)))


def _effect(node: Node, reader: RuleReader) -> Effect:
    due = _due(node, reader)
    on = () if due else node.child("on").value or ["change"]
    reader = reader.with_names(node.child("let"))
    steps = [_step(node.child("do", index), reader) for index in range(len(node.child("do").value))]
    when, about = reader.condition(node.child("when")), str(node.child("about").value)
    return Effect(tuple(on), when, tuple(step for step in steps if step), due, about)


def _due(node: Node, reader: RuleReader) -> Due | None:
    place, own = node.child("due"), reader.record.resource
    if place.value is None:
        return None
    if place.value not in own.fields:
        reader.problems.add(place, f"{own.name} has no field {quoted(place.value)}", meant(place.value, own.fields))
    return Due(place.value, _span(node.child("after")) - _span(node.child("before")))


def _span(node: Node) -> timedelta:
    return timedelta(**(node.value or {}))


def _step(node: Node, reader: RuleReader) -> Step | None:
    own = reader.record.resource
    if "set" in node.value:
        return Set(_values(node.child("set"), reader, own))
    if "mail" in node.value:
        return _send(node, reader)
    return _create(node, reader, own) if "create" in node.value else _change(node, reader)


def _send(node: Node, reader: RuleReader) -> Send | None:
    to, subject, body = (reader.read(node.child(word)) for word in ("mail", "subject", "body"))
    about = reader.condition(node.child("about"))
    record = _record(about.shape) if about else reader.record
    if record is None:
        reader.problems.add(node.child("about"), "leads to no record", "name a foreign key, or leave it out")
        return None
    return Send(record.resource.name, to, subject, body, about)


def _create(node: Node, reader: RuleReader, own: Resource) -> Create | None:
    """None where there is nothing to be made: it is another module's, and that is not served."""
    name = local_name(reader.record.resources, str(node.child("create").value))
    if name is None:
        return None
    resource = reader.record.resources.get(name)
    if resource is None:
        reader.problems.add(
            node.child("create"), f"unknown resource {quoted(name)}", meant(name, reader.record.resources)
        )
        return None
    link = node.child("link").value
    if link is not None and link not in own.fields:
        remedy = meant(str(link), own.fields)
        reader.problems.add(node.child("link"), f"{own.name} has no field {quoted(link)}", remedy)
    place = node.child("each")
    each = reader.read(place) if place.value is not None else None
    item = each.shape.item() if each else None
    return Create(resource.name, _values(node.child("values"), reader, resource, item), each, link)


def _change(node: Node, reader: RuleReader) -> Change | None:
    place = node.child("change")
    targets = reader.read(place)
    record = _record(targets.shape)
    if targets.shape is NOWHERE:
        return None
    if record is None:
        reader.problems.add(place, "leads to no records", "name a foreign key, or write records(…, by=…)")
        return None
    where = reader.condition(node.child("where"), record)
    values = _values(node.child("values"), reader, record.resource, record)
    return Change(record.resource.name, targets, where, values, node.child("quiet").value is True)


def _record(shape: Shape) -> RecordShape | None:
    """The record that is meant by a foreign key, by a record, or by a list of either."""
    item = shape.item()
    referenced = item.leads_to()
    found = referenced[1] if referenced else item
    return found if isinstance(found, RecordShape) and not found.names_to else None


def _values(node: Node, reader: RuleReader, resource: Resource, it: Shape | None = None) -> Values:
    for name, place in node.items():
        if name not in resource.fields:
            reader.problems.add(place, f"{resource.name} has no field {quoted(name)}", meant(name, resource.fields))
    return {name: reader.read(place, it) for name, place in node.items()}
