"""Which paths show the same records (R6): ``/pets`` and ``/owners/{id}/pets`` of one schema are one store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.keys import parent_member
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.told_below import acted_on_alone, of_own_kind, told_below
from mockserver.inference.vocabulary.asked_members import asked_member, values_elsewhere
from mockserver.values.name_words import singular

GONE = re.compile(
    r"delete|trash|remove|archive|histor|bin$|recycle|blocked|banned|version|revision|template|catalog", re.IGNORECASE
)
"""How lists are called of what is not in the list of all."""
FEWEST = 3
"""Schemas without a name are one where they have the same members, and at least so many."""


def share(found: Resources) -> None:
    """Let each collection that shows the records of another one be a further path of that."""
    for one in [one for one in found.collections.values() if one.item and _is_another_way(found, one.key, one.item)]:
        del found.collections[one.key]
    _share_singulars(found)
    _share_parts(found)
    found.collections |= {one.key: one for one in acted_on_alone(found)}
    alike: dict[str, list[InferredCollection]] = {}
    for one in found.collections.values():
        if one.key and one.key[-1] != ANY:
            alike.setdefault(one.key[-1], []).append(one)
    _share_choices(found)
    alone = [one for key, one in _made_only(found).items() if key[-1] in alike]
    for flat in [one for listed in alike.values() for one in listed if one.item]:
        if flat.key in found.collections:
            others = [
                one
                for one in (*alike[flat.key[-1]], *alone)
                if one is not flat and one.key not in found.homes and not one.also
            ]
            alike_ones = [one for one in others if _is_same(found, flat, one) or _is_short(found, flat, one)]
            _gather(found, flat, alike_ones or [*told_below(found, flat, others)])
    for home, one in [*of_own_kind(found)]:
        join(found, home, one, f"{_shown(one.key)} lists those that name one of them (R6)")
    for listed in alike.values():
        _share_lists_of_all(found, [one for one in listed if one.key in found.collections])
    for key, held in found.lists.items():
        found.lists[key] = replace(held, owner=found.homes.get(held.owner.key, held.owner))


def _share_lists_of_all(found: Resources, alike: list[InferredCollection]) -> None:
    """Let ``/pods`` that only lists be of those of every ``/namespaces/{}/pods``, where these are kept in one place."""
    for flat in alike:
        if flat.item or flat.also or _posts(found, flat) or not _lists(found, flat):
            continue
        below = [one for one in alike if one.item and _is_below(flat.key, one.key) and _posts(found, one)]
        homes = [one for one in below if _is_same(found, flat, one)]
        if len(homes) == 1:
            join(found, homes[0], flat, f"{_shown(flat.key)} lists those of all parents (R6)")


def _share_choices(found: Resources) -> None:
    """Let ``/articles/feed``, which only lists what ``/articles`` keeps, show the same records, or some of them."""
    for one in [one for one in found.collections.values() if one.key and not one.item and not one.also]:
        home = found.collections.get(one.key[:-1])
        if home is None or not home.item or set(found.paths.verbs(one.key)) > {"get"} or GONE.search(one.key[-1]):
            continue
        reading = found.reading(one.key, "get")
        if home.record is None or reading is None or reading.list is None or not _lists(found, home):
            continue
        if is_one(found.shapes, home.record, reading.list.schema):
            join(found, home, one, f"{_shown(one.key)} lists some of the same records (R6)")


def looked_up(found: Resources, reading: Reading) -> tuple[InferredCollection, str] | None:
    """The collection of which a path below it shows one record, and the member that tells which of them.

    ``/users/email/{email}`` shows one of ``/users``.
    """
    key = reading.entry.path.key
    about = found.at(key[:-2]) if len(key) > 1 and key[-1] == ANY and key[-2] != ANY else None
    if about is None or about.record is None or reading.record is None or reading.entry.method != "get":
        return None
    if not is_one(found.shapes, about.record, reading.record.schema):
        return None
    member = asked_member(found.shapes, about.record, str(reading.entry.path.names[-1]), key[-2])
    return None if member is None else (about, member)


def values_shown(found: Resources, reading: Reading, about: InferredCollection) -> dict[str, str]:
    """The resource and its member whose values a list of texts shows that is only read."""
    shapes = found.shapes
    if about.item or reading.list is None or shapes.type(reading.list.schema) != "string" or found.creating(about):
        return {}
    if not about.key:  # the root has no word that a member could be called by
        return {}
    every = [one for one in found.collections.values() if one.item and one.record is not None and ANY not in one.key]
    records = [(one.name, one.record) for one in every if one.record is not None]
    values = values_elsewhere(shapes, about.key[-1], records).items()
    return next(({"resource": name, "member": member} for name, member in values), {})


def _is_another_way(found: Resources, key: Key, item: Key) -> bool:
    """Whether what looks like records of their own are those of the collection above, by another of their members."""
    reading = found.reading(item, "get")
    is_read_only = set(found.paths.verbs(item)) <= {"get", "head", "options"} and not found.paths.verbs(key)
    return is_read_only and reading is not None and looked_up(found, reading) is not None


def _share_singulars(found: Resources) -> None:
    """Let ``/user`` and ``/user/{id}`` be further paths of ``/users``, where each has what the other lacks."""
    made = _made_only(found)
    for many in [one for one in found.collections.values() if one.key and one.key[-1] != ANY and _lists(found, one)]:
        key = (*many.key[:-1], singular(many.key[-1]))
        one = found.collections.get(key) or made.get(key)
        if one is None or key == many.key or _lists(found, one) or (_posts(found, one) and _posts(found, many)):
            continue
        if _is_alike(found, many, one):
            home, other = (one, many) if one.item and not many.item else (many, one)
            if home.record is None:
                home.record, home.schema, home.identity = other.record, other.schema, other.identity
            join(found, home, other, f"{_shown(other.key)} is of the same records, {_NUMBERS[home is one]} (R6)")


def _share_parts(found: Resources) -> None:
    """Let ``/pods/{}/status`` be the pod itself, where it shows whole pods, and these have an object of that name."""
    for key, one in [*found.singles.items()]:
        above = found.above(key)
        if above is None or above.item_of(key) != key[:-1] or above.record is None or one.record is None:
            continue
        part = found.shapes.properties(above.record).get(key[-1])
        is_part = part is not None and found.shapes.type(part) == "object"
        is_part = is_part and not (part is not None and is_one(found.shapes, above.record, part))
        is_whole = is_part and is_one(found.shapes, above.record, one.record)
        if is_whole or _is_seen_in(found.shapes, above, one.record):
            found.parts[key] = above
            del found.singles[key]


def _is_seen_in(shapes: Shapes, above: InferredCollection, shown: Node) -> bool:
    """Whether what is shown is a record of ``above`` as well: by the object with its key, and by a part of another."""
    if len(above.identity) < 2 or above.record is None:
        return False
    own, others = shapes.properties(above.record), shapes.properties(shown)
    holder = above.identity[0]
    if holder not in others or not is_one(shapes, own[holder], others[holder]):
        return False
    parts = [
        (set(shapes.properties(node)), set(shapes.properties(own[name])))
        for name, node in others.items()
        if name != holder and name in own and shapes.type(node) == "object"
    ]
    return any(seen and seen <= whole for seen, whole in parts)


_NUMBERS = ("one at a time", "all of them")


def _is_alike(found: Resources, many: InferredCollection, one: InferredCollection) -> bool:
    """Whether the records may be the same: half of the members of the smaller are the other's, where both tell them."""
    if found.part(many) is not found.part(one):
        return False
    members = [set(found.shapes.properties(each.record)) if each.record else set() for each in (many, one)]
    return not all(members) or 2 * len(members[0] & members[1]) >= min(map(len, members))


