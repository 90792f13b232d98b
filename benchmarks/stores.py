"""What a read and a change cost where records are kept: in memory, in an SQLite file, on a PostgreSQL of its own.

    python benchmarks/stores.py --rounds 3 --seconds 2 --write

Through the socket, 8 connections, alternating rounds, medians; then three replicas on that PostgreSQL at once, each
asked by a client of its own, and what a GET takes of the whole machine with one and with three: server, database and
client, so on a machine that does nothing else. ``--write`` puts the table into benchmarks/README.md. PostgreSQL is
started in a temporary folder and left out where it is not installed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from compare import COLLECTION, HERE, RECORD, Load, Server, Workload, free_port, load, machine, put_between, script
from compare import status as ask

sys.path.insert(0, str(HERE.parent / "tests"))
from postgres import Postgres, postgres, program

BEGIN, END = "<!-- stores -->", "<!-- /stores -->"
REPLICAS = 3
NUMBERED = """local n = 0
request = function()
  n = n + 1
  return wrk.format(nil, nil, nil, (wrk.body:gsub("#", n)))
end"""
"""For wrk: each change is another one, since one that changes nothing is not written."""
GET = Workload("GET one", "GET", RECORD)
STEPS = [{"op": "add", "path": "/notes", "value": "#"}, {"op": "replace", "path": "/city", "value": "Rome"}]
PATCH = Workload("PATCH", "PATCH", RECORD, STEPS)


class Running(NamedTuple):
    """A server that answers: its process and port."""

    process: int
    port: int


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--rounds", type=int, default=3)
    told.add_argument("--seconds", type=int, default=2, help="for each workload and round")
    told.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    args = told.parse_args()
    text, _ = measured(args.rounds, args.seconds)
    print(text)
    if args.write:
        put_between(HERE / "README.md", BEGIN, END, text)


def measured(rounds: int, seconds: int) -> tuple[str, dict[str, float]]:
    """The table, and figures for the page's goals by name."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = {"memory": "memory", "SQLite": str(folder / "world.db")}
        if program("initdb"):
            server: Postgres = stack.enter_context(postgres())
            places["PostgreSQL"] = server.url
        servers = {name: stack.enter_context(running(place)) for name, place in places.items()}
        found: dict[tuple[str, str], list[Load]] = {}
        for number in range(rounds):
            for name in servers if number % 2 == 0 else reversed(servers):
                for workload in (GET, PATCH):
                    one = measure(servers[name], workload, seconds, folder)
                    found.setdefault((name, workload.name), []).append(one)
        together = ""
        figures = {f"{name}, {kind}": median(loads).rate for (name, kind), loads in found.items()}
        if "PostgreSQL" in servers:
            alone = together_at_once([servers["PostgreSQL"]], seconds, folder)
            replicas = [servers["PostgreSQL"], *(stack.enter_context(running(server.url)) for _ in range(REPLICAS - 1))]
            three = together_at_once(replicas, seconds, folder)
            figures["replicas"] = three.rate / figures["PostgreSQL, GET one"]
            most = (cores := os.cpu_count() or 1) * 1e6 / three.spent
            together = (
                f"Three replicas at once, a client each: {three.rate:,.0f} GETs a second, {figures['replicas']:.1f} x "
                f"one. With server, database and client a GET takes {three.spent:,.0f} µs of a processor, with one "
                f"replica {alone.spent:,.0f}: {cores} cores cannot send more than {most:,.0f} a second."
            )
    return table(found, list(servers), together), figures


class Together(NamedTuple):
    """Requests a second of all, and the µs of processor time that each takes of the whole machine."""

    rate: float
    spent: float


def together_at_once(replicas: list[Running], seconds: int, folder: Path) -> Together:
    """Reads of all replicas, each asked by a client of its own at the same time."""
    folders = [folder / f"{number} of {len(replicas)}" for number in range(len(replicas))]
    for one in folders:
        one.mkdir()
    before = busy()
    with ThreadPoolExecutor(len(replicas)) as pool:
        loads = pool.map(lambda one: measure(one[0], GET, seconds, one[1]), zip(replicas, folders, strict=True))
        rate = sum(one.rate for one in loads)
    return Together(rate, (busy() - before) * 1e6 / (rate * seconds))


def busy() -> float:
    """Seconds that all processors of the machine have worked until now, whatever for."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def measure(server: Running, workload: Workload, seconds: int, folder: Path) -> Load:
    named = Server("mockserver", lambda _: [], "none")
    return load(named, server.port, server.process, workload, seconds, folder, NUMBERED if workload.body else "")


@contextmanager
def running(store: str) -> Iterator[Running]:
    port = free_port()
    command = [script("mockserver"), "serve", "--quiet", "--auth", "off", "--port", str(port), "--store", store]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        assert process.stdout.readline().startswith("listening")
        assert ask(port, Workload("", "GET", COLLECTION), "none") == 200
        yield Running(process.pid, port)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def median(loads: list[Load]) -> Load:
    return Load(
        *(statistics.median(one) for one in zip(*((x.rate, x.median, x.p99, x.cpu) for x in loads), strict=True))
    )


def table(found: dict[tuple[str, str], list[Load]], stores: list[str], together: str) -> str:
    lines = ["| kept in | GET one a second | µs of CPU | : memory | PATCH a second | µs of CPU | : memory |"]
    lines.append("| --- " * 7 + "|")
    for store in stores:
        cells = []
        for workload in (GET, PATCH):
            one, least = median(found[store, workload.name]), median(found["memory", workload.name])
            cells.append(f"{one.rate:,.0f} | {one.cpu:,.0f} | {one.cpu / least.cpu:.1f} x")
        lines.append(f"| {store} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", together, "", machine(), ""])


if __name__ == "__main__":
    main()
