"""A record that a check of any document has created."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class InferredRecord:
    """A record that was created: its key, what stands above it in its path (outermost first), what was sent of it, and
    the reply's record.
    """

    key: str
    above: tuple[str, ...]
    sent: Any
    record: Any
