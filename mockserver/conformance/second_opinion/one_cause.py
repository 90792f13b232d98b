"""Which differences are one: what follows from another difference, and what shows again what was seen before.

Here are only those on which the contract is silent; breaches that are one have one ``habit``.
"""

from __future__ import annotations

from mockserver.conformance.rules.effect_rules import effects_of, set_by
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.disagreement import (
    FOLLOWS,
    FORM,
    FOUND,
    LACKING,
    SHAPE,
    STATUS,
    UNCHANGED,
    UNSET,
    Disagreement,
)
from mockserver.conformance.second_opinion.opinion import Opinion
from mockserver.contract import KINDS, Kind

STORING = frozenset({Kind.CREATE, Kind.REPLACE, Kind.PATCH})
"""Kinds that store what is sent: what a server makes of a member, it makes of it by all of them."""


def inner_place(step: Step, difference: Disagreement) -> str:
    """The place of a difference within the record, whatever envelope that stands in; empty where it is about none."""
    place, plan = difference.place, step.operation.plan
    words = step.operation.batch
    if not place.startswith("/"):
        return ""
    if step.operation.kind is Kind.BATCH and place.startswith(f"/{words.results}/{words.record}/"):
        return place[len(f"/{words.results}/{words.record}") :]
    envelope = "".join(f"/{one}" for one in (plan.record or ())) if plan is not None else ""
    is_inside = envelope and step.expect is not Expect.LISTED and place.startswith(f"{envelope}/")
    return place[len(envelope) :] if is_inside else place


def follows(opinion: Opinion, earlier: Opinion, step: Step) -> bool:
    """Whether ``opinion`` is what an earlier difference leads to: another record, or one that should not be there."""
    if step.group.name not in earlier.groups:
        return False
    place, first, is_look = opinion.difference.place, earlier.difference.place, step.operation.facts.is_safe
    if first == FOLLOWS:
        return opinion.difference.member in set_by(effects_of(step.group))
    if first == UNCHANGED:
        return place == UNCHANGED or (place.startswith("/") and (is_look or opinion.kind in STORING))
    is_lost = first == STATUS and earlier.kind is Kind.READ and _whose(earlier) == _whose(opinion)
    return place == FOUND and is_lost


def led_to(breach: Opinion, silent: Opinion) -> bool:
    """Whether what was silent is what effects set that, as the document tells, did not happen."""
    if breach.difference.place != FOLLOWS:
        return False
    groups = [group for name, group in breach.groups.items() if name in silent.groups] or [*silent.groups.values()]
    return any(silent.difference.member in set_by(effects_of(group)) for group in groups)


def _whose(opinion: Opinion) -> str:
    """Which records it is about, in the words of the step: those that were deleted, or any."""
    return "deleted" if "delete" in opinion.what else ""


def is_known(opinion: Opinion, earlier: Opinion, step: Step) -> bool:
    """Whether a member differs that an earlier breach or write of the same resource has left different."""
    if not opinion.inner or opinion.inner not in {earlier.inner, *earlier.also}:
        return False
    if earlier.verdict is not opinion.verdict:
        return opinion.kind == earlier.kind or step.group.name in earlier.groups
    return step.operation.facts.is_safe and not KINDS[earlier.kind].is_safe


def is_repeated(opinion: Opinion, earlier: Opinion, step: Step) -> bool:
    """Whether an earlier step showed the same: a member that one never has, the form of a reply."""
    one, other = earlier.difference, opinion.difference
    if one.place in (FORM, SHAPE, UNSET) or other.place in (FORM, SHAPE, UNSET):
        return one.place == other.place and (one.place == FORM or (one.one, one.two) == (other.one, other.two))
    if not opinion.inner or opinion.inner != earlier.inner:
        return False
    lacks = [(each.one == LACKING, each.two == LACKING) for each in (one, other)]
    if (one.one, one.two) == (other.one, other.two) or (lacks[0] == lacks[1] and any(lacks[0])):
        return True
    is_version = opinion.difference.member == step.group.resource.stamps.get("version")
    return {opinion.kind, earlier.kind} <= STORING and lacks[0] == lacks[1] and not is_version
