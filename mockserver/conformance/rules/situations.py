"""Records that an effect is to change: values with which its condition on them holds, and others that differ."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.rules.as_held import moment_of
from mockserver.conformance.rules.rule_reading import trees
from mockserver.conformance.session import Session
from mockserver.contract import Kind

MOST_WORDS = 4
"""How many words of an enum that a step sets are tried as what was there before."""


@dataclass(frozen=True, slots=True)
class Day:
    """The day that is so many days ``after`` today."""

    after: int


def count_situations(plan: Plan, effect: Mapping[str, Any]) -> int:
    """How many situations there are of the records that ``effect`` is to change: at least one."""
    asked = [(plan.groups.get(step["changes"]), step) for step in effect["do"] if "changes" in step]
    return max((len(situations(step, group)) for group, step in asked if group), default=1)


def situations(step: Mapping[str, Any], group: Group) -> list[dict[str, Any]]:
    """Fields of a record of ``group``: with which the ``where`` of ``step`` holds; then, one after the other, with one
    that differs, be it in what the step sets.

    A value that is a ``Day`` is to be put in by ``set_days``.
    """
    options = {name: values for name, values in _options(step.get("where"), group) if name in group.writable and values}
    met = {name: values[0] for name, values in options.items()}
    words = {
        name: [one for one in (group.field(name).value or {}).get("enum") or [] if repr(one) != rule]
        for name, rule in step.get("values", {}).items()
        if name in group.writable and name not in met
    }
    other = [{**met, name: value} for name, values in options.items() for value in values[1:]]
    return [met, *other, *({**met, name: word} for name, known in words.items() for word in known[:MOST_WORDS])]


def _options(where: Any, group: Group) -> Iterator[tuple[str, list[Any]]]:
    """By field the values that matter to each part of ``where``, the one that meets it first."""
    for tree in trees(where):
        for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
            if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not) and (name := _field(part.operand)):
                yield name, [False, True]
            elif name := _field(part):
                yield name, [True, False]
            elif isinstance(part, ast.Compare) and len(part.ops) == 1 and (name := _field(part.left)):
                yield name, _compared(part, group, name)


def _field(node: ast.AST) -> str:
    """The field of the record that is to be changed; empty for anything else."""
    is_its = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "it"
    return node.attr if is_its and isinstance(node, ast.Attribute) else ""


def _compared(part: ast.Compare, group: Group, name: str) -> list[Any]:
    sign, other = part.ops[0], part.comparators[0]
    if isinstance(other, ast.Call) and ast.unparse(other) == "today()":
        first = -1 if isinstance(sign, ast.Lt | ast.LtE) else 1
        return [Day(first), Day(0), Day(-first)]
    listed = other.elts if isinstance(other, ast.List | ast.Tuple) else [other]
    known = [one.value for one in listed if isinstance(one, ast.Constant)]
    further = [one for one in (group.field(name).value or {}).get("enum") or [] if one not in known][:1]
    if isinstance(sign, ast.Eq | ast.In):
        return [*known, *further]
    return [*further, *known] if isinstance(sign, ast.NotEq | ast.NotIn) and further else []


def set_days(session: Session, group: Group, record: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    """Give a record those of ``fields`` that are days, as seen from when it was last changed."""
    moment = moment_of(group, record)
    days = {name: value for name, value in fields.items() if isinstance(value, Day)}
    if moment is None or not days or Kind.PATCH not in group.operations:
        return
    texts = {name: (moment.date() + timedelta(days=day.after)).isoformat() for name, day in days.items()}
    steps = [{"op": "add", "path": f"/{name}", "value": text} for name, text in texts.items()]
    session.at(group, Kind.PATCH, record[group.key], body=steps)
