"""What a story carries from replies into later requests: a placeholder for each value that an earlier reply said."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from mockserver.conformance.created_records import created, made_at
from mockserver.conformance.stories.recorded_walks import Walk, gathered
from mockserver.conformance.stories.script_runtime import VOLATILE
from mockserver.conformance.stories.story import Capture
from mockserver.conformance.stories.trail import is_listed, texts_of
from mockserver.conformance.wire.traffic import Exchange, json_or_none
from mockserver.contract import Operation

LAST_OF_ALL = 1 << 30
"""Behind every step: where a story is cleaned up."""


class Placeholders:
    """Knows for each value of a reply, that no request had said before, the step and the place that say it.

    ``captures`` are what each step has to take from its reply, ``sent`` all that was sent so far. Records of a document
    without annotations are known by their paths: keys such as ``1`` are those of many.
    """

    def __init__(self) -> None:
        self.captures: dict[int, list[Capture]] = {}
        self.sent = ""
        self._sources: dict[str, tuple[int, str]] = {}
        self._births: dict[str, tuple[int, str]] = {}
        self._names: dict[tuple[int, str], str] = {}

    def in_target(self, target: str, number: int) -> str:
        """``target`` of the step ``number`` with placeholders."""
        path, mark, query = target.partition("?")
        steps = path.split("/")
        known = [self._births.get("/".join(steps[: end + 1])) for end in range(len(steps))]
        whole = [self._placeholder(source) if source else step for source, step in zip(known, steps, strict=True)]
        return self._with_placeholders("/".join(whole) + mark + query, number, in_target=True)

    def in_body(self, body: str, number: int) -> str:
        """``body`` of the step ``number`` with placeholders."""
        return self._with_placeholders(body, number)

    def of(self, value: str, before: int = LAST_OF_ALL) -> str:
        """The placeholder for ``value``; the value itself where no reply ``before`` this step said it first."""
        for path, source in reversed(self._births.items()):
            if unquote(path.rpartition("/")[2]) == value:
                return self._placeholder(source)
        known = self._sources.get(value)
        return self._placeholder(known) if known and known[0] < before else value

    def says(self, value: str, before: int) -> bool:
        """Whether the reply to a step ``before`` this one was the first to say ``value``."""
        return value in self._sources and self._sources[value][0] < before

    def values(self) -> dict[str, str]:
        """The values that stand behind the placeholders, each with its placeholder's name."""
        keys = {unquote(path.rpartition("/")[2]): place for path, place in self._births.items()}
        return {value: self._names[place] for value, place in (self._sources | keys).items() if place in self._names}

    def read(self, number: int, exchange: Exchange, operation: Operation | None) -> None:
        """Take note of what the reply to the step ``number`` says."""
        body = json_or_none(exchange.reply.body) if exchange.reply else None
        made = set(created(operation, exchange)) if operation and exchange.reply else set()
        if operation and (place := made_at(operation, exchange)):
            self._births[place[0]] = number, place[1]
        is_look = exchange.sent.method in ("GET", "HEAD") or bool(operation and operation.facts.is_safe)
        for pointer, value in texts_of(body):
            if is_look and is_listed(pointer):
                continue  # a record of somebody's: at another place the next time
            fits = VOLATILE.fullmatch(value) or value in made
            if fits and value not in self._sources and value not in self.sent:
                self._sources[value] = number, pointer

    def turn(self, number: int, walk: Walk) -> None:
        """The key behind which a walk was left is the one to go on with, in every replay another."""
        _, page = gathered(walk)
        if not walk.is_whole and page and isinstance(page.get("next"), str):
            self._sources[page["next"]] = number, "/next"

    def _with_placeholders(self, text: str, number: int, *, in_target: bool = False) -> str:
        for value in sorted(self._sources, key=len, reverse=True):
            short = not VOLATILE.fullmatch(value)
            for form in dict.fromkeys((quote(value, safe=""), value)) if in_target else (value,):
                if form not in text:
                    continue
                edges = r"(?<=[/=,]){}(?=[/?&,]|$)" if in_target else '(?<="){}(?=")'
                pattern = (edges if short else "{}").replace("{}", re.escape(form))
                if re.search(pattern, text) and self._sources[value][0] < number:
                    text = re.sub(pattern, self._placeholder(self._sources[value]), text)
        return text

    def _placeholder(self, place: tuple[int, str]) -> str:
        """What stands for what the reply to a step says at a pointer."""
        if place not in self._names:
            step, pointer = place
            last = re.sub("[^a-z]", "", pointer.rpartition("/")[2].lower()) or "value"
            self._names[place] = f"{last}_{len(self._names) + 1}"
            self.captures.setdefault(step, []).append(Capture(self._names[place], pointer))
        return "{{" + self._names[place] + "}}"
