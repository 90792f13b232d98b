"""Start-up and throughput of this mock beside Prism, in one run: alternating rounds, medians, ratios.

Needs ``wrk`` (Debian: ``apt-get install wrk``) and Prism (``make peers``, or a
``prism`` on the PATH, or named with ``--prism``). Both serve the same document; Prism answers from its examples, with
a list of as many records as ours sends. Prism runs quiet (``-v silent``), the faster of its two ways.

    python benchmarks/compare.py --rounds 3 --seconds 4
"""

from __future__ import annotations

import argparse
import copy
import functools
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LISTED = 25
CONNECTIONS = 8
RECORD = "/certifications/acme/cert-ada"
COLLECTION = "/certifications/acme"


@dataclass(frozen=True)
class Workload:
    name: str
    method: str
    path: str
    body: Any = None
    status: int = 200


@dataclass
class Server:
    name: str
    command: Callable[[int], list[str]]
    token: str


def main() -> None:
    args = arguments()
    with tempfile.TemporaryDirectory() as folder:
        document = json.loads(Path("spec/openapi.json").read_text())
        token = run("mockserver", "token", "--tenant", "acme").strip()
        servers = [ours(token), prism(args.prism, peer_document(document, Path(folder)), token)]
        workloads = workloads_of(document)
        figures = measure(servers, workloads, args, Path(folder))
    show(servers, [*[workload.name for workload in workloads], "start", "RSS"], figures)


def peer() -> str:
    """Prism as ``make peers`` installs it, or from the PATH."""
    return shutil.which("prism", path="tests/peers/node_modules/.bin") or shutil.which("prism") or "prism"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="for each workload and round")
    parser.add_argument("--prism", default=peer())
    args = parser.parse_args()
    for tool in ("wrk", args.prism):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} was not found: see the head of {__file__}")
    return args


def ours(token: str) -> Server:
    def command(port: int) -> list[str]:
        return [script("mockserver"), "serve", "--port", str(port), "--page-size", str(LISTED)]

    return Server("mockserver", command, token)


def prism(binary: str, document: Path, token: str) -> Server:
    def command(port: int) -> list[str]:
        return [binary, "mock", "-v", "silent", "-p", str(port), "-h", "127.0.0.1", str(document)]

    return Server("Prism, quiet", command, token)


def peer_document(document: dict[str, Any], folder: Path) -> Path:
    """The document with a list example as long as the list that ours sends, at the root of the peer."""
    told = copy.deepcopy(document)
    told["servers"] = [{"url": "http://127.0.0.1"}]
    run("mockserver", "seed", "--out", str(folder / "world"))
    records = json.loads((folder / "world/acme/certifications.json").read_text())[:LISTED]
    reply = told["paths"]["/certifications/{tenantId}"]["get"]["responses"]["200"]
    while "$ref" in reply:
        reply = functools.reduce(lambda node, step: node[step], reply["$ref"].split("/")[1:], told)
    reply["content"]["application/json"].pop("examples", None)
    reply["content"]["application/json"]["example"] = records
    file = folder / "peer.json"
    file.write_text(json.dumps(told))
    return file


def workloads_of(document: dict[str, Any]) -> list[Workload]:
    schema = document["components"]["schemas"]["Certification"]
    managed = {name for name, told in schema["properties"].items() if told.get("readOnly")}
    record = {
        "contact_id": "contact-ada",
        "name": "Ada Lovelace",
        "number": 4711,
        "program_id": "prog-pmc",
        "status": "active",
        "city": "London",
        "expiration_date": "2026-05-01",
        "custom_field_values": [{"custom_field_id": "x", "string_value": "y"}],
    }
    assert not managed & set(record)
    return [
        Workload("GET one", "GET", RECORD),
        Workload(f"list {LISTED}", "GET", COLLECTION),
        Workload("PATCH", "PATCH", RECORD, [{"op": "add", "path": "/notes", "value": "measured"}]),
        Workload("invalid POST", "POST", COLLECTION, {**record, "number": "many"}, 400),
        Workload("POST create", "POST", COLLECTION, record),
    ]


