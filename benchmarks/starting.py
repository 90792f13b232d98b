"""What a start costs beside Prism: from the process to the first good reply, and the memory that is held then.

The default scenario of the document that comes with mockserver, whose replies are records of two seeded tenants; Prism
answers from the document's examples. *First* is a start with an empty cache, *next* one that finds what another left.

    python benchmarks/starting.py --rounds 3 --write

``--write`` puts the table into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from compare import HERE, RECORD, Workload, free_port, machine, processor_time, put_between, run, script, status

BEGIN, END = "<!-- start -->", "<!-- /start -->"
LONGEST = 120


class Start(NamedTuple):
    """Seconds and processor seconds to the first good reply; MB that the process and its children hold then (PSS)."""

    seconds: float
    cpu: float
    memory: float


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--rounds", type=int, default=3)
    told.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    args = told.parse_args()
    text, _ = measured(args.rounds)
    print(text)
    if args.write:
        put_between(HERE / "README.md", BEGIN, END, text)


def measured(rounds: int) -> tuple[str, dict[str, float]]:
    """The table, and figures for the page's goals by name."""
    token = run("mockserver", "token", "--tenant", "acme").split()[-1]
    with tempfile.TemporaryDirectory() as name:
        os.environ["MOCKSERVER_CACHE"] = name
        starts: dict[str, list[Start]] = {"mockserver, first": [], "mockserver, next": [], "Prism": []}
        for _ in range(rounds):
            shutil.rmtree(name, ignore_errors=True)
            starts["mockserver, first"].append(begun(ours, token, left=Path(name)))
            starts["mockserver, next"].append(begun(ours, token))
            starts["Prism"].append(begun(prism, token))
        del os.environ["MOCKSERVER_CACHE"]
    found = {name: Start(*map(statistics.median, zip(*told, strict=True))) for name, told in starts.items()}
    mine, peer = found["mockserver, next"], found["Prism"]
    told = {"start": mine.cpu / peer.cpu, "start, s": mine.seconds, "memory": mine.memory / peer.memory}
    return table(found), told


def ours(port: int) -> list[str]:
    return [script("mockserver"), "serve", "--quiet", "--port", str(port)]


def prism(port: int) -> list[str]:
    peer = HERE.parent / "tests" / "peers" / "node_modules" / ".bin" / "prism"
    return [
        str(peer),
        "mock",
        "-v",
        "silent",
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        str(HERE.parent / "spec/openapi.json"),
    ]


def begun(command: Callable[[int], list[str]], token: str, left: Path | None = None) -> Start:
    """One start; waits for what it leaves in the folder ``left``."""
    port, began = free_port(), time.perf_counter()
    process = subprocess.Popen(
        command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while status(port, Workload("", "GET", RECORD), token) != 200:
            assert process.poll() is None, "it stopped"
            assert time.perf_counter() - began < LONGEST, "no good reply"
            time.sleep(0.002)
        seconds = time.perf_counter() - began
        found = Start(seconds, sum(map(processor_time, family(process.pid))), sum(map(memory, family(process.pid))))
        while left is not None and not any(left.glob("start-*")):
            time.sleep(0.05)
        return found
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=20)


def family(session: int) -> list[int]:
    """The processes of a session."""
    rows = [line.split() for line in run("ps", "-e", "-o", "pid=,sess=").splitlines()]
    return [int(pid) for pid, one in rows if int(one) == session]


def memory(pid: int) -> float:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1024


def table(starts: dict[str, Start]) -> str:
    peer = starts["Prism"]
    lines = ["| | seconds | processor seconds | : Prism | memory, MB (PSS) | : Prism |", "| --- " * 6 + "|"]
    for name, one in starts.items():
        ratios = f"{one.cpu / peer.cpu:.2f} | {one.memory:.0f} | {one.memory / peer.memory:.2f}"
        lines.append(f"| {name} | {one.seconds:.2f} | {one.cpu:.2f} | {ratios} |")
    return "\n".join([*lines, "", machine(), ""])


if __name__ == "__main__":
    main()
