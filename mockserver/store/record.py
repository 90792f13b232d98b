"""A record as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from mockserver.values.json_text import read_own

Keys: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is kept: its id, its JSON, and the values it is indexed by, one tuple per indexed field.

    PERF: kept as bytes, not as dicts. Tens of thousands of dicts make each pass of the garbage
    collector slow enough to give POST a p99 a hundred times its p50; bytes are not walked, and a
    read sends them as they are.
    """

    id: str
    raw: bytes
    keys: tuple[Keys, ...] = ()

    def data(self) -> dict[str, Any]:
        """The record as a new dict that the caller may change."""
        data: dict[str, Any] = read_own(self.raw)
        return data
