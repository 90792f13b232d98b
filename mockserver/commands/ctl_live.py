"""The words of ``mockserver ctl`` about what reaches beyond the mock: its files that are edited, and webhooks."""

from __future__ import annotations

from typing import Any

import click

from mockserver.commands.control_client import ControlClient, pass_client, print_json


@click.command()
@pass_client
def reloads(client: ControlClient) -> None:
    """Show what became of the last edit to a watched file (serve --watch)."""
    print_json(client.ask("GET", "reloads"))


@click.command()
@click.option("--add", "url", metavar="URL", help="Send events there; the answer shows the secret, only this once.")
@click.option(
    "--event", "events", multiple=True, metavar="EVENT", help="Only these: certifications.changed. Repeatable."
)
@click.option("--tenant", help="Only events of this tenant.")
@click.option("--secret", help="Sign with this secret (whsec_...) instead of a generated one.")
@click.option("--delay", type=float, metavar="S", help="Deliver this many seconds late.")
@click.option("--duplicate", is_flag=True, default=None, help="Deliver each twice.")
@click.option("--shuffle", type=int, metavar="N", help="Collect N and deliver them in a different order.")
@click.option("--retries", type=int, metavar="N", help="Retry a failed delivery this many times.")
@click.option("--remove", metavar="ID", help="Forget a webhook.")
@click.option("--log", is_flag=True, help="Show the delivery attempts and their outcomes.")
@click.option("--deliver", is_flag=True, help="Send everything that is waiting now, whatever the clock says.")
@pass_client
def webhooks(
    client: ControlClient, /, events: tuple[str, ...], remove: str | None, *, log: bool, deliver: bool, **asked: Any
) -> None:
    """Have events sent to a URL; without options, list the webhooks.

    \b
    Examples:
      mockserver ctl webhooks --add http://localhost:3000/hooks --event certifications.changed
      mockserver ctl webhooks --add http://localhost:3000/hooks --delay 60 --duplicate
      mockserver ctl webhooks --log
    """
    if remove:
        print_json(client.ask("DELETE", "webhooks", remove))
    elif log:
        print_json(client.ask("GET", "deliveries"))
    elif deliver:
        print_json(client.ask("POST", "deliveries"))
    elif asked["url"]:
        body = {name: value for name, value in asked.items() if value is not None}
        print_json(client.ask("POST", "webhooks", body={**body, **({"events": [*events]} if events else {})}))
    else:
        print_json(client.ask("GET", "webhooks"))
