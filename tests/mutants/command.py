"""How strong the kit is: run against mutants of the mock, one fault each; prints what caught which."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from mockserver.conformance.options import Options
from mockserver.conformance.targets import PAGE_SIZE, find_target
from mockserver.settings import Settings, from_environment
from mutants.catalogue import all_mutants
from mutants.mutant import Area, Mutant
from mutants.sowing import show_generated, try_generated
from mutants.strength import ENOUGH, Order, Row, as_json, carry_out, totals, try_all
from mutants.table import show
from mutants.trial import Target

SEED = 1


@click.command()
@click.option("--only", multiple=True, metavar="NAME", help="This mutant only; repeatable.")
@click.option("--area", "areas", multiple=True, metavar="AREA", help="The mutants of this area only; repeatable.")
@click.option("--stock", is_flag=True, help="Try Schemathesis on its own beside the kit (a few minutes more).")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), metavar="N", help="Processes.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.json", help="Write it all.")
@click.option("--generated", type=click.IntRange(1), metavar="N", help="Try N mutants that a seed makes instead.")
@click.option("--seed", default=SEED, show_default=True, metavar="S", help="What generated mutants are made from.")
@click.option("--list", "listing", is_flag=True, help="Only tell which mutants there are.")
@click.option("-v", "--verbose", is_flag=True, help="Print the sentence of each finding.")
def mutants(
    *,
    only: tuple[str, ...],
    areas: tuple[str, ...],
    stock: bool,
    jobs: int,
    report: Path | None,
    generated: int | None,
    seed: int,
    listing: bool,
    verbose: bool,
) -> None:
    """Show how strong the contract checks are: run them against faults planted into a mock, one at a time.

    Each mock lives in a process of its own and is gone with it. Exits with 0 when at least 95 % of the
    mutants are caught by a check that names the cause and a sound mock gets no finding, else with 1.

    \b
    Examples:
      python -m mutants
      python -m mutants --list
      python -m mutants --area batch -v
      python -m mutants --stock --report mutants.json
      python -m mutants --generated 60 --seed 7
    """  # fmt: skip
    console = Console(soft_wrap=False)
    if generated:
        rows = try_generated(seed, generated, *ground(SEED))
        sys.exit(0 if show_generated(console, rows, verbose=verbose) >= ENOUGH else 1)
    chosen = _chosen(only, areas)
    if listing:
        for one in chosen:
            click.echo(f"{one.name}\t{one.area.value}\t{one.wrong}")
        return
    rows = _tried(console, chosen, stock=stock, jobs=jobs)

    show(console, rows, stock=stock, verbose=verbose)
    if report:
        report.write_text(json.dumps(as_json(rows, seed=SEED, stock=stock), indent=2) + "\n")
    sys.exit(0 if totals(rows)[-1].is_enough and not rows[0].kit else 1)


def _chosen(only: tuple[str, ...], areas: tuple[str, ...]) -> list[Mutant]:
    """Raises click.UsageError for a name or an area that there is not."""
    known = {one.name for one in all_mutants()}
    if wrong := [name for name in only if name not in known]:
        raise click.UsageError(f"--only {wrong[0]!r}: there is no such mutant; see --list")
    words = [area.value for area in Area]
    if wrong := [name for name in areas if name not in words]:
        raise click.UsageError(f"--area {wrong[0]!r}: there is no such area, use one of: {'; '.join(words)}")
    chosen = [one for one in all_mutants() if (not only or one.name in only) and (not areas or one.area.value in areas)]
    if not chosen:
        raise click.UsageError("no mutant is both among those of --only and of an area of --area")
    return chosen


def _tried(console: Console, chosen: list[Mutant], *, stock: bool, jobs: int) -> list[Row]:
    rows = try_all(chosen, work, seed=SEED, stock=stock, jobs=jobs)
    if console.is_terminal:
        return list(track(rows, "mutants", total=len(chosen) + 1, console=console, transient=True))
    done = []
    for row in rows:
        done.append(row)
        click.echo(f"{len(done) - 1}/{len(chosen)} {row.name or 'sound mock'}: {row.seconds:.1f} s")
    return done


def work(order: Order) -> Row:
    """One order in a process of its own: importing this module made the suites importable there."""
    logging.getLogger("mockserver").setLevel(logging.CRITICAL)  # that a broken mock breaks its contract is not news
    return carry_out(order, *ground(order.seed))


def ground(seed: int) -> tuple[Target, Settings]:
    """What the kit is told of each mock, and what each is made with."""
    found = find_target(Options(seed=seed), app=_nothing)
    assert found.other
    settings = Settings(**from_environment(), seed=seed, page_size=PAGE_SIZE)  # type: ignore[arg-type]
    return Target(found.contract, found.own, found.other), settings


def _nothing(*_: Any) -> list[bytes]:
    """Stands in for the mock while contract and tokens are made; it is never asked."""
    return []
