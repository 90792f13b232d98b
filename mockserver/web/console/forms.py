"""A record as a form and back: each member entered in its own way, with what is wrong beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.errors import Problem
from mockserver.values.json_text import BadJson, decode
from mockserver.values.pointer import steps_of
from mockserver.web.console.fields import Control, Field, on_lines

DEEPEST = 32
PREFIX = "field."
"""What the names of inputs begin with, so that no member is mistaken for an input of the page."""


@dataclass(frozen=True, slots=True)
class Entered:
    """One member as it stands in the form, with what is wrong with it."""

    field: Field
    text: str
    problems: tuple[str, ...] = ()

    @property
    def input(self) -> str:
        return f"{PREFIX}{self.field.name}"


def entered(
    fields: Mapping[str, Field],
    record: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
    problems: Iterable[Problem] = (),
) -> Iterator[Entered]:
    """The inputs for what a client may set: as ``texts`` were sent, else as ``record`` is; required ones first."""
    by_name: dict[str, list[str]] = {}
    for one in problems:
        steps = steps_of(one.pointer) if one.pointer.startswith("/") else []
        inner = "/".join(steps[1:])
        by_name.setdefault(steps[0] if steps else "", []).append(f"{f'{inner}: ' if inner else ''}{one.problem}")
    open_ones = [one for one in fields.values() if not one.is_managed]
    for field in sorted(open_ones, key=lambda one: not one.is_required):
        text = texts.get(f"{PREFIX}{field.name}", "") if texts is not None else as_text(field, record)
        yield Entered(field, text, tuple(by_name.get(field.name, ())))


def not_entered(fields: Mapping[str, Field], record: Mapping[str, Any]) -> set[str]:
    """The members of a record that its form has no input for."""
    return {name for name in record if name not in fields or fields[name].is_managed}


def as_text(field: Field, record: Mapping[str, Any]) -> str:
    """What the input holds for the record's value."""
    if field.name not in record:
        return ""
    value = record[field.name]
    if field.control in (Control.TEXT, Control.LINES, Control.DATE, Control.CHOICE) and isinstance(value, str):
        return value
    return on_lines(value)


def read_form(fields: Mapping[str, Field], texts: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The members that were filled in, and what cannot be read; an empty input is an absent member.

    A number that is none stays a text, for the contract to refuse.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, field in fields.items():
        text = texts.get(f"{PREFIX}{name}", "")
        if field.is_managed or not text.strip():
            continue
        try:
            values[name] = _value(field, text)
        except BadJson as bad:
            problems.append(Problem("form", f"/{name}", f"is not JSON: {bad}", "correct it"))
    return values, problems


def _value(field: Field, text: str) -> Any:
    if field.control is Control.NUMBER or field.type == "boolean":
        try:
            return decode(text.encode(), DEEPEST)
        except BadJson:
            return text
    if field.control is Control.JSON:
        return decode(text.encode(), DEEPEST)
    if field.control is Control.CHOICE and field.type in ("integer", "number"):
        return decode(text.encode(), DEEPEST)
    return text.replace("\r\n", "\n")
