"""What goes over the wire and what comes back: one request, its reply, and the two together as evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from mockserver.values.json_text import BadJson, read_leniently
from mockserver.values.media_types import without_parameters
from mockserver.values.shown import quoted

Headers: TypeAlias = tuple[tuple[str, str], ...]


DEEPEST = 100
"""How many levels of a body are looked into: no record has so many, and readers that recurse have an end."""


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
        """The header ``name``, whatever its case; None without one."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Received:
    """One reply; ``seconds`` is how long it took."""

    status: int
    headers: Headers
    body: bytes
    seconds: float = 0.0

    def header(self, name: str) -> str | None:
        """The header ``name``, whatever its case; None without one."""
        return _header(self.headers, name)

    @property
    def media_type(self) -> str:
        """What the body has the content type, without parameters, in lower case; empty where nothing is said."""
        return without_parameters(self.header("Content-Type") or "")

    def json(self) -> Any:
        """The body's value. Raises NotJson."""
        return read_json(self.body)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what became of it: a reply, or the ``failure`` to get one. ``purpose`` names the check."""

    number: int
    at: datetime
    purpose: str
    sent: Sent
    reply: Received | None
    failure: str = ""


def read_json(body: bytes | None, parse_constant: Callable[[str], Any] | None = None) -> Any:
    """The JSON that somebody else wrote. Raises NotJson, also for what nests too deep to be looked at."""
    if not body:
        raise NotJson("there is no body")
    try:
        return read_leniently(body, DEEPEST, parse_constant)
    except BadJson as error:
        shown_body = quoted(body[:60].decode(errors="replace"))
        raise NotJson(
            f"the body {error}" if "deeper" in str(error) else f"the body is not JSON but {shown_body}"
        ) from None


def json_or_none(body: bytes | None) -> Any:
    """The JSON of ``body``; None where it is not JSON, or ``null``."""
    try:
        return read_json(body)
    except NotJson:
        return None


def _header(headers: Headers, name: str) -> str | None:
    wanted, length = name.lower(), len(name)
    for found, text in headers:  # PERF: asked a dozen times of each exchange
        if len(found) == length and found.lower() == wanted:
            return text
    return None
