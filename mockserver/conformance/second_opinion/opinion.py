"""An opinion: one cause of differences, whose fault it is, and the story that shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.second_opinion.compared_steps import Step
from mockserver.conformance.second_opinion.disagreement import STATUS, UNCHANGED, Disagreement
from mockserver.conformance.second_opinion.sides import SideReply
from mockserver.contract import Kind

NOTHING = SideReply()


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


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step with the answers of both servers to it."""

    step: Step
    one: SideReply = NOTHING
    two: SideReply = NOTHING


def _is_about_nobody(what: str) -> bool:
    """Whether a step asks for a record that is not there."""
    return "deleted" in what or "does not exist" in what or "not there" in what
