"""The order in which a list is asked for: ``sort=-name``, ``name:desc``, ``price_asc``, ``newest``, several at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.handlers.planned.addressing.places import by_key
from mockserver.handlers.planned.lists.record_parts import held
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.loose_names import loose_order, meant_member
from mockserver.inference.vocabulary.words import DIRECTIONS, SORTS
from mockserver.messages import Json
from mockserver.store import Record
from mockserver.values.amounts import amount_of
from mockserver.values.name_words import flat

Way = tuple[str, bool]
"""A member, and whether the last comes first."""
LONGEST = 256
"""Characters of one member and its way: names of members are shorter."""
_DOWN = frozenset({"desc", "descending", "descend", "-1", "down"})
_UP = frozenset({"asc", "ascending", "ascend", "1", "up"})
_NEWEST = frozenset({"newest", "newestfirst", "latest", "recent", "mostrecent"})
_OLDEST = frozenset({"oldest", "oldestfirst", "earliest"})
_BEHIND = re.compile(
    r"(.+?)(?:[\s:._|-]+|(?<=[a-z0-9])(?=[AD]))(asc(?:end(?:ing)?)?|desc(?:end(?:ing)?)?|-?1)", re.IGNORECASE
)
"""``name desc``, ``name:desc``, ``name_desc``, ``nameDesc``."""
_AROUND = re.compile(r"(asc|desc)\(\s*(.+?)\s*\)", re.IGNORECASE)
"""``desc(name)``."""


def asked_order(members: Mapping[str, str], asked: Mapping[str, Any], moment: str = "") -> tuple[Way, ...]:
    """What a request's parameters ask for, the first counts most; what names no member is passed over.

    ``members`` are those of the records by their names in small letters, ``moment`` is the one that tells when a record
    is: ``newest`` goes by it.
    """
    said = [(flat(name), [*_texts(value)]) for name, value in asked.items() if flat(name) in SORTS | DIRECTIONS]
    said = [(name, texts) for name, texts in said if texts and name not in members]
    tells_way = [name in DIRECTIONS or _is_way(texts) for name, texts in said]  # ``sort_by=name&order=desc``
    texts = next((texts for (_, texts), is_way in zip(said, tells_way, strict=True) if not is_way), [])
    ways = next((texts for (_, texts), is_way in zip(said, tells_way, strict=True) if is_way), [])
    if not texts and not _is_way(ways):
        texts, ways = ways, []  # ``sortOrder=name_desc`` says both
    order: dict[str, bool] = {}
    last = ""
    for index, text in enumerate(texts):
        if text.lower() in _DOWN | _UP:  # ``sort=name,desc``
            order |= {last: text.lower() in _DOWN} if last else {}
            last = ""
            continue
        usual = (ways[index] if index < len(ways) else ways[-1] if ways else "").lower() in _DOWN
        way, last = _way(members, text, moment, is_down=usual), ""
        if way is not None and way[0] not in order:
            order[way[0]] = way[1]
            last = way[0]
    return tuple(order.items())


def _is_way(texts: list[str]) -> bool:
    return all(one.lower() in _DOWN | _UP for one in texts)


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str | int):
            yield from (text.strip() for text in str(one).split(",") if text.strip())


def _way(members: Mapping[str, str], text: str, moment: str, *, is_down: bool) -> Way | None:
    if len(text) > LONGEST:
        return None
    word = flat(text)
    if moment and word in _NEWEST | _OLDEST and word not in members:
        return moment, word in _NEWEST
    if text[0] in "+-":
        text, is_down = text[1:].strip(), text[0] == "-"
    if (member := sorted_by(members, text)) is not None:
        return member, is_down
    if around := _AROUND.fullmatch(text):
        name, way = around[2], around[1]
    elif behind := _BEHIND.fullmatch(text):
        name, way = behind[1], behind[2]
    else:
        return loose_order(members, text)
    member = sorted_by(members, name) or meant_member(members, name)
    return None if member is None else (member, way.lower().startswith("desc") or way == "-1")


def sorted_by(members: Mapping[str, str], name: str) -> str | None:
    """The member that a list is sorted by: of that name, or the moment of it, ``created_at`` for ``created``."""
    low = flat(name)
    return next((members[one] for one in (low, f"{low}at", f"{low}on", f"{low}date") if one in members), None)


def all_in(scope: Scope, order: tuple[Way, ...]) -> list[Record]:
    """All records of a scope in an order. PERF: by one member they are kept in it."""
    if len(order) != 1:
        return [one for one, _ in in_order([(record, record.data()) for record in scope.in_order()], order)]
    [(member, is_down)] = order
    found = scope.ordered(f"by {member}", lambda one: (rank(held(one.data(), member)), by_key(one)))
    return [*(reversed(found) if is_down else found)]


def in_order(found: list[tuple[Record, Any]], order: tuple[Way, ...]) -> list[tuple[Record, Any]]:
    """Records, each with its data, in an order; those that are alike in it go by their keys."""
    if not order:
        return found
    found = sorted(found, key=lambda one: by_key(one[0]), reverse=order[0][1])
    for member, is_down in reversed(order):
        found.sort(key=_ranked_by(member), reverse=is_down)
    return found


def _ranked_by(member: str) -> Callable[[tuple[Record, Any]], tuple[int, float, str]]:
    return lambda one: rank(held(one[1], member))


def rank(value: Json) -> tuple[int, float, str]:
    """Where a value stands in an order: numbers, then texts, then none at all."""
    number = None if isinstance(value, str) else amount_of(value)
    if number is not None:
        return (0, number, "")
    return (2, 0, "") if value is None else (1, 0, str(value))
