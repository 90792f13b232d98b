"""The words of ``mockserver ctl`` for worlds as a whole: snapshots, export and import, branches, scenarios."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mockserver.commands.control_client import ControlClient, json_of, pass_client, print_json
from mockserver.values.reasons import reason

SOURCE = click.Path(exists=True, path_type=Path, allow_dash=True)
ACTIONS = ("list", "take", "restore", "delete", "diff", "export", "import")


@click.command()
@click.argument("action", type=click.Choice(ACTIONS))
@click.argument("name", required=False)
@click.argument("other", required=False, metavar="[OTHER|FILE]")
@pass_client
def snapshot(client: ControlClient, action: str, name: str | None, other: str | None) -> None:
    """Keep all records under a name, and be there again.

    \b
    Examples:
      mockserver ctl snapshot take before-checkout
      mockserver ctl snapshot diff before-checkout           with the world as it is now
      mockserver ctl snapshot diff before-checkout after
      mockserver ctl snapshot restore before-checkout
      mockserver ctl snapshot export before-checkout > world.json
      mockserver ctl snapshot import before-checkout world.json
      mockserver ctl snapshot import first world             the folder that mockserver seed --out world wrote
    """
    if action == "list":
        print_json(client.ask("GET", "snapshots"))
    elif not name:
        raise click.UsageError(f"name the snapshot: mockserver ctl snapshot {action} NAME")
    elif action == "import":
        if not other:
            raise click.UsageError("name the file or folder: mockserver ctl snapshot import NAME FILE")
        print_json(client.ask("PUT", "snapshots", name, "records", body=_snapshot_of(Path(other))))
    elif action == "diff":
        print_json(client.ask("GET", "snapshots", name, "diff", query={"to": other}))
    elif action == "export":
        print_json(client.ask("GET", "snapshots", name, "records"))
    elif action == "restore":
        print_json(client.ask("POST", "snapshots", name, "restore"))
    else:
        print_json(client.ask("PUT" if action == "take" else "DELETE", "snapshots", name))


@click.command(name="export")
@click.argument("tenant")
@pass_client
def export_tenant(client: ControlClient, tenant: str) -> None:
    """Print all records of TENANT as JSON."""
    print_json(client.ask("GET", "tenants", tenant, "records"))


@click.command(name="import")
@click.argument("tenant")
@click.argument("source", type=SOURCE)
@pass_client
def import_tenant(client: ControlClient, tenant: str, source: Path) -> None:
    """Replace all records of TENANT with those in SOURCE.

    SOURCE is a file that export wrote (- is stdin), or a folder of RESOURCE.json files as mockserver seed writes them.
    """
    print_json(client.ask("PUT", "tenants", tenant, "records", body=_tenant_of(source)))


@click.command()
@click.argument("tenant")
@click.argument("to")
@pass_client
def branch(client: ControlClient, tenant: str, to: str) -> None:
    """Give the tenant TO the same records as TENANT, replacing its own; changes to one do not affect the other."""
    print_json(client.ask("POST", "tenants", tenant, "branch", body={"to": to}))


@click.command()
@click.argument("tenant")
@click.argument("name")
@pass_client
def scenario(client: ControlClient, tenant: str, name: str) -> None:
    """Replace all records of TENANT with those that the scenario NAME gives a tenant of that name."""
    print_json(client.ask("POST", "tenants", tenant, "scenario", body={"name": name}))


def _tenant_of(source: Path) -> Any:
    if source.is_dir():
        return {"records": {file.stem: _json_file(file) for file in sorted(source.glob("*.json"))}}
    return json_of(sys.stdin.read(), "stdin") if str(source) == "-" else _json_file(source)


def _snapshot_of(source: Path) -> Any:
    if source.is_dir():
        return {"tenants": {folder.name: _tenant_of(folder) for folder in sorted(source.iterdir()) if folder.is_dir()}}
    return _json_file(source)


def _json_file(file: Path) -> Any:
    try:
        return json_of(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeError) as error:
        raise click.ClickException(f"{file} cannot be read: {reason(error)}") from None
