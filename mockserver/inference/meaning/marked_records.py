"""What a path says of some of a collection's records by what a member of theirs is called, or one of its values.

``/me/favourites`` are those that are ``isFavourite``, ``unread-count`` counts those that are not ``read``, ``read-all``
makes all of them so, and ``/alerts/summary`` tells how many there are in each state (O10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.kinds import Kind
from mockserver.contract.plan_values import PAST
from mockserver.contract.samples.timestamp_names import is_ahead
from mockserver.inference.meaning.actions import sets_of
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import GONE, is_one, join
from mockserver.inference.vocabulary.words import COUNTS
from mockserver.values.name_words import flat, singular, words_of
from mockserver.values.verb_stems import stem_of

_COUNTING = frozenset({"count", "counts", "number", "num", "total", "of", "all"})
"""Words that say of a number that it is one of records."""
_FINISHED = ("completed", "done", "finished", "closed", "resolved", "paid")
_NOT_YET = frozenset({"pending", "open", "remaining", "incomplete", "outstanding", "unfinished", "todo"})
_LATE = frozenset({"overdue", "pastdue", "late"})
_OF_ALL = re.compile(r"(?:mark[-_]?)?(?:(\w+?)[-_]?all|all[-_]?(?:as[-_]?)?(\w+))", re.IGNORECASE)
"""How the last segment is called of a path that does something to all records of the collection before it."""


def share_marked(found: Resources) -> None:
    """Let a list on a path of its own be of the records that another collection keeps, if it is called like a truth
    about them: ``/me/favourites`` beside ``/listings`` and their ``isFavourite``.
    """  # fmt: skip
    for one in [one for one in found.collections.values() if one.key and one.key[-1] != ANY and not one.item]:
        reading = found.reading(one.key, "get")
        if (
            not {"get"} <= set(found.paths.verbs(one.key)) <= {"get", "delete"}
            or reading is None
            or reading.list is None
            or one.also
        ):
            continue
        homes = [
            home
            for home in found.collections.values()
            if home is not one and (home.item or home.also) and home.record is not None
            and _around(home.key) == _around(one.key) and found.part(home) is found.part(one)
            and is_one(found.shapes, home.record, reading.list.schema)
        ]  # fmt: skip
        if len(homes) == 1 and _is_mark(found, homes[0], one.key[-1]):
            join(found, homes[0], one, f"/{'/'.join(one.key)} lists those that are so (R6)")


def _is_mark(found: Resources, home: InferredCollection, word: str) -> bool:
    """Whether a list is called like a truth about the records. What is gone (``/trash``) is elsewhere mostly, but where
    an action of that name makes it true of a record.
    """  # fmt: skip
    if not _truth(found, home, word):
        return False
    below = [key[-1] for key in found.paths.entries if home.item and key[:-1] == home.item]
    return not GONE.search(word) or any(stem_of(one) == stem_of(word) for one in below)


def by_marks(found: Resources, reading: Reading, key: Key, method: str) -> Guess | None:
    """What a path means whose last word is a mark of the records of the collection before it, or counts these."""
    home = found.homes.get(key) if method in ("get", "delete") and key not in found.collections else None
    is_own = home is not None and found.paths.verbs(key).keys() <= {"get", "delete"} and key[-1:] != home.key[-1:]
    if home is not None and is_own and (where := _truth(found, home, key[-1])):
        why = f"'{key[-1]}' are the {home.name} that are so (O10)"
        if method == "delete":
            return Guess(Kind.BULK, home, f"{why}; DELETE of them all (O8)", {"does": "delete", "where": where})
        return Guess(Kind.SEARCH, home, why, {"where": where}) if reading.list is not None else None
    if method == "get" and reading.list is not None:
        return None
    about = found.at(key[:-1])
    if about is None or about.record is None or key[-1] == ANY:
        return None
    if method != "get":
        return _done_to_all(found, reading, about, key[-1])
    listed = found.reading(key[:-1], "get")
    return None if listed is None or listed.list is None else _counted(found, reading, about, key[-1])


def _done_to_all(found: Resources, reading: Reading, about: InferredCollection, word: str) -> Guess | None:
    """``POST /notifications/read-all``: what the verb makes of one record, it makes of all."""
    said = _OF_ALL.fullmatch(word)
    sets = sets_of(found.shapes, about, said[1] or said[2])[0] if said and reading.body is None else {}
    if not sets:
        return None
    return Guess(Kind.BULK, about, f"'{word}' is done to all {about.name} (O8)", {"does": "action", "set": sets})


def _counted(found: Resources, reading: Reading, about: InferredCollection, word: str) -> Guess | None:
    """How many there are of those that are called so, or of each that a reply's numbers are called like."""
    shown = reading.record.schema if reading.record else reading.success.schema if reading.is_json else None
    members = found.shapes.properties(shown) if shown is not None else {}
    numbers = [name for name, node in members.items() if found.shapes.type(node) == "integer"]
    if len(members) == len(numbers) == 1 and flat(word) not in COUNTS and words_of(word)[-1] in COUNTS:
        where = _those(found, about, word)
        counts = {numbers[0]: where} if where else {}
    else:
        counts = {name: where for name in numbers if (where := _those(found, about, name)) is not None}
        counts = counts if sum(map(bool, counts.values())) > 1 else {}
    if not counts:
        return None
    why = f"{', '.join(map(repr, counts))}: how many {about.name} are so (O10)"
    steps = reading.record.steps if reading.record else ()
    return Guess(Kind.SEARCH, about, why, {"numbers": counts, "numbers_at": steps})


def _those(found: Resources, about: InferredCollection, name: str) -> Mapping[str, Any] | None:
    """Which records a number of that name counts: all of them (empty), or None where nothing tells."""
    thing = {singular(one) for one in words_of(about.key[-1])}
    words = [one for one in words_of(name) if one not in _COUNTING and singular(one) not in thing]
    return (_marks(found, about, "-".join(words)) or _unfinished(found, about, "".join(words)) or None) if words else {}


def _unfinished(found: Resources, about: InferredCollection, word: str) -> Mapping[str, Any]:
    """Which records are yet to be done, by the truth value that says so (``pending``), or should be (``overdue``)."""
    finished = next((one for each in _FINISHED if (one := _truth(found, about, each))), {})
    assert about.record is not None
    shapes, members = found.shapes, found.shapes.properties(about.record)
    days = ("date", "date-time")
    due = [one for one in members if is_ahead(one) and shapes.says(members[one], "format") in days]
    not_yet: dict[str, Any] = {name: not one for name, one in finished.items()}
    if word in _LATE:
        return {**not_yet, due[0]: PAST} if len(due) == 1 else {}
    return not_yet if word in _NOT_YET else {}


def _truth(found: Resources, home: InferredCollection, word: str) -> Mapping[str, Any]:
    """The member that is true, or false, of the records that are called so."""
    return {name: value for name, value in _marks(found, home, word).items() if isinstance(value, bool)}


def _marks(found: Resources, about: InferredCollection, word: str) -> Mapping[str, Any]:
    sets = sets_of(found.shapes, about, word)[0]
    return {name: value for name, value in sets.items() if isinstance(value, bool | str)}


def _around(key: Key) -> Key:
    """A path as far as its last parameter."""
    return key[: max((place + 1 for place, step in enumerate(key) if step == ANY), default=0)]
