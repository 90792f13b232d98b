"""The examples of a document's records, as its replies show them, and of the parameters that name these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.contract.document import Document, Node
from mockserver.contract.plan import PlannedParameter, Source
from mockserver.contract.samples.declared_values import said_examples
from mockserver.contract.schema_shape import Shapes
from mockserver.errors import SetupError
from mockserver.messages import Json
from mockserver.values.absent import ABSENT
from mockserver.values.members import value_at


def record_examples(document: Document, sources: Iterable[Source]) -> Iterator[Json]:
    """What stands where a record should in the examples of its replies, those of one record first."""
    for source in sorted(sources, key=lambda one: one.is_list):
        for example in media_examples(document, source.media):
            yield from _within(source, example)


def _within(source: Source, example: Json) -> Iterator[Json]:
    found = value_at(example, source.steps)
    if source.is_list and isinstance(found, list):
        yield from (value_at(one, source.each) if source.each else one for one in found)
    elif not source.is_list:
        yield found


def media_examples(document: Document, media: Node) -> Iterator[Json]:
    """The examples at a media type or a parameter: ``example``, and the values of ``examples``, wherever defined."""
    if not isinstance(media.value, Mapping):
        return
    if media.value.get("example") is not None:
        yield media.value["example"]
    for _, one in media.child("examples").items():  # noqa: PERF102 -- no dict, but what looks like one
        if (value := example_object(document, one).get("value")) is not None:
            yield value


def parameter_examples(shapes: Shapes, taken: PlannedParameter) -> tuple[Json, ...]:
    """The examples of a parameter: its own, then those of its schema."""
    own = () if taken.example is ABSENT else (taken.example,)
    return (*own, *said_examples(shapes.follow(taken.schema).value))


def example_object(document: Document, node: Node) -> Mapping[str, Any]:
    """The example object at ``node``, or that its reference leads to; empty where that leads nowhere."""
    try:
        value = document.follow(node).value
    except SetupError:
        return {}
    if isinstance(value, Mapping) and "dataValue" in value:  # as it is called from 3.2 on
        return {"value": value["dataValue"], **value}
    return value if isinstance(value, Mapping) else {}
