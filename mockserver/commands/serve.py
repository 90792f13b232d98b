"""The command ``mockserver serve``."""

from __future__ import annotations

from typing import Any

import click

from mockserver.auth.authenticator import Mode
from mockserver.commands.options import settings_for, tells_problems, world_options
from mockserver.commands.page_size import page_size as read_page_size
from mockserver.settings import CLOCKS


@click.command()
@click.argument("document", required=False, metavar="[DOCUMENT]")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="A dotted host name by which the control plane may be asked; may be repeated.",
)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="0 picks a free one.")
@world_options
@click.option(
    "--auth",
    type=click.Choice([mode.value for mode in Mode]),
    default=Mode.VERIFY.value,
    show_default=True,
    help="verify: signature and claims of tokens; decode: claims only; off: no token is needed.",
)
@click.option("--jwks", metavar="URL|FILE", help="Accept tokens signed by these keys too.")
@click.option(
    "--clock",
    type=click.Choice(CLOCKS),
    default="scenario",
    show_default=True,
    help="scenario: runs on from the scenario's moment; frozen: stands there; now: the machine's.",
)
@click.option("--page-size", default="100", show_default=True, callback=read_page_size, help="Records a page, or all.")
@click.option(
    "--strict-references",
    is_flag=True,
    help="Keys into other modules must name what the world knows of, else 409.",
)
@click.option(
    "--validator",
    type=click.Choice(["compiled", "reference"]),
    default="compiled",
    show_default=True,
    help="reference: openapi-core judges every message as well, and every disagreement is a 500 (slow).",
)
@click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="One line a request, to stderr: for people, or a JSON object for programs.",
)
@click.option("--quiet", is_flag=True, help="No line for each request.")
@tells_problems
def serve(
    document: str | None,
    *,
    host: str,
    port: int,
    counts: tuple[tuple[str, int], ...],
    spec: str | None,
    auth: str,
    log: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Serve the mock until Ctrl-C or SIGTERM.

    DOCUMENT is any OpenAPI document, a path or an address; it is the same as --spec.

    \b
    Examples:
      mockserver serve
      mockserver serve petstore.yaml               any document: what is created stays and is found again
      mockserver serve --port 0 --scenario empty
      mockserver serve --scenario large --count certifications=20000 --page-size 500
      mockserver serve --auth decode               claims are checked, signatures are not
      mockserver serve --jwks https://example.eu.auth0.com/.well-known/jwks.json
    """
    from mockserver.commands.serving import serve_forever

    settings = settings_for(document or spec, counts=dict(counts), auth=Mode(auth), **options)
    serve_forever(settings, host, port, "off" if quiet else log)
