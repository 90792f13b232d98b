"""Valid bodies for a create: near the document's example, each unlike the others, all carrying the run's mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.identity import Requester
from mockserver.conformance.profiles import Limits
from mockserver.conformance.values import ABSENT
from mockserver.contract import Kind
from mockserver.contract.document import Node
from mockserver.contract.resource import Reference

A_MOMENT = "2025-01-01"


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
    known, required = group.bodies[Kind.CREATE], group.required
    made: dict[str, Any] = {}
    for name, node in group.writable.items():
        example = known.example.get(name, A_MOMENT if name in group.moments else ABSENT)
        chosen = name in required or not (only_required or (example is ABSENT and not session.limits.thorough))
        if chosen:
            made[name] = _value(group, name, node, ordinal, example)
    made |= {name: f"{known.example.get(name, name)}-{ordinal}" for name in group.plain_keys & set(made)}
    made |= _references(session, group, who, required, set(made))
    made |= {name: value for name, value in session.foreign(group).items() if name in made}
    made[group.marker] = f"{session.mark} {ordinal}"
    made = {name: value for name, value in made.items() if value is not ABSENT}
    made = {
        name: one for name, one in made.items() if name in required or group.values.allows(group.writable[name], one)
    }
    body = group.one(Kind.CREATE).body
    if body and (broken := body.validator.violations(made, "body")):
        reasons = "; ".join(f"{one.path}: {one.message}" for one in broken[:3])
        raise Inconclusive(f"no valid {group.name} could be made from the document: {reasons}")
    return made


def _value(group: Group, name: str, node: Node, ordinal: int, example: Any) -> Any:
    """A value of a field that changes no other record when it is stored; ABSENT where none can be told."""
    triggers = group.triggers.get(name)
    options = (group.contract.document.follow(node).value or {}).get("enum")
    if not triggers:
        return group.values.make(node, name, ordinal, example)
    if options:
        harmless = [one for one in options if one not in triggers]
        return harmless[ordinal % len(harmless)] if harmless else ABSENT
    made = group.values.make(node, name, ordinal, example)
    return made if isinstance(made, str) and made not in triggers else ABSENT


def _references(
    session: Referring, group: Group, who: Requester | None, required: frozenset[str], chosen: set[str]
) -> dict[str, Any]:
    """Keys into this document name a record made for it; optional ones into the resource itself stay out.

    So do optional fields with keys deeper inside them.
    """
    found: dict[str, Any] = {}
    for reference in group.resource.references:
        if reference.field not in chosen:
            continue
        if reference.field not in required and (reference.is_nested or reference.resource == group.name):
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
