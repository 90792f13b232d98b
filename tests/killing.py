"""Kills a mock on SQLite again and again while it writes, and holds each restart to all that it had acknowledged.

Give how often. Each child is a fork, so that a kill costs no import; it opens the store as any start does.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import orjson

from mockserver.web.app import create_app
from tiny import document

BATCH = 4
"""Records of one batch: all of them are there, or none."""
SCENARIO = "description: Nothing.\nseed: 1\nclock: 2025-04-18T12:00:00Z\ntenants: {}\n"


def child(folder: Path, known: list[dict[str, Any]], out: TextIO) -> None:
    """Hold what is there to what is ``known``, then write until the end, telling each reply."""
    app = create_app(spec=folder / "openapi.json", fixtures=folder, scenario="empty", auth="off", page_size=100_000,
                     journal=50, store=str(folder / "world.db"))  # fmt: skip
    client = app.test_client()
    print(json.dumps(wrong(client.get("/books/acme").json, known)), file=out, flush=True)
    for number in range(10**9):
        for line in one_round(client, f"{os.getpid()}-{number}"):
            print(json.dumps(line), file=out, flush=True)


def one_round(client: Any, name: str) -> Iterator[dict[str, Any]]:
    made = client.post("/books/acme", json={"title": name, "tags": []}).json
    yield {"id": made["id"], "title": name}
    patch = [{"op": "replace", "path": "/title", "value": f"{name} again"}]
    assert client.patch(f"/books/acme/{made['id']}", json=patch).status_code == 200
    yield {"id": made["id"], "title": f"{name} again"}
    items = [{"operation": "create", "object": {"title": f"batch {name}"}} for _ in range(BATCH)]
    results = client.post("/books/acme/batch", json={"operations": items}).json["results"]
    yield from ({"id": one["object"]["id"], "title": f"batch {name}"} for one in results)
    gone = client.post("/books/acme", json={"title": f"gone {name}", "tags": []}).json
    assert client.delete(f"/books/acme/{gone['id']}").status_code == 200
    yield {"id": gone["id"], "title": None}


def wrong(found: list[dict[str, Any]], known: list[dict[str, Any]]) -> list[str]:
    """What is not as it was acknowledged."""
    books = {book["id"]: book["title"] for book in found}
    problems = [f"{len(found)} books have {len(books)} ids"] if len(found) != len(books) else []
    newest = {one["id"]: one["title"] for one in known}  # what was done last to each
    for book, title in newest.items():
        if title is None and book in books:
            problems.append(f"{book} was deleted")
        elif title is not None and not (books.get(book) or "").startswith(title):  # one more change may have got in
            problems.append(f"{book} is {books.get(book)!r}, acknowledged was {title!r}")
    for title in {title for title in books.values() if title.startswith("batch ")}:
        size = sum(one == title for one in books.values())
        problems += [f"{size} of {BATCH} are there of {title}"] if size != BATCH else []
    return problems


def kill_one(folder: Path, known: list[dict[str, Any]], acknowledged: int) -> list[str]:
    """Start a child, kill it after so many replies, add these to ``known``; what was wrong at its start."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            child(folder, known, os.fdopen(writing, "w"))
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as told:
        problems = json.loads(next(told))
        for count, line in enumerate(told, 1):
            known.append(json.loads(line))
            if count == acknowledged:
                os.kill(pid, signal.SIGKILL)  # what is still in the pipe was acknowledged as well
    os.waitpid(pid, 0)
    return list(problems)


def main(times: int) -> int:
    importlib.import_module("mockserver.persistence")  # here once, not in each child
    draw = random.Random(times)
    known: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="mockserver-killing-") as name:
        folder = Path(name)
        (folder / "openapi.json").write_bytes(orjson.dumps(document()))
        (folder / "scenarios").mkdir()
        (folder / "scenarios" / "empty.yaml").write_text(SCENARIO)
        (folder / "templates").mkdir()
        (folder / "templates" / "book.html").write_text("<h1>{{ record.title }}</h1>")
        for number in range(times + 1):
            if problems := kill_one(folder, known, draw.randint(1, 12)):
                print(f"after {number} kills:", *problems, sep="\n  ")
                return 1
    print(f"{times} kills, {len(known)} acknowledged changes, none lost, none half")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
