"""The content that operations of any document take: media types, examples, and bodies written as their type wants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.inferred.inferred_forms import bracketed, form_pairs, is_form
from mockserver.conformance.inferred.inferred_writing import is_file, multipart, text_of
from mockserver.contract import Operation
from mockserver.contract.document import Document, Node
from mockserver.contract.plan import OperationPlan, Steps
from mockserver.contract.samples.record_examples import media_examples
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.schema_shape import Shapes
from mockserver.values.members import value_at


def planned(operation: Operation) -> OperationPlan:
    """How the operation was inferred to be answered."""
    assert operation.plan
    return operation.plan


def is_plain_json(media: str) -> bool:
    """Whether a body of that type is JSON of a record or of a part of it (RFC 7396), not a list of steps (RFC 6902)."""
    return "json" in media and "json-patch" not in media


def media_of(operation: Operation) -> str:
    """The media type to send: JSON where it is taken, that of whole records before that of parts."""
    names = list(planned(operation).bodies)
    plain = sorted((one for one in names if is_plain_json(one)), key=lambda one: "patch" in one)
    return next(iter(plain), names[0])


def examples_of(document: Document, operation: Operation) -> Iterator[Any]:
    """The bodies that the document shows for the operation."""
    place = document.operation(operation.path, operation.method).child("requestBody")
    return media_examples(document, document.follow(place).child("content", media_of(operation)))


def has_members(operation: Operation) -> bool:
    """Whether the body that is sent is one whose members can be set one by one: JSON, or a form of names and values."""
    bodies = planned(operation).bodies
    return bool(bodies) and (is_plain_json(media := media_of(operation)) or is_form(media))


def deep_members(document: Document, operation: Operation) -> set[str]:
    """The members of the form that is sent which the document wants in brackets."""
    place = document.follow(document.operation(operation.path, operation.method).child("requestBody"))
    return bracketed(document, document.follow(place.child("content", media_of(operation))))


def content_of(document: Document, shapes: Shapes, operation: Operation, body: Any) -> tuple[str, bytes]:
    """Media type and content of a request. Raises Inconclusive where that type cannot hold it."""
    media = media_of(operation)
    if is_form(media) and isinstance(body, dict):
        if any(one in ([], {}) for one in body.values()):
            raise Inconclusive(f"{operation.id} takes a form, which cannot hold an empty list or object")
        return media, urlencode([*form_pairs(body, deep_members(document, operation))]).encode()
    if "json" in media or media == "*/*":
        return media if "json" in media else "application/json", json.dumps(body).encode()
    if media.startswith("multipart/") and isinstance(body, dict):
        return multipart(media, body, _files(shapes, operation))
    if "xml" in media:
        raise Inconclusive(f"{operation.id} takes {media}, for which no body can be made")
    return media if "*" not in media else "application/octet-stream", text_of(body).encode()


def file_members(shapes: Shapes, operation: Operation) -> list[str]:
    """The files of the form in parts that an operation takes; none where it takes none."""
    is_in_parts = planned(operation).bodies and media_of(operation).startswith("multipart/")
    return sorted(_files(shapes, operation)) if is_in_parts else []


def _files(shapes: Shapes, operation: Operation) -> set[str]:
    """The members of a form that are files."""
    members = shapes.properties(planned(operation).bodies[media_of(operation)])
    return {name for name, node in members.items() if is_file(shapes, node)}


def without_read_only(shapes: Shapes, schema: Node, value: Any) -> Any:
    """``value`` without the members that a client does not say, in its objects and in those of its lists, too."""
    if isinstance(value, list) and (items := shapes.items(schema)) is not None:
        return [without_read_only(shapes, items, one) for one in value]
    if not isinstance(value, dict):
        return value
    members = shapes.properties(schema)
    said = {
        name: one for name, one in value.items() if name not in members or not shapes.says(members[name], "readOnly")
    }
    return {
        name: without_read_only(shapes, members[name], one) if name in members else one for name, one in said.items()
    }


def lacking_own(shapes: Shapes, operation: Operation, schema: Node, body: Any) -> Iterator[tuple[Steps, Node]]:
    """Where in a body what only clients say is missing: a whole record does not show it."""
    steps = planned(operation).sent
    place, inner = shapes.member(schema, steps), value_at(body, steps)
    for name, node in shapes.properties(place).items() if place is not None and isinstance(inner, dict) else ():
        if shapes.says(node, "writeOnly") is True and name not in inner:
            yield (*steps, name), node


def shown_by_both(shapes: Shapes, one: Operation, other: Operation) -> set[str]:
    """The members of a record that the replies of both operations, lists or not, describe by one schema."""
    first, second = (_shown(shapes, planned(each)) for each in (one, other))
    return shapes.in_common(first, second) if first is not None and second is not None else set()


def described_alike(maker: Maker, one: Operation, shown: Any, other: Operation, found: Any) -> Any:
    """``shown`` by ``one`` without what the reply of ``other``, which has ``found``, cannot show alike.

    Its schema forbids the value, as when each has its own ``object``, or theirs that of the other one.
    """
    first, second = (_shown(maker.shapes, planned(each)) for each in (one, other))
    if first is None or second is None or not isinstance(shown, dict) or not isinstance(found, dict):
        return shown
    own, theirs = maker.shapes.properties(first), maker.shapes.properties(second)
    common = maker.shapes.in_common(first, second)
    apart = {
        name for name in shown.keys() & found.keys() & own.keys() & theirs.keys()
        if (name not in common and isinstance(shown[name], dict | list))
        or not (maker.allows(theirs[name], shown[name]) and maker.allows(own[name], found[name]))
    }  # fmt: skip
    return {name: value for name, value in shown.items() if name not in apart}


def showable(maker: Maker, operation: Operation, sent: Any) -> Any:
    """What was sent but for what the reply of ``operation`` cannot show, as its schema has other values there."""
    place = _shown(maker.shapes, planned(operation))
    if place is None or not isinstance(sent, dict):
        return sent
    own = maker.shapes.properties(place)
    return {name: one for name, one in sent.items() if name not in own or maker.allows(own[name], one)}


def _shown(shapes: Shapes, plan: OperationPlan) -> Node | None:
    """The schema of a record in a reply."""
    if (schema := plan.success.schema) is None:
        return None
    if plan.items is None:
        return shapes.member(schema, plan.record or ())
    array = shapes.member(schema, plan.items)
    items = shapes.items(array) if array is not None else None
    return shapes.member(items, plan.each) if items is not None else None
