"""One line for each request that was answered, for the terminal or for a program; no header, query or body of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Full, Queue
from threading import Thread
from typing import Any, NamedTuple, TypeAlias

import click
import orjson

from mockserver.runtime.determinism import stamp
from mockserver.values.json_text import read_own
from mockserver.values.redaction import redact_text

ROOM = 10_000
"""How many lines wait to be written."""
GATHERED = 0.02
"""Seconds for which the first line waits for others."""
SHOWN = 300
"""How many characters of a path or a reason are shown."""


class Line(NamedTuple):
    """``target`` is the path as it was sent; ``headers`` and ``content`` are the reply's."""

    method: str
    target: str
    status: int
    milliseconds: float
    headers: list[tuple[bytes, bytes]]
    content: bytes


Log: TypeAlias = Callable[[Line], None]


class Writer:
    """Writes lines on a thread of its own: a log that nobody reads, such as a full pipe, holds up no request.

    At most ``room`` lines wait; how many did not fit is told in their place.

    PERF: a thread that is woken for each request takes the interpreter from it, half of what reading a record takes. So
    it looks again when ``GATHERED`` seconds are over.
    """

    def __init__(self, write: Log, room: int = ROOM) -> None:
        self._write = write
        self._waiting: Queue[Line] = Queue(room)
        self._lost = 0
        Thread(target=self._run, name="access log", daemon=True).start()

    def __call__(self, line: Line) -> None:
        try:
            self._waiting.put_nowait(line)
        except Full:
            self._lost += 1

    def _run(self) -> None:
        while True:
            line = self._waiting.get()
            if self._waiting.empty():
                time.sleep(GATHERED)
            lost, self._lost = self._lost, 0
            if lost:
                self._write(Line("-", f"({lost} lines are missing here: the log was not read)", 0, 0.0, [], b""))
            self._write(line)


def unlogged(_: Line) -> None:
    """Nobody reads it."""


def as_text(line: Line) -> None:
    """``14:03:12.123 GET /certifications/acme 401 0.8 ms  Unauthorized (no Authorization header)``, to stderr."""
    at = datetime.now(UTC).strftime("%H:%M:%S.%f")[:-3]
    reason = _reason(line)
    text = f"{at} {line.method} {_shown(line.target)} {line.status} {line.milliseconds:.1f} ms"
    click.echo(f"{text}  {reason}" if reason else text, err=True)


def as_json(line: Line) -> None:
    """One JSON object, to stderr: time, method, path, status, ms and, for 4xx and 5xx, the reason."""
    entry: dict[str, Any] = {
        "time": stamp(datetime.now(UTC)),
        "method": line.method,
        "path": _shown(line.target),
        "status": line.status,
        "ms": round(line.milliseconds, 2),
    }
    if reason := _reason(line):
        entry["reason"] = reason
    click.echo(orjson.dumps(entry).decode(), err=True)


def _reason(line: Line) -> str:
    """Why it was refused: the reply's message, its first error, and what the body does not tell."""
    if line.status < 400:
        return ""
    try:
        reply = read_own(line.content)
        first = next(iter(reply["errors"]), None)
        reason = f"{reply['message']} {first['path']}: {first['message']}" if first else str(reply["message"])
    except (ValueError, KeyError, TypeError):
        reason = ""
    why = next((text.decode("latin-1") for name, text in line.headers if name == b"mock-reason"), "")
    return _shown(redact_text(f"{reason} ({why})" if reason and why else reason or why))


def _shown(text: str) -> str:
    """Printable and of bounded length: a terminal is not steered by what a client sends."""
    return "".join(one if one.isprintable() else "?" for one in text[:SHOWN])
