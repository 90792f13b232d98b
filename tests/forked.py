"""``mockserver …`` in a process of its own that need not start Python, import everything, and read the document again.

It is a fork of a process that has done so (``forking``), of which each worker of a test run has one. What starting
anew is about, the hash seed, the entry point, what gets imported, takes a process of its own: ``server.COMMAND``.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import IO, Any

HERE = Path(__file__).parent


class Command:
    """A command that runs: of ``subprocess.Popen`` what the tests use."""

    def __init__(
        self, *arguments: str, env: Mapping[str, str] | None = None, cwd: Any = None, function: str = ""
    ) -> None:
        """``function``, as ``module:name``, is called in place of the command."""
        self.args = ["mockserver", *arguments]
        self.returncode: int | None = None
        self.seconds = 0.0
        """How much of a processor's time it took; known once it has ended."""
        (out, out_there), (err, err_there), (status, status_there) = os.pipe(), os.pipe(), os.pipe()
        request = {
            "function": function,
            "arguments": list(arguments),
            "environment": dict(os.environ if env is None else env),
            "cwd": str(cwd or Path.cwd()),
        }
        _ask(json.dumps(request).encode(), [out_there, err_there, status_there])
        for descriptor in (out_there, err_there, status_there):
            os.close(descriptor)
        self.stdout: IO[str] = os.fdopen(out, encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(err, encoding="utf-8")
        self._status: IO[str] = os.fdopen(status, encoding="utf-8")
        self._printed: dict[IO[str], str] = {}
        self._readers = [Thread(target=self._read, args=[stream]) for stream in (self.stdout, self.stderr)]
        self.pid = int(self._status.readline())

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if (code := self._ended(timeout)) is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it prints until its end, but for what was read before. Raises subprocess.TimeoutExpired."""
        for reader in self._readers:
            if reader.ident is None:
                reader.start()
        for reader in self._readers:
            reader.join(timeout)
            if reader.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self.wait(timeout)
        out, err = (self._printed[stream] for stream in (self.stdout, self.stderr))
        return out, err

    def _read(self, stream: IO[str]) -> None:
        with stream:
            self._printed[stream] = stream.read()

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            with selectors.DefaultSelector() as ready:
                ready.register(self._status, selectors.EVENT_READ)
                if not ready.select(timeout):
                    return None
            code, seconds = self._status.readline().split()
            self.returncode, self.seconds = int(code), float(seconds)
            self._status.close()
        return self.returncode


def run(
    *arguments: str, env: Mapping[str, str] | None = None, cwd: Any = None, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """The command until its end. Raises subprocess.TimeoutExpired, and ends the command then."""
    command = Command(*arguments, env=env, cwd=cwd)
    try:
        out, err = command.communicate(timeout)
    except subprocess.TimeoutExpired:
        command.kill()
        command.communicate()
        raise
    return subprocess.CompletedProcess(command.args, command.wait(), out, err)


def result(function: Callable[..., Any], **arguments: Any) -> Any:
    """What a function of a module of the tests gives; both are data. The memory that it takes goes with its process."""
    command = Command(json.dumps(arguments), function=f"{function.__module__}:{function.__name__}")
    out, err = command.communicate(timeout=800)
    assert command.returncode == 0, err
    return json.loads(out)


def prepare() -> None:
    """Start the process that forks, unless there is one."""
    if os.getpid() not in _processes:
        _processes[os.getpid()] = _started()


def inherit() -> None:
    """In a fork of a process that only waits for it: ask by its way."""
    _processes[os.getpid()] = _processes[os.getppid()]


def _ask(message: bytes, descriptors: list[int]) -> None:
    prepare()
    _, channel = _processes[os.getpid()]
    socket.send_fds(channel, [len(message).to_bytes(4)], descriptors)
    channel.sendall(message)
    assert channel.recv(1) == b".", "the process that forks commands is gone"


_processes: dict[int, tuple[subprocess.Popen[bytes], socket.socket]] = {}
"""The process that forks, and the way to it, for each that asks: a copy of a worker must not share its own."""


def _started() -> tuple[subprocess.Popen[bytes], socket.socket]:
    here, there = socket.socketpair()
    path = os.pathsep.join([*map(str, (HERE, HERE / "conformance")), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    process = subprocess.Popen(
        [sys.executable, str(HERE / "forking.py")], stdin=there, cwd=HERE.parent, env=environment
    )
    there.close()
    assert here.recv(1) == b"!", "the process that forks commands did not start"
    return process, here


def close() -> None:
    """End the process that forks, if there is one."""
    if started := _processes.pop(os.getpid(), None):
        process, channel = started
        channel.close()
        process.wait(timeout=60)
