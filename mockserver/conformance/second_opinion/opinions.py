"""Who is right where two answers differ: each difference with the verdict of the contract, once per cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.second_opinion.compared_steps import Step
from mockserver.conformance.second_opinion.differing import differences, sent_members
from mockserver.conformance.second_opinion.disagreement import (
    COUNT,
    FORM,
    FOUND,
    LACKING,
    ORDER,
    SHAPE,
    STATUS,
    UNSET,
    Disagreement,
)
from mockserver.conformance.second_opinion.judgement import ANYWHERE, breaches
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.contract import KINDS, Kind

NOTHING = SideReply()
BREACH = Disagreement(SHAPE, "what it is", "what the other is")


class Ruling(StrEnum):
    """Who is right where the two differ."""

    TARGET = "the target breaks the contract"
    OTHER = "the other breaks the contract"
    SILENT = "the contract does not say, and they differ"


@dataclass(slots=True)
class Opinion:
    """One cause of differences: what was done, where the answers differ, and whose fault it is.

    ``why`` says how the contract is broken, empty where it is silent. ``operations`` counts where it was seen,
    ``groups`` of which resources; ``story`` are the steps that show it, the deciding one last, with the answers of
    both servers. ``sort`` tells faults of one kind and status apart;
    ``lacking`` has what new records of the first show unasked and the second's do not, by resource and member.
    """

    verdict: Ruling
    what: str
    kind: Kind
    difference: Disagreement
    why: str
    operations: Counter[str] = field(default_factory=Counter)
    groups: dict[str, Group] = field(default_factory=dict)
    story: tuple[StepTaken, ...] = ()
    is_flaky: bool = False
    sort: str = ""
    lacking: dict[tuple[str, str], list[Any]] = field(default_factory=dict)

    @property
    def cause(self) -> tuple[str, ...]:
        """What one fault has in common wherever it is seen."""
        place = self.difference.place
        if place != STATUS:
            return self.kind, place
        pair = (self.difference.one, self.difference.two)
        return (self.kind, place, *pair, self.sort or (self.what if self.verdict is Ruling.SILENT else ""))


class Opinions:
    """The opinions by cause. What is silent joins a breach at the same place: it follows from it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], dict[Ruling, Opinion]] = {}

    def __iter__(self) -> Iterator[Opinion]:
        return iter(sorted((one for known in self._known.values() for one in known.values()), key=_rank))

    def add(self, opinion: Opinion, done: Sequence[Step]) -> None:
        """``done`` are the steps until then, the one that shows it last."""
        said = opinion
        earlier = self._followed(opinion, done[-1]) or self._repeated(opinion)
        known = self._known.setdefault(opinion.cause, {}) if earlier is None else {}
        if earlier is not None:
            opinion = earlier
        elif opinion.verdict is Ruling.SILENT and known:
            opinion = next(iter(known.values()))
        elif opinion.verdict in known:
            opinion = known[opinion.verdict]
        else:
            opinion.story = tuple(StepTaken(step) for step in done)
            if silent := known.pop(Ruling.SILENT, None):
                opinion.operations.update(silent.operations)
                opinion.groups.update(silent.groups)
            known[opinion.verdict] = opinion
        if done[-1].makes and (lacking := said.difference.lacking) and lacking not in sent_members(done[-1]):
            opinion.lacking.setdefault((done[-1].group.name, lacking), []).append(said.difference.value)
        opinion.operations[done[-1].operation.id] += 1
        opinion.groups[done[-1].group.name] = done[-1].group

    def _followed(self, opinion: Opinion, step: Step) -> Opinion | None:
        """The opinion on a write that lets both servers show otherwise what ``step`` only looks at."""
        place = opinion.difference.place
        if opinion.verdict is not Ruling.SILENT or not step.operation.facts.is_safe or not place.startswith("/"):
            return None
        return next((one for one in self if one.difference.place == place and not KINDS[one.kind].is_safe), None)

    def _repeated(self, opinion: Opinion) -> Opinion | None:
        """The opinion on an earlier step that showed the same: a member that one never has, the form of a reply."""
        if opinion.verdict is not Ruling.SILENT:
            return None
        return next((one for one in self if _is_same(one.difference, opinion.difference)), None)


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step with the answers of both servers to it."""

    step: Step
    one: SideReply = NOTHING
    two: SideReply = NOTHING


def opinions(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> Iterator[Opinion]:
    """Each difference between the two answers, with the verdict of the contract."""
    found = differences(step, one, two, first, second)
    if step.is_loose and not found:
        found = [BREACH]  # of what each server has for itself there is nothing to compare, but it is as declared
    if not found:
        return
    kind, members = step.operation.kind, {each.member for each in found if each.member}
    mine, other = breaches(one, step, first, members), breaches(two, step, second, members)
    sort = step.what.rpartition(" is ")[2] if " whose " in step.what else ""  # a body spoilt in another way
    for each in found:
        at_one, at_two = (_at(each, broken) for broken in (mine, other))
        if at_one:
            yield Opinion(Ruling.TARGET, step.what, kind, each, at_one, sort=sort)
        if at_two:
            yield Opinion(Ruling.OTHER, step.what, kind, each, at_two, sort=sort)
        if not at_one and not at_two and each is not BREACH:
            yield Opinion(Ruling.SILENT, step.what, kind, each, "", sort=sort)


def _at(difference: Disagreement, broken: dict[str, str]) -> str:
    """Why the answer is wrong where it differs; empty where the contract does not say so."""
    member = f"/{difference.member}" if difference.member else difference.place
    if difference is BREACH:
        return next(iter(broken.values()), "")
    if difference.place in (FOUND, ORDER, COUNT):
        return broken.get(difference.place, "")
    return broken.get(member) or broken.get(ANYWHERE, "")


def _is_same(one: Disagreement, other: Disagreement) -> bool:
    """Whether two differences are one habit, wherever it is seen."""
    if one.place != other.place:
        return False
    if one.place == FORM:
        return True
    if one.place in (SHAPE, UNSET):
        return (one.one, one.two) == (other.one, other.two)
    if bool(one.member) and (one.one, one.two) == (other.one, other.two):
        return True
    lacks = [(each.one == LACKING, each.two == LACKING) for each in (one, other)]
    return bool(one.member) and lacks[0] == lacks[1] and any(lacks[0])


def _rank(opinion: Opinion) -> int:
    return list(Ruling).index(opinion.verdict)
