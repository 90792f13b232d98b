"""What is large travels compressed to whoever asks for that, and the document is rendered and sent once."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from mockserver.web.compressing import LARGE

ASKED = {"Accept-Encoding": "gzip, deflate"}


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_document_is_compressed_cached_and_rendered_once(
    library: Any, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = []
    monkeypatch.setattr("mockserver.web.docs.without_servers", lambda item, keep=rendered: keep.append(item) or item)
    client = library().test_client()
    plain = client.get(f"/openapi.{form}")
    once = len(rendered)
    packed = client.get(f"/openapi.{form}", headers=ASKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert {plain.headers["Vary"], packed.headers["Vary"]} == {"Accept-Encoding"}
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again = client.get(f"/openapi.{form}", headers={**ASKED, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert len(rendered) == once > 0


def test_a_large_reply_is_compressed_for_whoever_asks(library: Any) -> None:
    client = library().test_client()
    made = client.post("/books/t", json={"title": "x" * LARGE})
    assert made.status_code == 200
    path = f"/books/t/{made.json['id']}"
    plain, packed = client.get(path), client.get(path, headers=ASKED)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    assert client.get("/__mock__/health", headers=ASKED).json  # what is small stays as it is
    assert client.head(path, headers=ASKED).headers["Content-Length"] == packed.headers["Content-Length"]
