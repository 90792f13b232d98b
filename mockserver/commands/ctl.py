"""The command ``mockserver ctl``: look into a running mock and steer it, from a shell or a script."""

from __future__ import annotations

import json
from typing import Any, TextIO

import click

from mockserver.commands.control_client import ControlClient, checked_url
from mockserver.values.json_text import DEEPEST, BadJson, decode
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant

pass_client = click.make_pass_decorator(ControlClient)


@click.group()
@click.option(
    "--url", envvar="MOCKSERVER_URL", default="http://127.0.0.1:8080", show_default=True, callback=checked_url,
    help="Address of the mock server. [env: MOCKSERVER_URL]",
)  # fmt: skip
@click.option("--token", envvar="MOCKSERVER_CONTROL_TOKEN", help="Control token. [env: MOCKSERVER_CONTROL_TOKEN]")
@click.pass_context
def ctl(context: click.Context, url: str, token: str | None) -> None:
    """Inspect and control a running mock server. Answers are printed as JSON.

    Exit status: 0 if it was done, 1 if the mock refused or a verification failed, 2 if no mock answered.

    \b
    Examples:
      mockserver ctl health
      mockserver ctl reset --tenant acme
      mockserver ctl snapshot take before-checkout
      mockserver ctl clock --advance 86400
      mockserver ctl fault --operation listCertifications --status 503 --times 2
      mockserver ctl verify createCertification --times 1
    """
    context.obj = ControlClient(url, token)


@ctl.command()
@pass_client
def health(client: ControlClient) -> None:
    """Show what is being served."""
    _print(client.ask("GET", "health"))


@ctl.command()
@click.option("--tenant", help="Reset only this tenant.")
@pass_client
def reset(client: ControlClient, tenant: str | None) -> None:
    """Go back to the initial data, for all or for one tenant."""
    if tenant and tenant not in (there := client.ask("GET", "tenants")):  # a tenant that is misspelt would appear
        raise click.ClickException(f"unknown tenant {shown(tenant, 80)}; {meant(tenant, there)}")
    _print(client.ask("POST", "tenants", tenant, "reset") if tenant else client.ask("POST", "reset"))


@ctl.command()
@pass_client
def tenants(client: ControlClient) -> None:
    """List the tenants and the number of their records."""
    _print(client.ask("GET", "tenants"))


@ctl.command()
@click.argument("action", type=click.Choice(["take", "restore", "delete", "list"]))
@click.argument("name", required=False)
@pass_client
def snapshot(client: ControlClient, action: str, name: str | None) -> None:
    """Take, restore, delete or list named snapshots of all records."""
    if action == "list":
        _print(client.ask("GET", "snapshots"))
        return
    if not name:
        raise click.UsageError(f"name the snapshot: mockserver ctl snapshot {action} NAME")
    if action == "restore":
        _print(client.ask("POST", "snapshots", name, "restore"))
    else:
        _print(client.ask("PUT" if action == "take" else "DELETE", "snapshots", name))


@ctl.command()
@click.option("--set", "moment", metavar="DATE-TIME", help="Set the clock, and stop it unless --run is given.")
@click.option("--advance", type=float, metavar="S", help="Move the clock forward by this many seconds.")
@click.option("--run/--stop", "running", default=None, help="Let the clock run, or stop it.")
@pass_client
def clock(client: ControlClient, moment: str | None, advance: float | None, *, running: bool | None) -> None:
    """Show or change the mock's time."""
    answer = client.ask("GET", "clock")
    body = {name: value for name, value in (("now", moment), ("running", running)) if value is not None}
    if body:
        answer = client.ask("PUT", "clock", body=body)
    if advance is not None:
        answer = client.ask("POST", "clock", "advance", body={"seconds": advance})
    _print(answer)


@ctl.command()
@click.option("--operation", help="Only for this operationId.")
@click.option("--tenant", help="Only for this tenant.")
@click.option("--status", type=int, help="Answer with this status.")
@click.option("--delay", type=float, metavar="S", help="Answer this many seconds late.")
@click.option("--times", type=int, default=1, show_default=True, help="For how many requests; 0 for all.")
@click.option("--retry-after", type=int, metavar="S", help="Send this Retry-After header.")
@click.option("--clear", is_flag=True, help="Remove all faults.")
@pass_client
def fault(client: ControlClient, /, *, clear: bool, times: int, **asked: Any) -> None:
    """Make requests fail or answer late; without options, list the faults that are waiting."""
    body = {name: value for name, value in asked.items() if value is not None}
    if clear:
        _print(client.ask("DELETE", "faults"))
    elif body:
        _print(client.ask("POST", "faults", body={**body, "times": times or None}))
    else:
        _print(client.ask("GET", "faults"))


@ctl.command()
@click.option("--limit", type=int, default=20, show_default=True, help="How many of the newest requests.")
@click.option("--since", type=int, metavar="N", help="Only those after this number.")
@click.option("--operation", help="Only this operationId.")
@click.option("--tenant", help="Only this tenant.")
@click.option("--method", help="Only this method.")
@click.option("--path", help="Only this path.")
@click.option("--status", type=int, help="Only those answered with this status.")
@pass_client
def journal(client: ControlClient, /, **query: Any) -> None:
    """List the requests that were made and how they were answered."""
    _print(client.ask("GET", "journal", query=query))


@ctl.command()
@click.option("--tenant", help="Only this tenant.")
@pass_client
def outbox(client: ControlClient, tenant: str | None) -> None:
    """List the e-mails that would have been sent."""
    _print(client.ask("GET", "outbox", query={"tenant": tenant}))


@ctl.command()
@click.argument("tenant")
@click.argument("resource")
@click.argument("record_id", metavar="[ID]", required=False)
@click.option(
    "--put", "file", type=click.File(encoding="utf-8"), help="Store the record in this JSON file (- is stdin)."
)
@click.option("--delete", is_flag=True, help="Delete the record.")
@pass_client
def records(
    client: ControlClient, tenant: str, resource: str, record_id: str | None, file: TextIO | None, *, delete: bool
) -> None:
    """List, show, store or delete records, locked ones included."""
    at = ("tenants", tenant, "records", resource)
    if record_id is None:
        if file or delete:
            raise click.UsageError("name the record: mockserver ctl records TENANT RESOURCE ID")
        _print(client.ask("GET", *at))
    elif file:
        _print(client.ask("PUT", *at, record_id, body=_record(file)))
    else:
        _print(client.ask("DELETE" if delete else "GET", *at, record_id))


@ctl.command()
@click.argument("operation")
@click.option("--times", type=int, help="Exactly this many times. [default: at least once]")
@click.option("--tenant", help="For this tenant.")
@click.option("--status", type=int, help="Answered with this status.")
@click.option("--body", metavar="JSON", help="With a body that has at least these members.")
@click.option("--since", type=int, metavar="N", help="After the request of this number.")
@pass_client
def verify(client: ControlClient, /, body: str | None, **wanted: Any) -> None:
    """Check that OPERATION was called; if not, show the nearest requests and exit with 1."""
    asked = {name: value for name, value in wanted.items() if value is not None}
    if body is not None:
        asked["body"] = _json(body, "--body")
    answer = client.ask("POST", "verify", body=asked)
    _print(answer if answer["verified"] else {**answer, "message": answer["message"].splitlines()})
    if not answer["verified"]:
        raise SystemExit(1)


def _record(file: TextIO) -> Any:
    return _json(file.read(), file.name)


def _json(text: str, source: str) -> Any:
    try:
        return decode(text.encode(), DEEPEST)
    except BadJson as error:
        raise click.ClickException(f"{source} {error}") from None


def _print(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
