"""Where an answer breaks the contract, and what such faults have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

LOST = ("lost",)
"""The habit of forgetting a change that was answered as made."""
LEFT_OVER = ("left over",)
"""The habit of keeping members of a record that was replaced."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Why an answer is wrong in one place.

    ``habit`` is what faults have in common wherever they are seen: two of one habit, unless it is empty, are one fault.
    """

    why: str
    habit: tuple[str, ...] = ()


Judged: TypeAlias = tuple[str, Breach]
"""A place, and what is wrong there."""
