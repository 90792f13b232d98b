"""What the rules take one operation for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.kinds import Kind
from mockserver.inference.reading.resource_draft import InferredCollection


@dataclass(frozen=True, slots=True)
class Guess:
    """The kind and the resource (None: no state is touched), why, and what the handler needs beyond."""

    kind: Kind
    about: InferredCollection | None
    why: str
    words: dict[str, Any] = field(default_factory=dict)
