"""The word ``ref``: which record of another resource, or thing of a pool, a record refers to."""

# ruff: noqa: ARG001, ARG005  # all words are read, and all makers called, in one way

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from mockserver.seeding.item import Item, Make, draw
from mockserver.seeding.place import Place, told
from mockserver.seeding.scope import Beside, Scope
from mockserver.seeding.words import constant, is_whole
from mockserver.values.absent import ABSENT

BLOCK = 4
"""How many things of ``share`` are drawn from at a time."""

Pick: TypeAlias = Callable[[Item, int], int]
"""The ordinal that an item refers to, from 64 random bits; below 1 for none."""


def read_ref(place: Place, scope: Scope, beside: Beside) -> Make:
    """``ref: programs`` with ``among: 4``, ``share: 3`` or ``per: 2``: an id; ``field.name`` reads on from there.

    With ``per: 2`` the first two items refer to the first, the next two to the second, and so on as far as there are.
    """
    target = place.value
    other = scope.others(target) if isinstance(target, str) else None
    if other is None:
        remedy = "name a recipe that there is, or add it to the folder 'recipes'"
        place.complain(f"there is no recipe {told(target)}", remedy)
        return constant(ABSENT)
    scope.need(target, other.key_field)
    in_turn, pick = "per" in beside, _pick(place, scope, beside)
    field, key = scope.field, scope.key(place)

    def make(item: Item, base: int) -> Any:
        ordinal = pick(item, draw(base, key))
        limit = item.making.counts.get(target, ordinal)
        if ordinal < 1 or limit < 1 or (in_turn and ordinal > limit):
            return ABSENT
        link = item.links[field] = item.making.item(target, (ordinal - 1) % limit + 1)
        return link.get(link.recipe.key)

    return make


def _pick(place: Place, scope: Scope, beside: Beside) -> Pick:
    """How to pick. Never by the count of the target, so that a higher one changes nobody's choice."""
    among, share, per = beside.get("among"), beside.get("share"), beside.get("per")
    if among is None and share is None and is_whole(per) and per > 0 and place.value != scope.name:
        scope.ordinal(place, "per")
        return lambda item, bits: (item.ordinal - 1) // per + 1
    if place.value == scope.name:
        return _earlier(place, scope, among, share)
    if share is None and per is None and is_whole(among) and among > 0:
        return lambda item, bits: bits % among + 1
    if among is None and per is None and is_whole(share) and share > 0:
        scope.ordinal(place, "share")
        return _shared(share)
    place.complain("wanted among:, share: or per: (1 or more), one of them", f"write {{ref: {place.value}, among: 4}}")
    return _none


def _none(item: Item, bits: int) -> int:
    return 0


def _shared(share: int) -> Pick:
    """About ``share`` items refer to each thing: ``share * BLOCK`` items in a row draw from the same few."""
    return lambda item, bits: (item.ordinal - 1) // (share * BLOCK) * BLOCK + bits % BLOCK + 1


def _earlier(place: Place, scope: Scope, among: Any, share: Any) -> Pick:
    """A record may refer to an earlier one of its own kind only: none refers to itself, and none in a circle."""
    scope.ordinal(place, "a ref to its own kind")
    if among is not None or share is not None:
        place.complain("a ref to its own kind picks among the earlier ones", "leave out among and share")
    return lambda item, bits: bits % (item.ordinal - 1) + 1 if item.ordinal > 1 else 0
