"""Lists that records are put into by what is done to them: ``PUT /lots/{id}/watch`` and ``/me/watchlist`` (O11)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.kinds import Kind
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.reading.paths import ANY
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import is_one
from mockserver.values.name_words import flat, singular
from mockserver.values.verb_stems import stem_of

_KEPT: Mapping[str, Kind] = {"put": Kind.MEMBERSHIP, "post": Kind.MEMBERSHIP, "delete": Kind.DELETE}


def kept_in(found: Resources, reading: Reading, above: InferredCollection) -> Guess | None:
    """What a write right below an item means that is called like a list of such records on a path of its own."""
    one, kind, path = _list_of(found, reading, above), _KEPT.get(reading.entry.method), reading.entry.path
    if one is None or kind is None:
        return None
    words = {"of": above.name, "named_by": path.names[len(path.key) - 2]}
    way = "out of" if kind is Kind.DELETE else "into"
    return Guess(kind, one, f"'{path.key[-1]}' of one of {above.name} puts it {way} {one.name} (O11)", words)


def empty_kept_lists(found: Resources) -> None:
    """Let such lists have no first records: nobody has put any there yet."""
    for key, verbs in found.paths.entries.items():
        above = found.above(key) if _KEPT.keys() & set(verbs) else None
        for reading in (found.reading(key, method) for method in _KEPT) if above is not None else ():
            if reading is not None and above is not None and (one := _list_of(found, reading, above)):
                one.seed = 0


def _list_of(found: Resources, reading: Reading, above: InferredCollection) -> InferredCollection | None:
    key = reading.entry.path.key
    if above.record is None or above.parents or above.item != key[:-1] or reading.body is not None:
        return None
    for one in found.collections.values():
        if one.item or one.record is None or one is above or set(found.paths.verbs(one.key)) != {"get"}:
            continue
        is_called = one.key and one.key[-1] != ANY and ANY not in one.key and _stem(one.key[-1]) == stem_of(key[-1])
        if is_called and is_one(found.shapes, one.record, above.record):
            return one
    return None


def _stem(word: str) -> str:
    """What a list is called by what is done: ``watchlist``, ``favorites``, ``saved``."""
    low = flat(word)
    return stem_of(low.removesuffix("list") if low.endswith("list") else singular(low))
