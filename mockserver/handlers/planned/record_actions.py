"""What is done to one record beside the four verbs: actions, memberships, and records of which there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.inferred_reading import is_merge
from mockserver.contract.plan_values import NOW, TOGGLE
from mockserver.contract.samples.described_values import listed_values
from mockserver.contract.samples.fitting import fit
from mockserver.contract.samples.record_examples import record_examples
from mockserver.contract.samples.scalars import Draw
from mockserver.contract.samples.states import is_state
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import caller_key
from mockserver.handlers.planned.accounts.own_truths import as_asked, keep_own
from mockserver.handlers.planned.addressing.addresses import brought_here
from mockserver.handlers.planned.addressing.places import ONLY, key_of, keys_of, model_of, plan_of
from mockserver.handlers.planned.addressing.repeated_keys import marked
from mockserver.handlers.planned.choosing_keys import next_key
from mockserver.handlers.planned.derived_members.deriving import Deriving
from mockserver.handlers.planned.derived_members.stamps import moment_as, stamped
from mockserver.handlers.planned.initial_data.agreement import agreeing
from mockserver.handlers.planned.initial_data.initial_records import InitialPlace, related
from mockserver.handlers.planned.preconditions.conflicts import require_possible
from mockserver.handlers.planned.reply_bodies.replying import made, with_record
from mockserver.handlers.planned.single import add, sent, write
from mockserver.handlers.planned.stored_records.attribute_states import with_attributes
from mockserver.handlers.planned.stored_records.embedding import presented
from mockserver.handlers.planned.stored_records.followers import keep_followers
from mockserver.handlers.planned.stored_records.record_building import changed, draw_for, following, overlaid, settled
from mockserver.handlers.planned.stored_records.scope import Scope, account_of, named, scope_of
from mockserver.handlers.planned.stored_records.server_made import shows_secret
from mockserver.handlers.planned.stored_records.stored_files import with_copied_file, with_files
from mockserver.handlers.planned.stored_records.summaries import counted
from mockserver.inference.vocabulary.attributes import ATTRIBUTES, members_holder
from mockserver.messages import Json, Reply
from mockserver.store import Record, Tenant
from mockserver.values.equality import same_json
from mockserver.values.moment import whole_second


def action(call: Call, tenant: Tenant) -> Reply:
    """Change the record that it is done to, and answer as declared (O11)."""
    plan, scope = plan_of(call), scope_of(call, tenant)
    record = only(call, scope) if call.resource.is_single else named(call, scope)
    value = record.data()
    require_possible(plan, value)
    if plan.words.get("copies") and isinstance(value, dict):
        return with_record(call, presented(call, tenant, _copied(call, scope, record, value)))
    if scope.model.record is not None and isinstance(value, dict):
        record = scope.replace(record, acted(call, scope, record, value))
    record = with_files(call, scope, record, call.input.body)
    if plan.words.get("replies") == "record":
        return with_record(call, presented(call, tenant, record))
    after, body = presented(call, tenant, record), call.input.body
    value = {**(after if isinstance(after, dict) else {}), **body} if isinstance(body, dict) else after
    return made(call, plan.success, plan.status, value=value, full=shows_secret(call, plan.success.schema))


def _copied(call: Call, scope: Scope, record: Record, value: dict[str, Any]) -> Record:
    """Another record with what clients may say of one, and with what the body says of the copy."""
    kept, body = {*scope.model.said(), *_kinds(call, scope)}, sent(call)
    said = {name: one for name, one in value.items() if name in kept}
    here = Scope(call, scope.tenant, scope.resource, tuple(keys_of(record.id)[:-1]))
    key = scope.model.key[:1]
    said = {name: one for name, one in said.items() if (name,) != key}
    copy = add(call, here, {**said, **(body if isinstance(body, dict) else {})})[0]
    _copy_held(call, scope, keys_of(record.id), keys_of(copy.id))
    return with_copied_file(call, here, record, copy)


def _kinds(call: Call, scope: Scope) -> list[str]:
    """The members that tell of what kind a record is, and not how far its life has gone: a ``type``."""
    shapes, record = call.tools.maker.shapes, scope.model.record
    members = shapes.properties(record).items() if record is not None else ()
    return [name for name, node in members if not is_state(name) and listed_values(shapes, name, node)]


def _copy_held(call: Call, scope: Scope, of: Sequence[str], to: Sequence[str]) -> None:
    """Copy the records below one that it shows as its own: the questions of a survey."""
    for name in {one.resource for one in scope.model.embeds().values()}:
        child = call.tools.contract.resources.get(name)
        parents = model_of(child).parents if child is not None else ()
        if child is None or len(parents) != len(of) or parents[-1].resource != scope.resource.name:
            continue
        below = Scope(call, scope.tenant, child, tuple(to))
        for one in Scope(call, scope.tenant, child, tuple(of)).in_order():
            key = next_key(call, below)
            below.put(str(key), marked(call, below.model, one.data(), tuple(to), key))


def membership(call: Call, tenant: Tenant) -> Reply:
    """Put a record into a collection by its key alone; it is there already or becomes so."""
    plan, scope = plan_of(call), scope_of(call, tenant)
    key = str(call.input.values[str(plan.key)])
    if of := plan.words.get("of"):
        scope.put(key, named(call, Scope(call, tenant, call.tools.contract.resources[of], ())).data())
    record = scope.find(key)
    if record is None:
        record, _ = _added(call, scope, key)
    if plan.success.schema is None or plan.record is None:
        return made(call, plan.success, plan.status, value=presented(call, tenant, record))
    return with_record(call, presented(call, tenant, record))


def singleton(call: Call, tenant: Tenant) -> Reply:
    """The one record: it is always there; PUT replaces it, PATCH and POST merge, DELETE makes it as it was (O9)."""
    plan, scope = plan_of(call), scope_of(call, tenant)
    record = only(call, scope)
    does, body = plan.words.get("does"), sent(call)
    if does == "reset":
        scope.put(key_of(record.id), _emptied(call, scope, _first(call, scope)))
        return made(call, plan.success, plan.status)
    if does in ("replace", "merge") and isinstance(body, dict) and is_merge(call.input.headers, body):
        record, _ = write(call, scope, record, body, whole=does == "replace")
    if plan.success.schema is not None and plan.record is None:
        return made(call, plan.success, plan.status, value=presented(call, tenant, record))
    return counted(call, tenant, with_record(call, presented(call, tenant, record)))


def only(call: Call, scope: Scope) -> Record:
    """The record of which there is one, made where it is not there yet."""
    if (key := caller_key(call, scope.resource.name)) is not None:
        return account_of(scope, key)
    return scope.find(ONLY) or scope.put(ONLY, _first(call, scope))


def _emptied(call: Call, scope: Scope, value: Json) -> Json:
    """The record without what was put into its lists below it, and with the sums that follow."""
    held: dict[str, Json] = {name: [] for name in plan_of(call).words.get("empties") or ()}
    if not held or not isinstance(value, dict):
        return value
    after = following(call, scope, {**value, **held}, {}) if scope.model.record is not None else {**value, **held}
    return settled(call, scope, after, draw_for(call, "emptied", scope.resource.name))


def _first(call: Call, scope: Scope) -> Json:
    model = scope.model
    if model.record is None:
        return {}
    number = call.tools.ids.draw("first", scope.resource.name, *(scope.keys or ()))
    draw = Draw.of(number, call.tools.began, full=True)  # the same, whenever somebody looks
    maker = call.tools.maker
    examples = tuple(one for one in record_examples(maker.shapes.document, model.sources) if one is not None)
    value = brought_here(call, model.record, maker.make(model.record, draw, examples))
    if isinstance(value, dict) and not examples:
        value = agreeing(maker, model, value, draw, scope.resource.name)
        value = related(call, scope.resource, value, InitialPlace(scope.tenant.name, (), 1))
        value = Deriving(maker, call.tools.began).whole(model.record, value)
    return fit(maker, model.record, value, draw)


def acted(call: Call, scope: Scope, record: Record, value: dict[str, Any]) -> Json:
    """The record after the action: what its name sets, and what the body says of it."""
    assert scope.model.record is not None
    draw = draw_for(call, "acted", record.id)
    held = value.get(ATTRIBUTES)
    seen = {**(held if isinstance(held, dict) else {}), **value}
    seen |= as_asked(call, scope.tenant, scope.resource, record)
    sets = _set(call, scope.model.record, seen)
    sets |= _counts(plan_of(call).words.get("counts") or {}, seen, sets)
    keep_followers(call, scope.tenant, record, sets)
    sets |= keep_own(call, scope.tenant, scope.resource, record, sets)
    after, _ = overlaid(call, scope, value, sets, draw)
    said = _said(call, scope, after, draw)
    after, _ = overlaid(call, scope, after, said, draw)
    after = with_attributes(call, scope.model.record, following(call, scope, after, said, value), {}, value)
    return settled(call, scope, stamped(call, scope.model.record, after, is_new=False), draw)


def _said(call: Call, scope: Scope, value: dict[str, Any], draw: Draw) -> dict[str, Json]:
    """What the body says of the record: its members, or the object or list that the path names."""
    words, body = plan_of(call).words, sent(call)
    if not isinstance(body, dict):
        return {}
    if name := words.get("holder"):
        held, maker = value.get(name), call.tools.maker
        place = maker.shapes.properties(scope.model.record)[name] if scope.model.record is not None else None
        if place is None or maker.shapes.type(place) != "array":
            return {name: {**(held if isinstance(held, dict) else {}), **body}}
        items = maker.shapes.items(place)
        return {name: [*(held or []), body if items is None else fit(maker, items, body, draw)]}
    takes = words.get("takes") or ()
    called = {name: body[one] for one, name in (words.get("called") or {}).items() if one in body}
    for one, (name, states) in (words.get("decides") or {}).items():
        called |= {name: states[body[one]]} if body.get(one) in states else {}
    body = {name: one for name, one in body.items() if name not in words.get("called", ())}
    said = [one for one in body if one in takes or (words.get("replies") == "record" and (one,) != scope.model.key)]
    return called | {one: _counted_in(call, value.get(one), body[one]) if one in takes else body[one] for one in said}


def _set(call: Call, record: Node, before: Mapping[str, Json]) -> dict[str, Json]:
    """What the action's name sets: ``{"now": true}`` is the moment, in the form that the member's schema wants, and
    ``{"toggle": true}`` the opposite of what the member was.
    """
    maker, now = call.tools.maker, call.tools.clock.now()
    words = plan_of(call).words.get("set") or {}
    members = maker.shapes.properties(members_holder(maker.shapes, record) or record)
    turned = {name: not before.get(name) for name, one in words.items() if one == TOGGLE}
    moments = {
        name: moment_as(maker, members[name], now, name) or whole_second(now)
        for name, one in words.items()
        if one == NOW
    }
    return {**words, **turned, **moments}


def _counts(words: Mapping[str, int], value: dict[str, Any], sets: Mapping[str, Json]) -> dict[str, Json]:
    """How often it has been done after this: as often as before where it was done already."""
    if sets and all(name in value and same_json(value[name], one) for name, one in sets.items()):
        return {}
    held = {name: value.get(name) or 0 for name in words}
    return {name: max(one + words[name], 0) for name, one in held.items() if isinstance(one, int)}


def _counted_in(call: Call, held: Json, said: Json) -> Json:
    """A member after what the body says of it: a POST adds to a list, a DELETE takes out of it."""
    if not isinstance(held, list) or not isinstance(said, list) or call.operation.method not in ("POST", "DELETE"):
        return held if call.operation.method == "DELETE" else said
    if call.operation.method == "DELETE":
        return [one for one in held if one not in said]
    return [*held, *(one for one in said if one not in held)]


def _added(call: Call, scope: Scope, key: str) -> tuple[Record, Any]:
    """A member of that key: as the record of the same kind that has it, where there is one."""
    for resource in call.tools.contract.resources.values():
        model = resource.model
        if model is None or resource is scope.resource or model.parents or resource.is_single:
            continue
        if (
            model.record is not None
            and scope.model.record is not None
            and _is_same(call, model.record, scope.model.record)
        ):
            found = Scope(call, scope.tenant, resource, ()).find(key)
            if found is not None:
                return scope.put(key, found.data()), ()
    record, _ = add(call, scope, {scope.model.key[0]: key} if len(scope.model.key) == 1 else {})
    door.remove(scope.tenant, scope.resource, record.id)
    value, notes = changed(call, scope, record, {}, whole=False)
    return scope.put(key, value), notes


def _is_same(call: Call, one: Any, other: Any) -> bool:
    shapes = call.tools.maker.shapes
    name = shapes.name(one)
    return name is not None and name == shapes.name(other)


__all__ = ["action", "membership", "model_of", "only", "singleton"]
