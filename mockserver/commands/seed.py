"""The command ``mockserver seed``: the first world, written as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mockserver.commands.options import settings_for, tells_problems, world_options
from mockserver.values.shown import how_many


@click.command()
@world_options
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write to.")
@tells_problems
def seed(counts: tuple[tuple[str, int], ...], spec: tuple[str, ...], out: Path, **options: Any) -> None:
    """Write the initial data as JSON files: OUT/<tenant>/<resource>.json.

    \b
    Examples:
      mockserver seed --out world
      mockserver seed --scenario large --count certifications=100000 --out world
    """
    from mockserver.commands.export import export_world
    from mockserver.commands.progress import seeding

    for file, count in export_world(settings_for(spec, counts=dict(counts), **options), out, seeding):
        click.echo(f"{file}: {how_many(count, 'record')}")
