"""The command ``mockserver``: serve, and look at what would be served."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click

from mockserver.auth.authenticator import Mode, mint
from mockserver.check.command import check as check_command
from mockserver.check.defects import defects as defects_command
from mockserver.errors import Problem, SetupError
from mockserver.settings import CLOCKS, Settings, from_environment

EXIT_SETUP = 2


class _Count(click.ParamType[tuple[str, int]]):
    """``certifications=5000``."""

    name = "RESOURCE=N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        resource, _, count = str(value).partition("=")
        if not (resource and count.isascii() and count.isdigit()):
            self.fail(f"{value!r} is not of the form certifications=5000", param, ctx)
        return resource, int(count)


def _telling(command: Callable[..., None]) -> Callable[..., None]:
    """Print every problem of a SetupError, one a line, and exit with 2."""

    @wraps(command)
    def telling(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except SetupError as error:
            for problem in error.problems:
                click.secho(str(problem), fg="red", err=True)
            told = "1 problem" if len(error.problems) == 1 else f"{len(error.problems)} problems"
            click.secho(f"mockserver: {told}, nothing was started or written.", err=True)
            sys.exit(EXIT_SETUP)

    return telling


def _options(*options: Callable[[Callable[..., None]], Callable[..., None]]) -> Callable[..., Any]:
    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_world = _options(
    click.option(
        "--scenario", default="default", show_default=True, metavar="NAME|FILE",
        help="What the world holds at the start: empty, default, edge, large, or a YAML file of your own.",
    ),
    click.option("--seed", type=int, metavar="N", help="Another world of the same kind. [default: the scenario's]"),
    click.option(
        "--count", "counts", type=_Count(), multiple=True, metavar="RESOURCE=N",
        help="How many records of a resource each seeded tenant gets; may be repeated.",
    ),
    click.option(
        "--scale", type=click.FloatRange(0, 100_000), default=1, show_default=True, metavar="X",
        help="So many times the records that the scenario has, in the same proportions.",
    ),
    click.option(
        "--spec", type=click.Path(path_type=Path, dir_okay=False), metavar="PATH",
        help="Another OpenAPI 3.1 document, JSON or YAML. [default: the Certifications API]",
    ),
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mockserver")
def main() -> None:
    """A stateful mock of the Rhythm Certifications API, driven by its OpenAPI document.

    \b
    Examples:
      mockserver serve                             a fake backend on http://127.0.0.1:8080
      mockserver token --tenant acme               a token for it
      mockserver routes                            what it answers, and what that means
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="0 picks a free one.")
@_world
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
@click.option("--page-size", default=100, show_default=True, type=click.IntRange(1, 10_000), help="Records a page.")
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
@_telling
def serve(
    host: str, port: int, counts: tuple[tuple[str, int], ...], spec: Path | None, auth: str, **options: Any
) -> None:
    """Serve the mock until Ctrl-C or SIGTERM.

    \b
    Examples:
      mockserver serve
      mockserver serve --port 0 --scenario empty
      mockserver serve --scenario large --count certifications=20000 --page-size 500
      mockserver serve --auth decode               claims are checked, signatures are not
      mockserver serve --jwks https://example.eu.auth0.com/.well-known/jwks.json
    """
    from mockserver.commands.serving import serve_forever

    settings = _settings(spec, counts=dict(counts), auth=Mode(auth), **options)
    serve_forever(settings, host, port)


