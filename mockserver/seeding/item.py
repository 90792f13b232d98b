"""A record in the making: its fields are worked out when asked for, each from a random source of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from mockserver.errors import Problem, Refusal, SetupError
from mockserver.expressions import OPERATORS, Context, Proxy, member
from mockserver.runtime.determinism import Digesting, digest, digested, digesting, stamp
from mockserver.seeding.fakes import Fakes
from mockserver.seeding.place import Place
from mockserver.values.absent import ABSENT

KEPT = 5_000
"""How many items that others refer to are kept at once; an item made again is the same item."""

BITS = 2**64 - 1

MET: Mapping[str, int] = MappingProxyType({})

RESERVED = frozenset({"clock", "ordinal", "tenant"})
"""Names that every recipe may read: the scenario's moment, the item's number from 1 on, the tenant's name."""


class UnmakeableError(Refusal):
    """A value cannot be made of an item, though its expression looked right."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(400, problem, reason="seeding: value")
        self.remedy = remedy


class Item(Proxy, Context):
    """One record (or one thing of a pool), and the context in which its expressions are evaluated.

    ``base`` is the randomness of the value being made, ``origin`` that of the item; ``links`` are the items that
    its foreign keys lead to, by the name of the field; ``unmet`` are the refs that led nowhere: of which resource
    there would have to be how many.
    """

    __slots__ = ("base", "field", "links", "making", "ordinal", "origin", "recipe", "unmet", "values")

    def __init__(self, making: Making, recipe: Recipe, ordinal: int, identity: object) -> None:
        super().__init__()
        self.making = making
        self.recipe = recipe
        self.ordinal = ordinal
        self.origin = self.base = making.origin(recipe.name, identity)
        self.field = ""
        self.values: dict[str, Any] = {"ordinal": ordinal, "tenant": making.tenant, "clock": making.clock_text}
        self.links: dict[str, Item] = {}
        self.unmet: Mapping[str, int] = MET

    @property
    def now(self) -> datetime:
        """The world's moment."""
        return self.making.clock

    def get(self, name: str) -> Any:
        """The value of a field, ABSENT when the record has none; worked out once."""
        values = self.values
        if name in values:
            return values[name]
        make = self.recipe.makers.get(name)
        if make is None:
            return ABSENT
        base, field = self.base, self.field
        self.base, self.field = self.origin, name
        try:
            value = values[name] = make(self, self, ABSENT)
        except Refusal as error:
            raise SetupError([self._fault(name, error)]) from None
        self.base, self.field = base, field
        return value

    def _fault(self, name: str, error: Refusal) -> Problem:
        remedy = error.remedy if isinstance(error, UnmakeableError) else "make it smaller"
        spec = self.recipe.specs.get(name, self.recipe.place)
        return Problem(spec.file, spec.pointer, str(error), remedy)

    def follow(self, owner: Any, name: str, referenced: str) -> Any:  # noqa: ARG002  # it is known already
        """The item that the foreign key ``name`` of ``owner`` leads to; ABSENT when there is none."""
        if not isinstance(owner, Item):
            return ABSENT
        if name not in owner.values:
            owner.get(name)
        return owner.links.get(name, ABSENT)

    def seed_of(self, site: str) -> int:
        """64 random bits for the value made at ``site``."""
        return draw(self, key_of(site))

    def get_key(self) -> Any:
        """What identifies it; the recipe's name for what a tenant has one of."""
        return self.get(self.recipe.key) if self.recipe.key else self.recipe.name

    def record(self) -> dict[str, Any]:
        """All fields that are stored and have a value."""
        values, stored, makers = self.values, self.recipe.stored, self.recipe.makers
        name = ""
        try:  # PERF: as ``get`` does for each, without a call
            for name in stored:
                if name not in values:
                    self.base, self.field = self.origin, name
                    values[name] = makers[name](self, self, ABSENT)
        except Refusal as error:
            raise SetupError([self._fault(name, error)]) from None
        return {name: values[name] for name in stored if values[name] is not ABSENT}


