"""The path as it was sent: an escaped slash is data, an escape that says nothing is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, unquote_to_bytes

from mockserver.values.shown import quoted

if TYPE_CHECKING:  # PERF: the document's paths are answered without Flask
    from flask import Flask

MALFORMED = "mockserver.malformed_path"
"""Where the environ tells what is wrong with the path's escapes."""
BROKEN = "mockserver.broken_body"
"""Where the environ tells why the body is not whole."""
MOVED = "mockserver.moved"
"""What the environ of a request holds that is to be asked again of the world that took this one's place."""

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_SLASH = re.compile(r"(%2[Ff])")


class AsSent:
    """A WSGI application whose PATH_INFO keeps each escaped slash as ``%2F``, so that no route is met by one."""

    def __init__(self, app: Callable[[dict[str, Any], Any], Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        raw = raw_path(environ)
        if has_escapes(raw):
            environ["PATH_INFO"] = unescaped_path(raw)
            if problem := problem_of(raw):
                environ[MALFORMED] = problem
        return self._app(environ, start_response)


def judge_as_sent(app: Flask) -> None:
    """Have ``app`` route by the path as it was sent."""
    app.wsgi_app = AsSent(app.wsgi_app)  # type: ignore[method-assign]


def raw_path(environ: dict[str, Any]) -> str:
    """The path as it was sent, below SCRIPT_NAME; put together again where the server does not tell it."""
    raw: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if not raw:
        return quote(environ.get("PATH_INFO", "").encode("latin-1"))
    if not raw.startswith("/"):  # the absolute form
        raw = "/" + raw.split("://", 1)[-1].partition("/")[2]
    path = re.split(r"[?#]", raw, maxsplit=1)[0]
    return path.removeprefix(environ.get("SCRIPT_NAME", ""))


def has_escapes(raw: str) -> bool:
    """Whether the path says anything but what it reads."""
    return "%" in raw or not raw.isascii()


def unescaped_path(raw: str) -> str:
    """The path without its escapes but ``%2F``, each byte a character."""
    pieces = enumerate(_SLASH.split(raw))
    return "".join(piece.upper() if at % 2 else _plain(piece) for at, piece in pieces)


def problem_of(raw: str) -> str | None:
    """What is wrong with the escapes of the path, if anything is."""
    if bad := _BAD_ESCAPE.search(raw):
        return f"has {quoted(bad[0])}, which is not percent-encoding; write % as %25"
    try:
        _plain(raw).encode("latin-1").decode()
    except UnicodeDecodeError:
        return "is not UTF-8"
    return None


def decoded(segment: str) -> str:
    """A segment of the path without its escapes."""
    return segment if not has_escapes(segment) else unquote(segment.encode("latin-1"))


def _plain(text: str) -> str:
    """Without escapes, each byte a character: what WSGI wants."""
    return unquote_to_bytes(text.encode("latin-1")).decode("latin-1")
