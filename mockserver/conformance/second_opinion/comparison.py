"""The comparison from start to end: every step on both servers, each difference with its verdict, once per cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property

from mockserver.conformance.check_plan import Group
from mockserver.conformance.execution import tidy
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.reporters.events import Listener, Working
from mockserver.conformance.second_opinion.author import Author
from mockserver.conformance.second_opinion.compared_scripts import reading, script
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.copying import Copier
from mockserver.conformance.second_opinion.inferred_copying import InferredCopier
from mockserver.conformance.second_opinion.inferred_script import InferredAuthor
from mockserver.conformance.second_opinion.inferred_steps import changed_texts, is_refused
from mockserver.conformance.second_opinion.opinion import Opinion, StepTaken
from mockserver.conformance.second_opinion.opinions import Opinions, opinions
from mockserver.conformance.second_opinion.shortening import (
    about,
    beside,
    everything,
    halves,
    needed,
    needed_of,
    related,
    without,
)
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.contract import Kind

SHRUNK = 40
"""How many tries it may take to find the shortest story of one difference."""


@dataclass(slots=True)
class Score:
    """How often an operation was compared, and how often both answered alike."""

    judged: int = 0
    agreed: int = 0


class Comparison:
    """Takes the steps; ``can_plant``: the second is a mock of our own.

    Afterwards ``opinions`` holds what was found, ``scores`` how far the two agree, by operation, ``uncompared`` what
    could not be compared and why, by resource or operation.
    """

    def __init__(
        self, one: Side, two: Side, groups: Sequence[Group], tell: Listener = lambda _: None, *, can_plant: bool = True
    ) -> None:
        self.copier = Copier(one, two, can_plant=can_plant)
        self.plain_copier = InferredCopier(one, two, can_plant=can_plant)
        self.one, self.two, self.groups, self._tell = one, two, groups, tell
        self.opinions = Opinions()
        self.scores: dict[str, Score] = {}
        self.uncompared: dict[str, str] = {}
        self._texts: dict[str, dict[str, str]] = {}

    @cached_property
    def author(self) -> Author | InferredAuthor:
        """Made when first asked for: what the target's references may name is known only once the run has begun."""
        session = self.one.session
        if session.plan.is_inferred:
            return InferredAuthor(session)
        return Author(session.plan, session.mark, session.limits)

    def run(self) -> None:
        """Raises OutOfTime and Stopped; what was found until then stays."""
        for group in self.groups:
            self._tell(Working(f"the same steps on both: {group.name}"))
            try:
                steps = list(self._steps(group))
            except Inconclusive as reason:
                self.uncompared[group.name] = str(reason)
                continue
            self._group(steps)
        self.opinions.gather()
        self._tell(Working("the shortest story of each difference"))
        for opinion in self.opinions:
            self._shrink(opinion)
        for side in (self.one, self.two):
            tidy(side.session)

    def _steps(self, group: Group) -> Iterator[Step]:
        if isinstance(self.author, InferredAuthor):
            return self._inferred_steps(self.author, group)
        if not self.one.run.profile.reads_only:
            return script(self.author, group)
        if group.is_single or Kind.READ not in group.operations:
            raise Inconclusive("there is nothing to read one by one")
        return reading(self.author, group, self.copier.copies(group))

    def _inferred_steps(self, author: InferredAuthor, group: Group) -> Iterator[Step]:
        if not self.one.run.profile.reads_only:
            yield from author.script(group)
            return
        try:
            names = self.plain_copier.copies(group)
        except Inconclusive as reason:
            self.uncompared[group.name], names = str(reason), []
        yield from author.reading(group, names)

    def _group(self, steps: list[Step]) -> None:
        done: list[Step] = []
        self._compare(self._furniture(), done)
        with self._passing():
            self._compare(steps, done)

    def _compare(self, steps: Iterable[Step], done: list[Step]) -> None:
        for step in steps:
            if self.one.run.client.may(step.operation):
                done.append(step)
                for opinion in self._taken(step):
                    self.opinions.add(opinion, done)

    @contextmanager
    def _passing(self) -> Iterator[None]:
        """What is made meanwhile of a document without annotations is removed: the same story may be told again."""
        is_writing = isinstance(self.author, InferredAuthor) and not self.one.run.profile.reads_only
        with ExitStack() as stack:
            for side in (self.one, self.two) if is_writing else ():
                stack.enter_context(side.inferred.passing())
            yield

    def _furniture(self) -> Iterator[Step]:
        """The records that others refer to and that are not there yet."""
        return (one for one in self.author.furniture if not self.one.names.knows(one.record))

    def _on_both(self, step: Step) -> tuple[Step, SideReply, SideReply]:
        """Take ``step`` on both servers; where one takes no text twice, with texts that no other record has.

        Lists that are filtered by the texts of such a record are filtered by those that it has now.
        """
        texts = {old: new for name in step.looked_for for old, new in self._texts.get(name, {}).items()}
        taken, first, second = self._on_both_anew(step.asking_for(texts) if texts else step)
        if step.makes:
            self._texts[step.record] = changed_texts(step, taken)
        return taken, first, second

    def _on_both_anew(self, step: Step) -> tuple[Step, SideReply, SideReply]:
        is_inferred, unique = isinstance(self.author, InferredAuthor), self.one.inferred.is_unique
        if is_inferred and step.operation.id in unique and step.expect is not Expect.REFUSED:
            step = self._renewed(step)
        first, second = self.one.take(step), self.two.take(step)
        if (
            not is_inferred
            or step.operation.id in unique
            or not any(is_refused(step, one.status) for one in (first, second))
        ):
            return step, first, second
        other = self._renewed(step)
        if other is step:
            return step, first, second
        # The one that took the first has two records now, of which the story is about the later one.
        tried = [(self.one, first), (self.two, second)] if step.makes else []
        good = [side for side, answer in tried if answer.is_good]
        made = [(side, key) for side in good if (key := side.names.forget(step.record)) is not None]
        answers = self.one.take(other), self.two.take(other)
        if not all(one.is_good for one in answers):
            for side, key in made:
                side.names.bind(step.record, key)
            return step, first, second
        unique.add(step.operation.id)
        return other, *answers

    def _renewed(self, step: Step) -> Step:
        return self.one.inferred.renewed(step) if self._is_there_all(step) else step

    def _is_there_all(self, step: Step) -> bool:
        return all(self.one.names.knows(name) for name in step.needs)

    def _taken(self, step: Step) -> list[Opinion]:
        """Take ``step`` on both servers and say where they differ."""
        step, first, second = self._on_both(step)
        if failure := first.failure or second.failure:
            self.uncompared.setdefault(step.operation.id, failure)
            return []
        found = list(opinions(step, self.one, self.two, first, second))
        score = self.scores.setdefault(step.operation.id, Score())
        score.judged += 1
        score.agreed += not found
        self.one.remember(step, first)
        self.two.remember(step, second)
        return found

    def _shrink(self, opinion: Opinion) -> None:
        """Find the fewest steps that still show it, with the answers to them."""
        *before, last = (taken.step for taken in opinion.story)
        tries = iter(range(SHRUNK))
        shortest: list[Step] = before
        shows: list[StepTaken] = []
        for chosen in (needed, related, about, beside, everything):
            if not shows:
                shortest = chosen(last, before)
                shows = self._shows(opinion, [*shortest, last])
        for steps, least in self._with_less(shortest, last) if shows else ():
            if again := self._shows(opinion, [*steps, least]):
                shortest, last, shows = steps, least, again
                break
        for part in halves(shortest):
            fewer = needed_of([*(each for each in shortest if each not in part or each.made), last])[:-1]
            is_less = shows and len(fewer) < len(shortest) and next(tries, None) is not None
            if is_less and (again := self._shows(opinion, [*fewer, last])):
                shortest, shows = fewer, again
        for one in tuple(reversed(shortest)):
            for fewer in without(one, shortest, last, self.author):
                if shows and next(tries, None) is not None and (again := self._shows(opinion, [*fewer, last])):
                    shortest, shows = fewer, again
        opinion.is_flaky = not shows
        opinion.story = tuple(shows)

    def _with_less(self, steps: list[Step], last: Step) -> Iterator[tuple[list[Step], Step]]:
        """The story whose records, or whose last step at least, name no others where they need not."""
        least, bare = self.author.least(last), [self.author.least(one) for one in steps]
        tried = [(bare, least), (steps, least), (bare, last)]
        if any(one.needs != other.needs for one, other in zip([*bare, least], [*steps, last], strict=True)):
            yield from ((needed_of([*fewer, final])[:-1], final) for fewer, final in tried)

    def _shows(self, opinion: Opinion, steps: list[Step]) -> list[StepTaken]:
        """The answers to ``steps`` when the last of them shows the difference again, as ``opinion`` tells it then;
        else nothing.
        """
        taken: list[StepTaken] = []
        made = {name for one in steps for name in one.made}
        if any(name not in made and not self._is_there(name) for one in steps for name in one.needs):
            return []
        with self._passing():
            found = self._retaken(steps, taken)
        again = next((one for one in found if (one.cause, one.verdict) == (opinion.cause, opinion.verdict)), None)
        if again is None:
            return []
        opinion.difference, opinion.why = again.difference, again.why
        return taken

    def _retaken(self, steps: list[Step], taken: list[StepTaken]) -> list[Opinion]:
        """Take ``steps`` once more; the opinions on the last of them."""
        found: list[Opinion] = []
        for planned in steps:
            step, first, second = self._on_both(planned)
            taken.append(StepTaken(step, first, second))
            has_failed = bool(first.failure or second.failure)
            found = [] if has_failed else list(opinions(step, self.one, self.two, first, second))
            self.one.remember(step, first)
            self.two.remember(step, second)
        return found

    def _is_there(self, name: str) -> bool:
        return self.one.names.knows(name) and self.two.names.knows(name)
