"""The whole catalogue tried: one row for each mutant, and how many of each area were caught."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any, TypeAlias

from mockserver.settings import Settings
from mutants.catalogue import find
from mutants.mutant import Area, Mutant
from mutants.stock import try_stock
from mutants.trial import Catch, Target, try_kit

SOUND = ""
"""Stands for the mock without any mutant where a name is wanted."""
ENOUGH = 0.95
"""The share of the mutants that the kit must catch."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to try: a mutant by name (or SOUND), with or without Schemathesis after the suites and on its own.

    ``known`` is what Schemathesis on its own says about a sound mock too.
    """

    name: str
    seed: int
    fuzzed: bool = True
    stock: bool = False
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one order; ``stock`` holds the first catch, or for a sound mock all that was said."""

    name: str
    kit: Catch | None
    stock: tuple[Catch, ...] = ()
    seconds: float = 0.0


Worker: TypeAlias = Callable[[Order], Row]


def carry_out(order: Order, target: Target, settings: Settings) -> Row:
    """Try one mutant in this process."""
    mutant = find(order.name) if order.name != SOUND else None
    began = time.perf_counter()
    caught = try_kit(mutant, target, settings, seed=order.seed, fuzzed=order.fuzzed)
    said = try_stock(mutant, target, settings, seed=order.seed, known=order.known) if order.stock else iter(())
    stock = tuple({one.sentence: one for one in _first(said, everything=mutant is None)}.values())
    return Row(order.name, caught, stock, round(time.perf_counter() - began, 2))


def _first(said: Iterator[Catch], *, everything: bool) -> Iterator[Catch]:
    for one in said:
        yield one
        if not everything:
            return


def try_all(
    mutants: Sequence[Mutant], worker: Worker, *, seed: int, stock: bool, jobs: int, fuzzed: bool = True
) -> Iterator[Row]:
    """The sound mock's row, then each mutant's in order; ``worker`` runs in ``jobs`` processes of its own."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        sound = pool.submit(worker, Order(SOUND, seed, fuzzed=fuzzed, stock=stock)).result()
        yield sound
        if sound.kit:
            return
        known = frozenset(one.sentence for one in sound.stock)
        yield from pool.map(worker, [Order(one.name, seed, fuzzed, stock, known) for one in mutants])


@dataclass(frozen=True, slots=True)
class Total:
    """How many mutants of an area (None: of all) there are, and how many the kit and Schemathesis alone caught."""

    area: Area | None
    mutants: int
    kit: int
    stock: int

    def share(self, caught: int) -> float:
        return caught / self.mutants if self.mutants else 0.0

    @property
    def is_enough(self) -> bool:
        return self.share(self.kit) >= ENOUGH


def totals(rows: Iterable[Row]) -> list[Total]:
    """One for each area that has rows, and the last for all."""
    known = [(find(row.name).area, row) for row in rows if row.name != SOUND]
    found = [_total(area, [row for one, row in known if one is area]) for area in Area]
    return [*(one for one in found if one.mutants), _total(None, [row for _, row in known])]


def _total(area: Area | None, rows: list[Row]) -> Total:
    return Total(area, len(rows), sum(row.kit is not None for row in rows), sum(bool(row.stock) for row in rows))


def as_json(rows: Sequence[Row], *, seed: int, stock: bool) -> dict[str, Any]:
    """The rows and totals as plain data."""
    return {
        "seed": seed,
        "sound_mock": [asdict(row.kit) for row in rows if row.name == SOUND and row.kit],
        "mutants": [_row(row, stock=stock) for row in rows if row.name != SOUND],
        "totals": [_told(one, stock=stock) for one in totals(rows)],
    }


def _row(row: Row, *, stock: bool) -> dict[str, Any]:
    mutant = find(row.name)
    told: dict[str, Any] = {"name": row.name, "area": mutant.area.value, "wrong": mutant.wrong}
    told |= {"kit": asdict(row.kit) if row.kit else None, "seconds": row.seconds}
    return told | ({"stock": asdict(row.stock[0]) if row.stock else None} if stock else {})


def _told(one: Total, *, stock: bool) -> dict[str, Any]:
    told = {"area": one.area.value if one.area else None, "mutants": one.mutants, "kit": one.kit}
    return told | ({"stock": one.stock} if stock else {})
