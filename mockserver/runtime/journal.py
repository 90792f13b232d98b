"""What happened: one entry an exchange, bounded, without secrets; for people and for tests that ask for calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
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
HEADERS_KNOWN = 64
"""How many requests' headers are remembered without their secrets."""


class Entry(NamedTuple):
    """One exchange. ``at`` is the mock's time; ``milliseconds`` how long the answer took by it, faults included.

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
    content_type: str = "application/json"

    def described(self) -> dict[str, Any]:
        """The entry as JSON."""
        described = self._asdict()
        described["violations"] = [asdict(violation) for violation in self.violations]
        described |= {"at": stamp(self.at), "body": _text(self.body), "reply": _text(self.reply)}
        described |= {"query": [list(pair) for pair in self.query], "notes": [list(pair) for pair in self.notes]}
        described["headers"] = dict(self.headers)
        return described

    def without_secrets(self) -> Entry:
        """The entry as it is shown: no credential, and no value of a member, parameter or header that is secret."""
        return self.with_none_sent().with_none_told()

    def with_none_told(self) -> Entry:
        """The entry without the secrets of its reply."""
        redacted = _redacted(self.reply) if self.reply else b""
        return self if redacted is self.reply else self._replace(reply=redacted)

    def with_none_sent(self) -> Entry:
        """The entry without what the client sent that is secret, and without what was said about it."""
        return Entry(  # PERF: in the order of the fields; by name it takes four times as long
            self.at,
            self.method,
            redact_tokens(self.path),
            redact_pairs(self.query) if self.query else (),
            _headers(tuple(self.headers.items())),
            _redacted(self.body) if self.body else b"",
            self.operation,
            self.tenant,
            self.subject,
            self.status,
            self.reply if self.status < 400 else _redacted(self.reply),
            self.notes,
            redact_text(self.reason) if self.reason else "",
            tuple([_unspoken(one) for one in self.violations]) if self.violations else (),
            self.breach,
            self.milliseconds,
            self.content_type,
        )

    def size(self) -> int:
        """How many bytes it takes, every text counted."""
        size = OVERHEAD + len(self.body) + len(self.reply) + len(self.path) + len(self.reason) + 2 * PER_TEXT
        headers = self.headers
        size += sum(map(len, headers)) + sum(map(len, headers.values())) + 2 * PER_TEXT * len(headers)
        for name, text in (*self.query, *self.notes):
            size += len(name) + len(text) + 2 * PER_TEXT
        for one in self.violations:
            size += len(one.pointer) + len(one.message) + 2 * PER_TEXT
        return size


class Journal:
    """The last ``limit`` exchanges.

    PERF: what a success shows is in the store as well, and is looked through when somebody reads: most never is, and
    that takes half as long as to read a record.
    """

    def __init__(self, limit: int) -> None:
        self._entries: Ring[Entry] = Ring(limit, MAX_BYTES)
        self._shown: dict[int, tuple[Entry, Entry]] = {}
        """Entries as they are kept and as they are shown, of those that were there when all were read last."""

    @property
    def is_at_hand(self) -> bool:
        """Whether an entry can be kept without waiting."""
        return True

    def record(self, entry: Entry) -> int:
        """Keep ``entry``; returns its number, counted from 1 since the last reset."""
        return self._entries.add(entry.with_none_sent())

    def entries(self) -> list[tuple[int, Entry]]:
        """The entries kept, each with its number, oldest first; without secrets."""
        pairs = {number: self._pair(number, entry) for number, entry in self._entries.all()}
        self._shown = pairs
        return [(number, shown) for number, (_, shown) in pairs.items()]

    def after(self, number: int, era: int) -> tuple[int, list[tuple[int, Entry]]]:
        """The era, which ends with each reset, and the entries kept after ``number`` of ``era``, oldest first."""
        now, kept = self._entries.after(number, era)
        return now, [(at, self._pair(at, entry)[1]) for at, entry in kept]

    def clear(self) -> None:
        self._entries.clear()
        self._shown = {}

    def _pair(self, number: int, entry: Entry) -> tuple[Entry, Entry]:
        known = self._shown.get(number)
        return known if known is not None and known[0] is entry else (entry, entry.with_none_told())


@lru_cache(HEADERS_KNOWN)
def _headers(sent: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """A request's headers without secrets. PERF: a client sends the same again and again, and entries share them."""
    return MappingProxyType(dict(redact_pairs(sent)))


def _text(body: bytes) -> str:
    return body.decode(errors="replace")


def _unspoken(violation: Violation) -> Violation:
    message = redact_text(violation.message)
    return violation if message is violation.message else replace(violation, message=message)


def _redacted(body: bytes) -> bytes:
    """``body`` without secrets; one that was cut is filled up, so that it is still seen to have been cut."""
    kept = redact_body(body)
    return kept[:SHOWN_BODY].ljust(SHOWN_BODY) if len(body) >= SHOWN_BODY else kept
