"""Records that one path names alone, and only a list below another record shows (R6): ``DELETE /comments/{id}`` of
``/posts/{id}/comments``, ``POST /holds/{id}/capture`` of ``/accounts/{id}/holds``.
"""  # fmt: skip

from __future__ import annotations

from collections.abc import Iterator

from mockserver.inference.reading.keys import own_kind_member
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection
from mockserver.inference.records.resources import Resources
from mockserver.values.name_words import flat, singular


def acted_on_alone(found: Resources) -> Iterator[InferredCollection]:
    """A collection without a path for each item below which something is done, and which only such a list shows."""
    for key, verbs in [*found.paths.entries.items()]:
        if len(key) < 3 or key[-2] != ANY or key[-1] == ANY or ANY in key[:-2] or set(verbs) <= {"get", "head"}:
            continue
        home, item = key[:-2], key[:-1]
        if found.at(home) or home in found.singles or found.paths.verbs(home) or found.paths.verbs(item):
            continue
        one = InferredCollection(home, "", item=item)
        one.names, one.parameter = found.paths.names(home), next(iter(verbs.values())).path.names[len(home)]
        lists = _lists_below(found, home)
        if len(lists) == 1 and _takes_key(found, one, lists[0], key):
            yield one


def told_below(
    found: Resources, flat_one: InferredCollection, others: list[InferredCollection]
) -> Iterator[InferredCollection]:
    """The one list below another record that shows what a path names alone without showing it; with what that tells."""
    verbs = found.paths.verbs(flat_one.item or ())
    if flat_one.record is not None or flat_one.also or "get" in verbs or found.paths.verbs(flat_one.key):
        return
    lists = [one for one in _lists_below(found, flat_one.key) if one in others]
    if len(lists) != 1:
        return
    home = lists[0]
    flat_one.record, flat_one.steps, flat_one.schema = home.record, home.steps, home.schema
    flat_one.identity, flat_one.others, flat_one.why = home.identity, home.others, [*home.why]
    yield home


def of_own_kind(found: Resources) -> Iterator[tuple[InferredCollection, InferredCollection]]:
    """A collection, and a list below one of its records of others that name it: ``/comments/{id}/replies``."""
    for one in found.collections.values():
        home = found.at(one.key[:-2]) if one.key[-2:-1] == (ANY,) else None
        reading = found.reading(one.key, "get")
        if home is None or home.record is None or one.item or one.also or home.item_of(one.key) != one.key[:-1]:
            continue
        if set(found.paths.verbs(one.key)) != {"get"} or reading is None or reading.list is None:
            continue
        name = found.shapes.name(home.record)
        if name and name == found.shapes.name(reading.list.schema) and own_kind_member(found.shapes, home.record):
            one.is_wide = one.key.count(ANY) <= home.key.count(ANY)
            yield home, one


def _lists_below(found: Resources, key: Key) -> list[InferredCollection]:
    """The lists of that name below a record of something else, none of whose records has a path there."""
    named = [one for one in found.collections.values() if one.key[-1:] == key[-1:] and ANY in one.key]
    near = [one for one in named if ANY not in key and one.key[: len(key) - 1] == key[:-1]]
    alone = [one for one in near if one.item is None and one.passed is None and not one.also]
    return [one for one in alone if one.record is not None and len(one.identity) == 1 and _is_listed(found, one)]


def _is_listed(found: Resources, one: InferredCollection) -> bool:
    reading = found.reading(one.key, "get")
    return reading is not None and reading.list is not None


def _takes_key(found: Resources, one: InferredCollection, listed: InferredCollection, path: Key) -> bool:
    """Whether the path names a record by the key that the list shows: called so, and of its type."""
    named, thing = flat(one.parameter), flat(singular(one.key[-1]))
    member = flat(listed.identity[-1])
    place = found.shapes.member(listed.record, listed.identity) if listed.record is not None else None
    reading = next((each for key, each in found.readings.items() if key[0] == path), None)
    taken = next((each for each in (reading.parameters if reading else ()) if each.name == one.parameter), None)
    is_called = named in (member, thing + member, f"{thing}id", thing, "id")
    is_typed = taken is not None and place is not None and found.shapes.type(taken.schema) == found.shapes.type(place)
    return is_called and is_typed
