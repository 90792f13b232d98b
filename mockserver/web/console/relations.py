"""What names what, as a drawing: each resource in the column behind all that it names, a line for each foreign key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockserver.contract import Contract

WIDTH, HEIGHT = 190, 26
"""Of a box, in pixels."""
ACROSS, DOWN = 260, 44
"""From one box to the next."""
MARGIN = 20
SWEEPS = 8
"""How often the columns are sorted so that fewer lines cross."""


@dataclass(frozen=True, slots=True)
class Box:
    """One resource; ``x`` and ``y`` are the upper left corner."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Link:
    """One foreign key, or a parent in the path: from the one that names to the one that is named."""

    source: str
    target: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]


def keys_between(contract: Contract) -> list[tuple[str, str, str]]:
    """Who names whom by which member, each once, in the document's order."""
    found: dict[tuple[str, str, str], None] = {}
    for one in contract.resources.values():
        for reference in one.references:
            found[one.name, reference.resource, reference.path] = None
        if one.model:
            for parent in one.model.parents:
                if parent.resource:
                    found[one.name, parent.resource, parent.parameter] = None
            for name, other in one.model.foreign.items():
                found[one.name, other, name] = None
    return [each for each in found if each[1] in contract.resources]


def draw(contract: Contract, about: str = "") -> Drawing:
    """All resources that name others or are named; with ``about`` that one and its neighbours alone."""
    keys = keys_between(contract)
    if about:
        keys = [each for each in keys if about in each[:2]]
    names = dict.fromkeys(name for one, other, _ in keys for name in (other, one))
    names |= {about: None} if about else {}
    columns = _columns(names, keys)
    tallest = max(map(len, columns), default=0)
    boxes = {
        name: Box(
            name, MARGIN + ACROSS * at, MARGIN + (2 * row + 1) * tallest * DOWN // (2 * len(column)) - HEIGHT // 2
        )
        for at, column in enumerate(columns)
        for row, name in enumerate(column)
    }
    links = tuple(Link(one, other, label, _line(boxes[one], boxes[other])) for one, other, label in keys)
    width = 2 * MARGIN + ACROSS * max(len(columns) - 1, 0) + WIDTH
    return Drawing(width, 2 * MARGIN + tallest * DOWN, tuple(boxes.values()), links)


def _columns(names: Iterable[str], keys: list[tuple[str, str, str]]) -> list[list[str]]:
    """Each name as far right as the longest way to what names nothing; a circle is cut where it closes."""
    named: Mapping[str, list[str]] = defaultdict(list)
    for one, other, _ in keys:
        if one != other:
            named[one].append(other)
    depths: dict[str, int] = {}

    def depth(name: str, above: frozenset[str]) -> int:
        if name not in depths:
            below = [depth(one, above | {name}) for one in named[name] if one not in above and one != name]
            depths[name] = 1 + max(below, default=-1)
        return depths[name]

    for name in names:
        depth(name, frozenset())
    columns: list[list[str]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for name in names:
        columns[depths[name]].append(name)
    return _untangled(columns, keys)


def _untangled(columns: list[list[str]], keys: list[tuple[str, str, str]]) -> list[list[str]]:
    """Each box at the middle of its neighbours, as far as a few sweeps bring it there."""
    near: Mapping[str, list[str]] = defaultdict(list)
    for one, other, _ in keys:
        near[one].append(other)
        near[other].append(one)
    for _ in range(SWEEPS):
        places = {name: (row + 0.5) / len(column) for column in columns for row, name in enumerate(column)}
        columns = [
            sorted(column, key=lambda name: sum(places[one] for one in near[name]) / (len(near[name]) or 1))
            for column in columns
        ]
    return columns


def _line(source: Box, target: Box) -> str:
    """From the left side of what names to the right side of what is named."""
    x1, y1, x2, y2 = source.x, source.y + HEIGHT // 2, target.x + WIDTH, target.y + HEIGHT // 2
    if source.x <= target.x:  # a circle, or itself: around the outside
        x1 = source.x + WIDTH
        bend = 60
        return f"M{x1} {y1} C{x1 + bend} {y1 - 30} {x2 + bend} {y2 + 30} {x2} {y2}"
    half = (x1 - x2) // 2
    return f"M{x1} {y1} C{x1 - half} {y1} {x2 + half} {y2} {x2} {y2}"
