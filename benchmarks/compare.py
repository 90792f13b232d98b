"""Start-up and throughput beside Prism and a bare callable on the same server, in one run: alternating rounds, medians.

Needs ``wrk`` (Debian: ``apt-get install wrk``) and Prism (``make peers``, or a
``prism`` on the PATH, or named with ``--prism``). Both serve the same document; Prism answers from its examples, with
a list of as many records as ours sends. Prism runs quiet (``-v silent``), the faster of its two ways. The bare callable
(``bare.py``) knows no document and no token: it sends one record whatever it is asked.

    python benchmarks/compare.py --rounds 3 --seconds 4 --records 10000 --write

``--write`` puts the table into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import copy
import functools
import http.client
import json
import os
import platform
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
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

HERE = Path(__file__).parent
BEGIN, END = "<!-- requests -->", "<!-- /requests -->"
LISTED, LONG = 25, 100
CONNECTIONS = 8
LONGEST = 300
"""Seconds in which a server must give its first good reply."""
TICKS = os.sysconf("SC_CLK_TCK")
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
    knows_the_document: bool = True


@dataclass(frozen=True)
class Load:
    """What one run of wrk found: requests a second, latencies in ms, µs of processor time for each request."""

    rate: float
    median: float
    p99: float
    cpu: float


def main() -> None:
    args = arguments()
    text, _ = compared(args)
    print(text)
    if args.write:
        put_between(HERE / "README.md", BEGIN, END, text)


def compared(args: argparse.Namespace) -> tuple[str, dict[str, float]]:
    """The table, and figures for the page's goals by name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document = json.loads(Path("spec/openapi.json").read_text())
        token = run("mockserver", "token", "--tenant", "acme").split()[-1]
        run("mockserver", "seed", "--out", str(folder / "world"))
        floor = bare(folder, token)
        servers = [ours(token, args.records), prism(args.prism, peer_document(document, folder, LISTED), token), floor]
        workloads = workloads_of(document)
        figures = measure(servers, workloads, args, folder)
        long = Workload(f"list of {LONG}", "GET", COLLECTION)
        larger = [
            ours(token, args.records, LONG),
            prism(args.prism, peer_document(document, folder, LONG), token),
            floor,
        ]
        found = measure(larger, [long], args, folder)
        figures |= {key: loads for key, loads in found.items() if key[1] == long.name}
        workloads.insert(2, long)
        fair, times = fairness(servers[0], args, folder)
    mine, peer_name, floor_name = (server.name for server in servers)
    told = {"fairness": times}
    for one in workloads:
        load, other, least = (median(figures[name, one.name]) for name in (mine, peer_name, floor_name))
        told |= {f"{one.name} : peer": other.cpu / load.cpu, f"{one.name} : bare": least.cpu / load.cpu}
        told[f"{one.name} p99 : p50"] = load.p99 / load.median
    return table(servers, workloads, figures) + "\n" + fair + "\n", told


def peer() -> str:
    """Prism as ``make peers`` installs it, or from the PATH."""
    return shutil.which("prism", path="tests/peers/node_modules/.bin") or shutil.which("prism") or "prism"


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="for each workload and round")
    parser.add_argument("--records", type=int, default=10_000, help="certifications in each tenant")
    parser.add_argument("--searched", type=int, default=100_000, help="certifications that another client searches")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--prism", default=peer())
    args = parser.parse_args(words)
    for tool in ("wrk", args.prism):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} was not found: see the head of {__file__}")
    return args


def ours(token: str, records: int, listed: int = LISTED) -> Server:
    def command(port: int) -> list[str]:
        sized = ["--page-size", str(listed), "--count", f"certifications={records}"]
        return [script("mockserver"), "serve", "--quiet", "--port", str(port), *sized]

    return Server("mockserver", command, token)


def prism(binary: str, document: Path, token: str) -> Server:
    def command(port: int) -> list[str]:
        return [binary, "mock", "-v", "silent", "-p", str(port), "-h", "127.0.0.1", str(document)]

    return Server("Prism, quiet", command, token)


def bare(folder: Path, token: str) -> Server:
    file = folder / "one.json"
    file.write_text(json.dumps(json.loads((folder / "world/acme/certifications.json").read_text())[0]))

    def command(port: int) -> list[str]:
        return [sys.executable, str(HERE / "bare.py"), str(file), str(port)]

    return Server("bare callable", command, token, knows_the_document=False)


