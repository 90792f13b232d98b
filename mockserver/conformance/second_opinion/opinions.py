"""Who is right where two answers differ: each difference with the verdict of the contract, once per cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.second_opinion.breach import LEFT_OVER, Breach
from mockserver.conformance.second_opinion.compared_steps import Step
from mockserver.conformance.second_opinion.differing import differences, sent_members
from mockserver.conformance.second_opinion.disagreement import (
    COUNT,
    FOUND,
    LACKING,
    ORDER,
    SHAPE,
    STATUS,
    UNCHANGED,
    Disagreement,
)
from mockserver.conformance.second_opinion.judgement import ANYWHERE, breaches
from mockserver.conformance.second_opinion.one_cause import follows, inner_place, is_known, is_repeated, led_to
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.contract import Kind

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
    both servers. ``sort`` tells faults of one kind and status apart, ``habit`` is what breaches have in common wherever
    they are seen; ``inner`` is the place within the record, ``also`` are further places of the same cause; ``lacking``
    has what new records of the first show unasked and the second's do not, by resource and member.
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
    habit: tuple[str, ...] = ()
    inner: str = ""
    also: set[str] = field(default_factory=set)
    lacking: dict[tuple[str, str], list[Any]] = field(default_factory=dict)

    @property
    def cause(self) -> tuple[str, ...]:
        """What one fault has in common wherever it is seen."""
        place, pair = self.difference.place, (self.difference.one, self.difference.two)
        if self.habit:
            return self.habit
        if place == UNCHANGED:
            return (place,)
        if place != STATUS:
            return self.kind, self.inner or place
        is_silent, are_refusals = self.verdict is Ruling.SILENT, all(one.startswith("4") for one in pair)
        if is_silent and are_refusals and not _is_about_nobody(self.what):
            return (place, *pair)  # how what is not valid is refused
        return (self.kind, place, *pair, self.sort or (self.what if is_silent else ""))

    @property
    def spot(self) -> tuple[str, ...]:
        """Where it was seen: what is silent there follows from what is broken there."""
        return self.kind, self.inner or self.difference.place


class Opinions:
    """The opinions by cause. What is silent joins a breach at the same place: it follows from it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], dict[Ruling, Opinion]] = {}
        self._seen: dict[tuple[str, str, str, str], Opinion] = {}

    def __iter__(self) -> Iterator[Opinion]:
        return iter(sorted((one for known in self._known.values() for one in known.values()), key=_rank))

    def add(self, opinion: Opinion, done: Sequence[Step]) -> None:
        """``done`` are the steps until then, the one that shows it last."""
        said = opinion
        earlier = self._earlier(opinion, done[-1]) if opinion.verdict is Ruling.SILENT else None
        known = self._known.setdefault(opinion.cause, {}) if earlier is None else {}
        if earlier is not None:
            opinion = earlier
        elif opinion.verdict in known:
            opinion = known[opinion.verdict]
        else:
            opinion.story = tuple(StepTaken(step) for step in done)
            if opinion.verdict is not Ruling.SILENT:
                self._take_in(opinion)
            known[opinion.verdict] = opinion
        if said.inner:
            self._seen.setdefault(_sight(said, done[-1]), opinion)
        if done[-1].makes and (lacking := said.difference.lacking) and lacking not in sent_members(done[-1]):
            opinion.lacking.setdefault((done[-1].group.name, lacking), []).append(said.difference.value)
        if (said.inner or said.difference.place) != (opinion.inner or opinion.difference.place):
            opinion.also.add(said.inner or said.difference.place)
        opinion.operations[done[-1].operation.id] += 1
        opinion.groups[done[-1].group.name] = done[-1].group

    def _take_in(self, opinion: Opinion) -> None:
        """What was silent at the same place until now follows from this breach."""
        for known in self._known.values():
            silent = known.get(Ruling.SILENT)
            if silent is not None and (silent.spot == opinion.spot or led_to(opinion, silent)):
                opinion.operations.update(silent.operations)
                opinion.groups.update(silent.groups)
                self._seen = {place: opinion if one is silent else one for place, one in self._seen.items()}
                del known[Ruling.SILENT]

    def _earlier(self, opinion: Opinion, step: Step) -> Opinion | None:
        """The opinion that a difference on which the contract is silent follows from, or repeats."""
        if opinion.inner and (seen := self._seen.get(_sight(opinion, step))) is not None:
            return seen
        return next(
            (one for said in (follows, is_known, is_repeated) for one in self if said(opinion, one, step)), None
        )


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
        inner = inner_place(step, each)
        sides = [(Ruling.TARGET, _at(each, mine)), (Ruling.OTHER, _at(each, other))]
        if inner and LACKING in (each.one, each.two) and not any(said for _, said in sides):
            sides = [(ruling, left_over(broken)) for ruling, broken in ((Ruling.TARGET, mine), (Ruling.OTHER, other))]
        for ruling, said in [(ruling, said) for ruling, said in sides if said]:
            yield Opinion(ruling, step.what, kind, each, said.why, sort=sort, habit=said.habit, inner=inner)
        if not any(said for _, said in sides) and each is not BREACH:
            yield Opinion(Ruling.SILENT, step.what, kind, each, "", sort=sort, inner=inner)


def _at(difference: Disagreement, broken: dict[str, Breach]) -> Breach | None:
    """Why the answer is wrong where it differs; None where the contract does not say so."""
    member = f"/{difference.member}" if difference.member else difference.place
    if difference is BREACH:
        return next(iter(broken.values()), None)
    if difference.place in (FOUND, ORDER, COUNT):
        return broken.get(difference.place)
    if difference.place == UNCHANGED:
        why = next((one for place, one in broken.items() if place.startswith("/")), broken.get(ANYWHERE))
        return Breach(f"the change is not made: {why.why}", (UNCHANGED,)) if why else None
    whole = broken.get(ANYWHERE)
    return broken.get(member) or (Breach(whole.why, ("schema", member)) if whole else None)


def left_over(broken: dict[str, Breach]) -> Breach | None:
    """Why members are still there that were not sent: so it is with each of them, even where one alone says nothing."""
    return next((one for one in broken.values() if one.habit == LEFT_OVER), None)


def _is_about_nobody(what: str) -> bool:
    """Whether a step asks for a record that is not there."""
    return "deleted" in what or "does not exist" in what or "not there" in what


def _sight(opinion: Opinion, step: Step) -> tuple[str, str, str, str]:
    """What was seen of a member: the same values are still there when the record is looked at again."""
    return step.group.name, opinion.inner, opinion.difference.one, opinion.difference.two


def _rank(opinion: Opinion) -> int:
    return list(Ruling).index(opinion.verdict)
