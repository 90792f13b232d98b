"""Which entries of the journal are asked for: by status, operation, tenant, method or path."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.runtime.journal import Entry

FILTERS = ("status", "operation", "tenant", "method", "path")
"""The members of an entry that the journal can be asked by."""


def meets(entry: Entry, wanted: Mapping[str, str]) -> bool:
    """Whether ``entry`` has all that is ``wanted``: a status may be a class (``4xx``), a method in either case."""
    return all(_has(entry, name, text) for name, text in wanted.items())


def _has(entry: Entry, name: str, text: str) -> bool:
    found = str(getattr(entry, name))
    if name == "status" and text.lower().endswith("xx"):
        return found[:1] == text[:1]
    return found.upper() == text.upper() if name == "method" else found == text
