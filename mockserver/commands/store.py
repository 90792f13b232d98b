"""The command ``mockserver store``: what is kept in a file or a database, copied, tidied, removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
import orjson

from mockserver.commands.options import tells_problems
from mockserver.errors import Problem, SetupError

if TYPE_CHECKING:
    from mockserver.store.sql.database import Database


@click.group()
def store() -> None:
    """Show, copy, vacuum or empty what `serve --store` keeps: a file, or postgresql://user@host/database.

    \b
    Examples:
      mockserver store show world.db
      mockserver store copy world.db postgresql://mock@db.example/world
    """


@store.command()
@click.argument("place", envvar="MOCKSERVER_STORE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@tells_problems
def show(place: str, *, as_json: bool) -> None:
    """List tenants with their records, bytes and versions; snapshots; lengths of journal and outbox."""
    from mockserver.store.sql.upkeep import contents

    with _opened(place) as database:
        found = contents(database)
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return
    for line in _lines(found):
        click.echo(line)


@store.command()
@click.argument("source")
@click.argument("destination")
@tells_problems
def copy(source: str, destination: str) -> None:
    """Fill the empty DESTINATION with all that is in SOURCE."""
    from mockserver.store.sql.upkeep import copy as copied

    with _opened(source) as one, _opened(destination, may_be_new=True) as other:
        rows = copied(one, other)
        click.echo(f"copied {rows} rows to {other.location.shown}")


@store.command()
@click.argument("place", envvar="MOCKSERVER_STORE")
@tells_problems
def vacuum(place: str) -> None:
    """Forget what was deleted, and give its space back."""
    from mockserver.store.sql.upkeep import vacuum as vacuumed

    with _opened(place) as database:
        click.echo(f"{vacuumed(database)} deleted entries forgotten in {database.location.shown}")


@store.command()
@click.argument("place", envvar="MOCKSERVER_STORE")
@click.option("--yes", is_flag=True, help="Do not ask.")
@tells_problems
def empty(place: str, *, yes: bool) -> None:
    """Remove everything: the next start makes a new world."""
    from mockserver.store.sql.upkeep import empty as emptied

    with _opened(place) as database:
        if not yes:
            click.confirm(f"Remove everything from {database.location.shown}?", abort=True)
        emptied(database)
        click.echo(f"{database.location.shown} is empty")


@contextmanager
def _opened(place: str, *, may_be_new: bool = False) -> Iterator[Database]:
    from mockserver.store import StoreUnreachable
    from mockserver.store.sql.database import Database
    from mockserver.store.sql.location import read_location

    database = Database(read_location(place, may_be_new=may_be_new))
    try:
        yield database
    except StoreUnreachable as lost:
        raise SetupError(
            [Problem(database.location.shown, "", str(lost), "make sure that it can be reached")]
        ) from None
    finally:
        database.close()


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['store']}: tables of version {found['schema']}"
    for name, tenant in found["tenants"].items():
        yield f"  {name}: {tenant['records']} records, {_size(tenant['bytes'])}, version {tenant['version']}"
    yield f"  snapshots: {', '.join(found['snapshots']) or 'none'}"
    yield f"  journal: {found['journal']} exchanges; outbox: {found['outbox']} mails"


def _size(size: int) -> str:
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{size / 2**10:.1f} kB"