def measure(
    servers: list[Server], workloads: list[Workload], args: argparse.Namespace, folder: Path
) -> dict[tuple[str, str], list[float]]:
    figures: dict[tuple[str, str], list[float]] = {}
    for number in range(args.rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            with running(server) as (port, process, started):
                figures.setdefault((server.name, "start"), []).append(started)
                for workload in workloads:
                    rate = throughput(server, port, workload, args.seconds, folder)
                    figures.setdefault((server.name, workload.name), []).append(rate)
                figures.setdefault((server.name, "RSS"), []).append(resident(process.pid))
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return figures


@contextmanager
def running(server: Server) -> Iterator[tuple[int, subprocess.Popen[bytes], float]]:
    """The server, its port, and the seconds from process start to the first good reply."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        server.command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while True:
            if process.poll() is not None:
                sys.exit(f"{server.name} stopped with {process.returncode}")
            if time.perf_counter() - began > 60:
                sys.exit(f"{server.name} gave no good reply within a minute")
            if status(port, Workload("", "GET", RECORD), server.token) == 200:
                break
            time.sleep(0.002)
        yield port, process, time.perf_counter() - began
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def status(port: int, workload: Workload, token: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    body = None if workload.body is None else json.dumps(workload.body)
    headers = {"Authorization": f"Bearer {token}", **({"Content-Type": "application/json"} if body else {})}
    try:
        connection.request(workload.method, workload.path, body, headers)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def throughput(server: Server, port: int, workload: Workload, seconds: int, folder: Path) -> float:
    """Requests a second, after one request that shows the server gives the answer meant."""
    found = status(port, workload, server.token)
    if found not in (workload.status, 201, 422):
        sys.exit(f"{server.name}: {workload.name} answered {found}, wanted {workload.status}")
    lua = folder / "workload.lua"
    lines = [f'wrk.method = "{workload.method}"', f'wrk.headers["Authorization"] = "Bearer {server.token}"']
    if workload.body is not None:
        lines += ['wrk.headers["Content-Type"] = "application/json"', f"wrk.body = [==[{json.dumps(workload.body)}]==]"]
    lua.write_text("\n".join(lines))
    url = f"http://127.0.0.1:{port}{workload.path}"
    told = run("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(lua), url)
    return float(next(line for line in told.splitlines() if line.startswith("Requests/sec:")).split()[1])


def resident(pid: int) -> float:
    """MB held by the process and its children."""
    told = run("ps", "-e", "-o", "pid=,ppid=,rss=")
    rows = [tuple(map(int, line.split())) for line in told.splitlines()]
    family = {pid}
    for _ in range(4):
        family |= {child for child, parent, _ in rows if parent in family}
    return sum(rss for child, _, rss in rows if child in family) / 1024


def show(servers: list[Server], columns: list[str], figures: dict[tuple[str, str], list[float]]) -> None:
    medians = {key: statistics.median(values) for key, values in figures.items()}
    print("| | " + " | ".join(columns) + " |")
    print("| --- " * (len(columns) + 1) + "|")
    for server in servers:
        print(
            f"| {server.name} | " + " | ".join(cell(medians[server.name, column], column) for column in columns) + " |"
        )
    mine, peer = servers[0].name, servers[1].name
    better = [
        medians[peer, column] / medians[mine, column]
        if column in ("start", "RSS")
        else medians[mine, column] / medians[peer, column]
        for column in columns
    ]
    print("| ahead by | " + " | ".join(f"{ratio:.1f} x" for ratio in better) + " |")


def cell(value: float, column: str) -> str:
    return {"start": f"{value:.2f} s", "RSS": f"{value:.0f} MB"}.get(column, f"{value:,.0f}/s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def script(name: str) -> str:
    """A command of the environment this runs in."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name


def run(name: str, *rest: str) -> str:
    return subprocess.run([script(name), *rest], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
