"""One record at a time: create, read, replace, patch, delete, as the document's replies want to show it."""

from __future__ import annotations

import re
from dataclasses import replace as with_changes
from http import HTTPStatus
from typing import Any

from mockserver.contract import Kind
from mockserver.contract.inferred_reading import is_merge
from mockserver.errors import Refusal, Violation
from mockserver.handlers.call import Call
from mockserver.handlers.patching import apply_patch
from mockserver.handlers.planned.addressing.addresses import address_of
from mockserver.handlers.planned.addressing.places import key_of, keys_of, model_of, plan_of, whole_key
from mockserver.handlers.planned.choosing_keys import key_for, next_key
from mockserver.handlers.planned.derived_members.stamps import beside_key
from mockserver.handlers.planned.lists.sparse_fields import as_selected
from mockserver.handlers.planned.logging_in import remember, require_unregistered, welcome, with_own_token, with_token
from mockserver.handlers.planned.preconditions.already_there import require_none_so, require_single
from mockserver.handlers.planned.preconditions.conflicts import require_changeable, require_unique, require_unneeded
from mockserver.handlers.planned.preconditions.referring import require_references
from mockserver.handlers.planned.preconditions.states_above import require_open
from mockserver.handlers.planned.preconditions.versions import (
    etag_header,
    is_known,
    require_newest,
    require_version,
    version_of,
)
from mockserver.handlers.planned.reply_bodies.replying import answered, is_exemplified, made, with_record
from mockserver.handlers.planned.stored_records.embedding import presented, seen
from mockserver.handlers.planned.stored_records.known_elsewhere import known_elsewhere
from mockserver.handlers.planned.stored_records.record_building import changed, composed, draw_for, settled
from mockserver.handlers.planned.stored_records.renaming import new_name
from mockserver.handlers.planned.stored_records.scope import Scope, named, scope_of
from mockserver.handlers.planned.stored_records.stored_files import with_files
from mockserver.messages import Headers, Json, Reply
from mockserver.store import Record, Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat
from mockserver.values.shown import quoted

_MASKS = frozenset({"updatemask", "fieldmask"})
"""Parameters that list the members which a change is about."""


def create(call: Call, tenant: Tenant) -> Reply:
    """Each record that the body says, made."""
    plan, scope = plan_of(call), scope_of(call, tenant)
    body = sent(call)
    if isinstance(body, list) and (plan.words.get("many") or plan.items is not None):
        records = [presented(call, tenant, add(call, scope, one)[0]) for one in body]
        if plan.items is not None:
            return answered(call, records, plan.items)
        return (
            with_record(call, records[0])
            if records and plan.record is not None
            else made(call, plan.success, plan.status)
        )
    record, notes = add(call, scope, body if body is not None else {})
    record, elsewhere = known_elsewhere(call, scope, with_files(call, scope, record, body), body)
    location = elsewhere or address_of(call, scope.model, keys_of(record.id))
    can_be_read = plan.status == HTTPStatus.CREATED or scope.model.parameter is not None
    headers: Headers = (("Location", location),) if can_be_read else ()  # not every reply holds the key
    headers = (*headers, *etag_header(call, record))
    value = presented(call, tenant, record)
    if plan.items is not None:
        return answered(call, [value], plan.items, headers=headers, notes=notes)
    if (reply := welcome(call, record)) is not None:
        return Reply(reply.status, reply.value, True, None, (*reply.headers, *headers), notes, reply.content_type)
    if plan.record is None and plan.success.media is not None:
        key = value_at(value, scope.model.key) if scope.model.key else key_of(record.id)
        reply = made(call, plan.success, plan.status, value=value, key=key, headers=headers, notes=notes)
    else:
        reply = with_record(call, value, key=key_of(record.id), headers=headers, notes=notes)
    return with_token(call, reply, record)


def read(call: Call, tenant: Tenant) -> Reply:
    record, items = named(call, scope_of(call, tenant)), plan_of(call).items
    if is_known(call, record):
        return Reply(HTTPStatus.NOT_MODIFIED, headers=(("ETag", version_of(record)),))
    value, headers = as_selected(call, seen(call, tenant, record)), etag_header(call, record)
    return with_record(call, value, headers=headers) if items is None else answered(call, [value], items)


def replace(call: Call, tenant: Tenant) -> Reply:
    needed, body = plan_of(call).words.get("needed") or (), sent(call)
    is_part = isinstance(body, dict) and any(name not in body for name in needed)
    return _write(call, tenant, whole=not is_part)