def peer_document(document: dict[str, Any], folder: Path, listed: int) -> Path:
    """The document with a list example as long as the list that ours sends, at the root of the peer."""
    told = copy.deepcopy(document)
    told["servers"] = [{"url": "http://127.0.0.1"}]
    seeded = json.loads((folder / "world/acme/certifications.json").read_text())
    records = [seeded[number % len(seeded)] for number in range(listed)]
    reply = told["paths"]["/certifications/{tenantId}"]["get"]["responses"]["200"]
    while "$ref" in reply:
        reply = functools.reduce(lambda node, step: node[step], reply["$ref"].split("/")[1:], told)
    reply["content"]["application/json"].pop("examples", None)
    reply["content"]["application/json"]["example"] = records
    file = folder / f"peer-{listed}.json"
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
    steps = [{"op": "add", "path": "/notes", "value": "measured"}, {"op": "replace", "path": "/city", "value": "Rome"}]
    wrong = {**record, "number": "many", "name": 3, "status": "unheard of"}
    one = {"operation": "patch", "id": "cert-ada", "patch_directives": steps}
    search = {"name": "ada", "status": ["active"], "expiration_date": ["2020-01-01T00:00:00Z", "2040-12-31T00:00:00Z"]}
    return [
        Workload("GET one", "GET", RECORD),
        Workload(f"list of {LISTED}", "GET", COLLECTION),
        Workload("look-up", "GET", f"{COLLECTION}/contact/contact-ada"),
        Workload("search, 3 parameters", "POST", f"{COLLECTION}/search", search),
        Workload("PATCH, 2 steps", "PATCH", RECORD, steps),
        Workload("invalid POST", "POST", COLLECTION, wrong, 400),
        Workload("batch of 20", "POST", f"{COLLECTION}/batch", {"operations": [one] * 20}),
        Workload("POST create", "POST", COLLECTION, record),
    ]


Figures: TypeAlias = dict[tuple[str, str], list[Load]]


