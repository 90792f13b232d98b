"""Entries of a list that a record holds, written and read below it: ``/cart/items``, ``/cart/items/{itemId}``."""

from __future__ import annotations

from typing import Any

from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.derived_members.stamps import stamped
from mockserver.handlers.planned.preconditions.conflicts import require_changeable
from mockserver.handlers.planned.record_actions import only
from mockserver.handlers.planned.reply_bodies.replying import answered, made, with_record
from mockserver.handlers.planned.single import sent
from mockserver.handlers.planned.stored_records.embedding import presented
from mockserver.handlers.planned.stored_records.held_entries import HeldEntries
from mockserver.handlers.planned.stored_records.record_building import draw_for, following, settled
from mockserver.handlers.planned.stored_records.scope import named, scope_of
from mockserver.messages import Json, Reply
from mockserver.store import Tenant


def entries(call: Call, tenant: Tenant) -> Reply:
    """What is asked of the list or of one entry, told as the operation tells it. Raises Refusal(404)."""
    plan, scope = plan_of(call), scope_of(call, tenant)
    record = only(call, scope) if call.resource.is_single else named(call, scope)
    value: Any = record.data()
    member, assured = plan.words["within"], scope.model.record
    assert assured is not None
    held = HeldEntries(call, scope, value.get(member), member, tuple(plan.words["identity"]))
    is_read = call.operation.method in ("GET", "HEAD")
    if not is_read:
        require_changeable(call, scope, record)
    entry = _done(call, held)
    if not is_read:
        after = following(call, scope, {**value, member: held.all}, {}, value)
        draw = draw_for(call, "held", record.id)
        record = scope.replace(record, settled(call, scope, stamped(call, assured, after, is_new=False), draw))
    if plan.words["shows"] == "whole":
        return with_record(call, presented(call, tenant, record))
    if plan.items is not None:
        return answered(call, entry if isinstance(entry, list) else held.all, plan.items)
    return made(call, plan.success, plan.status) if plan.record is None else answered(call, entry, plan.record)


def _done(call: Call, held: HeldEntries) -> Json:
    """The entry that was read, made, changed or taken out; the list where it is about none."""
    words, method, body = plan_of(call).words, call.operation.method, sent(call)
    if words["entry"] is None:
        if method in ("PUT", "DELETE"):
            held.take_out(body if method == "DELETE" else None)
        if method not in ("GET", "HEAD", "DELETE"):
            added = [held.add(one) for one in held.of(body)]
            return added[0] if len(added) == 1 else held.all
        return held.all
    key = str(call.input.values[words["entry"]])
    [said] = held.of(body)[:1] or [None]
    if method in ("POST", "PUT") and (method == "POST" or not words["made"]):
        return held.put(key, said)
    index = held.find(key)
    if method == "DELETE":
        return held.all.pop(index)
    return held.all[index] if method in ("GET", "HEAD") else held.change(index, said, whole=method == "PUT")
