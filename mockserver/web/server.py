"""The server in one process: a socket nobody shares, signals that stop it at once, no child to be orphaned."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

import click
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from mockserver.errors import Problem, SetupError
from mockserver.values.reasons import reason
from mockserver.web.access_log import GATHERED
from mockserver.web.front import Front

if TYPE_CHECKING:
    from mockserver.web.standing import StandingFront

BACKLOG = 1024
CONNECTIONS = 1024
"""How many are served at once."""
HEADERS_WITHIN = 10_000
"""Milliseconds in which a request's headers must have arrived."""
TURN = 0.0005
"""Seconds after which a thread that works on something long lets another have its turn: a quick request takes several
turns, and Python's own are ten times as long."""
GRACE = 0.25
"""Seconds that requests under way get when the server stops."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port`` (0: a free one), and that nobody shares.

    Raises SetupError when the port is taken, or the address is not one of this machine.
    """
    try:
        named = host.encode() if host.isascii() else host  # PERF: a text has the codec for domain names imported
        family, kind, protocol, _, address = socket.getaddrinfo(named, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # soon after another, never beside it
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        is_taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        is_name = isinstance(error, socket.gaierror | UnicodeError)
        remedy = "stop what listens there, or choose another with --port (0 picks a free one)"
        remedy = remedy if is_taken else "choose an address of this machine and a port you may use"
        problem = f"cannot listen on {host}:{port}: {'no such address' if is_name else reason(error)}"
        raise SetupError([Problem("settings", "/host" if is_name else "/port", problem, remedy)]) from None
    return listener


def serve(listener: socket.socket, front: Front | StandingFront) -> None:
    """Serve ``front`` on ``listener`` in this process until SIGTERM or Ctrl-C, which end the process with 0.

    A second signal ends it without grace. SIGHUP is told and ignored: the records live in this process alone.
    """
    sys.setswitchinterval(TURN)
    asyncio.run(_serve(listener, front))


async def _serve(listener: socket.socket, front: Front | StandingFront) -> None:
    host, port = listener.getsockname()[:2]
    server = _Server(
        front,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
        log_enabled=False,
        websockets=False,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
    )
    server.listener = listener
    stop = _stopping(asyncio.get_running_loop())
    serving = asyncio.ensure_future(server.serve())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    if not stop.done():
        click.echo("mockserver: the server ended unexpectedly; what was kept in memory alone is lost", err=True)
        os._exit(1)
    click.echo("stopped", err=True)
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait([serving], timeout=GRACE)
    await asyncio.sleep(2 * GATHERED)  # the last lines of the log
    front.world.close()
    os._exit(0)  # threads that still answer are not waited for


class _Server(Server):
    """Granian, listening on a socket that it is given."""

    listener: socket.socket

    def _init_shared_socket(self) -> None:
        self._shd = SocketHolder(self.listener.fileno(), False, BACKLOG)  # type: ignore[assignment, call-arg]


def _stopping(loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    """Done with the first signal that asks to stop. The loop calls what handles one, no lock of ours is held then."""
    stop: asyncio.Future[Any] = loop.create_future()

    def asked() -> None:
        if stop.done():
            os._exit(0)
        stop.set_result(None)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)
    message = "SIGHUP is ignored: stop and start the mock to read its files again"
    loop.add_signal_handler(signal.SIGHUP, lambda: click.echo(message, err=True))
    return stop