@main.command()
@click.argument("words", nargs=-1)
@click.option("--spec", type=click.Path(path_type=Path, dir_okay=False), metavar="PATH", help="Another document.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@_telling
def routes(words: tuple[str, ...], spec: Path | None, as_json: bool) -> None:
    """Show every operation, or those that hold all WORDS: method, path, kind, resource, provenance.

    \b
    Examples:
      mockserver routes
      mockserver routes applications
      mockserver routes get lookup
      mockserver routes --json
    """
    from mockserver.contract import compile_contract, read_document

    contract = compile_contract(read_document(_settings(spec).spec))
    rows = [
        (one.method, one.path, one.kind.value, one.resource.name, one.provenance, one.id)
        for one in contract.operations()
    ]
    rows = [row for row in rows if all(any(word.lower() in cell.lower() for cell in row) for word in words)]
    heads = ("method", "path", "kind", "resource", "provenance", "operationId")
    if as_json:
        import orjson

        told = orjson.dumps([dict(zip(heads, row, strict=True)) for row in rows], option=orjson.OPT_INDENT_2)
        click.echo(told)
        return
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@main.command()
@click.option("--tenant", required=True, help="The tenant that the token is for.")
@click.option("--subject", default="auth0|developer", show_default=True, help="Who writes are stamped with.")
@click.option(
    "--expires-in", default=86_400, show_default=True, type=int, metavar="S", help="Seconds; may be negative."
)
@click.option("--scope", help="Space-separated scopes to put into the token.")
@click.option("--algorithm", type=click.Choice(["HS256", "RS256"]), default="HS256", show_default=True)
@_telling
def token(tenant: str, subject: str, expires_in: int, scope: str | None, algorithm: str) -> None:
    """Print a token, and nothing else, that any mock of this user takes.

    \b
    Examples:
      mockserver token --tenant acme
      curl -H "Authorization: Bearer $(mockserver token --tenant acme)" http://127.0.0.1:8080/certifications/acme
      mockserver token --tenant acme --expires-in -60        to see an expired one refused
    """
    from mockserver.auth.keys import Keys
    from mockserver.contract import compile_contract, read_document

    settings = _settings(None)
    security = compile_contract(read_document(settings.spec)).security
    keys = Keys(settings.secret, settings.key_file)
    minted = mint(
        keys,
        security,
        tenant=tenant,
        now=datetime.now(UTC),
        subject=subject,
        expires_in=timedelta(seconds=expires_in),
        scope=scope,
        algorithm=algorithm,
    )
    click.echo(minted)


@main.command()
@_world
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write to.")
@_telling
def seed(counts: tuple[tuple[str, int], ...], spec: Path | None, out: Path, **options: Any) -> None:
    """Write the world that a scenario and seed make, as JSON: OUT/<tenant>/<resource>.json.

    \b
    Examples:
      mockserver seed --out world
      mockserver seed --scenario large --count certifications=100000 --out world
    """
    from mockserver.commands.export import export_world
    from mockserver.commands.progress import seeding

    for file, count in export_world(_settings(spec, counts=dict(counts), **options), out, seeding):
        click.echo(f"{file}: {count} records")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_telling
def validate(paths: tuple[Path, ...]) -> None:
    """Check documents and scenarios: every problem at once, with its place.

    PATHS are OpenAPI documents, scenarios, or folders of scenarios. Without any: the document and the
    scenarios that come with mockserver, every seeded record included.

    \b
    Examples:
      mockserver validate
      mockserver validate my-openapi.yaml
      mockserver validate my-scenarios/busy-monday.yaml
    """
    from mockserver.commands.validation import validate_all

    for line in validate_all(_settings(None), paths):
        click.echo(line)


@main.command()
@click.argument("parts", type=click.Path(path_type=Path, exists=True, file_okay=False), default=Path("spec"))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a published file is stale.")
@_telling
def publish(parts: Path, check: bool) -> None:
    """Build openapi.yaml and openapi.json from the parts in a folder (default: spec).

    \b
    Examples:
      mockserver publish
      mockserver publish --check
    """
    import mockserver.spec_builder.publish as publishing

    stale = publishing.stale(parts)
    if not check:
        publishing.write(parts)
    for name in stale:
        click.echo(f"{parts / name}: {'is stale; run: mockserver publish' if check else 'written'}")
    if not stale:
        click.echo(f"{parts}: up to date")
    sys.exit(1 if check and stale else 0)


main.add_command(check_command)
main.add_command(defects_command)


def _settings(spec: Path | None, **options: Any) -> Settings:
    """Raises SetupError when a setting, or the file that one names, is wrong."""
    if spec is not None and not spec.is_file():
        raise SetupError([Problem(str(spec), "", "no such file", "name an OpenAPI document in JSON or YAML")])
    chosen = {name: value for name, value in options.items() if value is not None}
    return Settings(**from_environment(), **chosen, **({"spec": spec} if spec else {}))  # type: ignore[arg-type]
