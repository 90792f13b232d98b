"""The process that serves: from a free port to the first screen."""

from __future__ import annotations

import gc
import secrets
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from mockserver.auth.authenticator import Mode, mint
from mockserver.commands.first_screen import first_request, hosted, placed, summary
from mockserver.commands.progress import seeding
from mockserver.errors import Problem, SetupError
from mockserver.settings import DEVELOPMENT_SECRET, Settings, telemetry_environment
from mockserver.values.curl import CurlHeader, curl_command, trusting
from mockserver.values.hosts import is_loopback
from mockserver.values.shown import how_many
from mockserver.web.access_log import Line, Writer, as_json, as_text, unlogged
from mockserver.web.api import Api
from mockserver.web.front import Front
from mockserver.web.health import HEALTH
from mockserver.web.path_match import Paths
from mockserver.web.server import listen, resolved, serve
from mockserver.world import World

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mockserver.commands.recording import Recording
    from mockserver.reloading.sources import Sources
    from mockserver.web.reloadable_front import ReloadableFront

LOGS = MappingProxyType({"text": as_text, "json": as_json, "off": unlogged})


def serve_forever(
    settings: Settings, host: str, port: int, log: str = "text", *, watch: bool = False,
    recording: Recording | None = None, tls: tuple[Path, Path | None] | None = None,
) -> None:  # fmt: skip
    """Serve until SIGTERM or Ctrl-C, which end the process. Raises SetupError before anything listens.

    ``log`` is ``text``, ``json`` or ``off``: what is told of each request. With ``watch``, edited files are served;
    with ``recording``, a real server is asked what the mock does not know; ``tls`` are certificate and key.
    """
    if watch and settings.store != "memory":
        problem = "--watch carries records over to the edited document, but those of a store may be in use elsewhere"
        remedy = "leave out --store while you edit; a start with it checks the records against the current document"
        raise SetupError([Problem("settings", "/store", problem, remedy)])
    before = guarded(settings, host)
    made = recording.on_top(before) if recording else before
    sources = _sources(made) if watch else None
    world = World(made, seeding)
    if recording:
        recording.begin(world, before)
    if (asked := telemetry_environment()) is not None:
        _collect(world, asked)
    secured = _secured(tls) if tls else None
    listener = listen(host, port)
    # PERF: what start-up made lives as long as the process; frozen, no garbage collection walks it again.
    gc.freeze()
    gc.enable()
    announced = threading.Event()
    write = unlogged if log == "off" else Writer(LOGS[log])

    def logged(line: Line) -> None:
        if announced.is_set():  # before, nobody but this process asks
            write(line)

    lines = [*_guard_lines(settings, made, host), *_live_lines(made, sources, recording)]
    announcement = (world, host, listener.getsockname()[1], announced, lines)
    threading.Thread(target=_announce, args=announcement, kwargs={"cert": tls[0] if tls else None}, daemon=True).start()
    front = Front(Api(world), _application, logged)
    serve(listener, _watched(front, sources) if sources else front, secured)


def _secured(tls: tuple[Path, Path | None]) -> ssl.SSLContext:
    from mockserver.web.secure import certified

    return certified(*tls)


def _collect(world: World, environment: Mapping[str, str]) -> None:
    """Have traces and metrics collected. Raises SetupError where what that needs is not installed."""
    try:
        from mockserver.telemetry import telemetry  # PERF: only who asks for it pays for it
    except ImportError as error:
        problem = f"asks for what is not installed: {error}"
        remedy = "install mockserver with its extra [otel], or unset it"
        raise SetupError([Problem("environment", f"/{min(environment)}", problem, remedy)]) from None
    collected, close = telemetry(environment), world.close

    def closing() -> None:
        collected.close()
        close()

    world.observe, world.close = collected.observe, closing


def _sources(settings: Settings) -> Sources:
    """The files that a world is made of, as they are before it is made."""
    from mockserver.reloading.sources import Sources  # PERF: only who watches pays for it

    return Sources(settings)


def _watched(front: Front, sources: Sources) -> ReloadableFront:
    """``front``, or the one that takes its place when a file is edited."""
    from mockserver.commands.edits import print_edit  # PERF: a third of the start, where files are not watched
    from mockserver.reloading.watching import Watcher
    from mockserver.web.reloadable_front import ReloadableFront

    reloadable = ReloadableFront(front)
    watcher = Watcher(front.world, reloadable.swap, sources)
    threading.Thread(target=watcher.run, args=(print_edit,), name="watch", daemon=True).start()
    return reloadable


