"""The server in one process: a socket nobody shares, signals that stop it at once, no child to be orphaned."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from functools import partial
from ssl import SSLContext
from typing import Any

import click

from mockserver.errors import Problem, SetupError
from mockserver.values.reasons import reason
from mockserver.web.access_log import GATHERED
from mockserver.web.connection import Application, Connection
from mockserver.web.secure import SecureConnection, greet

BACKLOG = 1024
CONNECTIONS = 1024
"""How many are served at once."""
PAUSE = 0.1
"""Seconds after which a client is looked for again when one could not be taken."""
TURN = 0.0005
"""Seconds after which a thread that works on something long lets another have its turn: a quick request takes several
turns, and Python's own are ten times as long."""
GRACE = 0.25
"""Seconds that requests under way get when the server stops."""


def resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[Any, ...]]:
    """The family and the address of a host, for TCP. Raises OSError or UnicodeError where there is none such."""
    named = host.encode() if host.isascii() else host  # PERF: a text has the codec for domain names imported
    family, _, _, _, address = socket.getaddrinfo(named, port, type=socket.SOCK_STREAM)[0]
    return family, address


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port`` (0: a free one), and that nobody shares.

    Raises SetupError when the port is taken, or the address is not one of this machine.
    """
    try:
        family, address = resolved(host, port)
        listener = socket.socket(family)
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


def serve(listener: socket.socket, application: Application, tls: SSLContext | None = None) -> None:
    """Serve ``application`` on ``listener`` in this process until SIGTERM or Ctrl-C, which end the process with 0.

    With ``tls`` to those who speak HTTPS alone.

    A second signal ends it without grace. SIGHUP is told and ignored: the records live in this process alone.
    """
    sys.setswitchinterval(TURN)
    asyncio.run(_serve(listener, application, tls))


async def _serve(listener: socket.socket, application: Application, tls: SSLContext | None) -> None:
    connections: set[Connection] = set()
    stop = _stopping(asyncio.get_running_loop())
    serving = asyncio.ensure_future(_accept(listener, application, connections, tls))
    watching = asyncio.ensure_future(_watch(connections))
    await asyncio.wait([serving, watching, stop], return_when=asyncio.FIRST_COMPLETED)
    if not stop.done():
        click.echo("mockserver: the server ended unexpectedly; what was kept in memory alone is lost", err=True)
        os._exit(1)
    click.echo("stopped", err=True)
    serving.cancel()
    listener.close()
    await _end(connections)
    await asyncio.sleep(2 * GATHERED)  # the last lines of the log
    application.world.close()
    os._exit(0)  # threads that still answer are not waited for


async def _accept(
    listener: socket.socket, application: Application, connections: set[Connection], tls: SSLContext | None
) -> None:
    """Take who comes, while there is room."""
    loop, room = asyncio.get_running_loop(), asyncio.Semaphore(CONNECTIONS)
    listener.setblocking(False)
    kind = Connection if tls is None else SecureConnection
    made = partial(kind, application, connections, room.release)
    greeted: set[asyncio.Task[None]] = set()

    while True:
        await room.acquire()
        try:
            taken, _ = await loop.sock_accept(listener)
            if tls is None:
                await loop.connect_accepted_socket(made, taken)
            else:  # nobody waits for a client who is slow to agree on keys
                task = asyncio.ensure_future(greet(made, taken, tls, room))
                greeted.add(task)
                task.add_done_callback(greeted.discard)
        except OSError:  # gone again, or this process has no descriptor left for it
            room.release()
            await asyncio.sleep(PAUSE)


async def _watch(connections: set[Connection]) -> None:
    """End connections on which nothing arrives."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(1)
        for one in list(connections):
            one.end_if_overdue(loop.time())


async def _end(connections: set[Connection]) -> None:
    """Let requests under way end, as far as there is time."""
    if under_way := [one.under_way for one in connections if one.under_way]:
        await asyncio.wait(under_way, timeout=GRACE)
    for one in list(connections):
        one.close()


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
