"""What narrows a search down before any record is read: never less than what meets it, sometimes more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mockserver.values.moment import Moment


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The field is one of the values, or a list that has one of them; null stands for absent as well."""

    field: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Between:
    """The field, or an item of it, is a moment or a number from ``low`` to ``high``; None: there is no such bound."""

    field: str
    low: Moment | float | None
    high: Moment | float | None


@dataclass(frozen=True, slots=True)
class Containing:
    """The field, or an item of it, is a text that contains another, whatever the case."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class All:
    """All of these conditions hold."""

    conditions: Sequence[Condition]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these conditions holds."""

    conditions: Sequence[Condition]


Condition: TypeAlias = AnyOf | Between | Containing | All | Either
