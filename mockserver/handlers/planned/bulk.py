"""Many records changed at once: each of a list by its key, or all that are named, or all (O8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import in_path, plan_of
from mockserver.handlers.planned.many import filtered, filtered_by
from mockserver.handlers.planned.record_actions import acted
from mockserver.handlers.planned.reply_bodies.replying import answered, made
from mockserver.handlers.planned.single import add, sent, write
from mockserver.handlers.planned.stored_records.embedding import presented
from mockserver.handlers.planned.stored_records.positions import put_in_order
from mockserver.handlers.planned.stored_records.scope import Scope, scope_of
from mockserver.messages import Json, Reply
from mockserver.store import Tenant
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular


def bulk(call: Call, tenant: Tenant) -> Reply:
    plan, scope = plan_of(call), scope_of(call, tenant)
    body = sent(call)
    changed: list[Json] = []
    if plan.words.get("does") == "delete":
        for record in [*_named(call, scope, body)]:
            changed.append(presented(call, tenant, record))
            scope.remove(record)
    elif plan.words.get("does") == "order":
        changed = [presented(call, tenant, one) for one in put_in_order(scope, _listed(scope, body))]
    elif plan.words.get("does") == "action":
        for record in scope.in_order():
            after = acted(call, scope, record, record.data())
            changed.append(presented(call, tenant, scope.replace(record, after)))
    elif isinstance(body, list):
        changed = [_written(call, scope, item) for item in body if isinstance(item, dict)]
    if plan.items is not None:
        return answered(call, changed, plan.items)
    return made(call, plan.success, plan.status, value=body)


def _listed(scope: Scope, body: Json) -> list[Json]:
    """The keys of a body in their order: its list, or the first list in it, of keys or of objects with these."""
    within = (one for one in body.values() if isinstance(one, list)) if isinstance(body, dict) else iter(())
    listed = body if isinstance(body, list) else next(within, [])
    return [value_at(one, scope.model.key or ("id",)) if isinstance(one, dict) else one for one in listed]


def _written(call: Call, scope: Scope, item: dict[str, Any]) -> Json:
    key = value_at(item, scope.model.key) if scope.model.key else None
    found = scope.find(str(key)) if key is not None else None
    if found is None:
        return presented(call, scope.tenant, add(call, scope, item)[0])
    written, _ = write(call, scope, found, item, whole=plan_of(call).words.get("does") == "put")
    return presented(call, scope.tenant, written)


def _named(call: Call, scope: Scope, body: Json) -> Iterator[Any]:
    """The records whose keys query or body list, else those that the query asks for; all where it asks for nothing."""
    keys = _keys(call, scope, body)
    if keys is None:
        asked = {**call.input.values, **plan_of(call).words.get("where", {})}
        yield from filtered(call, scope, asked) if _says_which(call, scope) else ()
        return
    for key in keys:
        if (found := scope.find(str(key))) is not None:
            yield found


def _says_which(call: Call, scope: Scope) -> bool:
    """Whether all that has to be asked for is understood: to remove nothing is better than everything."""
    needed = [one for one in plan_of(call).parameters if one.required and one.location == "query"]
    shapes = call.tools.maker.shapes
    return all(shapes.type(one.schema) == "boolean" or filtered_by(scope, one.name) for one in needed)


def _keys(call: Call, scope: Scope, body: Json) -> list[Json] | None:
    thing = flat(singular(scope.resource.name))
    words = {"ids", "id", "keys", "names", f"{thing}id", f"{thing}ids", flat(scope.resource.name)}
    if isinstance(body, list):
        return [value_at(one, scope.model.key) if isinstance(one, dict) else one for one in body]
    for said in (body if isinstance(body, dict) else {}, call.input.values):
        for name, value in said.items():
            if flat(name) in words and name not in in_path(plan_of(call)):
                return value if isinstance(value, list) else str(value).split(",")
    return None
