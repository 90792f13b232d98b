"""What every evaluation is given: a budget of steps, and the way along foreign keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.errors import Refusal
from mockserver.values.absent import ABSENT

STEPS = 1_000_000
"""How many items one evaluation may look at; a million take half a second."""
STEPS_OF_REQUEST = 5 * STEPS
"""How many items all evaluations for one request may look at."""
LONGEST = 100_000
"""How long a text or a list may become by an operator."""


class EvaluationLimit(Refusal):
    """An expression took more steps, or made something longer, than any may."""

    def __init__(self, problem: str) -> None:
        super().__init__(400, f"What the server computes {problem}.", reason="limit: evaluation")


class Budget:
    """The steps that are left for one request, shared by all contexts in which it is worked out."""

    __slots__ = ("left",)

    def __init__(self, left: int = STEPS_OF_REQUEST) -> None:
        self.left = left


class Context:
    """The least that an evaluation needs; subclass it for where records are found."""

    __slots__ = ("steps",)

    def __init__(self, steps: int = STEPS) -> None:
        self.steps = steps

    def spend(self, steps: int) -> None:
        """Take ``steps`` from the budget. Raises EvaluationLimit when it is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise EvaluationLimit("would take too many steps: fewer items are needed in the lists it looks through")

    def follow(self, owner: Any, name: str, referenced: str) -> Any:
        """The record of ``referenced`` that the foreign key ``name`` of ``owner`` names; ABSENT when there is none."""
        return self.find(referenced, member(owner, name))

    def find(self, referenced: str, key: Any) -> Any:  # noqa: ARG002  # overridden where there are records
        """The record of ``referenced`` with that key; ABSENT when there is none."""
        return ABSENT


class Proxy:
    """What stands for a record: ``get(name)`` gives a member, ABSENT where it has none."""

    __slots__ = ()

    def get(self, name: str) -> Any:
        raise NotImplementedError


def member(value: Any, name: str) -> Any:
    """What ``value`` holds under ``name``: of a mapping, or of anything else with ``get(name)``; else ABSENT."""
    if type(value) is dict:  # PERF: what nearly all are
        return value.get(name, ABSENT)
    if isinstance(value, Proxy):  # PERF: a class, where Mapping is an abstract one that takes ten times as long
        return value.get(name)
    if isinstance(value, Mapping):
        return value.get(name, ABSENT)
    get = getattr(value, "get", None)
    return ABSENT if get is None else get(name)
