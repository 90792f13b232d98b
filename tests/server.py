"""A mock in a process of its own, behind a real socket, as a user starts it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import forked

COMMAND = str(Path(sys.executable).parent / "mockserver")
PEERS = Path(__file__).parent / "peers" / "node_modules" / ".bin"


def peer(name: str) -> str | None:
    """The command of another project's tool: as ``make peers`` installs it, or from the PATH."""
    return shutil.which(name, path=PEERS) or shutil.which(name)


@dataclass
class Answer:
    status: int
    body: bytes
    headers: Any

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Running:
    url: str
    process: subprocess.Popen[str] | forked.Command
    announced: list[str]

    def send(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.read(), answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), error.headers)


@contextmanager
def serving(*options: str, command: str = "", environment: dict[str, str] | None = None) -> Iterator[Running]:
    """``mockserver serve``; ``command``: started anew, as this program (COMMAND, or one of another environment)."""
    arguments, told = ["serve", "--port", "0", *options], {**os.environ, **(environment or {})}
    process = _started([command, *arguments], told) if command else forked.Command(*arguments, env=told)
    try:
        assert process.stdout
        announced = [process.stdout.readline().strip()]
        assert announced[0].startswith(("listening on http://", "listening on https://")), process.communicate()
        yield Running(announced[0].removeprefix("listening on "), process, announced)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def _started(command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def command(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """``mockserver …``, in a fork of a process that has read what most commands read."""
    return forked.run(*arguments, cwd=cwd, timeout=120)


def anew(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The same, started as a user starts it."""
    told = {**os.environ, **environment}
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=120, check=False, env=told)
