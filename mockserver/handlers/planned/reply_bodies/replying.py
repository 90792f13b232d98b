"""Replies as the document declares them: the status, the envelope, and every value held to its schema (A1, A2)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson

from mockserver.contract.document import Node
from mockserver.contract.plan import PlannedReply
from mockserver.contract.samples.fitting import fit, shown
from mockserver.contract.samples.record_examples import media_examples
from mockserver.contract.samples.scalars import Draw
from mockserver.contract.schema_shape import Shapes
from mockserver.contract.xml_text import is_xml, write_xml
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.addresses import brought_here
from mockserver.handlers.planned.addressing.criteria import written
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.reply_bodies.acknowledgements import acknowledged, is_acknowledgement
from mockserver.handlers.planned.reply_bodies.envelope_fields import with_envelope_fields
from mockserver.handlers.planned.reply_bodies.streams import is_asked_to_stream, streamed, told_in_events
from mockserver.handlers.planned.reply_bodies.told_items import told_by
from mockserver.handlers.planned.stored_records.record_building import draw_for
from mockserver.inference.vocabulary.words import HOLDERS_OF_ANY, OUTCOMES, is_paging
from mockserver.messages import Headers, Json, Reply
from mockserver.values.media_types import EVENTS, carries_json, without_parameters
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat

_EMPTY: Mapping[str, bytes] = {
    "application/zip": b"PK\x05\x06" + bytes(18),
    "application/xml": b'<?xml version="1.0"?><empty/>',
    "text/xml": b'<?xml version="1.0"?><empty/>',
    "application/pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n",
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82",
    "image/gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
}
"""The smallest file of its kind, where an example does not give one."""


def with_record(call: Call, record: Json, *, key: Json = None, headers: Headers = (), notes: Headers = ()) -> Reply:
    """The declared success with ``record`` where the document puts it; ``key``: where no member of it is its key."""
    steps, model, schema = plan_of(call).record or (), call.resource.model, plan_of(call).success.schema
    own = value_at(record, model.key) if model and len(model.key) == 1 and steps else None
    beside = _beside(call, model.key[0], own) if model and own is not None else {}
    place = call.tools.maker.shapes.member(schema, steps) if schema is not None else None
    value = with_envelope_fields(call, place, record, key)
    return answered(call, value, steps, beside=beside, headers=headers, notes=notes)


def _beside(call: Call, name: str, key: Json) -> dict[str, Json]:
    """The key of the record where an envelope has it as well, be it as a text."""
    schema, maker = plan_of(call).success.schema, call.tools.maker
    place = maker.shapes.properties(schema).get(name) if schema is not None else None
    if place is None:
        return {}
    return next(({name: one} for one in (key, str(key)) if maker.allows(place, one)), {})


def answered(
    call: Call, value: Json, steps: tuple[str, ...], *, beside: Mapping[str, Json] | None = None,
    headers: Headers = (), notes: Headers = (),
) -> Reply:  # fmt: skip
    """The declared success; ``value`` stands where ``steps`` lead, ``beside`` at the top next to it."""
    plan = plan_of(call)
    said = plan.success
    headers = (*headers, *_needed(call, said, headers))
    if said.media_type is None:
        return Reply(plan.status, headers=(*headers, *_elsewhere(call, plan.status)), notes=notes)
    if not carries_json(said.media_type) and not _is_told_xml(call, said):
        return file(call, said, headers=headers, notes=notes)
    schema = said.schema
    if schema is None:
        return Reply(plan.status, value, True, None, headers, notes, said.media_type or "application/json")
    maker, draw = call.tools.maker, draw_for(call, "reply", call.operation.id)
    place = maker.shapes.member(schema, steps)
    model = call.resource.model
    key = model.key[0] if model and model.key else ""
    if place is not None and not isinstance(value, list):
        value = shown(maker, place, value, key)
    elif isinstance(value, list) and place is not None and (items := maker.shapes.items(place)) is not None:
        # What nothing keeps cannot be shown in a list that is to keep its schema.
        own = maker.shapes.member(items, plan.each) or items
        each = () if maker.is_endless(items) else [shown(maker, own, one, key) for one in value]
        value = [with_value({}, plan.each, one) if plan.each else one for one in each]
    whole = with_value({**acknowledged(plan), **(beside or {})}, steps, value) if steps else value
    if not maker.allows(schema, whole):
        whole = _completed(call, schema, steps, whole, draw)
    return _reply(call, said, plan.status, whole, headers=headers, notes=notes)


def made(
    call: Call, said: PlannedReply, status: int, *, value: Json = None, key: Json = None, full: bool = False,
    headers: Headers = (), notes: Headers = (),
) -> Reply:  # fmt: skip
    """A reply from the document's example or, without a good one, from its schema; ``value`` where names match.

    A reply that is a bare text or number is ``key``, if one is given: what was made is found by it. ``full``: members
    that may be missing are there, too.
    """
    headers = (*headers, *_needed(call, said, headers))
    if said.media is None or said.media_type is None:
        return Reply(status, headers=(*headers, *_elsewhere(call, status)), notes=notes)
    if not carries_json(said.media_type) and not _is_told_xml(call, said):
        return file(call, said, status=status, headers=headers, notes=notes)
    schema, plan = said.schema, plan_of(call)
    examples = tuple(media_examples(call.tools.maker.shapes.document, said.media))
    content_type = said.media_type or "application/json"
    if schema is None:
        return Reply(status, _as_example(examples, value), True, None, headers, notes, content_type)
    maker, draw = call.tools.maker, draw_for(call, "stub", call.operation.id, full=full)
    body = brought_here(call, schema, maker.make(schema, draw, examples))
    if key is not None and maker.shapes.type(schema) in ("string", "integer", "number"):
        body = next((one for one in (key, str(key)) if maker.allows(schema, one)), body)
    if isinstance(value, dict) and isinstance(body, dict):
        known = maker.shapes.properties(schema)
        tried = {**body, **told_by(maker.shapes, known, body, value)}
        if (inner := enveloped(maker.shapes, schema)) is not None and isinstance(held := body.get(inner, {}), dict):
            named = maker.shapes.properties(known[inner])
            within = told_by(maker.shapes, named, held, {name: one for name, one in value.items() if name in named})
            tried = {**body, inner: {**held, **within}} if within else tried
        body = shown(maker, schema, fit(maker, schema, tried, draw))
    if said is plan.success and isinstance(body, dict) and is_acknowledgement(plan):
        tried = {**body, **acknowledged(plan)}
        body = tried if maker.allows(schema, tried) else body
    return _reply(call, said, status, body, headers=headers, notes=notes)


def enveloped(shapes: Shapes, schema: Node) -> str | None:
    """The member of a reply that holds all it is about: an object, with nothing beside it that tells of a thing."""
    members = shapes.properties(schema)
    likely = [name for name in members if not is_paging(name) and flat(name) not in OUTCOMES]
    likely = likely or [name for name in members if flat(name) in HOLDERS_OF_ANY]
    is_only = len(likely) == 1 and shapes.type(members[likely[0]]) == "object"
    return likely[0] if is_only and shapes.properties(members[likely[0]]) else None


def _needed(call: Call, said: PlannedReply, headers: Headers) -> Headers:
    """The headers that the document says must be there and that ``headers`` have not, from their schemas."""
    there = {name.lower() for name, _ in headers}
    maker = call.tools.maker
    return tuple(
        (name, written(maker.make(schema, draw_for(call, f"header {name}", call.operation.id))))
        for name, schema in said.needed
        if name.lower() not in {*there, "content-type"}
    )


def _as_example(examples: tuple[Json, ...], value: Json) -> Json:
    """The first example, with what ``value`` has of its members."""
    shown = examples[0] if examples else {}
    if not isinstance(shown, dict) or not isinstance(value, dict):
        return shown
    return {**shown, **{name: one for name, one in value.items() if name in shown}}


def _elsewhere(call: Call, status: int) -> Headers:
    """Where a redirect leads: to a host reserved for examples, since the one it names is not ours."""
    is_redirect = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    return (("Location", f"https://example.com{quote(call.input.path)}"),) if is_redirect else ()


def _reply(call: Call, said: PlannedReply, status: int, value: Json, *, headers: Headers, notes: Headers) -> Reply:
    """``value`` in the reply's media type: JSON, or XML by its schema."""
    content_type = said.media_type or "application/json"
    if said.stream is not None and is_asked_to_stream(call):
        raw = told_in_events(call, said.stream, value)
        return Reply(status, raw=raw, headers=headers, notes=notes, content_type=EVENTS)
    if _is_told_xml(call, said) and said.schema is not None:
        raw = write_xml(call.tools.maker.shapes, said.schema, value)
        return Reply(status, raw=raw, headers=headers, notes=notes, content_type=content_type)
    return Reply(status, value, True, None, headers, notes, content_type)


