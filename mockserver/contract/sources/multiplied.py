"""Schemas whose alternatives multiply: forty of them, each with two ways to the next, are 10^12 for one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

Pointed: TypeAlias = Callable[[str], Any]
"""The schema that a reference names; None where it leads nowhere."""
MANY = 10_000
"""To how many schemas one value may be held, counting each way to the same one. Real documents have hundreds."""
_LISTS = ("allOf", "oneOf", "anyOf")
_SINGLE = ("not", "if", "then", "else")


def thin_out(schemas: Iterable[dict[str, Any]], pointed: Pointed) -> Iterator[tuple[dict[str, Any], str]]:
    """Take out of ``schemas``, and those that they lead to, each keyword by which there would be too many; in place.

    Yields it with its schema. Innermost first, so that what leads there is thin by then; each is looked at once.
    """
    ways: dict[int, int] = {}
    opened = set[int]()
    waiting = [(schema, False) for schema in schemas]
    while waiting:
        schema, is_open = waiting.pop()
        below = {word: [*_within(schema, word, pointed)] for word in ("$ref", *_LISTS, *_SINGLE) if word in schema}
        if is_open:
            counts = {word: sum(ways.get(id(one), 1) for one in ones) for word, ones in below.items()}
            for word in [word for word in _LISTS if counts.get(word, 0) > MANY]:
                del schema[word], counts[word]
                yield schema, word
            ways[id(schema)] = 1 + sum(counts.values())
        elif id(schema) not in opened:
            opened.add(id(schema))
            waiting += [(schema, True), *((one, False) for ones in below.values() for one in ones)]


def _within(schema: dict[str, Any], word: str, pointed: Pointed) -> Iterator[dict[str, Any]]:
    """The schemas that a keyword holds the schema's own value to."""
    said = schema[word]
    listed = [pointed(said)] if word == "$ref" and isinstance(said, str) else said if isinstance(said, list) else [said]
    yield from (one for one in listed if isinstance(one, dict))
