"""The servers that are measured beside each other: how each is started on a document, and what that takes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import urllib3

HERE = Path(__file__).parent
LONGEST = 60
"""Seconds after which a server that does not answer is given up."""


@dataclass(frozen=True)
class Server:
    name: str
    command: Callable[[Path, int], list[str]]


@dataclass
class Running:
    """A server that answers: where, after how many seconds, of which so many were of a processor, and its process."""

    base: str
    seconds: float
    process: int
    processor: float = 0

    @property
    def megabytes(self) -> float:
        """The most memory that it held."""
        try:
            said = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.process}/status").read_text())
        except OSError:
            return 0
        return int(said[1]) / 1024 if said else 0


def servers() -> list[Server]:
    """Ours, and those of the others that are installed."""
    ours = str(Path(sys.executable).with_name("mockserver"))
    found = [Server("mockserver", lambda file, port: [ours, "serve", str(file), "--port", str(port)])]
    prism = HERE.parent / "tests" / "peers" / "node_modules" / ".bin" / "prism"
    prism = prism if prism.exists() else Path(shutil.which("prism") or "")
    if prism.is_file():
        found.append(
            Server("Prism", lambda file, port: [str(prism), "mock", "-v", "silent", "-p", str(port), str(file)])
        )
    if (HERE / "node_modules" / "@scalar").exists():
        script = str(HERE / "scalar_mock.mjs")
        found.append(Server("Scalar", lambda file, port: ["node", script, str(file), str(port)]))
    return found


@contextmanager
def running(server: Server, file: Path) -> Iterator[Running | None]:
    """The server on that document until the block ends; None where it does not come to answer."""
    port = _free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        server.command(file, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    base = f"http://127.0.0.1:{port}"
    try:
        seconds = _until_it_answers(process, base, began)
        yield None if seconds is None else Running(base, seconds, process.pid, _processor(process.pid))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _processor(session: int) -> float:
    """The seconds that the processes of a session had of a processor: told on a busy machine as on one at rest."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            told = file.read_text().rpartition(")")[2].split()
            ticks += int(told[11]) + int(told[12]) if int(told[3]) == session else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _until_it_answers(process: subprocess.Popen[bytes], base: str, began: float) -> float | None:
    """Any reply to any path will do."""
    while process.poll() is None and time.perf_counter() - began < LONGEST:
        try:
            urllib3.request("GET", f"{base}/", retries=False, timeout=LONGEST)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.02)
        else:
            return time.perf_counter() - began
    return None


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
