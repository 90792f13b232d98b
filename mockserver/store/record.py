"""A record as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from mockserver.values.json_text import read_own

Members: TypeAlias = Mapping[str, Any]
"""What a record holds, not to be changed."""


@dataclass(slots=True)
class Record:
    """A record as it is kept: its id and its JSON.

    PERF: kept as bytes, not as dicts. Tens of thousands of dicts make each pass of the garbage
    collector slow enough to give POST a p99 a hundred times its p50; bytes are not walked, and a
    read sends them as they are. The values that it is indexed by are read from it when it is replaced: kept beside it
    they took an eighth of the memory of all. Made anew for who asks: see ``RecordMap``. Final holds the types' judge to
    what ``frozen`` holds the interpreter to, which takes three times as long.
    """

    id: Final[str]
    raw: Final[bytes]

    def data(self) -> dict[str, Any]:
        """The record as a new dict that the caller may change."""
        data: dict[str, Any] = read_own(self.raw)
        return data

    def members(self) -> dict[str, Any]:
        """As ``data``; none of what is not an object."""
        data = read_own(self.raw)
        return data if isinstance(data, dict) else {}
