"""Effects: what a stored change of one record does to others, as the document tells it; carried out elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.rules.conditions import Condition, read_conditions
from mockserver.rules.context import Compute, Context, plain
from mockserver.rules.paths import shape_at
from mockserver.rules.scope import Scope, Shape
from mockserver.values.absent import ABSENT

Values: TypeAlias = Mapping[str, Compute]
"""Fields, and what they become; absent: the field is left as it is."""

ON = ("change", "create")
STEPS = ("set", "create", "change")


@dataclass(frozen=True, slots=True)
class Set:
    """Fields of the record itself."""

    values: Values


@dataclass(frozen=True, slots=True)
class Create:
    """A new record (``each``: one for each item). Its id goes into the field ``link`` of the record itself."""

    resource: str
    values: Values
    each: Compute | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of other records that ``fits`` holds of.

    ``quiet``: the server's own bookkeeping, which neither counts as a change nor heeds locks.
    """

    resource: str
    targets: Compute
    fits: Condition
    values: Values
    quiet: bool


Step: TypeAlias = Set | Create | Change


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens when a record is created or changed (``on``) so that ``fits`` begins to hold."""

    on: tuple[str, ...]
    fits: Condition
    steps: tuple[Step, ...]

    def happens(self, scene_of: Context, before: Context | None) -> bool:
        """Whether storing the record brings it about; ``before`` is None for a new record."""
        if ("create" if before is None else "change") not in self.on or not self.fits(scene_of):
            return False
        return before is None or not self.fits(before)


def read_effects(node: Node, scope: Scope) -> tuple[Effect, ...]:
    """The effects listed at ``node``, of the resource that ``scope`` is about."""
    return tuple(_effect(node.child(index), scope) for index in range(len(node.value or [])))


def _effect(node: Node, scope: Scope) -> Effect:
    on = node.child("on").value or ["change"]
    if not isinstance(on, list) or set(on) - set(ON):
        scope.problems.add(node.child("on"), f"unknown occasion {on!r}", f"write a list of {' and '.join(ON)}")
    for word in sorted(set(node.value) - {"on", "when", "do", "about"}):
        scope.problems.add(node.child(word), f"unknown word {word!r}", "use about, on, when and do")
    if not str(node.child("about").value or "").strip():
        scope.problems.add(node, "an effect without about", "say in a sentence what happens")
    steps = [_step(node.child("do", index), scope) for index in range(len(node.child("do").value or []))]
    if not steps:
        scope.problems.add(node, "an effect that does nothing", "write do: [{change: …, values: {…}}]")
    return Effect(tuple(on), read_conditions(node.child("when"), scope), tuple(step for step in steps if step))


def _step(node: Node, scope: Scope) -> Step | None:
    found = [word for word in STEPS if isinstance(node.value, Mapping) and word in node.value]
    if len(found) != 1:
        scope.problems.add(node, "is no step", f"write one of {', '.join(STEPS)}")
        return None
    own = scope.shapes[0].resource
    assert own
    if found[0] == "set":
        return Set(_values(node.child("set"), scope, own))
    return _create(node, scope, own) if found[0] == "create" else _change(node, scope)


def _create(node: Node, scope: Scope, own: Resource) -> Create | None:
    resource = scope.resource(node.child("create"))
    if resource is None:
        return None
    link = node.child("link").value
    if link is not None and link not in own.fields:
        scope.problems.add(node.child("link"), f"{own.name} has no field {link!r}", "name a field of the record itself")
    each, inner = node.child("each"), scope
    if each.value is not None:
        inner = scope.inside(shape_at(scope, each.value) if isinstance(each.value, str) else Shape())
    values = _values(node.child("values"), inner, resource)
    return Create(resource.name, values, scope.read(each) if each.value is not None else None, link)


def _change(node: Node, scope: Scope) -> Change | None:
    place = node.child("change")
    resource, targets = _targets(place, scope)
    if resource is None:
        scope.problems.add(place, "leads to no records", "name a foreign key, or write {records: …, through: …}")
        return None
    inner = scope.inside(Shape(resource))
    fits, values = read_conditions(node.child("where"), inner), _values(node.child("values"), inner, resource)
    return Change(resource.name, targets, fits, values, node.child("quiet").value is True)


def _targets(node: Node, scope: Scope) -> tuple[Resource | None, Compute]:
    """The resource whose records are meant, and what finds them."""
    if isinstance(node.value, Mapping):
        return scope.resources.get(str(node.child("records").value)), scope.read(node)
    path = str(node.value)
    above, _, last = path.rpartition(".")
    shape = shape_at(scope, above) if above else scope.shapes[0]
    if above and (target := _before(scope, above)):
        shape = Shape(scope.resources.get(target))
    resource = scope.resources.get(shape.target(last) or "")
    keys = scope.read(node)

    def find(context: Context) -> Any:
        found = keys(context)
        listed = found if isinstance(found, list) else [found]
        name = resource.name if resource else ""
        return [view for key in listed if (view := context.scene.find(name, key)) is not ABSENT]

    return resource, find


def _before(scope: Scope, path: str) -> str | None:
    """The resource that the foreign key at ``path`` leads to."""
    above, _, last = path.rpartition(".")
    shape = shape_at(scope, above) if above else scope.shapes[0]
    return shape.target(last)


def _values(node: Node, scope: Scope, resource: Resource) -> Values:
    for name, place in node.items():
        if name not in resource.fields:
            known = ", ".join(sorted(resource.fields))
            scope.problems.add(place, f"{resource.name} has no field {name!r}", f"use one of {known}")
    return {name: scope.read(place) for name, place in node.items()}


def worked_out(values: Values, context: Context) -> dict[str, Any]:
    """The fields that have a value."""
    made = {name: value(context) for name, value in values.items()}
    return {name: plain(value) for name, value in made.items() if value is not ABSENT}