def patch(call: Call, tenant: Tenant) -> Reply:
    return _write(call, tenant, whole=False)


def delete(call: Call, tenant: Tenant) -> Reply:
    plan, scope = plan_of(call), scope_of(call, tenant)
    record = named(call, scope)
    require_version(call, record)
    require_unneeded(call, scope, record)
    value = presented(call, tenant, record)
    scope.remove(record)
    if plan.success.schema is None or plan.record is None:
        return made(call, plan.success, plan.status, value=value)
    body = {**value, "deleted": True} if isinstance(value, dict) else value
    if not plan.record and is_exemplified(call, plan.success):
        return made(call, plan.success, plan.status, value=body)
    if isinstance(body, dict) and not plan.record:  # what tells of a delete may have nothing of the record
        members = call.tools.maker.shapes.properties(plan.success.schema)
        body = {name: one for name, one in body.items() if name in members} if members else body
    return with_record(call, body)


def sent(call: Call) -> Json:
    """What the body says of the record, out of its envelope."""
    body, steps = call.input.body, plan_of(call).sent
    if "" in call.input.files or (body is None and not plan_of(call).bodies):
        return _queried(call)
    if steps and isinstance(body, dict) and isinstance(inner := value_at(body, steps), dict):
        return inner
    return _beside_files(call, body) if call.input.files and isinstance(body, dict) else body


