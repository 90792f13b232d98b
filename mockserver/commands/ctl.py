"""The command ``mockserver ctl``: look into a running mock and steer it, from a shell or a script."""

from __future__ import annotations

import json
import re
from typing import Any, TextIO

import click

from mockserver.commands.control_client import ControlClient, checked_url, json_of, pass_client, print_json
from mockserver.commands.ctl_live import reloads, webhooks
from mockserver.commands.ctl_worlds import branch, export_tenant, import_tenant, scenario, snapshot
from mockserver.messages import DAMAGES
from mockserver.values.shown import quoted, shown
from mockserver.values.suggestions import meant

_DELAY = re.compile(r"(\d+\.?\d*)(?:-(\d+\.?\d*))?")
_LIMIT = re.compile(r"(\d+)/(\d+\.?\d*)")


def _delay(_: click.Context, __: click.Parameter, text: str | None) -> float | dict[str, float] | None:
    """``1.5``, or ``0.5-2`` for what is drawn between these."""
    if text is None:
        return None
    if (found := _DELAY.fullmatch(text)) is None:
        raise click.BadParameter(f"{quoted(text)} is not a number of seconds such as 1.5, or a range such as 0.5-2")
    return {"lower": float(found[1]), "upper": float(found[2])} if found[2] else float(found[1])


def _limit(_: click.Context, __: click.Parameter, text: str | None) -> dict[str, float] | None:
    if text is None:
        return None
    if (found := _LIMIT.fullmatch(text)) is None:
        raise click.BadParameter(f"{quoted(text)} is not a number of requests and of seconds such as 10/60")
    return {"requests": int(found[1]), "seconds": float(found[2])}


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
    print_json(client.ask("GET", "health"))


@ctl.command()
@click.option("--tenant", help="Reset only this tenant.")
@pass_client
def reset(client: ControlClient, tenant: str | None) -> None:
    """Go back to the initial data, for all or for one tenant."""
    if tenant and tenant not in (there := client.ask("GET", "tenants")):  # a tenant that is misspelt would appear
        raise click.ClickException(f"unknown tenant {shown(tenant, 80)}; {meant(tenant, there)}")
    print_json(client.ask("POST", "tenants", tenant, "reset") if tenant else client.ask("POST", "reset"))


@ctl.command()
@pass_client
def tenants(client: ControlClient) -> None:
    """List the tenants and the number of their records."""
    print_json(client.ask("GET", "tenants"))


@ctl.command()
@click.option("--set", "moment", metavar="DATE-TIME", help="Set the clock, and stop it unless --run is given.")
@click.option("--advance", type=float, metavar="S", help="Move the clock forward by this many seconds.")
@click.option("--speed", type=float, metavar="N", help="Let the clock run N times as fast as the machine's.")
@click.option("--reset", is_flag=True, help="Set the clock back to how it was at the start.")
@click.option("--run/--stop", "running", default=None, help="Let the clock run, or stop it.")
@pass_client
def clock(client: ControlClient, /, moment: str | None, advance: float | None, *, reset: bool, **asked: Any) -> None:
    """Show or change the mock's time."""
    answer = client.ask("POST", "clock", "reset") if reset else client.ask("GET", "clock")
    body = {name: value for name, value in {"now": moment, **asked}.items() if value is not None}
    if body:
        answer = client.ask("PUT", "clock", body=body)
    if advance is not None:
        answer = client.ask("POST", "clock", "advance", body={"seconds": advance})
    print_json(answer)


