"""What is wrong with a YAML text, and where: line and column, pointer, what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Position:
    """Where something stands in a text; both count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(frozen=True, slots=True)
class YamlFault:
    """One thing that is wrong with a text: the pointer to its value, its place, and what to do."""

    pointer: str
    place: Position
    problem: str
    remedy: str


class BadYaml(ValueError):
    """The text is not YAML that is taken; ``faults`` has every reason found."""

    def __init__(self, faults: list[YamlFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{one.place}: {one.problem}" for one in faults))


def place(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def problem_of(error: Any) -> str:
    """What PyYAML says, in one line."""
    parts = (getattr(error, "context", None), getattr(error, "problem", None))
    return f"cannot be read: {', '.join(' '.join(part.split()) for part in parts if part)[:300] or 'is not YAML'}"


def decoded(text: bytes) -> str:
    """The characters of a text in UTF-8, or in UTF-16 with its mark. Raises BadYaml where it holds any other."""
    try:
        found = text.decode("utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise BadYaml([YamlFault("", Position(line, 1), "is not UTF-8", "save it as UTF-8")]) from None
    if wrong := _CONTROL.search(found):
        before = found[: wrong.start()]
        where = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise BadYaml([YamlFault("", where, f"holds the control character U+{ord(wrong[0]):04X}", "take it out")])
    return found
