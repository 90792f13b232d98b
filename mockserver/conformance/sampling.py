"""Which checks are carried out on which resources where there is no time for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.registry import Check
from mockserver.contract import Kind, Operation
from mockserver.runtime.determinism import digest

EVERYTHING = "authentication.every_operation"
"""The check that asks every operation there is, whatever it does."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Which checks and which operations to fuzz a run carries out, chosen by ``seed``.

    ``share``: one in so many checks (1: all), all of those of the resources ``whole``. Where it is ``spread`` the
    checks themselves say of how many resources they take one, or of each resource one in how many cases: cheap ones
    look at every resource there is.
    ``also`` are checks, each with a resource, that are carried out so that each operation is asked for.
    Half as many operations are fuzzed, beside ``fuzzed``: fuzzing one takes about as long as twenty checks.
    """

    share: int
    seed: int
    whole: frozenset[str] = field(default=frozenset())
    spread: bool = False
    fuzzed: frozenset[str] = field(default=frozenset())
    also: frozenset[tuple[str, str]] = field(default=frozenset())

    def has_check(self, check: Check, resource: str) -> bool:
        return self.part(check, resource) > 0

    def part(self, check: Check, resource: str) -> int:
        """One in how many of its cases ``check`` tries on ``resource``: 1 for all, 0 where it is left out."""
        every = check.every if self.spread else self.share
        if (check.name, resource) in self.also or resource in self.whole or 1 in (every, self.share):
            return 1
        if self.spread and check.divides:
            return every
        return int(digest(self.seed, check.name, resource) % every == 0)

    def has_operation(self, operation: Operation) -> bool:
        if self.share == 1 or operation.id in self.fuzzed:
            return True
        return digest(self.seed, operation.id, operation.resource.name) % (2 * self.share) == 0


def sample(plan: Plan, share: int, seed: int, checks: Iterable[Check] = (), *, spread: bool = False) -> Sample:
    if share == 1:
        return Sample(share, seed)
    whole = representatives(plan)
    operations = [one for name in sorted(whole) for one in plan.groups[name].all()]
    by_kind = {one.kind: one.id for one in operations}
    fuzzed = by_kind.values() if spread else [one.id for one in operations]
    found = Sample(share, seed, whole, spread, frozenset(fuzzed))
    return replace(found, also=_further(plan, found, [*checks])) if spread else found


def _further(plan: Plan, chosen: Sample, checks: Sequence[Check]) -> frozenset[tuple[str, str]]:
    """One check more for each kind of operation of a resource that none of the chosen ones is about.

    Where none is about it that applies, it is the one that asks every operation.
    """
    also = set()
    for name, group in plan.groups.items():
        fitting = [one for one in checks if one.single is group.is_single and one.needs <= set(group.operations)]
        asked = {kind for one in fitting if chosen.has_check(one, name) for kind in one.needs}
        for kind in [one for one in group.operations if one not in asked]:
            about = sorted((one for one in fitting if kind in one.needs), key=lambda one: one.every)
            also |= {(one.name, name) for one in (about or [one for one in checks if one.name == EVERYTHING])[:1]}
    return frozenset(also)


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
