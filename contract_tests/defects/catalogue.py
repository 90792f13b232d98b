"""All seeded defects there are, area by area."""

from __future__ import annotations

from collections.abc import Mapping

from contract_tests.defects import (
    auth,
    batches,
    changes,
    concurrency,
    documents,
    isolation,
    lifecycle,
    lists,
    shapes,
    validation,
)
from contract_tests.defects.defect import Defect

AREAS = (shapes, validation, auth, isolation, lifecycle, lists, changes, batches, documents, concurrency)


KNOWN_MISSED: Mapping[str, str] = {
    "certificate-without-number": "the document does not say what a certificate must show, only whose it is",
}
"""What the kit does not find, and why it cannot."""


def all_defects() -> tuple[Defect, ...]:
    return tuple(one for module in AREAS for one in module.DEFECTS)


def find(name: str) -> Defect:
    """Raises LookupError."""
    for one in all_defects():
        if one.name == name:
            return one
    raise LookupError(f"no defect is named {name!r}")
