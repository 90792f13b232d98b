"""Runs a story again against a target and says what became of the finding."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from mockserver.conformance.options import Options, validate_options
from mockserver.conformance.runner import Run
from mockserver.conformance.stories.expecting import broken
from mockserver.conformance.stories.reproducing import tokens_of
from mockserver.conformance.stories.script_runtime import Answer, Unplayable, play
from mockserver.conformance.stories.story import Story, as_data, read_story
from mockserver.conformance.wire.allow_list import NotAllowed
from mockserver.conformance.wire.pacing import OutOfTime
from mockserver.conformance.wire.targets import Target, find_target
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import Unreachable
from mockserver.errors import Problem, SetupError, keeping

ROUNDS = 3
"""How often a story is carried out: what shows in some of them only is flaky."""


class ReplayResult(StrEnum):
    """What became of a finding."""

    STILL_THERE = "still there"
    GONE = "gone"
    FLAKY = "flaky"

    @property
    def exit_code(self) -> int:
        return {ReplayResult.GONE: 0, ReplayResult.STILL_THERE: 1, ReplayResult.FLAKY: 3}[self]


def replay(file: Path, options: Options, target: Target | None = None) -> tuple[Story, ReplayResult]:
    """Carry the story in ``file`` out, within what the profile may do. Raises SetupError where that is not possible."""
    problems: list[Problem] = []
    with keeping(problems):
        validate_options(options)
    with keeping(problems):
        story = read_story(file)
    if problems:
        raise SetupError(problems)
    target = target or find_target(options)
    run = Run(options, target)
    run.greet()
    tokens = dict(tokens_of(target))
    if bad := os.environ.get("BAD_TOKEN"):
        tokens["BAD_TOKEN"] = bad
    run.client.purpose = "replaying"
    try:
        return story, fate_of(story, tokens, run.client.send)
    except (Unplayable, NotAllowed, Unreachable, OutOfTime) as error:
        remedy = "correct what stands in the way, or write the story again"
        raise SetupError([Problem(str(file), "", f"cannot be run: {error}", remedy)]) from None


def fate_of(story: Story, tokens: dict[str, str], send: Callable[[Sent], Received]) -> ReplayResult:
    """What ``ROUNDS`` rounds show. Raises Unplayable."""

    def answer(method: str, path: str, headers: list[tuple[str, str]], body: bytes | None) -> Answer:
        reply = send(Sent(method, path, tuple(headers), body))
        return reply.status, {name.lower(): text for name, text in reply.headers}, reply.body

    data = as_data(story)
    seen = set()
    for _ in range(ROUNDS):
        replies, bound = play(data, tokens, answer)
        seen.add(broken(data, replies, bound))
    if len(seen) > 1:
        return ReplayResult.FLAKY
    return ReplayResult.STILL_THERE if seen == {True} else ReplayResult.GONE
