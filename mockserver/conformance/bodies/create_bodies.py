"""Valid bodies for a create: near the document's example, each unlike the others, all carrying the run's mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from mockserver.conformance.bodies.values import ABSENT
from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.profiles import Limits
from mockserver.conformance.wire.identity import Requester
from mockserver.contract import Kind
from mockserver.contract.resource import Reference

A_MOMENT = "2025-01-01"

Make: TypeAlias = Callable[..., Any]
"""Makes a value of a schema: its node, name, ordinal and example."""


class Referring(Protocol):
    """What bodies are made for: it has records that others may refer to."""

    plan: Plan
    mark: str
    limits: Limits

    def foreign(self, group: Group) -> Mapping[str, str]: ...

    def referenced(self, group: Group, *, who: Requester | None = None) -> dict[str, Any]: ...


def make_body(
    session: Referring, group: Group, ordinal: int, *, only_required: bool, who: Requester | None
) -> dict[str, Any]:
    """Raises Inconclusive when the document gives too little to make a valid body from, NotApplicable for no create."""
    if Kind.CREATE not in group.bodies:
        raise NotApplicable("no client creates its records")
    chosen = _chosen(session, group, only_required=only_required)
    named = _references(session, group, who, set(chosen))
    named |= {name: value for name, value in session.foreign(group).items() if name in chosen}
    named[group.marker] = f"{session.mark} {ordinal}"
    body = group.one(Kind.CREATE).body
    near = _whole(group, chosen, ordinal, named, group.values.near)
    if body and body.validator.allows(near):  # PERF: most are, and then no field needs a look of its own
        return near
    made = _whole(group, chosen, ordinal, named, group.values.make)
    made = {
        name: one
        for name, one in made.items()
        if name in group.required or group.values.allows(group.writable[name], one)
    }
    if body and (broken := body.validator.violations(made, "body")):
        reasons = "; ".join(f"{one.path}: {one.message}" for one in broken[:3])
        raise Inconclusive(f"no valid {group.name} could be made from the document: {reasons}")
    return made


def _chosen(session: Referring, group: Group, *, only_required: bool) -> dict[str, Any]:
    """The fields that are filled, each with an example to be near to."""
    known = group.bodies[Kind.CREATE].example
    examples = {name: known.get(name, A_MOMENT if name in group.moments else ABSENT) for name in group.writable}
    return {
        name: example
        for name, example in examples.items()
        if name in group.required or not (only_required or (example is ABSENT and not session.limits.thorough))
    }


def _whole(
    group: Group, chosen: Mapping[str, Any], ordinal: int, named: Mapping[str, Any], make: Make
) -> dict[str, Any]:
    """The fields ``chosen``, each made by ``make``, and ``named`` in the place of what those would be."""
    example = group.bodies[Kind.CREATE].example
    made = {name: _value(group, name, ordinal, one, make) for name, one in chosen.items()}
    made |= {name: f"{example.get(name, name)}-{ordinal}" for name in group.text_keys & set(made)}
    return {name: value for name, value in {**made, **named}.items() if value is not ABSENT}


def _value(group: Group, name: str, ordinal: int, example: Any, make: Make) -> Any:
    """A value of a field that changes no other record when it is stored; ABSENT where none can be told."""
    node, triggers = group.writable[name], group.triggers.get(name)
    options = (group.contract.document.follow(node).value or {}).get("enum")
    if not triggers:
        return make(node, name, ordinal, example)
    if options:
        harmless = [one for one in options if one not in triggers]
        return harmless[ordinal % len(harmless)] if harmless else ABSENT
    made = make(node, name, ordinal, example)
    return made if isinstance(made, str) and made not in triggers else ABSENT


def _references(session: Referring, group: Group, who: Requester | None, chosen: set[str]) -> dict[str, Any]:
    """Keys into this document name a record made for it; optional ones into the resource itself stay out.

    So do optional fields with keys deeper inside them.
    """
    found: dict[str, Any] = {}
    for reference in group.resource.references:
        if reference.field not in chosen:
            continue
        if reference.field not in group.required and (reference.is_nested or reference.resource == group.name):
            found[reference.field] = ABSENT
        elif not reference.is_nested:
            found[reference.field] = _referenced(session, group, reference, who)
    return found


def _referenced(session: Referring, group: Group, reference: Reference, who: Requester | None) -> Any:
    referenced = session.plan.groups[reference.resource]
    if referenced is group or not {Kind.CREATE, Kind.LIST} & referenced.operations.keys():
        return ABSENT
    made = session.referenced(referenced, who=who)[referenced.key]
    return [made] if group.values.type_of(group.field(reference.field)) == "array" else made
