"""The effects that a document lists: those of a resource, and the resources whose records they make or change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.contract.resource import local_name


def effects_of(group: Group) -> list[Mapping[str, Any]]:
    """The effects of the resource's records, as the document lists them; without those that a date brings about."""
    effects = group.schema.child("x-mock", "effects").value or []
    return [{**one, "do": [*_steps_here(group, one["do"])]} for one in effects if "due" not in one]


def _steps_here(group: Group, steps: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The steps, each record that one makes by the name of its resource here; of modules that are not served none."""
    for step in steps:
        name = local_name(group.contract.resources, step["create"]) if "create" in step else ""
        if name is not None:
            yield {**step, "create": name} if name else step


def happens_on(effect: Mapping[str, Any]) -> list[str]:
    return list(effect.get("on", ["change"]))


def changed_by(group: Group, step: Mapping[str, Any]) -> str:
    """The resource whose records a step of an effect of ``group`` changes."""
    reference = next((one for one in group.references if one.field == step["change"]), None)
    return reference.resource if reference else str(step["change"]).partition("records('")[2].partition("'")[0]


def made_by(effects: Iterable[Mapping[str, Any]]) -> set[str]:
    """The resources of which ``effects`` make records."""
    return {step["create"] for effect in effects for step in effect["do"] if "create" in step}


def reached(group: Group, effects: Iterable[Mapping[str, Any]]) -> set[str]:
    """The resources of which ``effects`` of ``group`` make or change records; a step that sets own fields has none."""
    steps = [step for effect in effects for step in effect["do"]]
    return (made_by(effects) | {changed_by(group, step) for step in steps if "change" in step}) - {""}


def followers(groups: Mapping[str, Group], resources: Iterable[str]) -> set[str]:
    """The resources whose records change by what follows in turn, where records of ``resources`` are written."""
    left, seen = set(resources), set[str]()
    while left:
        group = groups[left.pop()]
        found = reached(group, effects_of(group))
        left |= found - seen
        seen |= found
    return seen
