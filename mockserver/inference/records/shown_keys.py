"""Keys that a document's examples name: the one that people and tools ask for first, and those that they send."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.plan import PlannedParameter, Steps
from mockserver.contract.samples.declared_values import said_examples
from mockserver.contract.samples.record_examples import media_examples, parameter_examples
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.resource_draft import InferredCollection
from mockserver.inference.records.resources import Resources
from mockserver.messages import Json
from mockserver.values.members import value_at


def shown_key(shapes: Shapes, taken: PlannedParameter | None) -> Json:
    """The key that is the path parameter's example: what stands in pages and tools as the one to try."""
    return next(iter(parameter_examples(shapes, taken)), None) if taken else None


def sent_at(found: Resources, one: InferredCollection) -> Steps:
    """Where a create may name the record: its key in the body, or in the record within; empty where it may not."""
    create = found.creating(one)
    if create is None or create.body is None or not one.identity:
        return ()
    sent = found.replies.record(create.body, one.key[-1] if one.key else "")
    for steps in (one.identity, (*one.steps, *one.identity), (*(sent.steps if sent else ()), *one.identity)):
        if (place := found.shapes.member(create.body, steps)) is not None:
            return steps if found.shapes.says(place, "readOnly") is not True else ()
    return ()


def sent_keys(found: Resources, one: InferredCollection, steps: Steps) -> Iterator[str]:
    """The keys that examples of a create's body send: free at first, since a create of what is there is refused."""
    create = found.creating(one)
    if create is None or create.body is None or not steps:
        return
    shapes, body = found.shapes, create.body
    content = shapes.follow(create.entry.node.child("requestBody")).child("content")
    bodies = [shown for _, media in content.items() for shown in media_examples(shapes.document, media)]
    bodies += said_examples(shapes.follow(body).value)
    member = shapes.member(body, steps)
    keys = [value_at(one, steps) for one in bodies]
    keys += said_examples(shapes.follow(member).value) if member is not None else ()
    yield from (str(key) for key in keys if key is not None)
