"""The command ``mockserver publish``: the document, built from the parts of its groups."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mockserver.commands.options import tells_problems


@click.command()
@click.argument("parts", type=click.Path(path_type=Path, exists=True, file_okay=False), default=Path("spec"))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a published file is out of date.")
@tells_problems
def publish(parts: Path, check: bool) -> None:
    """Build openapi.yaml and openapi.json from the parts in a folder (spec by default).

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
        click.echo(f"{parts / name}: {'is out of date; run: mockserver publish' if check else 'written'}")
    if not stale:
        click.echo(f"{parts}: up to date")
    sys.exit(1 if check and stale else 0)
