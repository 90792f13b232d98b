"""Which checks are carried out on which resources where there is no time for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockserver.conformance.plan import Group, Plan
from mockserver.contract import Kind, Operation
from mockserver.runtime.determinism import digest


@dataclass(frozen=True, slots=True)
class Sample:
    """One in ``share`` (1: all) of checks and half as many operations, chosen by ``seed``; all of ``whole``.

    Fuzzing one operation takes about as long as twenty checks of one resource.
    """

    share: int
    seed: int
    whole: frozenset[str] = field(default=frozenset())

    def has_check(self, name: str, resource: str) -> bool:
        return self._has(self.share, name, resource)

    def has_operation(self, operation: Operation) -> bool:
        return self._has(self.share if self.share == 1 else 2 * self.share, operation.id, operation.resource.name)

    def _has(self, share: int, name: str, resource: str) -> bool:
        return share == 1 or resource in self.whole or digest(self.seed, name, resource) % share == 0


def sample(plan: Plan, share: int, seed: int) -> Sample:
    return Sample(share, seed, representatives(plan) if share > 1 else frozenset())


def representatives(plan: Plan) -> frozenset[str]:
    """Few resources that have everything among them that any resource has, those with the most of it first."""
    traits = {name: _traits(group) for name, group in plan.groups.items()}
    missing = set().union(*traits.values()) if traits else set()
    chosen: list[str] = []
    while missing:
        best = max(traits, key=lambda name: (len(traits[name] & missing), -len(plan.groups[name].resource.fields)))
        chosen.append(best)
        missing -= traits[best]
    return frozenset(chosen)


def _traits(group: Group) -> set[str]:
    """What there is to check of a resource, in words."""
    resource = group.resource
    found = {str(kind) for kind in group.operations}
    found |= {f"look-up by {len(one.keys)}" for one in group.all(Kind.LOOKUP)}
    found |= {"public"} if any(not one.secured for one in group.all()) else set()
    if Kind.LIST not in group.operations and Kind.CREATE in group.operations:
        found.add("no list")
    for trait, has in (
        ("single", resource.is_single),
        ("chosen", resource.is_chosen),
        ("computed", bool(resource.computed)),
        ("filled", bool(group.filled)),
        ("references", any(not one.is_nested for one in resource.references)),
        ("nested references", any(one.is_nested for one in resource.references)),
        ("effects", bool(group.schema.child("x-mock", "effects").value)),
    ):
        found |= {trait} if has else set()
    return found
