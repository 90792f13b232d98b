"""What the mock cannot answer is asked of a real server, held to the document, redacted, and there after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
import yaml
from click.testing import CliRunner

from mockserver.commands.cli import main
from mockserver.errors import SetupError
from mockserver.recording import origin as origins
from mockserver.recording.origin import Origin
from mockserver.recording.recorded_files import RecordedFiles
from mockserver.recording.recording_proxy import RecordingProxy
from mockserver.web.app import create_app
from server import serving

Replies = dict[str, tuple[int, Any, dict[str, str]]]


class Real:
    """A real server: what it answers by method and path, and what it was asked."""

    def __init__(self) -> None:
        self.replies: Replies = {}
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        real = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                real.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status, value, headers = real.replies.get(f"{self.command} {self.path}", (404, {}, {}))
                content = value if isinstance(value, bytes) else orjson.dumps(value)
                self.send_response(status)
                for name, text in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_DELETE = do_GET  # noqa: N815 -- as http.server calls them

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def says(self, request: str, value: Any, status: int = 200, **headers: str) -> None:
        method, path = request.split()
        self.replies[f"{method} /v1{path}"] = (status, value, headers)


@pytest.fixture
def real() -> Iterator[Real]:
    real = Real()
    yield real
    real.server.shutdown()
    real.server.server_close()


def book(name: str, title: str = "x", **more: Any) -> dict[str, Any]:
    return {"id": name, "title": title, "made_at": "2025-04-18T12:00:00.000Z", "version": 1, **more}


def recording(app: Any, real: Real, folder: Path, said: list[str] | None = None, **options: Any) -> Any:
    world = app.extensions["mockserver"]
    say = (said if said is not None else []).append
    world.onward = RecordingProxy(world, Origin(real.url, options.pop("token", None)), folder, say, **options)
    return app.test_client()


def test_a_record_that_is_not_there_is_fetched_once_and_there_after_a_restart(library, real, tmp_path: Path) -> None:
    real.says("GET /books/t/b1", book("b1"))
    app = library()
    client = recording(app, real, tmp_path / "recorded")
    reply = client.get("/books/t/b1", headers={"Authorization": "Bearer of-the-client", "X-Trace": "1"})
    assert (reply.status_code, reply.json) == (200, book("b1"))
    assert reply.headers["Mock-Recorded"] == "1 record"
    assert client.get("/books/t/b1").json == book("b1")
    assert len(real.asked) == 1
    method, path, headers, _ = real.asked[0]
    assert (method, path, headers["x-trace"]) == ("GET", "/v1/books/t/b1", "1")
    assert headers["authorization"] == "Bearer of-the-client"
    scenario = tmp_path / "recorded/scenario.yaml"
    assert "of-the-client" not in scenario.read_text()
    again = library(scenario=str(scenario)).test_client().get("/books/t/b1").json
    assert again | book("b1") == again
    assert [file.name for file in scenario.parent.iterdir()] == ["scenario.yaml"]


def test_a_token_of_the_servers_own_takes_the_place_of_the_clients(library, real, tmp_path: Path) -> None:
    client = recording(library(), real, tmp_path / "recorded", token="of-the-server")
    client.get("/books/t/b1", headers={"Authorization": "Bearer of-the-client"})
    assert real.asked[0][2]["authorization"] == "Bearer of-the-server"


@pytest.mark.parametrize(
    ("value", "status", "headers", "why"),
    [
        ({"id": "b1"}, 200, {}, "schema"),
        (b"no json", 200, {}, "JSON"),
        (book("b1"), 200, {"Content-Type": "text/html"}, "content type"),
        ({}, 302, {"Location": "http://127.0.0.1:1/"}, "redirect"),
        ({"message": "x", "errors": []}, 500, {}, "500"),
        ({"message": "x", "errors": []}, 404, {}, "404"),
        (b"x" * 3000, 200, {}, "larger than 2000 bytes"),
        (book("b1"), 200, {"Content-Encoding": "gzip"}, "compressed"),
    ],
)
def test_what_breaks_the_contract_is_told_and_not_kept(
    library, real, tmp_path: Path, monkeypatch, value: Any, status: int, headers: dict[str, str], why: str
) -> None:
    monkeypatch.setattr(origins, "MOST", 2_000)
    said: list[str] = []
    real.says("GET /books/t/b1", value, status, **headers)
    client = recording(library(), real, tmp_path / "recorded", said)
    reply = client.get("/books/t/b1")
    assert reply.status_code == 404
    assert why in said[0]
    assert "not recorded" in reply.headers["Mock-Reason"]
    assert not (tmp_path / "recorded").exists()


def test_writes_are_never_sent_on_unless_all_is(library, real, tmp_path: Path) -> None:
    client = recording(library(), real, tmp_path / "recorded")
    assert client.delete("/books/t/b1").status_code == 404
    assert client.post("/books/t", json={"title": "Mine"}).status_code == 200
    assert real.asked == []


def test_all_is_asked_of_the_real_server_on_demand(library, real, tmp_path: Path) -> None:
    real.says("GET /books/t", [book("b1"), book("b2")])
    real.says("POST /books/t", book("b3"))
    real.says("DELETE /books/t/b1", "b1")
    app = library()
    said: list[str] = []
    client = recording(app, real, tmp_path / "recorded", said, everything=True)
    assert [one["id"] for one in client.get("/books/t").json] == ["b1", "b2"]
    assert client.post("/books/t", json={"title": "Three"}).json["id"] == "b3"
    assert orjson.loads(real.asked[1][3]) == {"title": "Three"}
    client.delete("/books/t/b1")
    assert said[2] == "DELETE /books/t/b1: removed books b1"
    app.extensions["mockserver"].onward = None
    kept = library(scenario=str(tmp_path / "recorded/scenario.yaml"), page_size=10).test_client().get("/books/t").json
    assert [one["id"] for one in kept] == ["b2", "b3"]
    assert [one["id"] for one in client.get("/books/t").json] == ["b2", "b3"]


def test_secrets_and_addresses_are_taken_out_of_what_is_kept(library, real, tmp_path: Path) -> None:
    real.says("GET /books/t/b1", book("b1", "by ada@real-company.com, Bearer abcdefghijklmnop"))
    client = recording(library(), real, tmp_path / "recorded")
    assert "ada@real-company.com" in client.get("/books/t/b1").json["title"]
    text = (tmp_path / "recorded/scenario.yaml").read_text()
    assert "real-company" not in text
    assert "abcdefghijklmnop" not in text
    assert "person-1@example.com" in text
    assert client.get("/books/t/b1").json["title"].startswith("by person-1@example.com")


def test_a_record_that_names_an_unknown_one_waits_for_it(library, real, tmp_path: Path) -> None:
    said: list[str] = []
    real.says("GET /books/t/b1", book("b1", "One", author_id="a1"))
    real.says("GET /authors/t/a1", {"id": "a1", "name": "Ann"})
    client = recording(library(), real, tmp_path / "recorded", said)
    assert client.get("/books/t/b1").json["title"] == "One"
    assert "waits for authors" in said[0]
    client.get("/authors/t/a1")
    scenario = yaml.safe_load((tmp_path / "recorded/scenario.yaml").read_text())
    assert [*scenario["tenants"]["t"]["pinned"]] == ["authors", "books"]
    assert (
        library(scenario=str(tmp_path / "recorded/scenario.yaml")).test_client().get("/books/t/b1").status_code == 200
    )


PETS = """
openapi: 3.0.0
info: {title: Pets, version: '1'}
paths:
  /pets/{petId}:
    get:
      parameters: [{name: petId, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
  /pets:
    get: {responses: {'200': {description: x, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}}}
  /weather:
    get: {responses: {'200': {description: x, content: {application/json: {schema: {type: object, required: [sky], properties: {sky: {type: string}}}}}}}}
components:
  schemas:
    Pet: {type: object, required: [id, name], properties: {id: {type: integer}, name: {type: string}}}
"""


def test_any_document_keeps_records_and_examples(real, tmp_path: Path) -> None:
    spec = tmp_path / "pets.yaml"
    spec.write_text(PETS)
    real.says("GET /pets/4711", {"id": 4711, "name": "Rex"})
    real.says("GET /weather", {"sky": "blue"})
    client = recording(create_app(spec=spec), real, tmp_path / "recorded")
    assert client.get("/pets/4711").json == {"id": 4711, "name": "Rex"}
    assert client.get("/weather").json == {"sky": "blue"}
    folder = tmp_path / "recorded"
    options = {"scenario": str(folder / "scenario.yaml"), "overlays": (folder / "overlay.yaml",)}
    again = create_app(spec=spec, **options).test_client()
    assert again.get("/pets/4711").json == {"id": 4711, "name": "Rex"}
    assert again.get("/weather").json == {"sky": "blue"}


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x",
        "nothing",
        "http://api.example.com",
        "https://me:secret@api.example.com",
        "https://x?a=1",
        "http://[",
        "https://x:99999",
    ],
)
def test_an_invalid_address_is_a_problem(url: str) -> None:
    with pytest.raises(SetupError) as wrong:
        Origin(url)
    assert "secret" not in str(wrong.value)


def test_a_foreign_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "overlay.yaml").write_text("mine: true")
    with pytest.raises(SetupError, match="would be overwritten"):
        RecordedFiles(tmp_path, {}, lambda *_: "")


def test_a_full_file_is_told(library, real, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("mockserver.recording.recorded_files.MOST_RECORDS", 1)
    said: list[str] = []
    for name in ("b1", "b2"):
        real.says(f"GET /books/t/{name}", book(name))
    client = recording(library(), real, tmp_path / "recorded", said)
    client.get("/books/t/b1")
    client.get("/books/t/b2")
    assert "the file is full" in said[1]


def test_a_folder_that_cannot_be_written_is_told_and_fails_nothing(library, real, tmp_path: Path) -> None:
    (tmp_path / "recorded").write_text("a file")
    said: list[str] = []
    real.says("GET /books/t/b1", book("b1"))
    client = recording(library(), real, tmp_path / "recorded", said)
    assert client.get("/books/t/b1").json == book("b1")
    assert "not recorded for the next start" in said[0]
    assert client.get("/books/t/b1").json == book("b1")
    assert len(real.asked) == 1


def test_records_that_name_each_other_are_kept_whatever_their_order(library, real, tmp_path: Path) -> None:
    def chained(document: dict[str, Any]) -> None:
        title = document["components"]["schemas"]["Author"]["properties"]
        title["mentor_id"] = {"type": "string", "x-mock": {"references": "authors"}}

    authors = [{"id": f"a{number}", "name": "x", "mentor_id": f"a{number + 1}"} for number in range(300)]
    real.says("GET /authors/t", [*authors, {"id": "a300", "name": "x"}])
    said: list[str] = []
    client = recording(library(chained), real, tmp_path / "recorded", said, everything=True)
    client.get("/authors/t")
    assert said == ["GET /authors/t: 301 records"]


def test_serve_record_end_to_end(real, tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(PETS)
    real.says("GET /pets/4711", {"id": 4711, "name": "Rex"})
    options = (str(tmp_path / "pets.yaml"), "--record", real.url, "--record-into", str(tmp_path / "recorded"))
    with serving(*options, "--quiet") as running:
        assert running.send("GET", "/pets/4711").json["name"] == "Rex"
        assert running.process.stderr is not None
        assert running.process.stderr.readline() == "record: GET /pets/4711: 1 record\n"
    real.replies.clear()
    with serving(*options, "--quiet") as running:
        assert running.send("GET", "/pets/4711").json["name"] == "Rex"


def test_record_all_needs_an_address() -> None:
    found = CliRunner().invoke(main, ["serve", "--record-all"])
    assert found.exit_code == 2
    assert "--record URL" in found.output
