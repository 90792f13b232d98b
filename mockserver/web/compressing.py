"""Large replies are sent compressed to whoever asks for that."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from mockserver.messages import Headers

if TYPE_CHECKING:  # PERF: the document's paths are answered without Flask
    from flask import Flask, Response

LARGE = 256 * 1024
"""Bytes from which on it is worth the work: a usual page of records is smaller, and most clients are near."""


def compress_large_replies(app: Flask) -> None:
    """Compress every reply of ``LARGE`` bytes or more where the client takes gzip."""

    @app.after_request
    def compressing(response: Response) -> Response:
        is_whole = not (response.direct_passthrough or response.is_streamed)
        if is_whole and response.status_code == 200 and (response.content_length or 0) >= LARGE:
            compress(response, level=1)
        return response


def takes_gzip() -> bool:
    """Whether the client of this request takes gzip."""
    from flask import request

    return request.accept_encodings.quality("gzip") > 0


def packed(content: bytes, status: int, accepted: str) -> tuple[bytes, Headers]:
    """The content of a reply of the document for a client that accepts these codings, and the headers that say so."""
    if status != HTTPStatus.OK or len(content) < LARGE:
        return content, ()
    varies = ("Vary", "Accept-Encoding")
    from werkzeug.datastructures import Accept
    from werkzeug.http import parse_accept_header

    if parse_accept_header(accepted, Accept).quality("gzip") <= 0:
        return content, (varies,)
    return _zipped(content, 1), (varies, ("Content-Encoding", "gzip"))


def compress(response: Response, level: int = 5) -> None:
    """Compress what ``response`` sends, unless the client does not take it or it is compressed already."""
    response.vary.add("Accept-Encoding")
    if takes_gzip() and not response.content_encoding:
        response.set_data(_zipped(response.get_data(), level))
        response.content_encoding = "gzip"


def _zipped(content: bytes, level: int) -> bytes:
    import gzip  # PERF: few replies are large

    return gzip.compress(content, compresslevel=level, mtime=0)
