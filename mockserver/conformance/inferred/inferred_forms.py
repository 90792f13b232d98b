"""Forms of names and values (``application/x-www-form-urlencoded``): what they can say, and how it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mockserver.conformance.inferred.inferred_writing import flat, text_of
from mockserver.contract.document import Document, Node
from mockserver.contract.form_bodies import nested
from mockserver.contract.samples.sample_maker import Maker

NOTHING: tuple[Any, ...] = (None, "", [], {})
"""What a form cannot say: an empty text is read as nothing by many, the others have no text."""


def is_form(media: str) -> bool:
    return "urlencoded" in media


def is_sayable(value: Any) -> bool:
    """Whether a form can say all of ``value``."""
    if isinstance(value, dict | list):
        return bool(value) and all(map(is_sayable, value.values() if isinstance(value, dict) else value))
    return value is not None and value != ""


def sayable(value: Any) -> Any:
    """``value`` without what a form cannot say of it; nothing of it may be left."""
    if isinstance(value, dict):
        kept = {name: sayable(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if is_sayable(one)}
    return [one for one in map(sayable, value) if is_sayable(one)] if isinstance(value, list) else value


def bracketed(document: Document, content: Node) -> set[str]:
    """The members of a form that the document wants written as ``a[b]=1``."""
    said = document.follow(content.child("encoding"))
    rules = said.value if isinstance(said.value, Mapping) else {}
    return {name for name in rules if document.follow(said.child(name, "style")).value == "deepObject"}


def form_pairs(body: Mapping[str, Any], deep: Collection[str]) -> Iterator[tuple[str, str]]:
    """The pairs of a form: members of ``deep`` in brackets, other lists as a name said again, other objects as JSON."""
    for name, value in body.items():
        if name in deep:
            yield from _pairs_within(name, value)
        else:
            yield from ((name, text) for text in flat(value))


def _pairs_within(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        for step, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _pairs_within(f"{name}[{step}]", one)
    else:
        yield name, text_of(value)


def as_read(maker: Maker, schema: Node, body: Mapping[str, Any], deep: Collection[str]) -> Any:
    """What a reader of the form that says ``body`` takes it for: texts have become what the schema wants."""
    return nested(maker, schema, [*form_pairs(body, deep)])
