"""Addresses that a browser may be sent to: http and https alone, never a script, and the answer in the query."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

LONGEST = 2_000
"""Characters that an address may have."""


def is_safe(address: str) -> bool:
    """Whether ``address`` is an absolute http or https address without fragment, user, or characters to trick with."""
    if len(address) > LONGEST or not address.isascii() or not address.isprintable() or set(address) & set(" \\<>\"'`"):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment


def with_answer(address: str, answer: Mapping[str, str | None]) -> str:
    """``address`` with what is answered in its query."""
    given = urlencode({name: text for name, text in answer.items() if text is not None})
    if not given:
        return address
    return f"{address}{'&' if '?' in address else '?'}{given}"
