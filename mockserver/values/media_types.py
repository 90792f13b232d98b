"""Media types as they are compared: what a header or a document writes, without its parameters."""

from __future__ import annotations

from functools import lru_cache

EVENTS = "text/event-stream"
KNOWN = 256
"""How many media types are remembered."""


@lru_cache(KNOWN)
def without_parameters(media_type: str) -> str:
    """In lower case and without parameters: ``text/html`` for ``Text/HTML; charset=utf-8``."""
    return media_type.partition(";")[0].strip().lower()


def carries_json(media_type: str) -> bool:
    """Whether a body of that type is JSON, whatever its parameters."""
    name = without_parameters(media_type)
    return name in ("application/json", "text/json") or name.endswith("+json")
