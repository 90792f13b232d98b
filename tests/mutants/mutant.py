"""What a mutants is: one named fault, told as the owner of an API would tell it, and how it gets into a mock."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from mutants.planting import Planting

Plant: TypeAlias = "Callable[[Planting], None]"


class Area(StrEnum):
    """What a mutant is about."""

    SHAPE = "response shape"
    VALIDATION = "validation"
    AUTH = "auth"
    ISOLATION = "tenant isolation"
    LIFECYCLE = "lifecycle"
    LISTS = "list, paging, search"
    CHANGES = "PUT, PATCH, versions"
    BATCH = "batch"
    DOCUMENTS = "documents, notices"
    CONCURRENCY = "concurrency"
    RULES = "effects, computed, filled"
    QUERIES = "queries"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault; ``plant`` puts it into the mock that a Planting is about to make.

    Raises ValueError for a name that is not in kebab-case.
    """

    name: str
    area: Area
    wrong: str
    plant: Plant

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", self.name):
            raise ValueError(f"{self.name!r} is not a name for a mutant, wanted kebab-case of two words or more")


def named(area: Area, *rows: tuple[str, str, Plant]) -> tuple[Mutant, ...]:
    """The mutants of one area, each from its name, what is wrong, and how it is planted."""
    return tuple(Mutant(name, area, wrong, plant) for name, wrong, plant in rows)
