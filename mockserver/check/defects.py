"""The command ``mockserver defects``: how strong the kit is, shown on faults planted one at a time."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from contract_tests.defects.defect import Defect
    from contract_tests.defects.strength import Order, Row
    from contract_tests.defects.trial import Target
    from mockserver.settings import Settings

SEED = 1


@click.command()
@click.option("--only", multiple=True, metavar="NAME", help="This defect only; repeatable.")
@click.option("--area", "areas", multiple=True, metavar="AREA", help="The defects of this area only; repeatable.")
@click.option("--stock", is_flag=True, help="Try Schemathesis on its own beside the kit (a few minutes more).")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), metavar="N", help="Processes.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.json", help="Write it all.")
@click.option("--list", "listing", is_flag=True, help="Only tell which defects there are.")
@click.option("-v", "--verbose", is_flag=True, help="Print the sentence of each finding.")
def defects(
    *,
    only: tuple[str, ...],
    areas: tuple[str, ...],
    stock: bool,
    jobs: int,
    report: Path | None,
    listing: bool,
    verbose: bool,
) -> None:
    """Show how strong the contract checks are: run them against faults planted into a mock, one at a time.

    Each mock lives in a process of its own and is gone with it. Exits with 0 when at least 95 % of the
    defects are caught by a check that names the cause and a sound mock gets no finding, else with 1.

    \b
    Examples:
      mockserver defects
      mockserver defects --list
      mockserver defects --area batch -v
      mockserver defects --stock --report defects.json
    """  # fmt: skip
    _ready()
    from rich.console import Console

    console = Console(soft_wrap=False)
    chosen = _chosen(only, areas)
    if listing:
        for one in chosen:
            click.echo(f"{one.name}\t{one.area.value}\t{one.wrong}")
        return
    rows = _tried(console, chosen, stock=stock, jobs=jobs)
    from contract_tests.defects.strength import as_json, totals
    from contract_tests.defects.table import show

    show(console, rows, stock=stock, verbose=verbose)
    if report:
        report.write_text(json.dumps(as_json(rows, seed=SEED, stock=stock), indent=2) + "\n")
    sys.exit(0 if totals(rows)[-1].is_enough and not rows[0].kit else 1)


def _ready() -> None:
    from mockserver.check.command import NOT_RUN, require_schemathesis
    from mockserver.errors import SetupError

    try:
        require_schemathesis()
    except SetupError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(NOT_RUN)


def _chosen(only: tuple[str, ...], areas: tuple[str, ...]) -> list[Defect]:
    """Raises click.UsageError for a name or an area that there is not."""
    from contract_tests.defects.catalogue import all_defects
    from contract_tests.defects.defect import Area

    known = {one.name for one in all_defects()}
    if wrong := [name for name in only if name not in known]:
        raise click.UsageError(f"--only {wrong[0]!r}: there is no such defect; see mockserver defects --list")
    words = [area.value for area in Area]
    if wrong := [name for name in areas if name not in words]:
        raise click.UsageError(f"--area {wrong[0]!r}: there is no such area, use one of: {'; '.join(words)}")
    chosen = [one for one in all_defects() if (not only or one.name in only) and (not areas or one.area.value in areas)]
    if not chosen:
        raise click.UsageError("no defect is both among those of --only and of an area of --area")
    return chosen


def _tried(console: Console, chosen: list[Defect], *, stock: bool, jobs: int) -> list[Row]:
    from rich.progress import track

    from contract_tests.defects.strength import try_all

    rows = try_all(chosen, work, seed=SEED, stock=stock, jobs=jobs)
    if console.is_terminal:
        return list(track(rows, "defects", total=len(chosen) + 1, console=console, transient=True))
    done = []
    for row in rows:
        done.append(row)
        click.echo(f"{len(done) - 1}/{len(chosen)} {row.name or 'sound mock'}: {row.seconds:.1f} s")
    return done


def work(order: Order) -> Row:
    """One order in a process of its own: importing this module made the suites importable there."""
    from contract_tests.defects.strength import carry_out

    logging.getLogger("mockserver").setLevel(logging.CRITICAL)  # that a broken mock breaks its contract is no news
    return carry_out(order, *ground(order.seed))


def ground(seed: int) -> tuple[Target, Settings]:
    """What the kit is told of each mock, and what each is made with."""
    from contract_tests.defects.trial import Target
    from mockserver.check.options import Options
    from mockserver.check.targets import PAGE_SIZE, find_target
    from mockserver.settings import Settings, from_environment

    found = find_target(Options(seed=seed), app=_nothing)
    assert found.other
    settings = Settings(**from_environment(), seed=seed, page_size=PAGE_SIZE)  # type: ignore[arg-type]
    return Target(found.contract, found.own, found.other), settings


def _nothing(*_: Any) -> list[bytes]:
    """Stands in for the mock while contract and tokens are made; it is never asked."""
    return []
