"""Run by ``forked``: a process that has imported all that commands need, and read the stock document, before it is asked.

Each request arrives on the socket that is its standard input, its length before it, with three descriptors: the
standard output and error of the command, and where its process id and its exit code are written. The command runs in a fork of
this process; a keeper between the two waits for it, so that commands may run beside each other.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import threading
from importlib import import_module
from typing import Any

import pytest

from compiled import share
from mockserver.commands.cli import COMMANDS, main
from mockserver.conformance.fuzz import fuzzing  # noqa: F401 -- so that no fork has to
from mockserver.conformance.loading import load_checks
from mockserver.conformance.reporters import reporting  # noqa: F401 -- so that no fork has to
from mockserver.conformance.wire.targets import PAGE_SIZE
from mockserver.web.app import create_app


def serve_forks(asked: socket.socket) -> None:
    while True:
        length, descriptors, _, _ = socket.recv_fds(asked, 4, 3)
        if not length:
            return
        message = asked.recv(int.from_bytes(length), socket.MSG_WAITALL)
        if not (keeper := os.fork()):
            _keep(asked, json.loads(message), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        asked.send(b".")
        _reap(keeper)


def _reap(_: int) -> None:
    """Those keepers that are done by now."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _keep(asked: socket.socket, request: dict[str, Any], out: int, err: int, status: int) -> None:
    """In the keeper: the command's process id at once, and its exit code once it is over, as a shell's child tells it."""
    asked.close()
    if not (child := os.fork()):
        os.close(status)
        _be_the_command(request, out, err)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    for descriptor in (0, 1, 2):  # nothing of the worker's, nor of the command's, may stay open here
        os.dup2(0, descriptor)
    os.close(out)
    os.close(err)
    os.write(status, f"{child}\n".encode())
    _, ended, used = os.wait4(child, 0)
    with contextlib.suppress(BrokenPipeError):
        os.write(status, f"{os.waitstatus_to_exitcode(ended)} {used.ru_utime + used.ru_stime}\n".encode())
    os._exit(0)


def _be_the_command(request: dict[str, Any], out: int, err: int) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.close(out)
    os.close(err)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["mockserver", *request["arguments"]]
    os._exit(_ended(request["function"]))


def _ended(function: str) -> int:
    """Runs the command, or ``function``; what the interpreter does at its end is done here."""
    code: Any = 0
    try:
        if function:
            gc.set_threshold(20_000, 20, 20)  # as in a worker, which would run it but for the memory
            module, _, name = function.partition(":")
            print(json.dumps(getattr(import_module(module), name)(**json.loads(sys.argv[1]))))
        else:
            main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 -- as the interpreter does
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    return int(code or 0)


def warm() -> None:
    """What nearly every command of the tests reads: each command's module, the checks, the stock document."""
    share(pytest.MonkeyPatch())
    for name in COMMANDS:
        main.get_command(None, name)  # type: ignore[arg-type]
    load_checks()
    create_app(page_size=PAGE_SIZE)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    warm()
    with socket.socket(fileno=os.dup(0)) as channel:
        channel.send(b"!")
        serve_forks(channel)
