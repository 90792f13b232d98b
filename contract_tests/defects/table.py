"""The table of what was caught and by which check, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table

from contract_tests.defects.catalogue import find
from contract_tests.defects.strength import SOUND, Row, Total, totals

MISSED = "[bold red]missed[/]"


def show(console: Console, rows: Sequence[Row], *, stock: bool, verbose: bool) -> None:
    """Print a row for each defect and the totals by area."""
    for row in rows:
        if row.name == SOUND and row.kit:
            console.print(f"[red]A sound mock gets a finding, so nothing was tried:[/] {row.kit.sentence}")
    console.print(_defects([row for row in rows if row.name != SOUND], stock=stock))
    if verbose:
        for row in rows:
            if row.kit:
                console.print(f"{row.name or 'sound mock'}: {row.kit.sentence}", highlight=False, markup=False)
    console.print(_totals(totals(rows), stock=stock))


def _defects(rows: Sequence[Row], *, stock: bool) -> Table:
    table = Table(*(Column(name, overflow="fold") for name in ("defect", "area", "caught by", *_alone(stock=stock))))
    for row in rows:
        caught = ", ".join(row.kit.checks) if row.kit else MISSED
        alone = (", ".join(row.stock[0].checks) if row.stock else "-",) if stock else ()
        table.add_row(row.name, find(row.name).area.value, caught, *alone)
    return table


def _alone(*, stock: bool) -> tuple[str, ...]:
    return ("Schemathesis alone",) if stock else ()


def _totals(found: Sequence[Total], *, stock: bool) -> Table:
    table = Table("area", "defects", "caught", *_alone(stock=stock))
    for one in found:
        name = one.area.value if one.area else "all"
        cells = [_share(one, one.kit), *([_share(one, one.stock)] if stock else [])]
        table.add_row(name, str(one.defects), *cells, style="bold" if one.area is None else "")
    return table


def _share(one: Total, caught: int) -> str:
    return f"{caught}/{one.defects} {100 * one.share(caught):.1f} %"
