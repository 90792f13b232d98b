"""New records made of others: a reservation of a hold that is confirmed, an order of what is in the cart (O3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.contract.samples.states import is_state
from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned import single
from mockserver.handlers.planned.addressing.addresses import address_of
from mockserver.handlers.planned.addressing.places import key_of, keys_of, model_of, plan_of
from mockserver.handlers.planned.record_actions import action, only
from mockserver.handlers.planned.reply_bodies.replying import with_record
from mockserver.handlers.planned.stored_records.embedding import presented
from mockserver.handlers.planned.stored_records.record_building import draw_for, following, settled
from mockserver.handlers.planned.stored_records.scope import Scope, named, scope_of
from mockserver.inference.vocabulary.words import CHANGED, MADE
from mockserver.messages import Json, Reply
from mockserver.store import Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat


def act(call: Call, tenant: Tenant) -> Reply:
    """What an action does to its record and, where it makes another of it, that one."""
    name = plan_of(call).words.get("makes")
    if name is None:
        return action(call, tenant)
    action(call, tenant)
    record = named(call, scope_of(call, tenant))
    resource = call.tools.contract.resources[name]
    keys = keys_of(record.id)
    plan = replace(plan_of(call), key=None)  # the path names another record than the one that is answered
    there = replace(call, operation=replace(call.operation, resource=resource, plan=plan))
    scope = Scope(there, tenant, resource, tuple(keys) if len(model_of(resource).parents) == len(keys) else ())
    members = call.tools.maker.shapes.properties(scope.model.record) if scope.model.record is not None else {}
    said, body = record.data(), call.input.body
    shared = {one: value for one, value in said.items() if one in members and _is_taken(scope, one)}
    made, notes = single.add(there, scope, {**shared, **(body if isinstance(body, dict) else {})})
    headers = (("Location", address_of(there, scope.model, keys_of(made.id))),)
    return with_record(there, presented(there, tenant, made), key=key_of(made.id), headers=headers, notes=notes)


def create(call: Call, tenant: Tenant) -> Reply:
    """A create, with what the only record of another kind holds, which is empty then. Raises Refusal: it is empty."""
    words, body = plan_of(call).words, single.sent(call)
    if "taken_from" not in words or not isinstance(body, dict):
        return single.create(call, tenant)
    resource = call.tools.contract.resources[words["taken_from"]]
    there = replace(call, operation=replace(call.operation, resource=resource))
    scope = Scope(there, tenant, resource, ())
    record = only(there, scope)
    held: dict[str, Any] = record.data()
    lists = [name for name in words["takes_over"] if isinstance(held.get(name), list)]
    said = plan_of(call).replies.get("409")
    if said is not None and "empty" in said.description.lower() and not any(held[name] for name in lists):
        raise Refusal(409, f"The {resource.name} is empty.")
    taken = {name: held[name] for name in words["takes_over"] if held.get(name) is not None}
    whole = with_value(call.input.body, plan_of(call).sent, {**taken, **body})
    reply = single.create(replace(call, input=replace(call.input, body=whole)), tenant)
    emptied: Json = {**held, **{name: [] for name in lists}}
    if scope.model.record is not None and isinstance(emptied, dict):
        emptied = settled(there, scope, following(there, scope, emptied, {}), draw_for(call, "emptied", resource.name))
    scope.put(key_of(record.id), emptied)
    return reply


def _is_taken(scope: Scope, name: str) -> bool:
    """Whether a new record takes a member over: not its key, its state, or when it was made."""
    word = flat(name)
    own = (name,) == scope.model.key or is_state(name) or MADE.fullmatch(word) or CHANGED.fullmatch(word)
    return not own and value_at({name: 1}, scope.model.key) is None
