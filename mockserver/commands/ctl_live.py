"""The words of ``mockserver ctl`` about what reaches beyond the mock: its files that are edited."""

from __future__ import annotations

import click

from mockserver.commands.control_client import ControlClient, pass_client, print_json


@click.command()
@pass_client
def reloads(client: ControlClient) -> None:
    """Show what became of the last edit to a watched file (serve --watch)."""
    print_json(client.ask("GET", "reloads"))
