"""Values and exchanges as a person reads them in a report: short, and without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from mockserver.runtime.journal import Entry

LONGEST = 300
"""How many characters of a value are shown."""
DEEPEST = 30
"""How many levels of a value are shown."""
HIDDEN = "(kept secret)"
_NAME = r"[\w.-]*(?:password|passwd|secret|token|api[_-]?key|authorization|credential)[\w.-]*"
_TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*|\b[Bb]earer [^\s\"'\\]+")
_MEMBER = re.compile(rf'("{_NAME}"\s*:\s*)("(?:[^"\\]|\\.)*"?|[{{\[].*|[^\s,}}\]]+)', re.IGNORECASE | re.DOTALL)
_PAIR = re.compile(rf"((?:^|[?&\s]){_NAME}=)[^&\s]*", re.IGNORECASE)


def redacted(text: str) -> str:
    """``text`` without tokens, and without the values of members and parameters whose names tell of a secret.

    For text that is no JSON: of a member that is an object or a list, all that follows is left out.
    """
    text = _MEMBER.sub(rf'\1"{HIDDEN}"', _PAIR.sub(rf"\1{HIDDEN}", text))
    return _TOKEN.sub(HIDDEN, text)


def is_secret(name: str) -> bool:
    """Whether what is called ``name`` is not for a report."""
    return re.fullmatch(_NAME, name, re.IGNORECASE) is not None


def cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def shown(value: Any) -> str:
    """A value in a message: as JSON, a pattern as ``/…/``, anything else as Python shows it."""
    if isinstance(value, re.Pattern):
        return cut(redacted(f"/{value.pattern}/"))
    return cut(_TOKEN.sub(HIDDEN, json.dumps(_without_secrets(value, DEEPEST), ensure_ascii=False, default=repr)))


def _without_secrets(value: Any, levels: int) -> Any:
    if isinstance(value, Mapping | list | tuple) and levels == 0:
        return "…"
    if isinstance(value, Mapping):
        told = {str(name): one for name, one in value.items()}
        return {name: HIDDEN if is_secret(name) else _without_secrets(one, levels - 1) for name, one in told.items()}
    return [_without_secrets(one, levels - 1) for one in value] if isinstance(value, list | tuple) else value


def exchange(number: int, entry: Entry) -> str:
    """One exchange in a few lines: request, answer, and why it was refused."""
    return "\n".join(_lines(number, entry))


def line(number: int, entry: Entry) -> str:
    """An exchange's one line: number, request, status and operation."""
    query = "&".join(f"{name}={value}" for name, value in entry.query)
    target = cut(redacted(entry.path + (f"?{query}" if query else "")))
    return f"#{number} {entry.method} {target} -> {entry.status} {entry.operation or '(no operation)'}"


def _lines(number: int, entry: Entry) -> Iterator[str]:
    yield line(number, entry) + (" BREACH" if entry.breach else "")
    if entry.body:
        yield f"    sent:  {_told(entry.body)}"
    if entry.reply and entry.status < 400:
        yield f"    reply: {_told(entry.reply)}"
    yield from _why(entry)


def _why(entry: Entry) -> Iterator[str]:
    """Why a request was refused: each violation, and the reason that the body does not tell, or else the body."""
    if entry.reason:
        yield f"    reason: {cut(redacted(entry.reason))}"
    elif entry.status >= 400 and not entry.violations:
        yield f"    reply: {_told(entry.reply)}"
    for violation in entry.violations:
        yield f"    {violation.path}: {cut(redacted(violation.message))} ({violation.rule})"


def _told(body: bytes) -> str:
    try:
        return shown(orjson.loads(body))
    except orjson.JSONDecodeError:
        return cut(redacted(body.decode(errors="replace")).replace("\n", " "))
