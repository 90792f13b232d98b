"""Makes stories short and sure: each is carried out again, and steps that it does not need are left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from mockserver.conformance.stories.expecting import broken
from mockserver.conformance.stories.script_runtime import PLACEHOLDER, Answer, Unplayable, play
from mockserver.conformance.stories.story import Story, StoryStep, as_data
from mockserver.conformance.wire.allow_list import NotAllowed
from mockserver.conformance.wire.pacing import OutOfTime
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import Unreachable

TRIED = 4
"""Of how many findings of one cause the stories are tried until one shows it again."""
UNSURE = "when repeated at the end of the run, it did not show the finding again"


@dataclass(frozen=True, slots=True)
class ReplayServer:
    """A server that stories are carried out on: ``send``, and the tokens by the names of their placeholders."""

    send: Callable[[Sent], Received]
    tokens: Mapping[str, str]


class Shrinker:
    """Carries stories out on ``target``, with at most ``requests`` of them.

    ``sound`` is a server known to keep the contract: without a write that a story needs, such a server would show the
    finding too, so that a write is left out only where ``sound`` still does not. Without one all writes stay.
    """

    def __init__(self, target: ReplayServer, sound: ReplayServer | None, requests: int) -> None:
        self._target, self._sound, self._left = target, sound, requests

    def best(self, stories: Iterable[Story]) -> Story | None:
        """The first of ``stories`` that shows its finding again, as short as it gets; else the first, and a note."""
        first: Story | None = None
        for story in islice(stories, TRIED):
            first = first or story
            shows = self._shows(story, self._target)
            if shows:
                return self._shortest(story)
            if shows is None:
                return first
        return first and replace(first, gaps=(*first.gaps, UNSURE))

    def _shortest(self, story: Story) -> Story:
        if story.expectation.symptom:
            return story  # it is told by the places of what was said: without a step they are others
        reads = [at for at, step in enumerate(story.steps) if not step.changes]
        if (without := without_steps(story, reads)) and self._shows(without, self._target):
            story = without
        may_drop_writes = self._sound is not None and self._shows(story, self._sound) is False
        for at in reversed(range(len(story.steps))):
            if story.steps[at].changes and not may_drop_writes:
                continue
            shorter = without_steps(story, [at])
            if shorter and self._shows(shorter, self._target) and self._is_sound(shorter, story.steps[at]):
                story = shorter
        return story

    def _is_sound(self, story: Story, left_out: StoryStep) -> bool:
        """Whether a server that keeps the contract does not show ``story``; reading changes nothing of that."""
        return not left_out.changes or (self._sound is not None and self._shows(story, self._sound) is False)

    def _shows(self, story: Story, stage: ReplayServer) -> bool | None:
        """Whether the finding is seen; None where it can no longer be told."""

        def answer(method: str, path: str, headers: list[tuple[str, str]], body: bytes | None) -> Answer:
            self._left -= 1
            reply = stage.send(Sent(method, path, tuple(headers), body))
            return reply.status, {name.lower(): text for name, text in reply.headers}, reply.body

        if self._left < len(story.steps):
            return None
        data = as_data(story)
        try:
            return broken(data, *play(data, dict(stage.tokens), answer))
        except Unplayable:
            return False
        except (NotAllowed, Unreachable, OutOfTime):
            return None


def without_steps(story: Story, places: Iterable[int]) -> Story | None:
    """``story`` without the steps at ``places`` that it can do without as it is told; None where there is none."""
    wanted = story.expectation
    fixed = {wanted.step, *wanted.symptom_steps, *(wanted.listing or {}).get("steps", ())}
    gone = set(places) - fixed
    needed = set(_placeholders(story, gone))
    gone = {at for at in gone if not needed & {one.name for one in story.steps[at].captures}}
    if not gone:
        return None
    kept = [at for at in range(len(story.steps)) if at not in gone]
    moved = {at: number for number, at in enumerate(kept)}
    listing = wanted.listing and {**wanted.listing, "steps": [moved[at] for at in wanted.listing["steps"]]}
    lost = {one.name for at in gone for one in story.steps[at].captures}
    return replace(
        story,
        steps=tuple(story.steps[at] for at in kept),
        expectation=replace(wanted, step=moved[wanted.step], listing=listing),
        cleaning=tuple(one for one in story.cleaning if not lost & set(PLACEHOLDER.findall(one.target))),
    )


def _placeholders(story: Story, gone: set[int]) -> Iterator[str]:
    """What the steps that stay, and the expectation, take from others."""
    data = as_data(story)
    kept = [step for at, step in enumerate(data["steps"]) if at not in gone]
    yield from PLACEHOLDER.findall(json.dumps([kept, data["expectation"]]))
