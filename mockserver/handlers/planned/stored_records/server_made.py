"""What no client could send with a request, and the server has to think of: the ``choices`` of a completion (A3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.samples.scalars import Draw
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import model_of, plan_of
from mockserver.messages import Json
from mockserver.values.name_words import flat

_STREAM = "event-stream"
_SECRETS = frozenset({"secret", "clientsecret", "signingsecret", "webhooksecret", "signingkey", "secretkey", "apikey"})
_CALLED = frozenset({"name", "title", "label", "subject", "displayname"})


def worked_out(call: Call, record: Node, draw: Draw) -> dict[str, Json]:
    """The required lists of a record that the request has no word for, with an entry: ``choices`` of a completion.

    And what a record is called that is made by a request without a body.
    """
    remembered = plan_of(call).remembered
    if (names := remembered.get("worked out")) is None:  # PERF: worked out once
        lists = _lists(call, record) if _streams(call) else frozenset()
        names = remembered["worked out"] = lists | (_secrets if plan_of(call).bodies else _names)(call, record)
    if not names:
        return {}
    full: Any = call.tools.maker.make(record, Draw(draw.random, draw.now, full=True, varies=True))
    return {name: full[name] for name in names if full.get(name)} if isinstance(full, Mapping) else {}


def _secrets(call: Call, record: Node) -> frozenset[str]:
    """What a server shows whoever makes the record, and nobody says: the ``secret`` of a webhook."""
    shapes, said = call.tools.maker.shapes, model_of(call.resource).said()
    members = shapes.properties(record).items()
    return frozenset(
        name for name, one in members if flat(name) in _SECRETS and name not in said and shapes.type(one) == "string"
    )


def shows_secret(call: Call, reply: Node | None) -> bool:
    """Whether a reply is there to tell what only the server knows: a new ``secret``."""
    return reply is not None and any(flat(name) in _SECRETS for name in call.tools.maker.shapes.properties(reply))


def _names(call: Call, record: Node) -> frozenset[str]:
    """What the record is called, where others say it."""
    shapes, said = call.tools.maker.shapes, model_of(call.resource).said()
    members = shapes.properties(record).items()
    return frozenset(
        name for name, one in members if flat(name) in _CALLED and name in said and shapes.type(one) == "string"
    )


def _streams(call: Call) -> bool:
    """Whether the document declares the success as a stream as well."""
    shapes, plan = call.tools.maker.shapes, plan_of(call)
    operation = shapes.document.operation(call.operation.path, call.operation.method)
    content = shapes.follow(operation.child("responses").child(str(plan.status))).child("content").value
    return isinstance(content, Mapping) and any(_STREAM in name for name in content)


def _lists(call: Call, record: Node) -> frozenset[str]:
    shapes = call.tools.maker.shapes
    said = {name for body in plan_of(call).bodies.values() for name in shapes.properties(body)}
    required, members = shapes.shape(record).required, shapes.properties(record)
    return frozenset(
        one for one in required if one in members and one not in said and shapes.type(members[one]) == "array"
    )
