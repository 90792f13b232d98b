"""What effects ask of the records that theirs names: fields, and the values by which their outcome may differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.rules.rule_reading import compared, fallbacks, named_in
from mockserver.contract.document import Node

MOST_WORDS = 4
"""How many words of an enum are tried."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """A field that an effect reads: of the record itself, or of one that it names, of ``resource``, at ``path``.

    ``values`` begin with the one that meets the effect's condition, where it ``is_condition``.
    """

    resource: str
    path: tuple[str, ...]
    values: tuple[Any, ...]
    is_condition: bool
    is_own: bool


def questions(plan: Plan, group: Group, effect: Mapping[str, Any]) -> list[Deciding]:
    """All that ``effect`` asks where a few values make a difference, in the order of its texts."""
    condition = {"let": effect.get("let") or {}, "when": effect.get("when", "")}
    asked = set(_of_condition(condition))
    found: dict[tuple[str, tuple[str, ...]], Deciding] = {}
    for chain in dict.fromkeys(named_in(effect)):
        if (place := _leaf(plan, group, chain)) and (values := _values(*place, effect)):
            resource, path = place[0].name, place[1]
            is_own = place[0] is group and len(chain) == 1
            found[resource, path] = Deciding(resource, path, values, chain in asked, is_own)
    return list(found.values())


def _of_condition(condition: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The names that the condition itself reads, those of ``let`` put in their place."""
    without = {"let": {}, "when": condition["when"]}
    lettered = {chain[0] for chain in named_in(without)} & set(condition["let"])
    yield from named_in({"let": {name: condition["let"][name] for name in lettered}, "when": condition["when"]})


def _leaf(plan: Plan, group: Group, chain: Sequence[str]) -> tuple[Group, tuple[str, ...], Node] | None:
    """The resource and the path in its record that ``chain`` leads to, and the schema there."""
    path: tuple[str, ...] = ()
    here, document = group, group.contract.document
    node = group.field(chain[0])
    for place, name in enumerate(chain):
        if place:
            reference = next((one for one in here.resource.references if one.names == path), None)
            if reference is not None:
                here, path = plan.groups[reference.resource], ()
                node = here.field(name)
            else:
                node = document.follow(node.child("properties", name))
        path = (*path, name)
    return (here, path, node) if isinstance(node.value, Mapping) else None


def _values(group: Group, path: tuple[str, ...], node: Node, effect: Mapping[str, Any]) -> tuple[Any, ...]:
    if path[0] not in group.writable or len(path) > len(("field", "member")):
        return ()
    if group.values.type_of(node) == "boolean":
        return (True, False)
    known = [one for one in compared(effect).get(path[-1], ()) if isinstance(one, str)]
    words = node.value.get("enum") or []
    values = dict.fromkeys([*known, *words[:MOST_WORDS]])
    return tuple(one for one in values if group.values.allows(node, one)) if words else ()


def answers(found: Sequence[Deciding], turn: int) -> dict[tuple[str, tuple[str, ...]], Any]:
    """Values for one turn: what conditions want, and of the others each turn another one."""
    return {
        (one.resource, one.path): one.values[0 if one.is_condition else (turn + place) % len(one.values)]
        for place, one in enumerate(found)
        if not one.is_own
    }


def missing(plan: Plan, group: Group, effect: Mapping[str, Any]) -> dict[tuple[str, tuple[str, ...]], None]:
    """The fields of other records for which ``effect`` has another value where they are not there."""
    places = [_leaf(plan, group, chain) for chain in sorted(fallbacks(effect)) if len(chain) > 1]
    return {
        (here.name, path): None
        for here, path, _ in filter(None, places)
        if here is not group and len(path) == 1 and path[0] not in here.required | here.filled
    }


def against(found: Sequence[Deciding]) -> list[Deciding]:
    """The questions by which a condition is not met, whatever else is the case."""
    return [one for one in found if one.is_condition and len(one.values) > 1]