@ctl.command()
@click.option("--operation", help="Only for this operationId.")
@click.option("--tenant", help="Only for this tenant.")
@click.option("--method", help="Only for this method.")
@click.option("--path", help="Only for this path; * stands for anything.")
@click.option("--body", metavar="JSON", help="Only for a body that has at least these members.")
@click.option("--status", type=int, help="Answer with this status.")
@click.option("--delay", callback=_delay, metavar="S|S-S", help="Answer this many seconds late, or drawn between two.")
@click.option("--damage", type=click.Choice(DAMAGES), help="What happens to the reply.")
@click.option("--probability", type=float, metavar="P", help="Only this share of those that match, 0 to 1.")
@click.option("--after", type=int, metavar="N", help="Only after N matching requests.")
@click.option("--limit", callback=_limit, metavar="N/S", help="Only requests beyond N in S seconds.")
@click.option("--stale", type=float, metavar="S", help="Reads see the records as they were S seconds ago.")
@click.option("--duplicate", is_flag=True, default=None, help="Deliver writes twice.")
@click.option("--times", type=int, default=1, show_default=True, help="For how many requests; 0 means all.")
@click.option("--retry-after", type=int, metavar="S", help="Send this Retry-After header.")
@click.option("--profile", metavar="NAME", help="Use these faults in place of all others; 'list' shows the profiles.")
@click.option("--clear", is_flag=True, help="Remove all faults.")
@pass_client
def fault(client: ControlClient, /, *, clear: bool, times: int, profile: str | None, **asked: Any) -> None:
    """Make requests fail or answer late; without options, list the faults that are waiting.

    \b
    Examples:
      mockserver ctl fault --operation listCertifications --status 503 --times 2
      mockserver ctl fault --method POST --probability 0.1 --damage reset --times 0
      mockserver ctl fault --limit 10/60 --times 0
      mockserver ctl fault --profile flaky
    """
    body = {name: value for name, value in asked.items() if value is not None}
    if "body" in body:
        body["body"] = json_of(body["body"], "--body")
    if clear:
        print_json(client.ask("DELETE", "faults"))
    elif profile == "list":
        print_json(client.ask("GET", "faults", "profiles"))
    elif profile:
        print_json(client.ask("PUT", "faults", "profiles", profile))
    elif body:
        print_json(client.ask("POST", "faults", body={**body, "times": times or None}))
    else:
        print_json(client.ask("GET", "faults"))


@ctl.command()
@click.option("--limit", type=int, default=20, show_default=True, help="How many of the newest requests.")
@click.option("--since", type=int, metavar="N", help="Only those after this number.")
@click.option("--operation", help="Only this operationId.")
@click.option("--tenant", help="Only this tenant.")
@click.option("--method", help="Only this method.")
@click.option("--path", help="Only this path.")
@click.option("--status", type=int, help="Only those answered with this status.")
@click.option("--har", is_flag=True, help="As an HTTP Archive, for the browser's developer tools and others.")
@click.option("--follow", is_flag=True, help="Follow new exchanges, one JSON object per line, until Ctrl-C.")
@pass_client
def journal(client: ControlClient, /, *, har: bool, follow: bool, **query: Any) -> None:
    """List the requests that were made and how they were answered."""
    if follow:
        for entry in client.follow({name: value for name, value in query.items() if name != "limit"}):
            click.echo(json.dumps(entry, ensure_ascii=False))
    else:
        print_json(client.ask("GET", "journal", *(["har"] if har else []), query=query))


@ctl.command()
@pass_client
def metrics(client: ControlClient) -> None:
    """Show the figures that Prometheus reads."""
    click.echo(client.text("metrics"), nl=False)


@ctl.command()
@click.option("--tenant", help="Only this tenant.")
@pass_client
def outbox(client: ControlClient, tenant: str | None) -> None:
    """List the e-mails that would have been sent."""
    print_json(client.ask("GET", "outbox", query={"tenant": tenant}))


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
        print_json(client.ask("GET", *at))
    elif file:
        print_json(client.ask("PUT", *at, record_id, body=_record(file)))
    else:
        print_json(client.ask("DELETE" if delete else "GET", *at, record_id))


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
        asked["body"] = json_of(body, "--body")
    answer = client.ask("POST", "verify", body=asked)
    print_json(answer if answer["verified"] else {**answer, "message": answer["message"].splitlines()})
    if not answer["verified"]:
        raise SystemExit(1)


def _record(file: TextIO) -> Any:
    return json_of(file.read(), file.name)


for word in (snapshot, export_tenant, import_tenant, branch, scenario, reloads, webhooks):
    ctl.add_command(word)
