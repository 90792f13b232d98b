"""The command ``mockserver validate``: documents and scenarios, checked before anything starts."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver.commands.options import scale_option, settings_for, tells_problems


@click.command()
@click.argument("paths", nargs=-1)
@click.option(
    "--overlay", "overlays", multiple=True, type=click.Path(path_type=Path, dir_okay=False), metavar="PATH",
    help="OpenAPI Overlay to apply to the documents. Repeatable.",
)  # fmt: skip
@scale_option
@tells_problems
def validate(paths: tuple[str, ...], overlays: tuple[Path, ...], scale: float) -> None:
    """Validate documents and scenarios, and report every problem with its location.

    PATHS are OpenAPI documents, scenarios, or folders of scenarios. Several documents are validated each, and then
    together, as ``serve`` takes them, with their prefixes (DOCUMENT=/PREFIX) and overlays; scenarios are held to
    these documents. Without PATHS, the document and the scenarios that come with mockserver are validated, including
    every generated record.

    \b
    Examples:
      mockserver validate
      mockserver validate my-openapi.yaml
      mockserver validate my-scenarios/busy-monday.yaml
      mockserver validate my-scenarios/black-friday.yaml --scale 0.1
      mockserver validate shop.yaml billing.yaml=/billing --overlay who-pays.yaml
    """
    from mockserver.commands.validation import validate_all

    for line in validate_all(settings_for(None, overlays=overlays, scale=scale), paths):
        click.echo(line)
