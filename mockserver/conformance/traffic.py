"""What goes over the wire and what comes back: one request, its reply, and the two together as evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]


class NotJson(ValueError):
    """A body that was to be JSON is none; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: ``target`` is path and query, percent-encoded, below the base URL.

    ``operation`` is the operationId that method and path lead to, None where the document has none.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes | None = None
    operation: str | None = None

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; ``seconds`` is how long it took."""

    status: int
    headers: Headers
    body: bytes
    seconds: float = 0.0

    def header(self, name: str) -> str | None:
        return _header(self.headers, name)

    def json(self) -> Any:
        """The body's value. Raises NotJson."""
        try:
            return json.loads(self.body)
        except ValueError:
            shown = self.body[:60].decode(errors="replace")
            raise NotJson(f"the body is no JSON but {shown!r}" if self.body else "there is no body") from None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what became of it: a reply, or the ``failure`` to get one. ``purpose`` names the check."""

    number: int
    at: datetime
    purpose: str
    sent: Sent
    reply: Reply | None
    failure: str = ""


def _header(headers: Headers, name: str) -> str | None:
    return next((text for found, text in headers if found.lower() == name.lower()), None)
