"""A place where two answers to one step differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mockserver.values.absent import ABSENT

STATUS, MEDIA, FOUND, UNSET, SHAPE = "status", "content type", "records found", "what is not set", "body"
LACKING = "absent"
ORDER, COUNT, OTHERS = "order of the list", "records on the page", "records of another value"
ADDRESS = "address of what was made"
"""The places of differences that are not about one member."""
FORM = "form of a value"
UNCHANGED = "the change"
"""Whether a change is made at all: if not, members that keep their values are no differences of their own."""
FOLLOWS = "what follows"
"""What effects of the document bring about elsewhere."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """``place`` is a member of the record without positions, or one of the words above; the texts show both sides.

    ``lacking`` is the record's own member that the second does not show, and ``value`` what the first has there.
    """

    place: str
    one: str
    two: str
    lacking: str = ""
    value: Any = field(default=ABSENT, compare=False)

    @property
    def member(self) -> str:
        """The record's own member that it is about or in."""
        return self.place.split("/")[1] if self.place.startswith("/") else ""