def _application(api: Api) -> WSGIApplication:
    from mockserver.web.app import application  # PERF: Flask and our pages take a third of the start

    return application(api)


def guarded(settings: Settings, host: str) -> Settings:
    """``settings`` with a control token, made here where none is given, if others may reach the control plane.

    They may when it listens off loopback; and whoever has a secret of his own does not want everyone to mint tokens.
    """
    if settings.control_token or (is_loopback(host) and settings.secret == DEVELOPMENT_SECRET):
        return settings
    return replace(settings, control_token=secrets.token_urlsafe(24))


def _guard_lines(given: Settings, made: Settings, host: str) -> Iterator[str]:
    if not is_loopback(host):
        yield f"  exposed   {host}: anyone who reaches this machine can use it; control requires the control token"
    if made.control_token and not given.control_token:
        yield f"  token     {made.control_token} (for /__mock__, as 'Authorization: Bearer ...'; shown only here)"


def _live_lines(settings: Settings, sources: Sources | None, recording: Recording | None) -> Iterator[str]:
    if sources:
        from mockserver.reloading.sources import addresses

        yield f"  watching  {how_many(len(sources.seen), 'file')}; edits are served, records stay"
        for one in addresses(settings):
            yield f"  unwatched {one}: only files are watched; download it and serve the file to see edits"
    if recording:
        what = "everything" if recording.everything else "what is unknown here"
        yield f"  recording {what} is asked of {recording.url}, and kept in {recording.folder}"


def _announce(
    world: World, host: str, port: int, announced: threading.Event, guard: list[str], *, cert: Path | None
) -> None:
    """Say where the mock is, once it answers: a person can paste the curl, a script can wait for the first line."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 -- compared, not bound
    url = f"{'https' if cert else 'http'}://{f'[{shown}]' if ':' in shown else shown}:{port}"
    if not _answers(shown, port, secured=cert is not None):
        return
    announced.set()
    world.address = url
    click.echo(f"listening on {url}")
    click.echo(f"  docs      {url}{Paths(world.contract).page('/docs')}")
    click.echo(f"  console   {url}/__mock__/")
    for line in guard:
        click.echo(line)
    scenario = world.scenario
    tenants = ", ".join(world.store.names()) or "none yet; any tenant appears on first use"
    click.echo(f"  scenario  {scenario.name}, seed {scenario.seed}; tenants: {tenants}")
    if world.kept_in != "memory":
        click.echo(f"  store     {world.kept_in}")
    if heading := summary(world.contract):
        click.echo(f"  document  {heading}")
    for line in placed(world.contract):
        click.echo(f"            {line}")
    for line in hosted(world.contract) if world.settings.hosts else ():
        click.echo(f"  host      {line}")
    for line in first_request(world, url) if world.contract.maker else _try_it(world, url):
        click.echo(trusting(line, cert) if cert else line)
    sys.stdout.flush()
    world.cache_start()


_PROBE = f"GET {HEALTH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
_OK = b"HTTP/1.1 200"


def _answers(host: str, port: int, within: float = 30.0, *, secured: bool = False) -> bool:
    """Whether the health page answers; asks until it does."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            with _connected(host, port, secured=secured) as connection:
                connection.sendall(_PROBE)
                return connection.recv(len(_OK)) == _OK
        except OSError:
            time.sleep(0.005)
    return False


def _connected(host: str, port: int, *, secured: bool) -> socket.socket:
    family, address = resolved(host, port)
    connection = socket.socket(family)
    try:
        connection.settimeout(2)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    if not secured:
        return connection
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it is this process that is asked
    return context.wrap_socket(connection)


def _try_it(world: World, url: str) -> list[str]:
    """A curl that works as it stands."""
    listing = next((one for one in world.contract.operations() if one.kind == "list"), None)
    if listing is None:
        return []
    tenant = next(iter(world.store.names()), "acme")
    path = listing.path.replace(f"{{{world.contract.tenant}}}", tenant)
    headers = []
    if world.settings.auth is not Mode.OFF and listing.secured:
        now = datetime.now(UTC)
        token = mint(world.keys, world.contract.security, tenant=tenant, now=now, expires_in=timedelta(hours=24))
        headers.append(CurlHeader("Authorization", f"Bearer {token}"))
    return ["", *curl_command(f"{url}{path}", headers=headers, options=(), on_lines=True).splitlines()]
