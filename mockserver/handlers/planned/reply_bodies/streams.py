"""Replies that are a sequence of values (OpenAPI 3.2, ``itemSchema``): a few of them, as their media type has them."""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.contract.plan import PlannedReply
from mockserver.contract.samples.scalars import Draw
from mockserver.handlers.call import Call
from mockserver.messages import Json
from mockserver.values.media_types import without_parameters

FEW = 3
_FIELDS = ("event", "id", "retry", "data")
"""What an event may have (WHATWG HTML, server-sent events)."""


def streamed(call: Call, said: PlannedReply) -> bytes | None:
    """The first values of the sequence; None where the reply is not a sequence."""
    each = said.media.child("itemSchema") if said.media is not None else None
    if each is None or each.value is None:
        return None
    now = call.tools.clock.now()
    draws = (call.tools.ids.draw("stream", call.operation.id, number) for number in range(FEW))
    values = [call.tools.maker.make(each, Draw.of(draw, now, full=True, varies=True)) for draw in draws]
    name = without_parameters(said.media_type or "")
    if name == "text/event-stream":
        return b"".join(map(_event, values))
    if name.endswith("json-seq"):
        return b"".join(b"\x1e" + orjson.dumps(one) + b"\n" for one in values)
    return b"".join(orjson.dumps(one) + b"\n" for one in values) if "json" in name else None


def _event(value: Json) -> bytes:
    """One event; a value that has nothing of one is its data."""
    fields: dict[str, Any] = value if isinstance(value, dict) and "data" in value else {"data": value}
    lines = [f"{name}: {_text(fields[name])}" for name in _FIELDS if name in fields]
    return ("\n".join(lines) + "\n\n").encode()


def _text(value: Json) -> str:
    return " ".join(value.splitlines()) if isinstance(value, str) else orjson.dumps(value).decode()
