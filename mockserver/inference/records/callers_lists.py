"""Lists of what is the caller's (R9): ``/me/orders`` and ``/me/bids`` are of records that others see elsewhere."""

from __future__ import annotations

from mockserver.inference.reading.keys import parent_member
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import is_one, join
from mockserver.inference.vocabulary.words import CALLERS
from mockserver.values.name_words import flat

_OWN = CALLERS | {"my"}


def is_callers(key: Key) -> bool:
    """Whether a path is of what the caller has: ``/me/orders``."""
    return len(key) > 1 and key[-2].lower() in _OWN and key[-1] != ANY


_ALL = frozenset({"schedule", "agenda", "calendar", "timetable", "history", "timeline"})
"""What lists are called that show all that is of one parent: ``/trainers/{id}/schedule`` its classes."""


def share_schedules(found: Resources) -> None:
    """Let such a list be of the records of the one collection that has the same, and that say whose they are."""
    for one in [one for one in found.collections.values() if one.key[-2:-1] == (ANY,) and not one.item]:
        reading = found.reading(one.key, "get")
        is_shown = set(found.paths.verbs(one.key)) == {"get"} and reading is not None and reading.list is not None
        if flat(one.key[-1]) not in _ALL or not is_shown or reading is None or reading.list is None or one.also:
            continue
        homes = [
            home for home in found.collections.values()
            if home.item and ANY not in home.key and home.record is not None and found.part(home) is found.part(one)
            and is_one(found.shapes, home.record, reading.list.schema)
            and parent_member(found.shapes, home.record, home.identity, one.names[-1], one.key[-3])
        ]  # fmt: skip
        if len(homes) == 1:
            one.is_wide = True
            join(found, homes[0], one, f"/{'/'.join(one.key)} lists those that name it (R6)")


def share_callers_lists(found: Resources) -> None:
    """Let such a list be of the records of the one collection that is called like it, and has the same."""
    for one in [one for one in found.collections.values() if is_callers(one.key) and not one.item]:
        reading = found.reading(one.key, "get")
        if set(found.paths.verbs(one.key)) != {"get"} or reading is None or reading.list is None or one.also:
            continue
        homes = [
            home for home in found.collections.values()
            if home is not one and home.key[-1:] == one.key[-1:] and home.record is not None
            and found.part(home) is found.part(one) and is_one(found.shapes, home.record, reading.list.schema)
        ]  # fmt: skip
        if len(homes) == 1:
            join(found, homes[0], one, f"/{'/'.join(one.key)} lists the caller's (R9)")
