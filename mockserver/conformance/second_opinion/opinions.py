"""Who is right where two answers differ: each difference with the verdict of the contract, once per cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from mockserver.conformance.second_opinion.opinion import Opinion, Ruling, StepTaken
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.contract import Kind

MANY = 3
"""Of so many further kinds of invalid bodies that are taken, one is told for all."""
BREACH = Disagreement(SHAPE, "what it is", "what the other is")


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

    def gather(self) -> None:
        """Where many kinds of invalid bodies are answered alike, it is one fault: nothing of them is looked at."""
        found: dict[tuple[Ruling, Kind, str, str], list[tuple[str, ...]]] = {}
        for cause, known in self._known.items():
            for one in known.values():
                if one.difference.place == STATUS and one.verdict is not Ruling.SILENT and one.sort:
                    pair = (one.verdict, one.kind, one.difference.one, one.difference.two)
                    found.setdefault(pair, []).append(cause)
        for (ruling, *_), (first, *others) in found.items():
            for cause in others if len(others) >= MANY else ():
                kept, one = self._known[first][ruling], self._known[cause].pop(ruling)
                kept.also.add(one.what)
                kept.operations.update(one.operations)
                kept.groups.update(one.groups)

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
        sides = [(Ruling.TARGET, _at(each, inner, mine)), (Ruling.OTHER, _at(each, inner, other))]
        if inner and LACKING in (each.one, each.two) and not any(said for _, said in sides):
            sides = [(ruling, left_over(broken)) for ruling, broken in ((Ruling.TARGET, mine), (Ruling.OTHER, other))]
        for ruling, said in [(ruling, said) for ruling, said in sides if said]:
            yield Opinion(ruling, step.what, kind, each, said.why, sort=sort, habit=said.habit, inner=inner)
        is_unread = each.place == FOUND and any(ANYWHERE in broken for broken in (mine, other))
        if not any(said for _, said in sides) and each is not BREACH and not is_unread:
            yield Opinion(Ruling.SILENT, step.what, kind, each, "", sort=sort, inner=inner)


def _at(difference: Disagreement, inner: str, broken: dict[str, Breach]) -> Breach | None:
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
    return broken.get(inner) or broken.get(member) or (Breach(whole.why, ("schema", member)) if whole else None)


def left_over(broken: dict[str, Breach]) -> Breach | None:
    """Why members are still there that were not sent: so it is with each of them, even where one alone says nothing."""
    return next((one for one in broken.values() if one.habit == LEFT_OVER), None)


def _sight(opinion: Opinion, step: Step) -> tuple[str, str, str, str]:
    """What was seen of a member: the same values are still there when the record is looked at again."""
    return step.group.name, opinion.inner, opinion.difference.one, opinion.difference.two


def _rank(opinion: Opinion) -> int:
    return list(Ruling).index(opinion.verdict)