def _made_only(found: Resources) -> Mapping[Key, InferredCollection]:
    """Paths that records are made on and not read: each may be one of another collection."""
    made = {}
    for key, verbs in found.paths.entries.items():
        reading = found.reading(key, "post")
        is_alone = key[-1:] not in ((), (ANY,)) and key not in found.collections and set(verbs) == {"post"}
        if is_alone and reading and reading.record:
            made[key] = InferredCollection(key, "", record=reading.record.schema, names=found.paths.names(key))
    return made


def _gather(found: Resources, flat: InferredCollection, others: list[InferredCollection]) -> None:
    for one in others:
        if _width(one.key) == _width(flat.key) and not one.item and not _posts(found, one):
            join(found, flat, one, f"{_shown(one.key)} lists the same records (R6)")
    nested = [one for one in others if _is_below(flat.key, one.key)]
    makers = [one for one in nested if _posts(found, one)]
    homes = [one for one in makers or nested if _lists(found, one)]
    if len(makers or nested) == len(homes) == 1 and _is_bare(found, flat, homes[0]):
        move(found, flat, homes[0])
        for one in nested:
            if one is not homes[0] and not one.item and not _posts(found, one) and (field := _field(found, flat, one)):
                one.is_wide = True
                join(found, homes[0], one, f"{_shown(one.key)} shows those of one {'.'.join(field)} (R6)")
        return
    for one in nested:
        field = _field(found, flat, one)
        if field or not _lists(found, one):
            join(found, flat, one, f"{_shown(one.key)} shows those of one {'.'.join(field) or 'parent'} (R6)")


