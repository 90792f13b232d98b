"""Resources whose records are created on another path than shows them: ``/user/repos``, ``/repos/{owner}/{repo}``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.contract.kinds import Kind
from mockserver.contract.plan_values import NOW
from mockserver.contract.samples.described_values import listed_values
from mockserver.inference.meaning.actions import sets_of
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import FEWEST, is_one
from mockserver.inference.vocabulary.words import CREATES
from mockserver.values.name_words import flat, singular
from mockserver.values.shown import shown

_ACCOUNTS = re.compile("login|logon|signin|signup|auth|token|session|password|register")
"""Words of paths by which people come and go."""


def made_elsewhere(found: Resources, one: InferredCollection) -> Iterator[str]:
    """The resources called and made like ``one``, whose records clients make and no path of theirs shows alone.

    Of several that are so the one with the shortest path has them.
    """
    if not _is_home(found, one):
        return
    last = _last_fixed(one.key)
    alike = [each for each in found.collections.values() if _last_fixed(each.key) == last]
    for other in alike:
        if other.item is None and _makes(found, one, other) and _is_alike(found, one, other):
            homes = [each for each in alike if _is_home(found, each) and _is_alike(found, each, other)]
            if min(homes, key=lambda each: len(_fixed(each.key))) is one:
                yield other.name


def _makes(found: Resources, one: InferredCollection, other: InferredCollection) -> bool:
    """Whether a POST there makes a record: below others, where all are listed, it puts one of them in that is there."""
    made, listed = found.reading(other.key, "post"), found.reading(one.key, "get")
    is_put_in = ANY in other.key and listed is not None and listed.list is not None
    return made is not None and made.record is not None and not is_put_in


def _is_home(found: Resources, one: InferredCollection) -> bool:
    return one.item is not None and one.record is not None and found.reading(one.item, "get") is not None


def _is_alike(found: Resources, one: InferredCollection, other: InferredCollection) -> bool:
    if one.record is None or other.record is None or found.part(one) is not found.part(other):
        return False
    if is_one(found.shapes, one.record, other.record):
        return True
    shared = found.shapes.properties(one.record).keys() & found.shapes.properties(other.record).keys()
    return len(shared) >= max(FEWEST, len(found.shapes.properties(other.record)) / 2)


def _fixed(key: Key) -> list[str]:
    return [step for step in key if step != ANY]


def _last_fixed(key: Key) -> str | None:
    return next((step for step in reversed(key) if step != ANY), None)


def made_by(found: Resources, reading: Reading) -> Guess | None:
    """A POST on a fixed path that says that it created (201) what one collection's path shows: ``/cart/checkout``.

    Not where one logs in: frameworks answer 201 to any POST.
    """
    key = reading.entry.path.key
    is_made = reading.entry.method == "post" and reading.status == 201 and reading.record is not None
    if not is_made or not key or ANY in key or CREATES.match(key[-1]) or _ACCOUNTS.search(flat(key[-1])):
        return None
    name = found.shapes.name(reading.record.schema) if reading.record else None
    alike = [one for one in found.collections.values() if name and one.schema == name and ANY not in one.key]
    homes = [one for one in alike if _is_home(found, one)]
    if len(homes) != 1:
        return None
    begins = {**_started(found, homes[0], reading, key[-1]), **_called(found, homes[0], reading, key[-1])}
    why = f"it says that it created one of {homes[0].name} (O3)"
    why += "".join(f"; '{member}' is {shown(value)} of what is made there" for member, value in begins.items())
    return Guess(Kind.CREATE, homes[0], why, {"begins": begins} if begins else {})


def imported(found: Resources, reading: Reading, about: InferredCollection) -> Guess | None:
    """``POST /contacts/import``: a list in the body, whose items say what records have."""
    shapes, sent = found.shapes, found.shapes.properties(reading.body) if reading.body is not None else {}
    if about.record is None or (reading.record is not None and reading.list is not None):
        return None
    own = set(shapes.properties(about.record))
    for name, node in sent.items():
        items = shapes.items(node) if shapes.type(node) == "array" else None
        said = set(shapes.properties(items)) if items is not None else set()
        if said and said <= own:
            why = f"each of '{name}' makes one of {about.name} (O3)"
            return Guess(Kind.CREATE, about, why, {"many": True, "each_of": name})
    return None


def _started(found: Resources, home: InferredCollection, reading: Reading, word: str) -> dict[str, Any]:
    """What is true at first of what a path makes by what is done: ``POST /entries/start`` a timer that is ``running``,
    whose ``start`` is now.
    """  # fmt: skip
    shapes, sets = found.shapes, sets_of(found.shapes, home, word, by_meaning=True)[0]
    members = shapes.properties(home.record) if home.record is not None else {}
    sent = shapes.properties(reading.body) if reading.body is not None else {}
    named = {name: NOW for name, one in members.items()
             if flat(name) == flat(word) and shapes.says(one, "format") == "date-time"}  # fmt: skip
    own = {name: one for name, one in {**sets, **named}.items() if name not in sent}
    return own if any(one is True for one in own.values()) else {}


def _called(found: Resources, home: InferredCollection, reading: Reading, word: str) -> dict[str, str]:
    """What kind of record a path makes that is called like it: ``POST /folders`` files whose ``type`` is ``folder``."""
    shapes = found.shapes
    sent = shapes.properties(reading.body) if reading.body is not None else {}
    kinds = (
        (name, one)
        for name, node in (shapes.properties(home.record).items() if home.record is not None else ())
        if name not in sent
        for one in listed_values(shapes, name, node)
        if flat(one) == flat(singular(word))
    )
    return dict([*kinds][:1])
