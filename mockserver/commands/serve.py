"""The command ``mockserver serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mockserver.auth.authenticator import Mode
from mockserver.commands.options import settings_for, tells_problems, world_options
from mockserver.commands.page_size import page_size as read_page_size
from mockserver.commands.recording import Recording
from mockserver.garbage import uncollected
from mockserver.settings import CLOCKS, record_token


@click.command()
@click.argument("documents", nargs=-1, metavar="[DOCUMENT]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Also answer /__mock__ under this host name. Repeatable.",
)
@click.option(
    "--hosts",
    is_flag=True,
    help="Under a host that a document names as its server, answer only that document's paths: "
    "for clients whose DNS alone is changed.",
)
@click.option(
    "--webhook-host",
    "webhook_hosts",
    multiple=True,
    metavar="NAME",
    help="Allow webhooks and callbacks to this host, in addition to this machine. Repeatable.",
)
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="Port; 0 picks a free one."
)
@click.option(
    "--cert",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Serve HTTPS with this certificate (PEM), for clients that send no credentials over HTTP.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The certificate's key (PEM), where it does not stand in the same file.",
)
@world_options
@click.option(
    "--group", "groups", multiple=True, metavar="RESOURCE",
    help="Serve only the operations of this resource and of those it refers to. Repeatable.",
)  # fmt: skip
@click.option(
    "--auth",
    type=click.Choice([mode.value for mode in Mode]),
    default=Mode.VERIFY.value,
    show_default=True,
    help="verify checks signature and claims; decode checks claims only; off needs no token.",
)
@click.option("--jwks", metavar="URL|FILE", help="Also accept tokens signed with these keys.")
@click.option(
    "--clock",
    type=click.Choice(CLOCKS),
    default="scenario",
    show_default=True,
    help="scenario starts at the scenario's date and runs; frozen stays there; now is the real time.",
)
@click.option(
    "--page-size", default="100", show_default=True, callback=read_page_size, metavar="N|all", help="Records per page."
)
@click.option(
    "--store",
    default="memory",
    show_default=True,
    envvar="MOCKSERVER_STORE",
    metavar="memory|FILE|URL",
    help="Where records are kept: memory; an SQLite file, which outlives the process; or "
    "postgresql://user:password@host/database, which many servers share. [env: MOCKSERVER_STORE]",
)
@click.option(
    "--strict-references",
    is_flag=True,
    help="Answer 409 to keys of unknown records of other modules. [default: store and report them in Mock-Unknown]",
)
@click.option(
    "--validator",
    type=click.Choice(["compiled", "reference"]),
    default="compiled",
    show_default=True,
    help="reference also validates with openapi-core and answers 500 where the two disagree (slow).",
)
@click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the request log on stderr.",
)
@click.option("--quiet", is_flag=True, help="Do not log requests.")
@click.option(
    "--record",
    "record",
    metavar="URL",
    help="Ask this server what the mock does not know, check its replies against the document, and keep them. "
    "MOCKSERVER_RECORD_TOKEN is sent to it in place of a client's token.",
)
@click.option("--record-all", is_flag=True, help="Ask it everything, writes included; needs --record.")
@click.option(
    "--record-into",
    default="recorded",
    show_default=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where scenario.yaml and overlay.yaml are kept.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Serve edited documents, overlays, scenarios, recipes, templates and fault profiles; records stay.",
)
@tells_problems
@uncollected()
def serve(
    documents: tuple[str, ...],
    *,
    host: str,
    port: int,
    cert: Path | None,
    key: Path | None,
    counts: tuple[tuple[str, int], ...],
    spec: tuple[str, ...],
    auth: str,
    log: str,
    quiet: bool,
    watch: bool,
    record: str | None,
    record_all: bool,
    record_into: Path,
    **options: Any,
) -> None:
    """Start the mock server; stop it with Ctrl-C.

    DOCUMENT is an OpenAPI document: a path or a URL. (--spec does the same.) Several share one world, each below
    the path of its first server, or below PREFIX when given as DOCUMENT=/PREFIX.

    \b
    Examples:
      mockserver serve
      mockserver serve petstore.yaml               any API; what clients create is kept
      mockserver serve shop.yaml billing.yaml=/billing
      mockserver serve --port 0 --scenario empty
      mockserver serve --hosts                     the module by the Host header
      mockserver serve --group certifications      these operations, and those of what they refer to
      mockserver serve --scenario large --count certifications=20000 --page-size 500
      mockserver serve --auth off                  no token needed
      mockserver serve petstore.yaml --record https://petstore.example.com/v3
      mockserver serve petstore.yaml --watch       edit the document while it is served
      mockserver serve --cert cert.pem --key key.pem
      mockserver serve --store world.db            the world is still there after a restart
      mockserver serve --jwks https://example.eu.auth0.com/.well-known/jwks.json
    """
    from mockserver.commands.serving import serve_forever
    from mockserver.settings import cache_folder

    options["cache"] = cache_folder()
    settings = settings_for((*documents, *spec), counts=dict(counts), auth=Mode(auth), **options)
    if key and not cert:
        raise click.UsageError("--key needs its certificate: --cert FILE")
    if record_all and not record:
        raise click.UsageError("--record-all needs the server's address: --record URL")
    recording = Recording(record, record_into, record_all, record_token()) if record else None
    tls = (cert, key) if cert else None
    serve_forever(settings, host, port, "off" if quiet else log, watch=watch, recording=recording, tls=tls)