def _is_bare(found: Resources, flat: InferredCollection, home: InferredCollection) -> bool:
    """Whether records can only be made below ``home``, and nothing in them says where they are."""
    if _posts(found, flat) or flat.also:
        return False
    return not _lists(found, flat) or (_width(flat.key) > 0 and not _field(found, flat, home))


def join(found: Resources, home: InferredCollection, one: InferredCollection, why: str) -> None:
    """``one`` is a further path of ``home``."""
    found.collections.pop(one.key, None)
    found.homes[one.key], found.views[one.key] = home, one
    home.also[one.key] = one.item
    home.sources += one.sources
    home.why.append(why)
    one.record, one.identity = home.record, home.identity


def move(found: Resources, flat: InferredCollection, home: InferredCollection) -> None:
    """``flat`` shows single records of ``home`` only: what is known of one is told there, what is listed is below."""
    del found.collections[flat.key]
    found.homes[flat.key], found.views[flat.key] = home, flat
    home.also[flat.key] = flat.item
    if home.item is None:
        home.item, home.parameter = flat.item, flat.parameter
    home.record, home.steps, home.schema = flat.record, flat.steps, flat.schema
    home.identity, home.others = flat.identity, flat.others
    home.sources += flat.sources
    home.why = [*flat.why, f"{_shown(flat.key)} shows the same records, one at a time (R6)"]


def _is_same(found: Resources, flat: InferredCollection, one: InferredCollection) -> bool:
    """Whether any operation of ``one`` shows what the other's records are."""
    if flat.record is None or found.part(flat) is not found.part(one):
        return False
    readings = [found.reading(one.key, method) for method in ("get", "post")] + (
        [found.reading(one.item, "get")] if one.item else []
    )
    shown = [place.schema for reading in readings if reading for place in (reading.record, reading.list) if place]
    return any(is_one(found.shapes, flat.record, place) for place in shown)


def _is_short(found: Resources, flat: InferredCollection, one: InferredCollection) -> bool:
    """Whether ``/projects/{}/tasks`` only lists tasks in short, which say themselves of which projects they are."""
    reading = found.reading(one.key, "get")
    if set(found.paths.verbs(one.key)) != {"get"} or one.item or reading is None or reading.list is None:
        return False
    if flat.record is None or not _posts(found, flat) or not _is_below(flat.key, one.key):
        return False
    shown = set(found.shapes.properties(reading.list.schema))
    is_part = len(shown) >= FEWEST and shown <= set(found.shapes.properties(flat.record))
    return is_part and found.part(flat) is found.part(one) and bool(_field(found, flat, one))


def is_one(shapes: Shapes, left: Node, right: Node) -> bool:
    """Whether two schemas are those of one kind of record."""
    names = shapes.name(left), shapes.name(right)
    if any(names):
        return names[0] == names[1]
    members = set(shapes.properties(left))
    return len(members) >= FEWEST and members == set(shapes.properties(right))


def is_of_several(found: Resources, reading: Reading, about: InferredCollection) -> bool:
    """Whether a change that stands on a collection is of many records: another path has that of one, its reply none."""
    shown = reading.record.schema if reading.record else None
    is_told = about.item is not None and reading.entry.method in found.paths.verbs(about.item)
    return is_told and not (shown and about.record is not None and is_one(found.shapes, about.record, shown))


def _is_below(flat: Key, key: Key) -> bool:
    """Whether ``key`` is the other with a parent more before its last segment."""
    return _width(key) > _width(flat) and key[: len(flat) - 1] == flat[:-1] and key[-1] == flat[-1]


def _field(found: Resources, flat: InferredCollection, one: InferredCollection) -> tuple[str, ...]:
    """The member of a record that says whose it is, of the parent nearest to the list."""
    index = max(place for place, step in enumerate(one.key) if step == ANY)
    if own := parent_member(found.shapes, flat.record, flat.identity, one.names[index], one.key[index - 1]):
        return own
    return found.field_of(one, index) if one.record is not None else ()


def _width(key: Key) -> int:
    return sum(step == ANY for step in key)


def _lists(found: Resources, one: InferredCollection) -> bool:
    reading = found.reading(one.key, "get")
    return reading is not None and reading.list is not None


def _posts(found: Resources, one: InferredCollection) -> bool:
    return found.reading(one.key, "post") is not None


def _shown(key: Key) -> str:
    return "/" + "/".join(key)
