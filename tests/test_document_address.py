"""Documents that come from an address: behind a redirect, packed, or a page in their place."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mockserver.contract import read_document
from mockserver.errors import SetupError
from mockserver.settings import Settings
from test_any_document import document, reply

PETS = {"/pets": {"get": {"responses": {"200": reply({"$ref": "schemas.json#/Pets"})}}}}
FILES = {
    "/api/openapi.json": json.dumps(document(PETS)).encode(),
    "/api/schemas.json": b'{"Pets": {"type": "array", "items": {"type": "object"}}}',
    "/api/packed": gzip.compress(json.dumps(document(PETS)).encode()),
    "/api/broken": b"\x1f\x8bnothing",
    "/docs": b"<!doctype html><title>Docs</title>",
}


class _Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        moved, content = self.path == "/latest", FILES.get(self.path)
        self.send_response(302 if moved else 404 if content is None else 200)
        if moved:
            self.send_header("Location", "/api/openapi.json")
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        """Nothing: the test's output is the tester's."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Files) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", ["/api/openapi.json", "/latest", "/api/packed"])
def test_references_lead_on_from_where_the_document_was_found(site: str, path: str) -> None:
    found = read_document(f"{site}{path}")
    schema = found.node("paths", "/pets", "get", "responses", "200", "content", "application/json", "schema")
    assert str(schema.child("$ref").value).endswith("/Pets")


@pytest.mark.parametrize(
    ("path", "words"),
    [("/docs", "found a page in HTML or XML"), ("/api/broken", "begins like gzip"), ("/nowhere", "the answer is 404")],
)
def test_what_is_not_a_document_is_told(site: str, path: str, words: str) -> None:
    with pytest.raises(SetupError, match=words):
        read_document(f"{site}{path}")


@pytest.mark.parametrize("named", ["more.yaml", ["more.yaml"], (Path("more.yaml"),)])
def test_overlays_are_named_as_one_likes(named: object) -> None:
    assert Settings(overlays=named).overlays == (Path("more.yaml"),)  # type: ignore[arg-type]
