"""The effects that a document lists: those of a resource, and the resources whose records they make or change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.rules.rule_reading import compared, read_of_it, shunned
from mockserver.contract.resource import local_name


def effects_of(group: Group) -> list[Mapping[str, Any]]:
    """The effects of the resource's records, as the document lists them; without those that a date brings about."""
    effects = group.schema.child("x-mock", "effects").value or []
    return [{**one, "do": [*_steps_here(group, one)]} for one in effects if "due" not in one]


def _steps_here(group: Group, effect: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The steps, each record that one makes by the name of its resource here; of modules that are not served none.

    One that changes records has the name of their resource in ``changes``.
    """
    for step in effect["do"]:
        name = local_name(group.contract.resources, step["create"]) if "create" in step else ""
        if name is not None:
            changes = {"changes": _changed(group, step_targets(effect, step))} if "change" in step else {}
            yield {**step, **changes, **({"create": name} if name else {})}


def step_targets(effect: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    """The expression of the records that a step changes: where it is a name of ``let``, what that stands for."""
    text = str(step["change"])
    return str((effect.get("let") or {}).get(text, text))


def _changed(group: Group, targets: str) -> str:
    """The resource that ``targets`` are of: named by a field, looked through, or named by keys inside of a field."""
    known = group.resource.references
    found = [one.resource for one in known if one.path == targets]
    found += [targets.partition("records('")[2].partition("'")[0].rpartition(":")[2]] if "records('" in targets else []
    words = set(re.findall(r"\w+", targets))
    return next(iter([*found, *(one.resource for one in known if one.is_nested and words.issuperset(one.names))]), "")


def happens_on(effect: Mapping[str, Any]) -> list[str]:
    """What brings ``effect`` about: ``create``, ``change`` or both; a change unless it says otherwise."""
    return list(effect.get("on", ["change"]))


def made_by(effects: Iterable[Mapping[str, Any]]) -> set[str]:
    """The resources of which ``effects`` make records."""
    return {step["create"] for effect in effects for step in effect["do"] if "create" in step}


def set_by(effects: Iterable[Mapping[str, Any]]) -> set[str]:
    """The fields that ``effects`` give the record itself, which has brought them about."""
    steps = [step for effect in effects for step in effect["do"]]
    return {name for step in steps for name in step.get("set", {})} | {one["link"] for one in steps if "link" in one}


def satisfying(group: Group, effect: Mapping[str, Any]) -> dict[str, Any]:
    """Values of own fields with which the condition of ``effect`` holds, the one first that is to bring it about."""
    found: dict[str, Any] = {}
    for name, values in compared(effect.get("when", "")).items():
        if name in group.writable:
            found[name] = values[0] if values else 1_000_000
    for name, values in shunned(effect.get("when", "")).items():
        words = (group.field(name).value or {}).get("enum") or [] if found.pop(name, None) is not None else []
        if other := next((one for one in words if one not in values), None):
            found[name] = other
    for name in list(found):
        if not group.values.allows(group.writable[name], found[name]):
            found[name] = 100
    return found


def reached(effects: Iterable[Mapping[str, Any]]) -> set[str]:
    """The resources of which ``effects`` make or change records; a step that sets own fields has none."""
    steps = [step for effect in effects for step in effect["do"]]
    return (made_by(effects) | {step["changes"] for step in steps if "change" in step}) - {""}


def followers(groups: Mapping[str, Group], resources: Iterable[str]) -> set[str]:
    """The resources whose records change by what follows in turn, where records of ``resources`` are written."""
    left, seen = set(resources), set[str]()
    while left:
        group = groups[left.pop()]
        found = reached(effects_of(group))
        left |= found - seen
        seen |= found
    return seen


def hinges(plan: Plan, effect: Mapping[str, Any]) -> bool:
    """Whether it depends on what is computed of a record that the effect is to change."""
    asked = [(plan.groups.get(one["changes"]), one["where"]) for one in effect["do"] if {"where", "changes"} <= {*one}]
    return any(group and read_of_it(where) & group.resource.computed for group, where in asked)
