"""Records made from a list in a body, by a request that answers how many there were: ``POST /contacts/import`` (O3)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.reply_bodies.replying import answered, made
from mockserver.handlers.planned.single import add
from mockserver.handlers.planned.stored_records.embedding import presented
from mockserver.handlers.planned.stored_records.scope import scope_of
from mockserver.messages import Json, Reply
from mockserver.store import Tenant
from mockserver.values.name_words import flat

_MADE = frozenset({"imported", "created", "inserted", "added", "succeeded", "success", "successful", "importedcount",
                   "createdcount", "successcount", "accepted", "new"})  # fmt: skip
_REFUSED = frozenset({"skipped", "failed", "rejected", "duplicates", "failedcount", "errorcount", "skippedcount",
                      "failures", "invalid"})  # fmt: skip
_CHANGED = frozenset({"updated", "updatedcount", "changed"})
"""What a reply calls how many of a list were made, how many were not, and how many were there."""


def imported(call: Call, tenant: Tenant) -> Reply:
    """Each of the list made, but those that are refused."""
    plan, scope, body = plan_of(call), scope_of(call, tenant), call.input.body
    listed = body.get(plan.words["each_of"]) if isinstance(body, dict) else None
    kept, refused = list[Json](), list[Json]()
    for one in listed if isinstance(listed, list) else ():
        try:
            kept.append(presented(call, tenant, add(call, scope, one)[0]))
        except Refusal as error:
            refused.append(str(error))
    if plan.items is not None:
        return answered(call, kept, plan.items)
    return made(call, plan.success, plan.status, value=_numbers(call, len(kept), refused), full=True)


def _numbers(call: Call, kept: int, refused: list[Json]) -> Mapping[str, Json]:
    """What the reply says of how it went."""
    shapes, schema = call.tools.maker.shapes, plan_of(call).success.schema
    known = ((_MADE, kept), (_REFUSED, len(refused)), (_CHANGED, 0))
    said: dict[str, Json] = {}
    for name, node in shapes.properties(schema).items() if schema is not None else ():
        if shapes.type(node) == "integer":
            said[name] = next((number for words, number in known if flat(name) in words), kept + len(refused))
        elif flat(name) == "errors":
            said[name] = refused
    return said
