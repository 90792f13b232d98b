"""Every benchmark of the page in one run, what its goals are and whether they were met, and a picture.

    python benchmarks/everything.py [--quick] [--parts requests,start,stores,process,growth]

Writes benchmarks/README.md, figures.json and requests.svg. On a quiet machine of two cores it takes about eleven
minutes; ``--quick`` is a trial of a minute or two, whose figures are not to be kept. Parts that are left out keep the
figures that they had.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import NamedTuple

import compare
import growth
import in_process
import starting
from compare import HERE, put_between

import stores

KEPT = HERE / "figures.json"
PAGE = HERE / "README.md"
BEGIN, END = "<!-- goals -->", "<!-- /goals -->"


class Goal(NamedTuple):
    """A figure that is to be at least (``least``) or at most so much."""

    name: str
    figure: str
    wanted: float
    least: bool = True
    unit: str = "x"


GOALS = (
    *(
        Goal(f"{name}: processor time of a bare callable, as a part of ours", f"{name} : bare", 0.5)
        for name in ["GET one"]
    ),
    *(
        Goal(f"{name}: processor time of Prism, as a multiple of ours", f"{name} : peer", wanted)
        for name, wanted in (
            ("GET one", 24),
            ("list of 25", 12),
            ("list of 100", 13),
            ("look-up", 14),
            ("PATCH, 2 steps", 11),
            ("POST create", 5.3),
            ("invalid POST", 11),
            ("batch of 20", 1.7),
            ("search, 3 parameters", 4.7),
        )
    ),
    *(
        Goal(f"{name}: p99 : p50", f"{name} p99 : p50", 4, least=False)
        for name in ("GET one", "PATCH, 2 steps", "POST create")
    ),
    Goal("p99 of GET one beside a client that searches 100,000, as a multiple of alone", "fairness", 5, least=False),
    Goal("start, processor time as a part of Prism's", "start", 0.12, least=False),
    Goal("start", "start, s", 0.35, least=False, unit="s"),
    Goal("memory at the start, as a part of Prism's", "memory", 0.3, least=False),
    Goal("operations with a million records, the slowest against a thousand", "grown", 1.3, least=False),
    Goal("memory of a record among a million, of 1.3 kB of JSON", "memory a record, kB", 1.8, least=False, unit="kB"),
    Goal("making 100,000 records", "seeding", 6, least=False, unit="s"),
    Goal("a new tenant that nobody writes to", "tenant, ms", 1, least=False, unit="ms"),
    Goal("a new tenant that nobody writes to", "tenant, kB", 20, least=False, unit="kB"),
    Goal("create and read by the fixture's client, Flask's as a multiple", "clients", 3),
    *(
        Goal(f"{store}: {kind} a second", f"{store}, {kind}", wanted, unit="")
        for store in ("SQLite", "PostgreSQL")
        for kind, wanted in (("GET one", 2000), ("PATCH", 800))
    ),
    Goal("three replicas on these cores, as a multiple of one", "replicas", 2),
)


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--quick", action="store_true")
    told.add_argument("--parts", default=",".join(PARTS))
    args = told.parse_args()
    figures: dict[str, float] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for name in args.parts.split(","):
        print(name, file=sys.stderr, flush=True)
        figures |= PARTS[name](args.quick)
        KEPT.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    put_between(PAGE, BEGIN, END, goals(figures))
    (HERE / "requests.svg").write_text(picture(figures))
    print(goals(figures))


def _requests(quick: bool) -> dict[str, float]:
    words = (
        ["--rounds", "1", "--seconds", "1", "--records", "500", "--searched", "2000"] if quick else ["--seconds", "2"]
    )
    text, found = compare.compared(compare.arguments(words))
    put_between(PAGE, compare.BEGIN, compare.END, text)
    return found


def _start(quick: bool) -> dict[str, float]:
    text, found = starting.measured(1 if quick else 3)
    put_between(PAGE, starting.BEGIN, starting.END, text)
    return found


def _stores(quick: bool) -> dict[str, float]:
    text, found = stores.measured(*((1, 1) if quick else (3, 2)))
    put_between(PAGE, stores.BEGIN, stores.END, text)
    return found


def _process(quick: bool) -> dict[str, float]:
    records = 1_000 if quick else 100_000
    found = in_process.measured(records)
    put_between(PAGE, in_process.BEGIN, in_process.END, in_process.table(found, records))
    told = {"clients": found.flask / found.ours, "seeding": found.seeding}
    return told | {"tenant, ms": found.tenant / 1000, "tenant, kB": found.tenant_bytes / 1000}


def _growth(quick: bool) -> dict[str, float]:
    text, _, found = growth.measured("100,1000" if quick else "1000,100000,1000000")
    put_between(PAGE, growth.BEGIN, growth.END, text)
    return found


PARTS: dict[str, Callable[[bool], dict[str, float]]] = {
    "requests": _requests,
    "start": _start,
    "stores": _stores,
    "process": _process,
    "growth": _growth,
}


def goals(figures: dict[str, float]) -> str:
    lines = ["| | goal | measured | |", "| --- | --- | --- | --- |"]
    for one in GOALS:
        found = figures.get(one.figure)
        if found is None:
            lines.append(f"| {one.name} | {_bound(one)} | | not measured |")
            continue
        is_met = found >= one.wanted if one.least else found <= one.wanted
        lines.append(f"| {one.name} | {_bound(one)} | {_shown(found, one)} | {'met' if is_met else '**missed**'} |")
    return "\n".join([*lines, ""])


def _bound(goal: Goal) -> str:
    return f"{'≥' if goal.least else '≤'} {_shown(goal.wanted, goal)}"


def _shown(value: float, goal: Goal) -> str:
    return f"{value:,.0f} {goal.unit}".strip() if value >= 100 else f"{value:.3g} {goal.unit}".strip()


def picture(figures: dict[str, float]) -> str:
    """How many times the processor time of ours Prism takes, as bars."""
    rows = [(name.removesuffix(" : peer"), value) for name, value in figures.items() if name.endswith(" : peer")]
    widest = max((value for _, value in rows), default=1)
    size = f'width="720" height="{len(rows) * 30 + 50}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="14">']
    parts.append('<rect width="100%" height="100%" fill="white"/>')
    parts.append('<text x="10" y="24">Processor time of a request: Prism, as a multiple of mockserver</text>')
    for number, (name, value) in enumerate(sorted(rows, key=lambda row: -row[1])):
        top, width = 40 + number * 30, max(1, value / widest * 450)
        bar = f'<rect x="190" y="{top}" width="{width:.0f}" height="22" fill="#2a6f97"/>'
        parts.append(f'<text x="10" y="{top + 17}">{name}</text>{bar}')
        parts.append(f'<text x="{195 + width:.0f}" y="{top + 17}">{value:.1f} x</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
