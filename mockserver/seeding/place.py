"""Fixture files as data: read from YAML, every value with its place, every problem reported at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import DataFile, read_data_file
from mockserver.values.form import check_form
from mockserver.values.pointer import escape
from mockserver.values.shown import shown

LARGEST = 2**64 - 1
SMALLEST = -(2**63)
"""The integers that JSON text can carry here."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a fixture file: the file, the RFC 6901 pointer in it, and the list that problems go to."""

    source: DataFile
    pointer: str
    value: Any
    problems: list[Problem] = field(compare=False)

    @property
    def file(self) -> str:
        return self.source.name

    def child(self, step: str | int, value: Any = None) -> Place:
        """The place one step below; its value is the one there, or ``value`` where there is none."""
        if isinstance(self.value, Mapping):
            value = self.value.get(step, value)
        elif isinstance(self.value, list) and isinstance(step, int):
            value = self.value[step]
        return Place(self.source, f"{self.pointer}/{escape(str(step))}", value, self.problems)

    def members(self) -> Iterator[tuple[str, Place]]:
        """The members of a mapping; none of anything else, which the file's form refuses or takes for an empty one."""
        if isinstance(self.value, Mapping):
            for name in self.value:
                yield name, self.child(name)

    def each(self) -> Iterator[Place]:
        """The items of a list; none of anything else, as with ``members``."""
        for index in range(len(self.value) if isinstance(self.value, list) else 0):
            yield self.child(index)

    def complain(self, problem: str, remedy: str) -> None:
        self.problems.append(self.source.problem(self.pointer, problem, remedy))


def literal(place: Place) -> Any:
    """The value as it stands, to be kept; a problem when JSON cannot carry it."""
    if not is_json(place.value):
        place.complain(f"JSON cannot hold {shown(place.value)}", "use strings, true, false, and finite 64-bit numbers")
    return place.value


def is_json(value: Any) -> bool:
    """Whether JSON can carry it."""
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return _finite(value)


def read_yaml(file: Path, form: str, problems: list[Problem]) -> Place:
    """The root of a YAML file that is to be of the form, with all that is wrong with it among the problems.

    Its value is ``{}`` of a file that holds nothing, None of one that cannot be read.
    """
    try:
        read = read_data_file(file)
    except SetupError as error:
        problems += error.problems
        return Place(DataFile(str(file), None), "", None, problems)
    value = {} if read.value is None else read.value
    problems += check_form(form, replace(read, value=value))
    return Place(read, "", value, problems)


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return SMALLEST <= value <= LARGEST
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _finite(member) for name, member in value.items())
    return not isinstance(value, list) or all(map(_finite, value))
