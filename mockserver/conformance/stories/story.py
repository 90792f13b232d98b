"""A story: the requests that show a finding, with placeholders for what earlier replies say, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import read_data_file
from mockserver.values.form import check_form

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Capture:
    """From its reply a step takes what ``pointer`` (RFC 6901) leads to, and calls it ``name``."""

    name: str
    pointer: str


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One request. In ``target``, ``body`` and headers ``{{name}}`` stands for what an earlier step took.

    ``{{TOKEN}}`` and ``{{OTHER_TOKEN}}`` are the tokens of the run, ``{{BAD_TOKEN}}`` is one that must be refused.
    ``status`` is what was answered when the story was written; ``changes`` tells that the step may change records.
    ``pages``: the step reads a list from page to page, as trail.Pages has it, and its reply is made of all of them:
    ``{"items": […], "next": key}``.
    """

    operation: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    status: int
    captures: tuple[Capture, ...] = ()
    changes: bool = False
    pages: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the contract wants of the reply to ``step`` (counted from 0): the finding is gone when it is met.

    ``statuses``: one of these; ``places``: these values at these pointers (``absent``: nothing is there, ``other``:
    not this, ``record``: in the record of a list with this id); ``headers``: these are there; ``constraint``: kept at
    each place of its pointer; ``listing``: the lists read by its ``steps`` hold the ids of ``holds`` and none of
    ``lacks``, ``once`` each, ``alike`` in order. Where none of these says it, ``symptom`` is the digest of the
    replies to ``symptom_steps`` that broke the contract: the finding is gone once they are different.
    """

    step: int
    statuses: tuple[int, ...] = ()
    places: tuple[Mapping[str, Any], ...] = ()
    headers: tuple[str, ...] = ()
    symptom: str = ""
    symptom_steps: tuple[int, ...] = ()
    listing: Mapping[str, Any] | None = None
    constraint: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """``cleaning`` removes what ``steps`` made; ``key`` names the member that identifies a record in lists.

    ``gaps`` says why the story may not show the finding again: requests at once, something cut or covered.
    """

    check: str
    title: str
    resource: str
    operation: str
    cause: str
    base_url: str
    seed: int
    steps: tuple[StoryStep, ...]
    expectation: Expectation
    cleaning: tuple[StoryStep, ...] = ()
    key: str = "id"
    gaps: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        return f"{self.check} {self.operation}".strip()


def as_data(story: Story) -> dict[str, Any]:
    """The story as JSON has it."""
    return {"format": FORMAT, **asdict(story)}


def read_story(file: Path) -> Story:
    """Raises SetupError when ``file`` is not a story."""
    given = read_data_file(file, "name a story that mockserver check --stories has written")
    if problems := check_form("story", given):
        raise SetupError(problems)
    data = {name: value for name, value in given.value.items() if name != "format"}
    data["steps"], data["cleaning"] = (tuple(map(_step, data[name])) for name in ("steps", "cleaning"))
    wanted = data["expectation"]
    named = (wanted["step"], *wanted["symptom_steps"], *((wanted.get("listing") or {}).get("steps", ())))
    if not all(0 <= one < len(data["steps"]) for one in named):
        problem = Problem(str(file), "/expectation", "names a step that the story does not have", "write it again")
        raise SetupError([problem])
    data["expectation"] = Expectation(**{name: _frozen(value) for name, value in wanted.items()})
    return Story(**{**data, "gaps": tuple(data["gaps"])})


def _step(data: Mapping[str, Any]) -> StoryStep:
    headers = tuple((name, text) for name, text in data["headers"])
    captures = tuple(Capture(**one) for one in data["captures"])
    return StoryStep(**{**data, "headers": headers, "captures": captures})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
