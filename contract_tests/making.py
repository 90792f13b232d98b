"""Valid bodies for a create: near the document's example, each unlike the others, all carrying the run's mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_tests.plan import Group
from contract_tests.values import ABSENT
from contract_tests.verdicts import NotJudged
from mockserver.contract import Kind
from mockserver.contract.operation import How
from mockserver.contract.resource import Reference

if TYPE_CHECKING:
    from contract_tests.kit import Identity, Kit

A_MOMENT = "2025-01-01"


def make_body(kit: Kit, group: Group, ordinal: int, *, only_required: bool, who: Identity | None) -> dict[str, Any]:
    """Raises NotJudged when the document gives too little to make a valid body from."""
    known, required = group.body(Kind.CREATE), group.required()
    moments = fields_of_moments(group)
    made: dict[str, Any] = {}
    for name, node in group.writable().items():
        example = known.example.get(name, A_MOMENT if name in moments else ABSENT)
        chosen = name in required or not (only_required or (example is ABSENT and not kit.limits.thorough))
        if chosen:
            made[name] = group.values.make(node, name, ordinal, example)
    made |= {name: f"{known.example.get(name, name)}-{ordinal}" for name in _keys(group) & set(made)}
    made |= _references(kit, group, who, required)
    made |= {name: value for name, value in kit.limits.foreign.items() if name in made}
    made[group.marker()] = f"{kit.mark} {ordinal}"
    made = {name: value for name, value in made.items() if value is not ABSENT}
    rule = group.one(Kind.CREATE).body
    if rule and (broken := rule.rule.violations(made, "body")):
        told = "; ".join(f"{one.path}: {one.message}" for one in broken[:3])
        raise NotJudged(f"no valid {group.name} could be made from the document: {told}")
    return made


def _keys(group: Group) -> frozenset[str]:
    """Single foreign keys that are free text by their schema, but stand in paths: they get no spaces."""
    limits = {"enum", "const", "format"}
    fields = (name for name in group.foreign_keys() if group.values.type_of(group.field(name)) == "string")
    return frozenset(name for name in fields if not limits & set(group.field(name).value))


def fields_of_moments(group: Group) -> frozenset[str]:
    """Fields that the search takes a range of moments for, whatever their schema says."""
    found = set()
    for operation in group.all(Kind.SEARCH):
        place = group.contract.document.follow(operation.body.rule.node) if operation.body else None
        for name, criterion in operation.criteria.items():
            if place and criterion.field and criterion.how is How.RANGE:
                items = group.contract.document.follow(place.child("properties", name)).child("items", "format").value
                found |= {criterion.field} if items in ("date-time", "date") else set()
    return frozenset(found)


def _references(kit: Kit, group: Group, who: Identity | None, required: frozenset[str]) -> dict[str, Any]:
    """Keys into this document name a record made for it; optional ones into the resource itself stay out."""
    found: dict[str, Any] = {}
    for reference in group.references():
        is_own = reference.resource == group.name
        if is_own and reference.field not in required:
            found[reference.field] = ABSENT
        else:
            found[reference.field] = _referenced(kit, group, reference, who)
    return found


def _referenced(kit: Kit, group: Group, reference: Reference, who: Identity | None) -> Any:
    target = kit.plan.groups[reference.resource]
    if Kind.CREATE not in target.operations or target is group:
        return ABSENT
    made = kit.create(target, who=who)[target.key]
    return [made] if group.values.type_of(group.field(reference.field)) == "array" else made
