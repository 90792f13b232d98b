"""The command ``mockserver validate``: documents and scenarios, checked before anything starts."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver.commands.options import settings_for, tells_problems


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@tells_problems
def validate(paths: tuple[Path, ...]) -> None:
    """Validate documents and scenarios, and report every problem with its location.

    PATHS are OpenAPI documents, scenarios, or folders of scenarios. Without PATHS, the document and the
    scenarios that come with mockserver are validated, including every generated record.

    \b
    Examples:
      mockserver validate
      mockserver validate my-openapi.yaml
      mockserver validate my-scenarios/busy-monday.yaml
    """
    from mockserver.commands.validation import validate_all

    for line in validate_all(settings_for(None), paths):
        click.echo(line)