def _member(value: Any, name: str) -> Any:
    """As ``member``. PERF: nearly all that recipes read is of items, and most of that is known already."""
    if type(value) is Item:
        values = value.values
        return values[name] if name in values else value.get(name)
    return member(value, name)


ITEM_OPERATORS: Mapping[str, Any] = MappingProxyType({**OPERATORS, "_getattr_": _member, "op_follow": Item.follow})
"""What the operators of recipes do, whose context is always an item."""

Make: TypeAlias = Callable[[Item, Item, Any], Any]
"""How a value is made of an item, which is both: where it is evaluated, and what it is about."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """How the records of one resource, or the things of one pool, are made.

    ``makers`` has a maker for each field and each ``let``; ``stored`` names the fields of a record in
    alphabetical order; ``key`` identifies it; ``place`` is where it is written, ``specs`` the places of its fields;
    ``needs`` tells of a field which recipes' items it cannot be made without.
    """

    name: str
    key: str
    makers: Mapping[str, Make]
    stored: tuple[str, ...]
    place: Place
    specs: Mapping[str, Place]
    needs: Mapping[str, frozenset[str]]

    @property
    def known_by(self) -> str:
        """What a record written out is known by: its key or, where that is not a member of its own, its place."""
        is_named = not self.key or self.key in self.place.value
        return str(self.place.value.get(self.key)) if is_named else f"{self.place.file}#{self.place.pointer}"

    def where(self, pointer: str) -> str:
        """The pointer to what makes the value at ``pointer`` of a record."""
        field = pointer.split("/")[1] if "/" in pointer else ""
        spec = self.specs.get(field)
        return spec.pointer if spec else self.place.pointer or "/"


class Making:
    """One tenant's records being made: nothing of it is shared, so two tenants may be filled at once."""

    def __init__(
        self, seed: int, tenant: str, clock: datetime, recipes: Mapping[str, Recipe], counts: Mapping[str, int]
    ) -> None:
        """``counts`` holds how many of each stored resource there will be; a pool has no end."""
        self.seed = seed
        self.tenant = tenant
        self.clock = clock.astimezone(UTC)
        self.clock_text = stamp(clock)
        self.counts = counts
        self.fakes = Fakes()
        self.moments: dict[tuple[Any, ...], Any] = {}
        self._recipes = recipes
        self._items: dict[tuple[str, int], Item] = {}
        self._common: dict[str, Digesting] = {}

    def item(self, name: str, ordinal: int) -> Item:
        """The item of that ordinal (from 1 on) of a recipe; kept, for those that refer to it."""
        item = self._items.get((name, ordinal))
        if item is None:
            if len(self._items) >= KEPT:
                self._items.clear()
            item = self._items[name, ordinal] = Item(self, self._recipes[name], ordinal, ordinal)
        return item

    def origin(self, name: str, identity: object) -> int:
        """The 64 bits that all of an item depends on: the ``digest`` of world, tenant, recipe and what identifies it.

        PERF: what all items of a recipe have in common is hashed once.
        """
        common = self._common.get(name)
        if common is None:
            common = self._common[name] = digesting(self.seed, self.tenant, name, "")
        return digested(common, identity) & BITS

    def makes(self, name: str) -> bool:
        """Whether there is a recipe of that name."""
        return name in self._recipes


@cache
def key_of(site: str) -> int:
    """64 bits that set the randomness of the value made at ``site`` apart from all others of its record."""
    return digest(site) & BITS


def draw(item: Item, key: int) -> int:
    """64 random bits that depend on nothing but the value being made and ``key``, 64 bits: SplitMix64's last step.

    PERF: 0.25 µs, where a hash takes 0.6 and seeding a random.Random 3.5. Each field has its own bits,
    so that a field more or less never changes the others.
    """
    mixed = item.base ^ key
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return mixed ^ (mixed >> 31)
