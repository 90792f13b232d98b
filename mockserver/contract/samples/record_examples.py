"""The examples of a document's records, as its replies show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.contract.plan import Source
from mockserver.messages import Json
from mockserver.values.members import value_at


def record_examples(sources: Iterable[Source]) -> Iterator[Json]:
    """What stands where a record should in the examples of its replies, those of one record first."""
    for source in sorted(sources, key=lambda one: not one.is_list):
        for example in media_examples(source.media.value):
            yield from _within(source, example)


def _within(source: Source, example: Json) -> Iterator[Json]:
    found = value_at(example, source.steps)
    if source.is_list and isinstance(found, list):
        yield from (value_at(one, source.each) if source.each else one for one in found)
    elif not source.is_list:
        yield found


def media_examples(media: Any) -> Iterator[Json]:
    """The examples at a media type: ``example``, and the values of ``examples``."""
    if not isinstance(media, Mapping):
        return
    if media.get("example") is not None:
        yield media["example"]
    named = media.get("examples")
    for one in named.values() if isinstance(named, Mapping) else ():
        if isinstance(one, Mapping) and one.get("value") is not None:
            yield one["value"]
