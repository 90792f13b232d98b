"""A body that was sent compressed: inflated within the limit of a body, or refused."""

from __future__ import annotations

import zlib

from mockserver.errors import Violation
from mockserver.values.shown import quoted

_GZIP = zlib.MAX_WBITS | 16


def inflated(body: bytes, encoding: str, most: int) -> bytes | Violation:
    """``body`` without its Content-Encoding, at most ``most`` bytes; else what is wrong with it.

    Nothing is inflated beyond the limit, so a small body that stands for a huge one costs no more than a large one.
    """
    coding = encoding.strip().lower()
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip"):
        return _refused(f"is {quoted(encoding)}, this server accepts gzip and identity")
    stream = zlib.decompressobj(_GZIP)
    try:
        plain = stream.decompress(body, most + 1)
    except zlib.error:
        return _refused("says gzip, the body is not gzip")
    if len(plain) > most:
        return Violation("body", "", "maxLength", f"is larger than {most} bytes when inflated")
    if not stream.eof or stream.unused_data:
        return _refused("says gzip, the body is not one whole gzip member")
    return plain


def _refused(message: str) -> Violation:
    return Violation("header", "/Content-Encoding", "contentEncoding", message)
