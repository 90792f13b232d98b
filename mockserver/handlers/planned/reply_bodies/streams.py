"""Replies that are a sequence of values (OpenAPI 3.2, ``itemSchema``): a few of them, as their media type has them."""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.contract.document import Node
from mockserver.contract.plan import PlannedReply
from mockserver.contract.samples.scalars import Draw
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.messages import Json
from mockserver.values.media_types import EVENTS, without_parameters

FEW = 3
_ASKING = "stream"
"""The member of a body that asks for events, where it is true."""
_END_WORD = "[DONE]"
_END = b"data: [DONE]\n\n"
"""The last event, where the document names it."""
_FIELDS = ("event", "id", "retry", "data")
"""What an event may have (WHATWG HTML, server-sent events)."""


def streamed(call: Call, said: PlannedReply) -> bytes | None:
    """The first values of the sequence; None where the reply is not a sequence."""
    each = said.media.child("itemSchema") if said.media is not None else None
    if each is None or each.value is None:
        return None
    values = _few(call, each)
    name = without_parameters(said.media_type or "")
    if name == EVENTS:
        return b"".join(map(_event, values))
    if name.endswith("json-seq"):
        return b"".join(b"\x1e" + orjson.dumps(one) + b"\n" for one in values)
    return b"".join(orjson.dumps(one) + b"\n" for one in values) if "json" in name else None


def is_asked_to_stream(call: Call) -> bool:
    """Whether a request wants the events that are declared beside JSON: ``stream: true``, or by what it accepts."""
    sent = call.input.body
    if isinstance(sent, dict) and _ASKING in sent:
        return sent[_ASKING] is True
    accepted = call.input.headers.get("accept", "")
    return EVENTS in accepted and "json" not in accepted


def told_in_events(call: Call, place: Node, value: Json) -> bytes:
    """``value`` in events: a few as their schema has them, with what it and the request share with them."""
    schema = place.child("itemSchema" if place.child("itemSchema").value is not None else "schema")
    members = call.tools.maker.shapes.properties(schema)
    same = {
        name: one for said in (value, call.input.body) if isinstance(said, dict)
        for name, one in said.items() if isinstance(one, str | int) and name in members
    }  # fmt: skip
    events = []
    for one in _few(call, schema) if schema.value is not None else [value]:
        tried = {**one, **same} if isinstance(one, dict) else one
        events.append(_event(tried if call.tools.maker.allows(schema, tried) else one))
    return b"".join(events) + (_END if _END_WORD in _words_of_asking(call) else b"")


def _words_of_asking(call: Call) -> str:
    """What the document says of the member that asks for events."""
    shapes = call.tools.maker.shapes
    members = (shapes.properties(one).get(_ASKING) for one in plan_of(call).bodies.values())
    return " ".join(str(shapes.says(one, "description")) for one in members if one is not None)


def _few(call: Call, each: Node) -> list[Json]:
    now = call.tools.clock.now()
    draws = (call.tools.ids.draw("stream", call.operation.id, number) for number in range(FEW))
    return [call.tools.maker.make(each, Draw.of(draw, now, full=True, varies=True)) for draw in draws]


def _event(value: Json) -> bytes:
    """One event; a value that has nothing of one is its data."""
    fields: dict[str, Any] = value if isinstance(value, dict) and "data" in value else {"data": value}
    lines = [f"{name}: {_text(fields[name])}" for name in _FIELDS if name in fields]
    return ("\n".join(lines) + "\n\n").encode()


def _text(value: Json) -> str:
    return " ".join(value.splitlines()) if isinstance(value, str) else orjson.dumps(value).decode()
