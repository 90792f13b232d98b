"""The options of ``mockserver check``: each with what it means in a line."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver.commands.options import all_of, document_options
from mockserver.values.shown import quoted

NAMES = ("mock", "nightly", "http", "staging-read", "staging-write")
STRICTNESS = ("documented", "catalogue", "inferred", "expected")


def _rate(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    """``10/s`` or ``10``. A callback, since click's parameter types are generic only in its newest versions."""
    try:
        return None if text is None else float(text.removesuffix("/s"))
    except ValueError:
        raise click.BadParameter(f"{quoted(text)} is not of the form 10/s") from None


def _seconds(_: click.Context, __: click.Parameter, text: str | None) -> float:
    """``2s``, ``500ms`` or ``2``."""
    number, scale = (text or "0").removesuffix("s"), 1.0
    if number.endswith("m"):
        number, scale = number.removesuffix("m"), 0.001
    try:
        return float(number) * scale
    except ValueError:
        raise click.BadParameter(f"{quoted(text)} is not of the form 2s") from None


def _share(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    """``95%`` as 0.95."""
    try:
        share = None if text is None else float(text.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if share is not None and not 0 <= share <= 1:
        raise click.BadParameter(f"{quoted(text)} is not a share of the form 95%")
    return share


check_options = all_of(
    click.option("--target", default="mock", show_default=True, metavar="mock|URL", help="What to check."),
    click.option(
        "--profile",
        type=click.Choice(NAMES),
        default="mock",
        show_default=True,
        help="What the run may do, and how thorough it is.",
    ),
    click.option(
        "--token", envvar="MOCKSERVER_TOKEN", metavar="TOKEN", help="Access token for --tenant. [env: MOCKSERVER_TOKEN]"
    ),
    click.option("--token-command", metavar="COMMAND", help="Command that prints an access token for {tenant}."),
    click.option("--token-url", metavar="URL", help="Token endpoint, for the OAuth2 client credentials grant."),
    click.option("--client-id", metavar="ID", help="Client ID for that grant."),
    click.option(
        "--client-secret",
        envvar="MOCKSERVER_CLIENT_SECRET",
        metavar="SECRET",
        help="Client secret. [env: MOCKSERVER_CLIENT_SECRET]",
    ),
    click.option("--scope", metavar="SCOPE", help="Scope to request."),
    click.option("--audience", metavar="AUDIENCE", help="Audience to request."),
    click.option(
        "--ca",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="CA certificates (PEM) to trust in addition.",
    ),
    click.option("--insecure", is_flag=True, help="Do not verify TLS certificates."),
    click.option("--tenant", metavar="T", help="Tenant to work in; if the profile writes, one reserved for this."),
    click.option("--other-tenant", metavar="T", help="A second tenant, to check that tenants are isolated."),
    click.option(
        "--other-token",
        envvar="MOCKSERVER_OTHER_TOKEN",
        metavar="TOKEN",
        help="Access token for it. [env: MOCKSERVER_OTHER_TOKEN]",
    ),
    click.option(
        "--group",
        "groups",
        multiple=True,
        metavar="RESOURCE",
        help="Check only this resource. Repeatable. [default: all]",
    ),
    click.option(
        "--checks",
        multiple=True,
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        metavar="DIR",
        help="Folder with checks of your own, run in addition. Repeatable.",
    ),
    click.option(
        "--against",
        metavar="mock|URL",
        help="Compare the target, step by step, with the mock or with another server.",
    ),
    click.option("--against-tenant", metavar="T", help="Tenant to work in there. [default: as --tenant]"),
    click.option(
        "--against-token",
        envvar="MOCKSERVER_AGAINST_TOKEN",
        metavar="TOKEN",
        help="Access token for it. [env: MOCKSERVER_AGAINST_TOKEN]",
    ),
    click.option("--fuzz/--no-fuzz", "fuzzed", default=True, help="Whether to run Schemathesis after the checks."),
    click.option("--whole", is_flag=True, help="Check everything, where the profile would check a sample."),
    click.option(
        "--seed", default=1, show_default=True, type=int, metavar="N", help="The same seed sends the same requests."
    ),
    click.option(
        "--require",
        callback=_share,
        metavar="N%",
        help="Share of the planned checks that must have judged something. [default: half, and none hindered]",
    ),
    click.option(
        "--patience",
        type=float,
        metavar="S",
        help="Stop when nothing has been answered for this many seconds. [default: 30]",
    ),
    click.option(
        "--settle",
        callback=_seconds,
        metavar="S",
        help="Accept reads that lag behind writes by up to this time, such as 2s, and wait for them.",
    ),
    click.option("--max-time", type=float, metavar="S", help="Stop after this many seconds, with a partial verdict."),
    click.option(
        "--rate",
        callback=_rate,
        metavar="N/s",
        help="Maximum requests per second. [default: 10/s for staging, else unlimited]",
    ),
    click.option(
        "--report",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Write reports here: JUnit, JSON, HTML and HAR.",
    ),
    click.option(
        "--baseline",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="File of known findings to ignore.",
    ),
    click.option(
        "--stories",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Write for each finding what reproduces it. [default: stories in the folder of --report]",
    ),
    click.option(
        "--replay",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        metavar="FILE.json",
        help="Only reproduce the finding of this story.",
    ),
    click.option(
        "--update-baseline",
        is_flag=True,
        help="Write what was found into the --baseline file, each finding for 90 days.",
    ),
    click.option("--reason", metavar="TEXT", help="Why it is accepted, for --update-baseline."),
    document_options,
    click.option(
        "--strictness",
        type=click.Choice(STRICTNESS),
        help="What a finding may rest on. [default: documented, everything for a mock or server of our own]",
    ),
    click.option("--sweep", is_flag=True, help="Only remove what earlier runs left behind."),
    click.option(
        "--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="Allow writes to this host. Repeatable."
    ),
    click.option(
        "--redact", multiple=True, metavar="FIELD", help="Hide the value of this field in all output. Repeatable."
    ),
)
