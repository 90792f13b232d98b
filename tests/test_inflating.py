"""Bodies sent with a Content-Encoding."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

LIMIT = 4_096
WHOLE = gzip.compress(b'{"title": "Emma", "pages": 3}', mtime=0)


def sent(library: Any, body: bytes, encoding: str) -> tuple[Any, int]:
    client = library(max_body=LIMIT).test_client(use_cookies=False)
    headers = {"Content-Encoding": encoding}
    reply = client.post("/books/t", data=body, content_type="application/json", headers=headers)
    return reply, len(client.get("/books/t").json)


@pytest.mark.parametrize(
    ("body", "encoding", "place"),
    [
        (b"{}", "gzip", "header/Content-Encoding"),
        (b"{}", "br", "header/Content-Encoding"),
        (WHOLE, "gzip, gzip", "header/Content-Encoding"),
        (WHOLE[:-4], "gzip", "header/Content-Encoding"),
        (WHOLE + WHOLE, "gzip", "header/Content-Encoding"),
        (gzip.compress(b" " * 1_000_000, mtime=0), "gzip", "body"),
    ],
    ids=["plain", "another coding", "twice", "cut", "two members", "too much"],
)
def test_what_cannot_be_inflated_within_the_limit_is_refused(
    library: Any, body: bytes, encoding: str, place: str
) -> None:
    reply, stored = sent(library, body, encoding)
    assert (reply.status_code, [one["path"] for one in reply.json["errors"]], stored) == (400, [place], 0)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_gzip_is_judged_as_what_it_holds(library: Any, encoding: str) -> None:
    plain, _ = sent(library, gzip.decompress(WHOLE), "identity")
    reply, stored = sent(library, WHOLE, encoding)
    assert (reply.status_code, stored) == (plain.status_code, int(plain.status_code < 300))
    assert reply.status_code in (200, 201), reply.text
