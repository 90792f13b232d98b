"""The table of what was caught and by which check, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table

from mutants.catalogue import find
from mutants.strength import SOUND, Row, Total, totals

MISSED = "[bold red]missed[/]"


def show(console: Console, rows: Sequence[Row], *, stock: bool, verbose: bool) -> None:
    """Print a row for each mutant and the totals by area."""
    for row in rows:
        if row.name == SOUND and row.kit:
            console.print(f"[red]A sound mock gets a finding, so nothing was tried:[/] {row.kit.sentence}")
    console.print(_mutants([row for row in rows if row.name != SOUND], stock=stock))
    if verbose:
        for row in rows:
            if row.kit:
                console.print(f"{row.name or 'sound mock'}: {row.kit.sentence}", highlight=False, markup=False)
    console.print(_totals(totals(rows), stock=stock))


def _mutants(rows: Sequence[Row], *, stock: bool) -> Table:
    table = Table(*(Column(name, overflow="fold") for name in ("mutant", "area", "caught by", *_alone(stock=stock))))
    for row in rows:
        caught = ", ".join(row.kit.checks) if row.kit else MISSED
        alone = (", ".join(row.stock[0].checks) if row.stock else "-",) if stock else ()
        table.add_row(row.name, find(row.name).area.value, caught, *alone)
    return table


def _alone(*, stock: bool) -> tuple[str, ...]:
    return ("Schemathesis alone",) if stock else ()


def _totals(found: Sequence[Total], *, stock: bool) -> Table:
    table = Table("area", "mutants", "caught", *_alone(stock=stock))
    for one in found:
        name = one.area.value if one.area else "all"
        cells = [_share(one, one.kit), *([_share(one, one.stock)] if stock else [])]
        table.add_row(name, str(one.mutants), *cells, style="bold" if one.area is None else "")
    return table


def _share(one: Total, caught: int) -> str:
    return f"{caught}/{one.mutants} {100 * one.share(caught):.1f} %"
