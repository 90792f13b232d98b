"""Large replies are sent compressed to whoever asks for that."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

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
    return request.accept_encodings.quality("gzip") > 0


def compress(response: Response, level: int = 5) -> None:
    """Compress what ``response`` sends, unless the client does not take it or it is compressed already."""
    response.vary.add("Accept-Encoding")
    if takes_gzip() and not response.content_encoding:
        response.set_data(gzip.compress(response.get_data(), compresslevel=level, mtime=0))
        response.content_encoding = "gzip"
