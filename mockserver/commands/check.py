"""The command ``mockserver check``: options in, a verdict out; everything heavy is imported when it runs."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import click

from mockserver.errors import Problem, SetupError

NAMES = ("mock", "nightly", "http", "staging-read", "staging-write")
STRICTNESS = ("documented", "catalogue", "inferred", "expected")
NOT_RUN = 2


def _rate(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    """``10/s`` or ``10``. A callback, since click's parameter types are generic only in its newest versions."""
    try:
        return None if text is None else float(text.removesuffix("/s"))
    except ValueError:
        raise click.BadParameter(f"{text!r} is not of the form 10/s") from None


def _seconds(_: click.Context, __: click.Parameter, text: str | None) -> float:
    """``2s``, ``500ms`` or ``2``."""
    number, scale = (text or "0").removesuffix("s"), 1.0
    if number.endswith("m"):
        number, scale = number.removesuffix("m"), 0.001
    try:
        return float(number) * scale
    except ValueError:
        raise click.BadParameter(f"{text!r} is not of the form 2s") from None


def _share(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    """``95%`` as 0.95."""
    try:
        share = None if text is None else float(text.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if share is not None and not 0 <= share <= 1:
        raise click.BadParameter(f"{text!r} is not a share of the form 95%")
    return share


@click.command()
@click.option("--target", default="mock", show_default=True, metavar="mock|URL", help="What to check.")
@click.option(
    "--profile",
    type=click.Choice(NAMES),
    default="mock",
    show_default=True,
    help="What the run may do, and how thorough it is.",
)
@click.option(
    "--token", envvar="MOCKSERVER_TOKEN", metavar="TOKEN", help="Access token for --tenant. [env: MOCKSERVER_TOKEN]"
)
@click.option("--token-command", metavar="COMMAND", help="Command that prints an access token for {tenant}.")
@click.option("--token-url", metavar="URL", help="Token endpoint, for the OAuth2 client credentials grant.")
@click.option("--client-id", metavar="ID", help="Client ID for that grant.")
@click.option(
    "--client-secret",
    envvar="MOCKSERVER_CLIENT_SECRET",
    metavar="SECRET",
    help="Client secret. [env: MOCKSERVER_CLIENT_SECRET]",
)
@click.option("--scope", metavar="SCOPE", help="Scope to request.")
@click.option("--audience", metavar="AUDIENCE", help="Audience to request.")
@click.option(
    "--ca",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="CA certificates (PEM) to trust in addition.",
)
@click.option("--insecure", is_flag=True, help="Do not verify TLS certificates.")
@click.option("--tenant", metavar="T", help="Tenant to work in; if the profile writes, one reserved for this.")
@click.option("--other-tenant", metavar="T", help="A second tenant, to check that tenants are isolated.")
@click.option(
    "--other-token",
    envvar="MOCKSERVER_OTHER_TOKEN",
    metavar="TOKEN",
    help="Access token for it. [env: MOCKSERVER_OTHER_TOKEN]",
)
@click.option(
    "--group", "groups", multiple=True, metavar="RESOURCE", help="Check only this resource. Repeatable. [default: all]"
)
@click.option(
    "--checks",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Folder with checks of your own, run in addition. Repeatable.",
)
@click.option(
    "--against",
    metavar="mock|URL",
    help="Compare the target, step by step, with the mock or with another server.",
)
@click.option("--against-tenant", metavar="T", help="Tenant to work in there. [default: as --tenant]")
@click.option(
    "--against-token",
    envvar="MOCKSERVER_AGAINST_TOKEN",
    metavar="TOKEN",
    help="Access token for it. [env: MOCKSERVER_AGAINST_TOKEN]",
)
@click.option("--fuzz/--no-fuzz", "fuzzed", default=True, help="Whether to run Schemathesis after the checks.")
@click.option("--whole", is_flag=True, help="Check everything, where the profile would check a sample.")
@click.option(
    "--seed", default=1, show_default=True, type=int, metavar="N", help="The same seed sends the same requests."
)
@click.option(
    "--require",
    callback=_share,
    metavar="N%",
    help="Share of the planned checks that must have judged something. [default: half, and none hindered]",
)
@click.option(
    "--patience",
    type=float,
    metavar="S",
    help="Stop when nothing has been answered for this many seconds. [default: 30]",
)
@click.option(
    "--settle",
    callback=_seconds,
    metavar="S",
    help="Accept reads that lag behind writes by up to this time, such as 2s, and wait for them.",
)
@click.option("--max-time", type=float, metavar="S", help="Stop after this many seconds, with a partial verdict.")
@click.option(
    "--rate",
    callback=_rate,
    metavar="N/s",
    help="Maximum requests per second. [default: 10/s for staging, else unlimited]",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write reports here: JUnit, JSON, HTML and HAR.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File of known findings to ignore.",
)
@click.option(
    "--spec", metavar="PATH|URL", help="OpenAPI document the target keeps to. [default: the Certifications API]"
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PATH",
    help="OpenAPI Overlay to apply to it. Repeatable.",
)
@click.option(
    "--strictness",
    type=click.Choice(STRICTNESS),
    help="What a finding may rest on. [default: documented, everything for a mock or server of our own]",
)
@click.option("--sweep", is_flag=True, help="Only remove what earlier runs left behind.")
@click.option(
    "--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="Allow writes to this host. Repeatable."
)
@click.option(
    "--redact", multiple=True, metavar="FIELD", help="Hide the value of this field in all output. Repeatable."
)
def check(*, sweep: bool, report: Path | None, spec: str | None, strictness: str | None, **chosen: Any) -> None:
    """Check that a server keeps its contract. Without --target, check the mock itself.

    Exit status: 0 if clean, 1 if something was found or too little was judged, 2 if nothing could be judged.

    \b
    Examples:
      mockserver check
      mockserver check --group applications --group credits
      mockserver check --profile nightly
      mockserver check --target http://127.0.0.1:8080 --profile http
      mockserver check --target https://api.staging.example.com --profile staging-read --tenant acme \\
          --report reports/contract --baseline contract-baseline.yaml
      mockserver check --target https://api.staging.example.com --profile staging-write --tenant contract-tests \\
          --allow-host api.staging.example.com
      mockserver check --target http://127.0.0.1:8080 --profile http --against mock
      mockserver check --spec petstore.yaml --target http://127.0.0.1:3000 --profile http
    """
    signal.signal(signal.SIGTERM, _stop)
    try:
        chosen |= _document(spec, strictness)
        work = _sweep if sweep else _compare if chosen["against"] else _check
        sys.exit(work(report, chosen))
    except SetupError as error:
        for problem in error.problems:
            click.secho(_covered(str(problem), chosen), fg="red", err=True)
        click.secho("mockserver check: nothing was checked.", err=True)
        sys.exit(NOT_RUN)
    except Exception:  # noqa: BLE001 -- a fault of the checks themselves must not look like a finding
        click.secho(_covered(traceback.format_exc(), chosen), err=True)
        click.secho("mockserver check: the checks themselves failed; please report this.", fg="red", err=True)
        sys.exit(NOT_RUN)
    except KeyboardInterrupt:
        click.secho("mockserver check: stopped; what it had made was removed.", err=True)
        sys.exit(NOT_RUN)


def _document(spec: str | None, strictness: str | None) -> dict[str, Any]:
    """What was said of the document and its clauses. Raises SetupError for a file that is not there."""
    from mockserver.commands.options import settings_for
    from mockserver.conformance.provenance import Provenance

    found: dict[str, Any] = {"spec": settings_for(spec).spec} if spec else {}
    return found | ({"strictness": Provenance(strictness)} if strictness else {})


def _check(report: Path | None, chosen: dict[str, Any]) -> int:
    require_schemathesis()
    from rich.console import Console

    from mockserver.conformance.checking import run
    from mockserver.conformance.events import Event, Finished, to_all
    from mockserver.conformance.options import Options
    from mockserver.conformance.reporting import Files
    from mockserver.conformance.summary import Display, show

    console = Console(soft_wrap=False)
    display, files = Display(console), [Files(report)] if report else []
    ended: list[Finished] = []

    def hear(event: Event) -> None:
        if isinstance(event, Finished):
            ended.append(event)

    for one in files:
        one.clear()
    with display.running():
        verdict, _ = run(Options(report=report, **chosen), to_all(display, *files, hear))
    summary = ended[-1].report.summary
    show(console, summary, [file for one in files for file in one.written])
    _annotate(summary)
    if summary["stopped"]:
        click.secho(f"mockserver check: stopped, {summary['stopped']}", fg="red", err=True)
    return verdict.exit_code


def _compare(report: Path | None, chosen: dict[str, Any]) -> int:
    require_schemathesis()
    from rich.console import Console

    from mockserver.conformance.options import Options
    from mockserver.conformance.second_opinion.reporting import clear, show, write
    from mockserver.conformance.second_opinion.running import compare
    from mockserver.conformance.summary import Display

    console = Console(soft_wrap=False)
    display = Display(console)
    if report:
        clear(report)
    with display.running():
        summary = compare(Options(report=report, **chosen), display)
    show(console, summary, write(report, summary) if report else [])
    return int(summary["exit_code"])


def _annotate(summary: dict[str, Any]) -> None:
    """In a workflow of GitHub, what was found stands at the run as well."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from mockserver.conformance.exports import workflow_commands

        for line in workflow_commands(summary):
            click.echo(line)


def _sweep(report: Path | None, chosen: dict[str, Any]) -> int:
    require_schemathesis()
    from mockserver.conformance.checking import sweep
    from mockserver.conformance.options import Options

    gone, left = sweep(Options(report=report, sweep=True, **chosen))
    click.echo(f"removed {gone} records that earlier runs had left")
    for made in left:
        click.echo(f"could not be removed: {made.tenant}/{made.resource}/{made.id}")
    return 1 if left else 0


def require_schemathesis() -> None:
    """Raises SetupError when what the checks are made with is not there."""
    try:
        import hypothesis  # noqa: F401
        import schemathesis  # noqa: F401
    except ImportError as error:
        remedy = "install mockserver with its extra [test]: pip install '.[test]' in a checkout"
        raise SetupError([Problem("installation", "", f"{error.name} is missing", remedy)]) from None


def _covered(text: str, chosen: dict[str, Any]) -> str:
    from mockserver.conformance.redaction import Redactor

    return Redactor(filter(None, map(chosen.get, ("token", "other_token", "against_token", "client_secret")))).text(
        text
    )


def _stop(_: int, __: FrameType | None) -> None:
    """End as Ctrl-C does: in good order, everything cleaned up."""
    raise KeyboardInterrupt