def _beside_files(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """A form with files, and what a part of it that is an object says of the record: ``metadata``, ``attributes``."""
    record = model_of(call.resource).record
    members = call.tools.maker.shapes.properties(record) if record is not None else {}
    parts = {name: one for name, one in body.items() if name not in members and isinstance(one, dict)}
    said = {name: one for part in parts.values() for name, one in part.items() if name in members}
    return {**{name: one for name, one in body.items() if name not in parts}, **said} if said else body


def _queried(call: Call) -> Json:
    """Where no body tells of a record, what the query says of its members; None where it says nothing."""
    record, maker = model_of(call.resource).record, call.tools.maker
    members = maker.shapes.properties(record) if record is not None else {}
    asked = [one.name for one in plan_of(call).parameters if one.location == "query" and one.name in members]
    return {name: call.input.values[name] for name in asked if name in call.input.values} or None


def add(call: Call, scope: Scope, body: Json) -> tuple[Record, Headers]:
    """A new record. Raises Refusal: 409 where its name is taken, 429 when there is no more room."""
    if len(scope.tenant[scope.resource.name]) >= call.tools.max_records:
        raise Refusal(429, f"This mock already holds {call.tools.max_records} records of {scope.resource.name}.")
    require_unregistered(call, scope, body)
    require_unique(call, scope, body)
    require_single(call, scope, body)
    require_open(call, scope, body)
    require_none_so(call, scope)
    key, is_said = key_for(call, scope, body)
    key = whole_key(scope.model, scope.keys or (), key)
    if is_said and scope.holds(str(key)):
        if "409" in plan_of(call).replies or not isinstance(key, int):
            _require_free(call, scope, key)
        key = whole_key(scope.model, scope.keys or (), next_key(call, scope))
    require_references(call, scope, body)
    value, notes = composed(call, scope, key, body)
    kept = value_at(value, scope.model.key) if scope.model.key else key
    record = with_own_token(call, scope, scope.put(str(kept if isinstance(kept, str | int) else key), value))
    remember(call, scope, record, body)
    _begin_below(call, scope, record, body)
    return record, notes


def _begin_below(call: Call, scope: Scope, record: Record, body: Json) -> None:
    """Make those that a new record says stand below it at first: the signers of an envelope."""
    for name, one in scope.model.embedded.items() if isinstance(body, dict) else ():
        entries = body.get(name) if one.is_begun else None
        if not isinstance(entries, list):
            continue
        likely = (each for each in call.tools.contract.operations() if each.kind is Kind.CREATE)
        create = next((each for each in likely if each.resource.name == one.resource and each.plan), None)
        if create is not None:
            there = with_changes(call, operation=create)
            for entry in entries:
                add(there, Scope(there, scope.tenant, create.resource, tuple(keys_of(record.id))), entry)


def _require_free(call: Call, scope: Scope, key: Json) -> None:
    """Raises Refusal: another record has that key."""
    if not scope.holds(str(key)):
        return
    message = f"{quoted(key)} is taken"
    violation = Violation("body", "".join(f"/{step}" for step in scope.model.key), "unique", message)
    raise Refusal(
        422 if "422" in plan_of(call).replies and "409" not in plan_of(call).replies else 409,
        f"{scope.resource.name} already has a record {quoted(key)}.",
        violations=[violation],
    )


def write(call: Call, scope: Scope, record: Record, body: Json, *, whole: bool) -> tuple[Record, Headers]:
    """The record after a replacement or a merge. Raises Refusal: its new name is taken."""
    require_references(call, scope, body, record.data())
    require_unregistered(call, scope, body, but=record)
    require_unique(call, scope, body, but=record)
    name = new_name(call, scope, body)
    if isinstance(name, str) and name != key_of(record.id):
        _require_free(call, scope, name)
        record = scope.rename(record, name)
    value, notes = changed(call, scope, record, body, whole=whole)
    after = scope.replace(record, value)
    remember(call, scope, after, body, before=record)
    return after, notes


def _write(call: Call, tenant: Tenant, *, whole: bool) -> Reply:
    plan, scope, body = plan_of(call), scope_of(call, tenant), masked(call, sent(call))
    record = _meant(call, scope, body)
    notes: Headers = ()
    is_new = record is None
    if record is not None:
        require_version(call, record)
        require_changeable(call, scope, record)
        require_newest(scope.model, record, body)
    if record is None:
        record, notes = add(call, scope, _with_key(call, scope, body))
    elif body is not None and not whole and not plan.words.get("merge") and not is_merge(call.input.headers, body):
        record = _patched(call, scope, record, body)
    elif body is not None:
        record, notes = write(call, scope, record, body, whole=whole)
    record = with_files(call, scope, record, body)
    if plan.success.schema is not None and plan.record is None:
        return made(call, plan.success, plan.status, value=presented(call, tenant, record), notes=notes)
    reply = with_record(call, seen(call, tenant, record), headers=etag_header(call, record), notes=notes)
    return _as_made(call, reply) if is_new else reply


def _as_made(call: Call, reply: Reply) -> Reply:
    """The reply of a PUT that made its record: the declared 201, where that may say the same."""
    plan, said = plan_of(call), plan_of(call).replies.get("201")
    if said is None or plan.status == HTTPStatus.CREATED or said.media_type != plan.success.media_type:
        return reply
    if said.schema is not None and not call.tools.maker.allows(said.schema, reply.value):
        return reply
    return with_changes(reply, status=HTTPStatus.CREATED, headers=(*reply.headers, ("Location", call.input.address)))


def masked(call: Call, body: Json) -> Json:
    """What of a body is meant to change, where the query lists it: ``?updateMask=displayName,labels``; all by ``*``."""
    asked = (call.input.values.get(one.name) for one in plan_of(call).parameters if flat(one.name) in _MASKS)
    mask = next((str(one) for one in asked if one), "")
    if not mask or not isinstance(body, dict) or "*" in mask:
        return body
    wanted = {flat(word) for word in re.split(r"[,./]", mask)}
    return {name: one for name, one in body.items() if flat(name) in wanted} or body


def _meant(call: Call, scope: Scope, body: Json) -> Record | None:
    """The record that path or body names; None when it is to be made. Raises Refusal(404)."""
    plan = plan_of(call)
    if plan.words.get("key") == "body":
        key = value_at(body, scope.model.key)
        return scope.get(str(key))
    if plan.words.get("upsert") and plan.key is not None:
        return scope.find(str(call.input.values[plan.key]))
    return named(call, scope)


def _with_key(call: Call, scope: Scope, body: Json) -> Json:
    """For a record that a PUT makes: the path's key where the body does not say one."""
    key = call.input.values[str(plan_of(call).key)]
    if not scope.model.key or not isinstance(body, dict):
        return {"": key} if body is None else body
    return body if value_at(body, scope.model.key) is not None else with_value(body, scope.model.key, key)


def _patched(call: Call, scope: Scope, record: Record, directives: Any) -> Record:
    """RFC 6902 on the record."""
    for index, one in enumerate(directives if isinstance(directives, list) else [None]):
        if not isinstance(one, dict) or not isinstance(one.get("op"), str) or not isinstance(one.get("path"), str):
            violation = Violation("body", f"/{index}", "patch", "is not an operation of RFC 6902: {op, path, …}")
            raise Refusal(400, "The body is not a JSON Patch.", violations=[violation])
    value = apply_patch(record.data(), directives, call.tools.max_bytes, call.tools.max_depth)
    require_references(call, scope, value, record.data())
    if scope.model.record is not None:
        value = beside_key(call, scope.model, value, record.data()) if isinstance(value, dict) else value
        value = settled(call, scope, value, draw_for(call, "patched", record.id))
    return scope.replace(record, value)
