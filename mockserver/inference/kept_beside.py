"""What is kept beside the records of a document and no list of it shows: passwords, and the bytes of files."""

from __future__ import annotations

from dataclasses import replace

from mockserver.contract.kinds import Kind
from mockserver.contract.plan import FILES, Model, Parent
from mockserver.contract.resource import Resource
from mockserver.contract.schema import SchemaValidator
from mockserver.inference.guess import Guess
from mockserver.inference.paths import ANY
from mockserver.inference.resource_draft import Reading
from mockserver.inference.resources import Resources
from mockserver.inference.words import CONTENTS
from mockserver.values.name_words import flat


def kept_beside(name: str, validator: SchemaValidator, *, parents: tuple[Parent, ...] = (), why: str = "") -> Resource:
    """A resource that no path leads to. Its records go with those that ``parents`` tell of."""
    model = Model(record=None, key=(), parents=parents, seed=0, why=why) if name else None
    return Resource(name, "", "id" if name else "", is_chosen=False, fields=frozenset(), managed=frozenset(),
                    stamps={}, computed=frozenset(), references=(), elsewhere=(), validator=validator,
                    model=model)  # fmt: skip


def files_of(resource: Resource) -> str:
    """The name of the resource that keeps the bytes of what was sent for records of another."""
    return f"{resource.name}.{FILES}"


def kept_files(resource: Resource, validator: SchemaValidator) -> Resource:
    """Where those are kept: they go when the record goes."""
    above = resource.model.parents if resource.model else ()
    return kept_beside(files_of(resource), validator, parents=(*above, Parent("record", resource.name)),
                       why="files that clients sent")  # fmt: skip


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
