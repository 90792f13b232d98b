"""Mutants that nobody wrote: an operator, an operation or a rule of any resource, and a seed that chooses both."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mockserver.contract import Contract, Kind, Operation
from mutants.mutant import Area, Mutant
from mutants.planting import Planting
from mutants.wire import Environ, Wire, put_body, read_body, records_of

READS = (Kind.READ, Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
WRITES = (Kind.CREATE, Kind.REPLACE, Kind.PATCH)


@dataclass(slots=True)
class Sown:
    """A generated mutant: where it is, what it was made by, and whether anything met it."""

    mutant: Mutant
    operator: str
    resource: str
    kind: str
    met: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an operator may choose from."""

    contract: Contract
    rng: random.Random
    met: list[bool]

    def note(self, met: object = True) -> None:
        """Note that something met the mutant, if it did."""
        if met:
            self.met.append(True)

    def operation(self, *kinds: Kind) -> Operation:
        return self.rng.choice([one for one in self.contract.operations() if one.kind in kinds])


Made: TypeAlias = tuple[str, str, str, Callable[[Planting], None]]
"""Resource, kind, what is wrong, and how it gets into a mock."""
Operator: TypeAlias = Callable[[Ground], Made]
OPERATORS: dict[str, tuple[Area, Operator]] = {}


def operator(area: Area) -> Callable[[Operator], Operator]:
    """Make an operator of a function, its mutants are about ``area``."""

    def known(function: Operator) -> Operator:
        OPERATORS[function.__name__] = (area, function)
        return function

    return known


def sow(contract: Contract, seed: int, count: int, only: Sequence[str] = ()) -> Iterator[Sown]:
    """``count`` mutants, the operators (or ``only`` these) in turn; the same for the same seed."""
    rng = random.Random(seed)
    names = sorted(only or OPERATORS)
    for number in range(count):
        met: list[bool] = []
        name = names[number % len(names)]
        area, make = OPERATORS[name]
        resource, kind, wrong, plant = make(Ground(contract, rng, met))
        mutant = Mutant(f"seed-{seed}-{number}", area, f"{name}: {wrong}", plant)
        yield Sown(mutant, name, resource, kind, met)


def replies(
    ground: Ground, operation: Operation, change: Callable[[Wire], bool | None], status: int | None = 200
) -> Callable[[Planting], None]:
    """Change replies of one operation; ``change`` answers whether it changed anything."""

    def plant(planting: Planting) -> None:
        def changed(wire: Wire) -> None:
            if wire.operation is not None and wire.operation.id == operation.id and change(wire):
                ground.met.append(True)

        planting.replies(changed, status=status)

    return plant


def records(
    ground: Ground, operation: Operation, change: Callable[[dict[str, Any]], bool]
) -> Callable[[Planting], None]:
    def changed(wire: Wire) -> bool:
        value = wire.value
        done = [change(one) for one in records_of(wire.operation, value)]
        wire.say(value)
        return any(done)

    return replies(ground, operation, changed)


def describe(operation: Operation, wrong: str, plant: Callable[[Planting], None]) -> Made:
    return operation.resource.name, operation.kind.value, f"{operation.id}: {wrong}", plant


def any_field(ground: Ground, operation: Operation) -> str:
    return ground.rng.choice(sorted(operation.resource.fields - {operation.resource.key}))


def requests(ground: Ground, operation: Operation, change: Callable[[Environ], bool]) -> Callable[[Planting], None]:
    """Change requests of one operation; ``change`` answers whether it changed anything."""
    pattern = re.compile("/".join("[^/]+" if "{" in one else re.escape(one) for one in operation.path.split("/")) + "$")

    def plant(planting: Planting) -> None:
        def changed(environ: Environ) -> None:
            meant = environ["REQUEST_METHOD"] == operation.method and pattern.search(environ["PATH_INFO"])
            if meant and change(environ):
                ground.met.append(True)

        planting.requests(changed)

    return plant


def body_of(change: Callable[[Any], Any]) -> Callable[[Environ], bool]:
    def changed(environ: Environ) -> bool:
        try:
            body = json.loads(read_body(environ))
        except ValueError:
            return False
        fresh = change(copy.deepcopy(body))
        if fresh is None or fresh == body:
            return False
        put_body(environ, json.dumps(fresh).encode())
        return True

    return changed
