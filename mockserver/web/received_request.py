"""The one way from a server's view of a request to a Request: its names, its limits, its body, whoever took it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl

from mockserver.errors import Violation
from mockserver.messages import Request
from mockserver.settings import Settings
from mockserver.web.inflating import inflated

LARGE_BODY = 256 * 2**20
"""Bytes of a request to the control plane that brings in a whole world: half of what a world may be."""
HEADERS_KNOWN = 64
"""How many requests' headers are remembered."""
_KEPT = "mockserver.escapes"
_FRAMING = frozenset({"content-type", "content-length", "transfer-encoding", "content-encoding"})
"""What tells where a body ends and what it is: taken in its own spelling only."""
_SINGLE = frozenset({"content-type", "content-length"})
_SLASHES = re.compile("/+")


class ReceivedRequest(NamedTuple):
    """A request as a server hands it over. As in WSGI each byte of its texts is a character.

    ``path`` has no escape but ``%2F``; ``malformed`` tells what is wrong with those that were sent. ``query`` is as it
    was sent. ``body`` is None where it is larger than this server takes; ``broken`` tells why it is not whole.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    has_body: bool = False
    body: bytes | None = b""
    broken: str = ""
    malformed: str = ""


def request_of(received: ReceivedRequest, settings: Settings, template: str, path_values: Mapping[str, str]) -> Request:
    """The request for the document's path ``template``; what went over a limit is in its ``excess``."""
    excess = _too_long(received, settings)
    body = b""
    if received.has_body:
        body = _body(received, settings.max_body, excess)
    return Request(  # PERF: in the order of the fields; by name it takes twice as long
        received.method.upper(),
        _shown(received.path),
        template,
        path_values,
        () if excess or not received.query else _pairs(received.query),
        received.headers,
        body,
        tuple(excess),
    )


def headers_of(sent: Iterable[tuple[bytes, bytes]]) -> tuple[Mapping[str, str], str | None]:
    """Headers by lower-case name, ``_`` in it as ``-``; and apart from them the Content-Length, None without one.

    Those that are sent more than once are one. One that is spelt with a hyphen is not to be forged by one with an
    underscore. The media type comes last.
    """
    return _headers_of(tuple(sent))


@lru_cache(HEADERS_KNOWN)
def _headers_of(sent: tuple[tuple[bytes, bytes], ...]) -> tuple[Mapping[str, str], str | None]:
    """PERF: a client sends the same again and again, and the journal keeps them, whose entries then share them."""
    found: dict[str, str] = {}
    odd: dict[str, str] = {}
    for name, text in sent:
        key, value = name.decode("latin-1").lower(), text.decode("latin-1")
        kept = found
        if "_" in key:
            key, kept = key.replace("_", "-"), odd
        kept[key] = f"{kept[key]},{value}" if key in kept and key not in _SINGLE else value
    content_type, length = found.pop("content-type", ""), found.pop("content-length", None)
    if odd:
        found = {**{key: value for key, value in odd.items() if key not in _FRAMING}, **found}
    if content_type:
        found["content-type"] = content_type
    return MappingProxyType(found), length


def _body(received: ReceivedRequest, most: int, excess: list[Violation]) -> bytes:
    """The body as it was before it was compressed; what is wrong with it joins the ``excess``."""
    if received.body is None:
        excess.append(Violation("body", "", "maxLength", f"is larger than {most} bytes"))
    if received.broken:
        excess.append(Violation("body", "", "transfer", received.broken))
    if excess:
        return received.body or b""
    plain = inflated(received.body or b"", received.headers.get("content-encoding", ""), most)
    if isinstance(plain, Violation):
        excess.append(plain)
        return b""
    return plain


def _too_long(received: ReceivedRequest, settings: Settings) -> list[Violation]:
    found = []
    if received.malformed:
        found.append(Violation("path", "", "encoding", received.malformed))
    target = len(received.path) + len(received.query)
    if target > settings.max_target:
        message = f"the URL has {target} characters, at most {settings.max_target} are accepted"
        found.append(Violation("path", "", "maxLength", message))
    headers = received.headers
    size = sum(map(len, headers)) + sum(map(len, headers.values()))
    if size > settings.max_headers:
        message = f"the headers have {size} characters, at most {settings.max_headers} are accepted"
        found.append(Violation("header", "", "maxLength", message))
    return found


def _shown(path: str) -> str:
    """The path as text, with one slash at its beginning."""
    text = path if path.isascii() else path.encode("latin-1").decode(errors="replace")
    return _SLASHES.sub("/", text, count=1) if text.startswith("//") else text or "/"


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    """The parameters in the order in which they were sent; bytes that are not UTF-8 keep their escapes."""
    text = query if query.isascii() else query.encode("latin-1").decode(errors=_KEPT)
    return tuple(parse_qsl(text, keep_blank_values=True, errors=_KEPT))


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8, as the escapes that they were, or would have been."""
    assert isinstance(error, UnicodeDecodeError)
    return "".join(f"%{byte:02X}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_KEPT, _escaped)