def _is_told_xml(call: Call, said: PlannedReply) -> bool:
    """Whether a reply is XML whose schema says what is in it; an example of a whole document goes before that."""
    is_told = is_xml(said.media_type or "") and said.schema is not None
    return is_told and not isinstance(_shown(call, said), str)


def is_exemplified(call: Call, said: PlannedReply) -> bool:
    """Whether the document shows an example of a reply."""
    return _shown(call, said) is not None


def _shown(call: Call, said: PlannedReply) -> Json:
    """The first example of a reply; None without one."""
    return next(media_examples(call.tools.maker.shapes.document, said.media), None) if said.media else None


def file(
    call: Call, said: PlannedReply, *, status: int | None = None, headers: Headers = (), notes: Headers = ()
) -> Reply:
    """A reply that is not JSON: its example as it stands, else an empty file of its kind."""
    name = without_parameters(said.media_type or "")
    example = _shown(call, said)
    raw = _EMPTY.get(name, b"")
    if example is None and (stream := streamed(call, said)) is not None:
        raw = stream
    elif isinstance(example, str):
        raw = example.encode()
    elif example is not None and name.startswith("text/"):
        raw = orjson.dumps(example)
    if said.schema is not None and _is_text(name):
        raw = _written(call, said.schema, example, raw)
    shown_type = "application/octet-stream" if "*" in name or not name else said.media_type or name
    return Reply(plan_of(call).status if status is None else status, raw=raw, headers=headers, notes=notes,
                 content_type=shown_type)  # fmt: skip


def _is_text(name: str) -> bool:
    """Whether a schema can say what is in a file of that type; JSON is YAML."""
    return name == "text/plain" or name.endswith(("/yaml", "/x-yaml", "+yaml"))


def _written(call: Call, schema: Node, example: Json, usual: bytes) -> bytes:
    """A value of the schema as plain text or JSON, where ``usual`` is not one already."""
    maker = call.tools.maker
    if example is not None and maker.allows(schema, example):
        return usual or orjson.dumps(example)
    value = maker.make(schema, draw_for(call, "text", call.operation.id))
    return value.encode() if isinstance(value, str) else orjson.dumps(value)


def _completed(call: Call, schema: Any, steps: tuple[str, ...], whole: Json, draw: Draw) -> Json:
    """``whole`` with what its envelope needs beside the record or list, which itself stays as it is if it can."""
    maker = call.tools.maker
    fitted = fit(maker, schema, whole, draw)
    if steps and value_at(fitted, steps) != (kept := value_at(whole, steps)):
        tried = with_value(maker.make(schema, draw), steps, kept)
        if maker.allows(schema, tried):
            return tried
    return fitted
