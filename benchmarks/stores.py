"""What a read and a change cost where records are kept: in memory, in an SQLite file, on a PostgreSQL of its own.

    python benchmarks/stores.py --requests 500 --write

``--write`` puts the table into benchmarks/README.md. PostgreSQL is started in a temporary folder and left out where it
is not installed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from compare import COLLECTION, HERE, RECORD, free_port, processor_time, put_between, script

sys.path.insert(0, str(HERE.parent / "tests"))
from postgres import postgres, program

BEGIN, END = "<!-- stores -->", "<!-- /stores -->"


class Cost(NamedTuple):
    """Requests a second, and µs of the server's processor time for each."""

    rate: float
    cpu: float


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--requests", type=int, default=500)
    told.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    args = told.parse_args()
    found = {"memory": measured("memory", args.requests)}
    with tempfile.TemporaryDirectory() as name:
        found["SQLite"] = measured(str(Path(name) / "world.db"), args.requests)
    if program("initdb"):
        with postgres() as server:
            found["PostgreSQL"] = measured(server.url, args.requests)
    made = table(found)
    print(made)
    if args.write:
        put_between(HERE / "README.md", BEGIN, END, made)


def measured(store: str, count: int) -> dict[str, Cost]:
    """Reads and changes of one record."""
    with running(store) as (process, connection):
        costs = {}
        for name, method in (("GET one", "GET"), ("PATCH", "PATCH")):
            before, began = processor_time(process), time.perf_counter()
            for number in range(count):
                body = [{"op": "add", "path": "/number", "value": number}] if method == "PATCH" else None
                assert ask(connection, method, RECORD, body) == 200
            seconds = time.perf_counter() - began
            costs[name] = Cost(count / seconds, (processor_time(process) - before) / count * 1_000_000)
        return costs


@contextmanager
def running(store: str) -> Iterator[tuple[int, http.client.HTTPConnection]]:
    port = free_port()
    command = [script("mockserver"), "serve", "--quiet", "--auth", "off", "--port", str(port), "--store", store]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        assert process.stdout.readline().startswith("listening")
        connection = http.client.HTTPConnection("127.0.0.1", port)
        assert ask(connection, "GET", COLLECTION) == 200
        yield process.pid, connection
    finally:
        process.terminate()
        process.communicate(timeout=20)


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: Any = None) -> int:
    content = None if body is None else json.dumps(body)
    connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
    reply = connection.getresponse()
    reply.read()
    return reply.status


def table(found: dict[str, dict[str, Cost]]) -> str:
    lines = ["| kept in | GET one a second | µs of CPU | : memory | PATCH a second | µs of CPU | : memory |"]
    lines.append("| --- " * 7 + "|")
    for store, costs in found.items():
        cells = [
            f"{cost.rate:,.0f} | {cost.cpu:,.0f} | {cost.cpu / found['memory'][name].cpu:.1f} x"
            for name, cost in costs.items()
        ]
        lines.append(f"| {store} | {' | '.join(cells)} |")
    machine = f"CPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f} meanwhile."
    return "\n".join([*lines, "", machine, ""])


if __name__ == "__main__":
    main()
