"""Paths in expressions: ``process_id.program_id.name`` goes from record to record along foreign keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.contract.document import Node
from mockserver.rules.context import Compute, Context, View, member
from mockserver.rules.scope import Scope, Shape
from mockserver.values.absent import ABSENT

UP = "^"
"""Leads out: ``^.status`` is the status of what the expression around this one looks at."""
IT = "it"
"""What the expression looks at itself, such as an item that is a text."""

Step = Callable[[Any, Context], Any]


def read_path(node: Node, scope: Scope, path: str) -> Compute:
    """The value at ``path``; absent where it leads nowhere, a list where it leads through one."""
    names, shapes = path.split("."), scope.shapes
    up = 0
    while names and names[0] == UP:
        names, up = names[1:], up + 1
    if up >= len(shapes):
        scope.problems.add(node, f"{path!r} leads out too far", "take away one of its ^")
        return lambda _: ABSENT
    steps, _ = _steps(node, scope, shapes[up], names)

    def value(context: Context) -> Any:
        for _ in range(up):
            assert context.above
            context = context.above
        found = context.it
        for step in steps:
            found = _through(found, step, context)
            if found is ABSENT:
                break
        return found

    return value


def shape_at(scope: Scope, path: str) -> Shape:
    """What the value (or each item) at ``path`` looks like: a record where it is a foreign key."""
    names, shapes = path.split("."), list(scope.shapes)
    while names and names[0] == UP and len(shapes) > 1:
        names, shapes = names[1:], shapes[1:]
    shape = shapes[0]
    for index, name in enumerate(names):
        if name == IT:
            continue
        target = shape.target(name)
        last = index == len(names) - 1
        shape = Shape(scope.resources.get(target)) if target and not last else shape.below(name)
    return shape


def _steps(node: Node, scope: Scope, shape: Shape, names: list[str]) -> tuple[list[Step], Shape]:
    steps: list[Step] = []
    for index, name in enumerate(names):
        if name == IT:
            continue
        if not shape.knows(name):
            known = ", ".join(sorted(shape.resource.fields)) if shape.resource else ""
            resource = shape.resource.name if shape.resource else ""
            scope.problems.add(node, f"{resource} has no field {name!r}", f"use one of {known}")
            return [], shape
        scope.need(shape, name)
        steps.append(_member(name))
        target = shape.target(name)
        if target is not None and index < len(names) - 1:
            steps.append(_follow(target))
            shape = Shape(scope.resources.get(target))
        else:
            shape = shape.below(name)
    return steps, shape


def _member(name: str) -> Step:
    return lambda value, _: member(value, name)


def _follow(resource: str) -> Step:
    return lambda value, context: value if isinstance(value, View) else context.scene.find(resource, value)


def _through(value: Any, step: Step, context: Context) -> Any:
    """What ``step`` makes of ``value``, or of each item of a list; lists within lists become one."""
    if not isinstance(value, list):
        return step(value, context)
    found: list[Any] = []
    for item in value:
        made = _through(item, step, context)
        if isinstance(made, list):
            found += made
        elif made is not ABSENT:
            found.append(made)
    return found
