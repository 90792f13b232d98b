"""The process that serves: a production WSGI server around one application, from a free port to a clean stop."""

from __future__ import annotations

import errno
import gc
import http.client
import io
import socket
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces

from mockserver.auth.authenticator import Mode, mint
from mockserver.commands.first_screen import first_request, summary
from mockserver.commands.progress import seeding
from mockserver.errors import Problem, SetupError
from mockserver.settings import Settings
from mockserver.web.app import create_app
from mockserver.world import World

THREADS = 64
"""Requests arriving, pausing or leaving at once; more wait their turn. As many slow clients hold nobody up."""


def serve_forever(settings: Settings, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C, then return. Raises SetupError before anything listens."""
    app = Gate(create_app(settings, seeding))
    port = _free_port(host, port)
    world = app.world
    # PERF: what start-up made lives as long as the process; frozen, no garbage collection walks it again.
    gc.collect()
    gc.freeze()
    server = Granian(
        "mockserver",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=THREADS,
        log_enabled=False,
        websockets=False,
        workers_kill_timeout=5,
    )
    threading.Thread(target=_announce, args=(world, host, port), daemon=True).start()
    server.serve(target_loader=_Loader(settings, app), wrap_loader=False)
    click.echo("stopped", err=True)


class Gate:
    """Lets one request at a time into the application, but for the time it takes to arrive and to pause.

    PERF: Python runs one thread at a time anyway. Threads that wait here wait without fighting for the
    interpreter's lock, which gives 1.4 times the requests a second. A body is read before the gate, a fault's
    delay passes outside it, so neither a slow client nor a slow fault holds up anyone else.
    """

    def __init__(self, app: Flask) -> None:
        self.world: World = app.extensions["mockserver"]
        self._app = app
        self._lock = threading.Lock()
        self.world.faults.pause = self._pause

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            body = environ["wsgi.input"].read(self.world.settings.max_body + 1)
            environ["wsgi.input"] = io.BytesIO(body)
        with self._lock:
            return self._app(environ, start_response)

    def _pause(self, seconds: float) -> None:
        self._lock.release()
        try:
            time.sleep(seconds)
        finally:
            self._lock.acquire()


@dataclass(slots=True)
class _Loader:
    """Hands the worker its application: the one already made where the worker is forked, else a new one."""

    settings: Settings
    app: Gate | None

    def __call__(self, *_: Any) -> Gate:
        return self.app or Gate(create_app(self.settings))

    def __getstate__(self) -> tuple[Settings, None]:
        return self.settings, None

    def __setstate__(self, state: tuple[Settings, None]) -> None:
        self.settings, self.app = state


def _free_port(host: str, port: int) -> int:
    """``port``, or a free one for 0. Raises SetupError when it is taken or the address is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            free: int = probe.getsockname()[1]
            return free
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        remedy = "stop what listens there, or choose another with --port (0 picks a free one)"
        remedy = remedy if taken else "choose an address of this machine and a port you may use"
        raise SetupError([Problem("settings", "/port", f"cannot listen on {host}:{port}: {error}", remedy)]) from None


def _announce(world: World, host: str, port: int) -> None:
    """Say where the mock is, once it answers: a person can paste the curl, a script can wait for the first line."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 -- compared, not bound
    url = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    if not _answers(shown, port):
        return
    click.echo(f"listening on {url}")
    click.echo(f"  docs      {url}/docs")
    click.echo(f"  control   {url}/__mock__/health")
    scenario = world.scenario
    tenants = ", ".join(world.store.names()) or "none yet; any tenant appears on first use"
    click.echo(f"  scenario  {scenario.name}, seed {scenario.seed}; tenants: {tenants}")
    if told := summary(world.contract):
        click.echo(f"  document  {told}")
    for line in first_request(world, url) if world.contract.maker else _try_it(world, url):
        click.echo(line)
    sys.stdout.flush()


def _answers(host: str, port: int, within: float = 30.0) -> bool:
    """Whether the health page answers; asks until it does."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("GET", "/__mock__/health")
            return connection.getresponse().status == 200
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    return False


def _try_it(world: World, url: str) -> list[str]:
    """A curl that works as it stands."""
    listing = next((one for one in world.operations.values() if one.kind == "list"), None)
    if listing is None:
        return []
    tenant = next(iter(world.store.names()), "acme")
    path = listing.path.replace(f"{{{world.contract.tenant}}}", tenant)
    if world.settings.auth is Mode.OFF or not listing.secured:
        return ["", f"curl {url}{path}"]
    now = datetime.now(UTC)
    token = mint(world.keys, world.contract.security, tenant=tenant, now=now, expires_in=timedelta(hours=24))
    return ["", f"curl {url}{path} \\", f"  -H 'Authorization: Bearer {token}'"]