def measure(servers: list[Server], workloads: list[Workload], args: argparse.Namespace, folder: Path) -> Figures:
    """For each server and workload a Load a round; ``start`` and ``RSS`` as rates, in seconds and MB."""
    figures: Figures = {}
    for number in range(args.rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            with running(server) as (port, process, started):
                figures.setdefault((server.name, "start"), []).append(Load(started, 0, 0, 0))
                for workload in workloads:
                    found = load(server, port, process.pid, workload, args.seconds, folder)
                    figures.setdefault((server.name, workload.name), []).append(found)
                figures.setdefault((server.name, "RSS"), []).append(Load(resident(process.pid), 0, 0, 0))
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return figures


def fairness(server: Server, args: argparse.Namespace, folder: Path) -> tuple[str, float]:
    """The latency of a GET alone, and beside a client that does nothing but search more records."""
    big = ours(server.token, args.searched)
    search = {"name": "zz", "status": ["active"]}
    with running(big) as (port, process, _):
        alone = load(big, port, process.pid, Workload("", "GET", RECORD), args.seconds, folder)
        lua = script_of(folder / "search.lua", big, Workload("", "POST", f"{COLLECTION}/search", search))
        url = f"http://127.0.0.1:{port}{COLLECTION}/search"
        seconds = str(args.seconds + 4)
        other = subprocess.Popen(["wrk", "-t1", "-c1", f"-d{seconds}s", "-s", str(lua), url], stdout=subprocess.DEVNULL)
        time.sleep(1)
        beside = load(big, port, process.pid, Workload("", "GET", RECORD), args.seconds, folder)
        other.terminate()
        other.wait()
    p99 = f"p99 {beside.p99:.1f} ms, alone {alone.p99:.1f} ms ({beside.p99 / alone.p99:.1f} x)"
    p50 = f"p50 {beside.median:.2f} and {alone.median:.2f} ms"
    return (
        f"GET one beside a client that searches {args.searched:,} records all the time: {p99}; {p50}.",
        beside.p99 / alone.p99,
    )


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
            if time.perf_counter() - began > LONGEST:
                sys.exit(f"{server.name} gave no good reply within {LONGEST} s")
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


def load(
    server: Server, port: int, process: int, workload: Workload, seconds: int, folder: Path, more: str = ""
) -> Load:
    """A run of wrk, after one request that shows the server gives the answer meant; ``more`` is added to its script."""
    found = status(port, workload, server.token)
    if server.knows_the_document and found not in (workload.status, 201, 422):
        sys.exit(f"{server.name}: {workload.name} answered {found}, wanted {workload.status}")
    lua = script_of(folder / "workload.lua", server, workload, more)
    url = f"http://127.0.0.1:{port}{workload.path}"
    before = processor_time(process)
    text = run("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(lua), url)
    spent = processor_time(process) - before
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line.split()}
    count = int(next(line for line in text.splitlines() if " requests in " in line).split()[0])
    rate = float(lines["Requests/sec:"][1])
    return Load(rate, milliseconds(lines["50%"][1]), milliseconds(lines["99%"][1]), spent / count * 1_000_000)


def script_of(file: Path, server: Server, workload: Workload, more: str = "") -> Path:
    """The workload as wrk's script."""
    lines = [f'wrk.method = "{workload.method}"', f'wrk.headers["Authorization"] = "Bearer {server.token}"']
    if workload.body is not None:
        lines += ['wrk.headers["Content-Type"] = "application/json"', f"wrk.body = [==[{json.dumps(workload.body)}]==]"]
    file.write_text("\n".join([*lines, more]))
    return file


def milliseconds(text: str) -> float:
    """``680.00us``, ``1.20ms`` or ``1.10s``."""
    for unit, factor in (("us", 0.001), ("ms", 1.0), ("s", 1000.0)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise ValueError(text)


def put_between(page: Path, begin: str, end: str, text: str) -> None:
    """Put what was measured where the page has it between two marks; ``text`` ends its last line."""
    before, _, rest = page.read_text().partition(begin)
    page.write_text(f"{before}{begin}\n{text}{end}{rest.partition(end)[2]}")


def processor_time(process: int) -> float:
    """Seconds that the process took until now, its threads included."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float:
    """MB held by the process and its children."""
    told = run("ps", "-e", "-o", "pid=,ppid=,rss=")
    rows = [tuple(map(int, line.split())) for line in told.splitlines()]
    family = {pid}
    for _ in range(4):
        family |= {child for child, parent, _ in rows if parent in family}
    return sum(rss for child, _, rss in rows if child in family) / 1024


def table(servers: list[Server], workloads: list[Workload], figures: Figures) -> str:
    """Requests a second, and µs of processor time for each, with its ratios; start and memory at the end."""
    mine, peer, floor = names = [server.name for server in servers]
    heads = ["requests a second", *names, f"µs of CPU a request: {', '.join(names)}"]
    heads += [f"{peer} : {mine}", f"{mine} : {floor}", f"p99 : p50, {mine}"]
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for workload in workloads:
        one, two, three = found = [median(figures[name, workload.name]) for name in names]
        rates = " | ".join(f"{load.rate:,.0f}" for load in found)
        spent = ", ".join(f"{load.cpu:,.0f}" for load in found)
        ratios = f"{two.cpu / one.cpu:.1f} x | {one.cpu / three.cpu:.1f} x | {one.p99 / one.median:.1f}"
        lines.append(f"| {workload.name} | {rates} | {spent} | {ratios} |")
    for name, unit in (("start", "s"), ("RSS", "MB")):
        one, two, three = [median(figures[server, name]) for server in names]
        cells = " | ".join(f"{load.rate:.1f} {unit}" for load in (one, two, three))
        lines.append(f"| {name} | {cells} | | {two.rate / one.rate:.1f} x | {one.rate / three.rate:.1f} x | |")
    return "\n".join([*lines, "", machine(), ""])


def machine() -> str:
    """What it was measured on, and with which versions."""
    words = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    versions = [f"{name} {version(name.lower())}" for name in ("httptools", "SQLAlchemy", "jsonschema-rs", "orjson")]
    versions += [f"Node {run('node', '--version').strip()}"] if shutil.which("node") else []
    told = [f"CPython {platform.python_version()}", *versions, f"Linux {platform.release()}"]
    cores = f"{os.cpu_count()} cores ({words[0]})" if words else f"{os.cpu_count()} cores"
    return f"{', '.join(told)}; {cores}, load {os.getloadavg()[0]:.0f} meanwhile."


def median(loads: list[Load]) -> Load:
    """The median of each figure."""
    return Load(*(statistics.median(values) for values in zip(*map(astuple, loads), strict=True)))


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
