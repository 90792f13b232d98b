"""What the commands share: options that choose a world, and how a SetupError is reported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.errors import SetupError
from mockserver.values.line_numbers import with_lines
from mockserver.values.shown import how_many, quoted

if TYPE_CHECKING:
    from mockserver.settings import Settings

EXIT_SETUP = 2


def _counts(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """``certifications=5000``, repeated. A callback, since click's parameter types are generic only of late."""
    return tuple(map(_count, texts))


def _count(text: str) -> tuple[str, int]:
    resource, _, count = text.partition("=")
    if not (resource and count.isascii() and count.isdigit()):
        raise click.BadParameter(f"{quoted(text)} is not of the form certifications=5000")
    return resource, int(count)


def tells_problems(command: Callable[..., None]) -> Callable[..., None]:
    """Print every problem of a SetupError, one a line, and exit with 2."""

    @wraps(command)
    def telling(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except SetupError as error:
            for problem in with_lines(error.problems):
                click.secho(str(problem), fg="red", err=True)
            heading = how_many(len(error.problems), "problem")
            click.secho(f"mockserver: {heading}, nothing was started or written.", err=True)
            sys.exit(EXIT_SETUP)

    return telling


def all_of(*options: Callable[[Callable[..., None]], Callable[..., None]]) -> Callable[..., Any]:
    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


document_options = all_of(
    click.option(
        "--spec", multiple=True, metavar="PATH|URL",
        help="OpenAPI document (2.0, 3.0, 3.1 or 3.2; JSON or YAML), or DOCUMENT=/PREFIX. Repeatable. "
        "[default: the Certifications API]",
    ),
    click.option(
        "--overlay", "overlays", multiple=True, type=click.Path(path_type=Path, dir_okay=False), metavar="PATH",
        help="OpenAPI Overlay to apply to the document. Repeatable.",
    ),
)  # fmt: skip
"""Which contract a command is about."""

scale_option = click.option(
    "--scale", type=click.FloatRange(0, 100_000), default=1, show_default=True, metavar="X",
    help="Multiply the number of records in the scenario.",
)  # fmt: skip

world_options = all_of(
    click.option(
        "--scenario", default="default", show_default=True, metavar="NAME|FILE",
        help="Initial data: empty, default, edge, large, or a YAML file of your own.",
    ),
    click.option("--seed", type=int, metavar="N", help="Seed for the generated data. [default: the scenario's]"),
    click.option(
        "--count", "counts", callback=_counts, multiple=True, metavar="RESOURCE=N",
        help="Number of records of a resource in each tenant. Repeatable.",
    ),
    scale_option,
    document_options,
    click.option(
        "--seed-records", type=click.IntRange(0, 1_000), default=3, show_default=True, metavar="N",
        help="Initial records per collection, for documents without x-mock.",
    ),
    click.option(
        "--strict", "strict_document", is_flag=True,
        help="Infer nothing: reject operations without x-mock.",
    ),
)  # fmt: skip


def settings_for(spec: str | Path | Sequence[str | Path] | None, **options: Any) -> Settings:
    """``spec`` names one document or several. Raises SetupError when a setting is wrong."""
    from mockserver.settings import Settings, from_environment  # PERF: help and version need none

    named = () if spec is None else (spec,) if isinstance(spec, str | Path) else tuple(spec)
    chosen = {name: value for name, value in options.items() if value is not None}
    document = {"spec": named if len(named) > 1 else named[0]} if named else {}
    return Settings(**from_environment(), **chosen, **document)  # type: ignore[arg-type]
