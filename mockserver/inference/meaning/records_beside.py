"""Records beside those of the document, which no list of it shows: passwords, files, replies, what somebody likes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mockserver.contract.kinds import Kind
from mockserver.contract.plan import Model, Parent
from mockserver.contract.resource import Resource
from mockserver.contract.schema import SchemaValidator
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.reading.paths import ANY
from mockserver.inference.reading.resource_draft import Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.vocabulary.names_beside import REPLIES, files_of, is_repeat_key, truths_of
from mockserver.inference.vocabulary.words import CONTENTS
from mockserver.values.name_words import flat


def resource_beside(
    name: str, validator: SchemaValidator, *, parents: tuple[Parent, ...] = (), why: str = ""
) -> Resource:
    """A resource that no path leads to. Its records go with those that ``parents`` tell of."""
    model = Model(record=None, key=(), parents=parents, seed=0, why=why) if name else None
    return Resource(name, "", "id" if name else "", is_chosen=False, fields=frozenset(), managed=frozenset(),
                    stamps={}, computed=frozenset(), references=(), elsewhere=(), validator=validator,
                    model=model)  # fmt: skip


def add_beside(
    resources: dict[str, Resource], about: Resource, reading: Reading, guess: Guess, any_: Callable[[], SchemaValidator]
) -> None:
    """Let there be the resources that keep what an operation sends or shows and no record holds."""
    if "file" in guess.words:
        resources.setdefault(files_of(about), files_beside(about, any_()))
    if REPLIES not in resources and any(map(is_repeat_key, reading.parameters)):
        resources[REPLIES] = resource_beside(REPLIES, any_(), why="what requests were answered that may be sent again")


def files_beside(resource: Resource, validator: SchemaValidator) -> Resource:
    """Where those are kept: they go when the record goes."""
    above = resource.model.parents if resource.model else ()
    parents = (*above, Parent("record", resource.name))
    return resource_beside(files_of(resource), validator, parents=parents, why="files that clients sent")


_OF_ONE = re.compile(
    r"(viewer|user|is|has|have|i)*(favou?rited?|starred|liked|following|followed|bookmarked|subscribed|watch(ed|ing)|upvoted)"
    r"(by)?(me|viewer)?"
)
"""Members that are true of a record for one account, and not for another."""


def truths_set(guess: Guess, reading: Reading) -> frozenset[str]:
    """The members that an operation without a body makes true or false for whoever asks."""
    sets = guess.words.get("set") if guess.kind is Kind.ACTION and not reading.bodies else None
    return frozenset(name for name, one in (sets or {}).items() if type(one) is bool and _OF_ONE.fullmatch(flat(name)))


def keep_truths(
    resources: dict[str, Resource], about: Resource, members: frozenset[str], validator: SchemaValidator
) -> None:
    """Let there be a resource that keeps ``members`` of the records for each account; it loses them with the record."""
    if not members:
        return
    name, above = truths_of(about.name), about.model.parents if about.model else ()
    parents, why = (*above, Parent("record", about.name)), "what single accounts like or follow"
    kept = resources.get(name) or resource_beside(name, validator, parents=parents, why=why)
    resources[name] = replace(kept, fields=kept.fields | members)


def giving_back(resources: Resources, reading: Reading, guess: Guess) -> Guess:
    """The guess of a GET that shows a file of a record, with ``file``: which of its files that is (A9)."""
    key, shapes = reading.entry.path.key, resources.shapes
    if guess.kind is not Kind.STUB or reading.entry.method != "get" or reading.success.media is None:
        return guess
    is_item = key[-1:] == (ANY,)
    about = guess.about or (resources.at(key[:-1]) if is_item else None) or resources.above(key)
    item = about.item_of(key) if about is not None else None
    if about is None or item is None or about.is_single or len(key) > len(item) + 1:
        return guess
    schema = reading.success.schema
    is_text = schema is not None and shapes.type(schema) == "string" and shapes.says(schema, "enum") is None
    which = "" if len(key) == len(item) or flat(key[-1]) in CONTENTS else key[-1]
    if reading.is_json and not (is_text and not which) and schema is not None:
        return guess
    words = {"must_exist": resources.is_open(about), **guess.words, "file": which}
    return replace(guess, about=about, why=f"a file of {about.name}, as it was sent (A9)", words=words)
