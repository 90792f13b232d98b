"""The word ``template``: a text with the values of fields in it, and the filters they may pass."""

# ruff: noqa: ARG001  # all words are read, and all makers called, in one way

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from mockserver.seeding.item import Item, Make
from mockserver.seeding.place import Place, meant, told
from mockserver.seeding.scope import Beside, Scope
from mockserver.seeding.words import constant
from mockserver.values.absent import ABSENT

_BETWEEN = re.compile("[^a-z0-9]+")
_PARTS = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|[{}])")


def read_template(place: Place, scope: Scope, beside: Beside) -> Make:
    """``template: "{first_name} {last_name|upper}"``; absent when a value in it is."""
    if not isinstance(place.value, str):
        place.complain(f"wanted a text, found {told(place.value)}", 'write "{first_name} {last_name}"')
        return constant(ABSENT)
    parts = [_part(place, scope, part) for part in _PARTS.split(place.value) if part]

    def make(item: Item, base: int) -> Any:
        texts = [part(item, base) for part in parts]
        return ABSENT if ABSENT in texts else "".join(texts)

    return make


def as_text(value: Any) -> str:
    """A text as it is, anything else as in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else told(value)


def slug(text: str) -> str:
    """``Zoë O'Hara`` as ``zoe-ohara``."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _BETWEEN.sub("-", plain.lower().replace("'", "")).strip("-")


FILTERS = MappingProxyType({"lower": str.lower, "upper": str.upper, "slug": slug})


def _part(place: Place, scope: Scope, part: str) -> Make:
    if part in ("{{", "}}"):
        return constant(part[0])
    if part in ("{", "}"):
        place.complain(f"a lone {part!r} in {told(place.value)}", "close it, or write it twice to mean itself")
    return _value(place, scope, part[1:-1]) if part.startswith("{") and part != "{" else constant(part)


def _value(place: Place, scope: Scope, part: str) -> Make:
    name, *filters = (one.strip() for one in part.split("|"))
    read = scope.reader(place, name)
    steps: list[Callable[[str], str]] = []
    for word in filters:
        if word in FILTERS:
            steps.append(FILTERS[word])
        else:
            place.complain(f"unknown filter {word!r}", meant(word, FILTERS))

    def make(item: Item, base: int) -> Any:
        value = read(item)
        if value is ABSENT:
            return ABSENT
        text = as_text(value)
        for step in steps:
            text = step(text)
        return text

    return make
