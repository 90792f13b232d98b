"""Fixture files as data: read from YAML, every value with its place, every problem kept to be told at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import read_data_file
from mockserver.values.pointer import escape
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant

LARGEST = 2**64 - 1
SMALLEST = -(2**63)
"""The integers that JSON text can carry here."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a fixture file: the file, the RFC 6901 pointer in it, and the list that problems go to."""

    file: str
    pointer: str
    value: Any
    problems: list[Problem] = field(compare=False)

    def child(self, step: str | int, value: Any = None) -> Place:
        """The place one step below; its value is the one there, or ``value`` where there is none."""
        if isinstance(self.value, Mapping):
            value = self.value.get(step, value)
        elif isinstance(self.value, list) and isinstance(step, int):
            value = self.value[step]
        return Place(self.file, f"{self.pointer}/{escape(str(step))}", value, self.problems)

    def members(self) -> Iterator[tuple[str, Place]]:
        """The members of a mapping; nothing, and a problem, when it is none. No value counts as an empty one."""
        if self.value is None:
            return
        if not isinstance(self.value, Mapping):
            self.complain(f"wanted a mapping, found {shown(self.value, 80)}", "write name: value lines")
            return
        for name in self.value:
            if isinstance(name, str):
                yield name, self.child(name)
            else:
                self.complain(f"the name {name!r} is not text", "put it in quotes")

    def each(self) -> Iterator[Place]:
        """The items of a list; nothing, and a problem, when it is none. No value counts as an empty one."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self.complain(f"wanted a list, found {shown(self.value, 80)}", "write one '- item' a line, or [a, b]")
            return
        for index in range(len(self.value)):
            yield self.child(index)

    def only(self, names: Iterable[str]) -> None:
        """Complain about every member that has another name."""
        allowed = sorted(names)
        for name, place in self.members():
            if name not in allowed:
                place.complain(f"unknown key {name!r}", meant(name, allowed))

    def complain(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, self.pointer, problem, remedy))


def literal(place: Place) -> Any:
    """The value as it stands, to be kept; a problem when JSON cannot carry it."""
    if not is_json(place.value):
        place.complain(f"JSON cannot carry {place.value!r}", "use texts, true, false, and finite numbers of 64 bits")
    return place.value


def is_json(value: Any) -> bool:
    """Whether JSON can carry it."""
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return _finite(value)


def read_yaml(file: Path, problems: list[Problem]) -> Place:
    """The root of a YAML file; an empty one, and a problem, when it cannot be read."""
    try:
        value = read_data_file(file).value
    except SetupError as error:
        problems += error.problems
        value = None
    return Place(str(file), "", {} if value is None else value, problems)


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return SMALLEST <= value <= LARGEST
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _finite(member) for name, member in value.items())
    return not isinstance(value, list) or all(map(_finite, value))
