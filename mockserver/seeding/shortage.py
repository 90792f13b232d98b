"""What a tenant has too few of for the records that refer to it, and how many there would have to be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mockserver.errors import Problem, SetupError
from mockserver.seeding.item import Item, Making

AHEAD = 1_000
"""Among how many records more than there are a key is looked for."""
SOME = 6
"""How many are proposed where there are none, and nobody knows how many there should be."""


@dataclass(slots=True)
class _Short:
    """What lacks something first, how many records do, and how many of the other there would have to be."""

    item: Item
    field: str
    records: int = 0
    wanted: int = 0


class Shortage:
    """That of one tenant."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant
        self._short: dict[tuple[str, str], _Short] = {}
        self._ordinals: dict[str, dict[Any, int]] = {}
        self._wanted: dict[str, int] = {}

    def explains(self, item: Item, missing: list[str]) -> bool:
        """Whether those fields are missing since there is too little to refer to: noted, if so."""
        behind = {one: (name, wanted) for name in missing for one, wanted in _unmet(item, name)}
        none = {one: need for one, need in behind.items() if not item.making.counts.get(one)}
        for referenced, (name, wanted) in (none or behind).items():
            short = self._short.setdefault((item.recipe.name, referenced), _Short(item, name))
            short.records += 1
            short.wanted = max(short.wanted, wanted)
        return bool(behind)

    def meet(self, making: Making, referenced: str, key: Any) -> None:
        """Note that there is no record of that key, which is there when there are more, if it is among the next."""
        ordinals = self._ordinals.get(referenced)
        if ordinals is None:
            ordinals = self._ordinals[referenced] = dict(_next_keys(making, referenced))
        self._wanted[referenced] = max(self._wanted.get(referenced, 0), ordinals.get(key, 0))

    def remedy(self, making: Making, referenced: str) -> str | None:
        """How to have the records that keys lead to; None where more of them would not do."""
        wanted, count = self._wanted.get(referenced, 0), making.counts[referenced]
        return _remedy(referenced, count, wanted) if wanted or not count else None

    def problems(self) -> Iterator[tuple[Problem, int]]:
        """What lacks something, and how many records do."""
        for (name, referenced), short in self._short.items():
            recipe, count = short.item.recipe, short.item.making.counts.get(referenced, 0)
            problem = (
                f"needs {short.wanted} {referenced}, but there are only {count}"
                if count
                else f"refers to {referenced}, which has no records"
            )
            where = recipe.where(f"/{short.field}")
            remedy = _remedy(referenced, count, short.wanted if short.wanted > 1 else 0)
            yield (
                Problem(recipe.place.file, where, f"{self._tenant}, {name}: {problem}", f"{remedy}, or fewer {name}"),
                short.records,
            )


def _unmet(item: Item, name: str) -> Iterator[tuple[str, int]]:
    """Of which resources the field needs how many; what those that it follows lack counts where there are none."""
    needs = item.recipe.needs.get(name, frozenset())
    yield from ((one, wanted) for one, wanted in item.unmet.items() if one in needs)
    for link in item.links.values():
        if link.recipe.name in needs:
            yield from ((one, wanted) for one, wanted in link.unmet.items() if not item.making.counts.get(one))


def _next_keys(making: Making, name: str) -> Iterator[tuple[Any, int]]:
    """Keys that are not there since there are too few, as far as there is a recipe and they can be made."""
    first = making.counts[name] + 1
    for ordinal in range(first, first + AHEAD) if making.makes(name) else ():
        with suppress(SetupError):
            yield making.item(name, ordinal).get_key(), ordinal


def _remedy(referenced: str, count: int, wanted: int) -> str:
    more = wanted or SOME
    way = f"(--count {referenced}={more}, or counts: {{{referenced}: {more}}} in the scenario)"
    return f"make {more if count else 'some'} {way}" + ("" if count else ", or extend one that has: extends: default")
