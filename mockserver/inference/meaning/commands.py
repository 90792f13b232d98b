"""Requests whose verb does not say what they do, but whose name does: ``GET /jobs/{id}/stop``, ``PUT /todos/{id}``."""

from __future__ import annotations

from mockserver.contract.kinds import Kind
from mockserver.contract.samples.described_values import listed_values
from mockserver.inference.meaning.actions import Action, read_action, sets_of
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.values.name_words import flat, singular, words_of


def put_alone(found: Resources, reading: Reading, about: InferredCollection) -> Guess:
    """PUT of an item without a body: a membership, or where a POST makes the records what its words say is done."""
    if found.creating(about) is None or "404" not in reading.replies:
        return Guess(Kind.MEMBERSHIP, about, "PUT on an item path without a body (O4)")
    spoken = [str(reading.entry.node.child(name).value or "") for name in ("operationId", "summary")]
    path = reading.entry.path
    nouns = {flat(singular(word)) for word in (*path.key, *path.names)}
    words = (word for one in spoken for word in words_of(one) if flat(singular(word)) not in nouns)
    likely = (sets_of(found.shapes, about, word) for word in words)
    sets, why = next((one for one in likely if one[0]), ({}, "nothing says what it changes"))
    does = Action(sets, read_action(found.shapes, reading, about).replies)
    return Guess(Kind.ACTION, about, f"PUT on an item path without a body, beside a POST (O11); {why}", does.words)


def is_commanded(found: Resources, reading: Reading, above: InferredCollection) -> bool:
    """Whether a GET right below an item says what is to be done to it, and not what it is.

    ``stop`` does where a record may be ``stopped``, but not where it has a member or a state of that very name.
    """
    key, shapes = reading.entry.path.key, found.shapes
    if above.record is None or above.item_of(key) != key[:-1] or not set(found.paths.verbs(key)) <= {"get", "head"}:
        return False
    members = shapes.properties(above.record).items()
    own = {flat(one) for name, node in members for one in (name, *listed_values(shapes, name, node))}
    return reading.list is None and flat(key[-1]) not in own and bool(sets_of(shapes, above, key[-1])[0])
