"""The tables of the guide, written between its marks: shares by area, and of generated mutants by group as well."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from mutants.mutant import Area
from mutants.sowing import Tried
from mutants.strength import Row, Total

PAGE = Path(__file__).parents[2] / "docs" / "mutants.md"
CAUGHT = Path(__file__).with_name("caught.json")
"""During which check each mutant was caught the last time that all were tried: in the gate it comes first."""


def write(name: str, text: str, page: Path = PAGE) -> None:
    """Replace what stands between ``<!-- name -->`` and ``<!-- /name -->`` by ``text``. ValueError without them."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    whole = page.read_text(encoding="utf-8")
    if not 0 <= whole.find(start) < whole.find(end):
        raise ValueError(f"{page} has no place {start.strip()} … {end}")
    before, _, after = whole.partition(start)
    page.write_text(before + start + text + end + after.partition(end)[2], encoding="utf-8")


def write_caught(rows: Iterable[Row], file: Path = CAUGHT) -> None:
    """Keep during which check each mutant was caught; the fuzzer, which comes last, is none."""
    found = {row.name: row.kit.during for row in rows if row.kit and row.kit.during}
    file.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_caught(file: Path = CAUGHT) -> dict[str, str]:
    """By a mutant's name, the check that caught it the last time."""
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def of_catalogue(found: Sequence[Total], *, stock: bool) -> str:
    """A row for each area, and one for all."""
    alone = ["caught by Schemathesis alone"] if stock else []
    rows = [
        [one.area.value if one.area else "all", str(one.mutants), _share(one.kit, one.mutants)]
        + ([_share(one.stock, one.mutants)] if stock else [])
        for one in found
    ]
    return _table(["area", "mutants", "caught by the kit", *alone], rows)


def of_generated(done: Sequence[Tried], seeds: Iterable[int]) -> str:
    """By area and by group: made, met, caught, caught by the profile `mock`; then the survivors."""
    told = f"{len(done)} mutants of the seeds {', '.join(map(str, seeds))}; shares are of those met.\n\n"
    areas = _by(done, "area", lambda one: one.area.value, [one.value for one in Area])
    groups = _by(done, "group", lambda one: one.resource, sorted({one.resource for one in done}))
    missed = [f"- {re.sub(r'[|`]', '', one.wrong)}" for one in done if one.met and not one.caught]
    survivors = "\nMet and missed:\n\n" + "\n".join(missed) + "\n" if missed else "\nNone that was met was missed.\n"
    return told + areas + "\n" + groups + survivors


def _by(done: Sequence[Tried], title: str, of: Callable[[Tried], str], names: Iterable[str]) -> str:
    parts = [(name, [one for one in done if of(one) == name]) for name in names]
    rows = []
    for name, some in [*(part for part in parts if part[1]), ("all", list(done))]:
        met = [one for one in some if one.met or one.caught]
        caught = sum(bool(one.caught) for one in met)
        sampled = sum(one.is_sampled for one in met)
        rows.append([name, str(len(some)), str(len(met)), _share(caught, len(met)), _share(sampled, len(met))])
    return _table([title, "mutants", "met", "caught", "caught by the profile `mock`"], rows)


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.1f} %)" if whole else "-"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))
