"""What happened: one entry an exchange, bounded, without secrets; for people and for tests that ask for calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from mockserver.errors import Violation
from mockserver.messages import Headers
from mockserver.runtime.determinism import stamp
from mockserver.runtime.ring_buffer import Ring

MAX_BYTES = 32 * 2**20
"""How much the journal keeps in all."""
SHOWN_BODY = 16 * 2**10
"""How many bytes of each body are kept."""
SECRET = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
"""Headers whose values are never kept."""


class Entry(NamedTuple):
    """One exchange. ``at`` is the mock's time; ``milliseconds`` how long the answer took, faults included.

    ``reason`` is what the reply's body did not tell: why access was denied, which fault was asked for.
    """

    at: datetime
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    operation: str | None
    tenant: str | None
    subject: str | None
    status: int
    reply: bytes
    notes: Headers
    reason: str
    violations: tuple[Violation, ...]
    breach: bool
    milliseconds: float

    def told(self) -> dict[str, Any]:
        """The entry as JSON."""
        told = self._asdict()
        told["violations"] = [asdict(violation) for violation in self.violations]
        told |= {"at": stamp(self.at), "body": _text(self.body), "reply": _text(self.reply)}
        told |= {"query": [list(pair) for pair in self.query], "notes": [list(pair) for pair in self.notes]}
        told["headers"] = {name: _secret(name, text) for name, text in self.headers.items()}
        return told


class Journal:
    """The last ``limit`` exchanges."""

    def __init__(self, limit: int) -> None:
        self._entries: Ring[Entry] = Ring(limit, MAX_BYTES)

    def record(self, entry: Entry) -> int:
        """Keep ``entry``; returns its number, counted from 1 since the last reset."""
        return self._entries.add(entry, len(entry.body) + len(entry.reply) + 2_000)

    def entries(self) -> list[tuple[int, Entry]]:
        """The entries kept, each with its number, oldest first."""
        return self._entries.all()

    def clear(self) -> None:
        self._entries.clear()


def _text(body: bytes) -> str:
    return body.decode(errors="replace")


def _secret(name: str, text: str) -> str:
    return "(kept secret)" if name in SECRET else text
