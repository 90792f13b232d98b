"""Values and exchanges as a person reads them in a report: short, and without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.runtime.journal import Entry
from mockserver.values.json_text import read_own
from mockserver.values.redaction import redact_text, redact_value
from mockserver.values.shown import cut
from mockserver.values.shown import shown as shown_json

LONGEST = 300
"""How many characters of a value are shown."""


def shown(value: Any) -> str:
    """A value in a message: as JSON without secrets, a pattern as ``/…/``, anything else as Python shows it."""
    if isinstance(value, re.Pattern):
        return cut(redact_text(f"/{value.pattern}/"), LONGEST)
    return shown_json(_as_json(redact_value(value)), LONGEST)


def _as_json(value: Any) -> Any:
    """What a test may want, with a text for each value that JSON does not know."""
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    return value if isinstance(value, str | int | float | None) else repr(value)


def exchange(number: int, entry: Entry) -> str:
    """One exchange in a few lines: request, answer, and why it was refused."""
    return "\n".join(_lines(number, entry))


def line(number: int, entry: Entry) -> str:
    """An exchange's one line: number, request, status and operation."""
    query = "&".join(f"{name}={value}" for name, value in entry.query)
    target = cut(entry.path + (f"?{query}" if query else ""), LONGEST)
    return f"#{number} {entry.method} {target} -> {entry.status} {entry.operation or '(no operation)'}"


def _lines(number: int, entry: Entry) -> Iterator[str]:
    yield line(number, entry) + (" BREACH" if entry.breach else "")
    if entry.body:
        yield f"    sent:  {_body_text(entry.body)}"
    if entry.reply and entry.status < 400:
        yield f"    reply: {_body_text(entry.reply)}"
    yield from _why(entry)


def _why(entry: Entry) -> Iterator[str]:
    """Why a request was refused: each violation, and the reason that the body does not tell, or else the body."""
    if entry.reason:
        yield f"    reason: {cut(entry.reason, LONGEST)}"
    elif entry.status >= 400 and not entry.violations:
        yield f"    reply: {_body_text(entry.reply)}"
    for violation in entry.violations:
        yield f"    {violation.path}: {cut(violation.message, LONGEST)} ({violation.keyword})"


def _body_text(body: bytes) -> str:
    try:
        return shown(read_own(body))
    except ValueError:
        return cut(redact_text(body.decode(errors="replace")).replace("\n", " "), LONGEST)
