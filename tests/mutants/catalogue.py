"""All mutants there are, area by area."""

from __future__ import annotations

from collections.abc import Mapping

from mutants import (
    auth,
    batches,
    changes,
    combinations,
    concurrency,
    documents,
    isolation,
    lifecycle,
    lists,
    odd_requests,
    second_looks,
    shapes,
    validation,
)
from mutants.mutant import Mutant

AREAS = (
    shapes,
    validation,
    auth,
    isolation,
    lifecycle,
    lists,
    changes,
    batches,
    documents,
    concurrency,
    odd_requests,
    second_looks,
    combinations,
)


KNOWN_MISSED: Mapping[str, str] = {
    "certificate-without-number": "the document does not say what a certificate must show, only whose it is",
}
"""What the kit does not find, and why it cannot."""


def all_mutants() -> tuple[Mutant, ...]:
    return tuple(one for module in AREAS for one in module.MUTANTS)


def find(name: str) -> Mutant:
    """Raises LookupError."""
    for one in all_mutants():
        if one.name == name:
            return one
    raise LookupError(f"no mutant is named {name!r}")
