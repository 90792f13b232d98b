"""Members that a parameter or an order means without being called like them: ``max_price``, ``most_bids``.

Guesses for the mock alone: a server that reads such a name in another way is right, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.inference.vocabulary.ranges import LOWER, UPPER, Bound
from mockserver.values.name_words import flat, singular, words_of
from mockserver.values.verb_stems import stem_of

_LEADING = ("current", "total", "unit", "sale", "base", "starting", "list")
"""Of several members that end alike the one that is meant, the likeliest first: ``current_price``."""
_MOMENTS = frozenset({"at", "on", "date", "time"})
_LOW = re.compile(r"(?:lowest|least|fewest|min|cheapest|shortest|soonest|nearest)(?:_first)?|low(?:_to_high)?|soon")
_HIGH = re.compile(r"(?:highest|most|max|greatest|largest|longest|top|best)(?:_first)?|high(?:_to_low)?")
"""What stands before or behind a member's name in the name of an order, the least or the greatest first."""
_ALONE: Mapping[str, tuple[str, bool]] = {
    "cheapest": ("price", False), "cheapest_first": ("price", False), "most_expensive": ("price", True),
    "popular": ("popularity", True), "most_popular": ("popularity", True), "top_rated": ("rating", True),
    "best_rated": ("rating", True), "ending_soon": ("ends", False),
}  # fmt: skip
"""Names of orders that name no member at all."""


def meant_member(members: Mapping[str, str], word: str) -> str | None:
    """The member that ends in ``word``, or the moment of what it says: ``price``, ``ending``.

    ``members`` are the names of a record's members by their flat names. None where several could be meant.
    """
    low, stem = flat(word), stem_of(word)
    if len(low) < 3:
        return None
    named = {name: words_of(name) for name in members.values()}
    ends = {name: words for name, words in named.items() if len(words) > 1 and words[-1] == low}
    leading = (name for one in _LEADING for name, words in ends.items() if words[0] == one)
    if found := next(leading, next(iter(ends)) if len(ends) == 1 else None):
        return found
    moments = [name for name, words in named.items() if words[1:] and words[-1] in _MOMENTS]
    return next((name for name in moments if stem_of("-".join(named[name][:-1])) == stem), None)


def loose_bound(parameter: str, members: Mapping[str, str]) -> Bound | None:
    """What a parameter is a bound of that names no member outright."""
    words = words_of(parameter)
    for named, is_lower in ((LOWER, True), (UPPER, False)):
        if len(words) > 1 and {words[0], words[-1]} & named:
            member = meant_member(members, "_".join(words[1:] if words[0] in named else words[:-1]))
            return Bound(member, is_lower) if member is not None else None
    return None


def loose_order(members: Mapping[str, str], text: str) -> tuple[str, bool] | None:
    """The member, and whether the greatest comes first, that the name of an order means: ``price_high_to_low``."""
    words = words_of(text)
    if (alone := _ALONE.get("_".join(words))) is not None:
        member = members.get(alone[0]) or meant_member(members, alone[0])
        return None if member is None else (member, alone[1])
    for named, way, rest in _divided(words):
        is_down = _HIGH.fullmatch(way) is not None
        counted = (f"{one}count" for one in (named, singular(named))) if rest else iter(())
        for one in (*counted, named, f"{named}s"):
            if one in members:
                return members[one], is_down
        if (member := meant_member(members, named)) is not None:
            return member, is_down
    return None


def _divided(words: list[str]) -> Iterator[tuple[str, str, bool]]:
    """The name of a member and the way that a name of an order has, and whether it may be one of how many there are."""
    for cut in range(1, len(words)):
        before, behind = "_".join(words[:cut]), "_".join(words[cut:])
        if _LOW.fullmatch(before) or _HIGH.fullmatch(before):
            yield flat(behind), before, before in ("most", "fewest", "least")
        if _LOW.fullmatch(behind) or _HIGH.fullmatch(behind):
            yield flat(before), behind, False
