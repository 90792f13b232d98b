"""Which steps of a long story are tried alone: those that the last one needs, those about its record, and fewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.conformance.second_opinion.author import Author
from mockserver.conformance.second_opinion.compared_steps import Step
from mockserver.conformance.second_opinion.inferred_script import InferredAuthor
from mockserver.contract import Kind


def everything(_: Step, before: Sequence[Step]) -> list[Step]:
    return [*before]


def needed(last: Step, before: Sequence[Step]) -> list[Step]:
    """The steps without which ``last`` cannot be taken: those that make what it needs, and what these need."""
    wanted, kept = set(last.needs), []
    for step in reversed(before):
        if step.made & wanted:
            kept.append(step)
            wanted |= step.needs
    return list(reversed(kept))


def related(last: Step, before: Sequence[Step]) -> list[Step]:
    """What ``last`` needs, what was made to name its record, and what was deleted of these."""
    naming = [one for one in before if one.makes and last.record in one.needs]
    made = [*naming, *(each for one in (*naming, last) for each in needed(one, before))]
    records = {one.record for one in made}
    return [one for one in before if one in made or (one.record in records and one.operation.kind is Kind.DELETE)]


def about(last: Step, before: Sequence[Step]) -> list[Step]:
    """All that was done with the record that ``last`` is about, and what that needs."""
    chosen = [one for one in before if one.record == last.record or one.record in last.looked_for]
    makers = [each for one in chosen for each in needed(one, before)]
    return [one for one in before if one in chosen or one in makers]


def beside(last: Step, before: Sequence[Step]) -> list[Step]:
    """What ``last`` needs, and the other records of its resource that were deleted."""
    deletes = [one for one in before if one.operation.kind is Kind.DELETE and one.group is last.group]
    return needed_of([*(one for one in before if one in deletes or one.makes), last])[:-1]


def without(one: Step, steps: list[Step], last: Step, author: Author | InferredAuthor) -> Iterator[list[Step]]:
    """Shorter stories to try: without a step that makes no record, with a body that names fewer others."""
    if one not in steps:
        return
    least = author.least(one)
    if not one.made:
        yield needed_of([*(each for each in steps if each is not one), last])[:-1]
    if least.needs != one.needs:
        yield needed_of([*(least if each is one else each for each in steps), last])[:-1]


def halves(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Parts of a long story that may be left out at once: halves first, then smaller ones."""
    size = len(steps) // 2
    while size > 1:
        yield from ([*steps[start : start + size]] for start in range(0, len(steps), size))
        size //= 2


def needed_of(steps: Sequence[Step]) -> list[Step]:
    """``steps`` without those that make what none of the others needs."""
    wanted: set[str] = set()
    kept = []
    for step in reversed(steps):
        if step is steps[-1] or not step.made or step.made & wanted:
            kept.append(step)
            wanted |= step.needs
    return list(reversed(kept))
