"""What happened: one entry an exchange, bounded, without secrets; for people and for tests that ask for calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, NamedTuple

from mockserver.errors import Violation
from mockserver.messages import Headers
from mockserver.runtime.determinism import stamp
from mockserver.runtime.ring_buffer import Ring
from mockserver.values.redaction import redact_body, redact_pairs, redact_text, redact_tokens

MAX_BYTES = 32 * 2**20
"""How much the journal keeps in all."""
SHOWN_BODY = 16 * 2**10
"""How many bytes of each body are kept."""
OVERHEAD = 1_000
"""How many bytes an entry takes beside its texts, about."""
PER_TEXT = 60
"""How many bytes a text takes beside its characters, about."""


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

    def described(self) -> dict[str, Any]:
        """The entry as JSON."""
        described = self._asdict()
        described["violations"] = [asdict(violation) for violation in self.violations]
        described |= {"at": stamp(self.at), "body": _text(self.body), "reply": _text(self.reply)}
        described |= {"query": [list(pair) for pair in self.query], "notes": [list(pair) for pair in self.notes]}
        described["headers"] = dict(self.headers)
        return described

    def without_secrets(self) -> Entry:
        """The entry as it is kept: no credential, and no value of a member, parameter or header that is secret."""
        return self._replace(
            path=redact_tokens(self.path),
            query=redact_pairs(self.query),
            headers=dict(redact_pairs(self.headers.items())),
            body=_redacted(self.body),
            reply=_redacted(self.reply),
            reason=redact_text(self.reason),
            violations=tuple(replace(one, message=redact_text(one.message)) for one in self.violations),
        )

    def size(self) -> int:
        """How many bytes it takes, every text counted."""
        pairs = (*self.query, *self.headers.items(), *self.notes)
        texts = [self.path, self.reason, *(text for pair in pairs for text in pair)]
        texts += [text for one in self.violations for text in (one.pointer, one.message)]
        return OVERHEAD + len(self.body) + len(self.reply) + sum(len(text) + PER_TEXT for text in texts)


class Journal:
    """The last ``limit`` exchanges."""

    def __init__(self, limit: int) -> None:
        self._entries: Ring[Entry] = Ring(limit, MAX_BYTES)

    def record(self, entry: Entry) -> int:
        """Keep ``entry`` without its secrets; returns its number, counted from 1 since the last reset."""
        kept = entry.without_secrets()
        return self._entries.add(kept, kept.size())

    def entries(self) -> list[tuple[int, Entry]]:
        """The entries kept, each with its number, oldest first."""
        return self._entries.all()

    def clear(self) -> None:
        self._entries.clear()


def _text(body: bytes) -> str:
    return body.decode(errors="replace")


def _redacted(body: bytes) -> bytes:
    """``body`` without secrets; one that was cut is filled up, so that it is still seen to have been cut."""
    kept = redact_body(body)
    return kept[:SHOWN_BODY].ljust(SHOWN_BODY) if len(body) >= SHOWN_BODY else kept
