"""The one way from a Reply to what is sent: its status, its headers in their order, its content."""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from mockserver.messages import WITHOUT_CONTENT, Damage, Headers, Reply, Stream
from mockserver.values.media_types import without_parameters
from mockserver.web.compressing import packed
from mockserver.web.cors import cors_headers, origin_headers
from mockserver.web.damage import spoiled
from mockserver.web.reply_writing import lines_of

Bytes: TypeAlias = list[tuple[bytes, bytes]]
EVERYWHERE = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"))
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https:; base-uri 'none'"
"""For pages without scripts, such as the text of a mail."""
_ADDRESSES = frozenset({"location", "content-location"})


class CommonHeaders(NamedTuple):
    """Headers that replies have in common, as text, as ASGI has them, and as they are sent."""

    headers: Headers
    encoded: Bytes
    lines: bytes

    @classmethod
    def of(cls, headers: Headers) -> CommonHeaders:
        made = encoded(headers)
        return cls(headers, made, lines_of(made))


class OutgoingReply(NamedTuple):
    """What is sent: ``own`` headers, then those in common; ``damage`` is still to be done to the ``content``, which a
    ``stream`` may follow.
    """

    status: int
    own: list[tuple[str, str]]
    common: CommonHeaders
    content: bytes
    damage: Damage | None
    stream: Stream | None = None

    def encoded(self) -> Bytes:
        """All headers as ASGI has them."""
        return [*encoded(self.own), *self.common.encoded]


class ReplyFinisher:
    """What all replies of one application have in common, put together once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, bool, bool, bool], CommonHeaders] = {}

    def finish(
        self, reply: Reply, methods: str | None, *, accepted: str, is_open: bool, origin: str = ""
    ) -> OutgoingReply:
        """``reply`` as it is sent where the path answers ``methods``; None: where nothing answers it.

        ``accepted`` are the codings that the client takes; ``is_open``: pages of other origins may read it, and
        ``origin`` is that of the page which asked, if it said so.
        """
        if reply.damage is not None:
            reply = spoiled(reply)
        stream = reply.stream if reply.damage is None or not reply.damage.kind else None
        content, coding = packed(reply.raw or b"", reply.status, accepted if stream is None else "")
        own: list[tuple[str, str]] = []
        if reply.status not in WITHOUT_CONTENT:
            if reply.raw is not None:
                own.append(("Content-Type", reply.content_type))
            if stream is None:
                own.append(("Content-Length", str(len(content))))
        says_so = False
        for pair in reply.headers:
            if pair[0].startswith("Mock-"):  # made printable where they were made
                own.append(pair)
            else:
                name = pair[0].lower()
                own.append((pair[0], _line(_address(pair[1]) if name in _ADDRESSES else pair[1])))
                says_so = says_so or name == "access-control-allow-origin"
        own += coding
        is_page = reply.raw is not None and without_parameters(reply.content_type) == "text/html"
        is_open = is_open and not says_so
        if is_open and origin:
            own += [(name, _line(text)) for name, text in origin_headers(origin)]
        common = self._common(methods, is_page=is_page, is_open=is_open, names_origin=bool(origin))
        return OutgoingReply(reply.status, own, common, content, reply.damage, stream)

    def _common(self, methods: str | None, *, is_page: bool, is_open: bool, names_origin: bool) -> CommonHeaders:
        key = methods, is_page, is_open, names_origin
        if (known := self._known.get(key)) is not None:
            return known
        policy = (("Content-Security-Policy", PAGE_POLICY),) if is_page else ()
        headers = (*EVERYWHERE, *policy, *(cors_headers(methods, names_origin=names_origin) if is_open else ()))
        self._known[key] = made = CommonHeaders.of(headers)
        return made


def encoded(headers: Headers | list[tuple[str, str]]) -> Bytes:
    """Headers as ASGI has them."""
    return [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers]


def _address(text: str) -> str:
    """A URI of what may hold other characters. PERF: most paths are one already, and werkzeug takes 60 ms to import."""
    if _PLAIN_PATH.fullmatch(text):
        return text
    from werkzeug.urls import iri_to_uri

    return iri_to_uri(text)


_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._~-][A-Za-z0-9/._~-]*")


def _line(text: str) -> str:
    """What a header can hold: one line of Latin-1."""
    if text.isascii() and text.isprintable():
        return text
    return (
        "".join(" " if one < " " or one == "\x7f" else one for one in text)
        .encode("latin-1", "replace")
        .decode("latin-1")
    )
