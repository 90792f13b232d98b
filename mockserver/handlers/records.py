"""Single records: create, read, replace, patch, delete, each one small function over a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.contract import Contract, Resource
from mockserver.errors import Refusal, Violation
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.showing import asked_for, passed_over, projected, seen, show
from mockserver.handlers.storing import room, store, unlocked
from mockserver.messages import Headers, Reply, say
from mockserver.store import Record, Tenant
from mockserver.values.equality import differ, same_json
from mockserver.values.json_text import read_own
from mockserver.values.shown import quoted, shown

MAX_DEPENDANTS = 20
"""How many dependants a refusal names."""


def create(call: Call, tenant: Tenant) -> Reply:
    body = call.input.body
    return show(call, tenant, add(call, tenant, body), ignored(call.resource, body))


def read(call: Call, tenant: Tenant) -> Reply:
    record = find(call.resource, tenant, call.record_id)
    if (fields := asked_for(call)) is None:
        return show(call, tenant, record, passed_over(call))
    return projected(call, tenant, fields, record)


def replace(call: Call, tenant: Tenant) -> Reply:
    body = call.input.body
    return show(call, tenant, overwrite(call, tenant, call.record_id, body), ignored(call.resource, body))


def patch(call: Call, tenant: Tenant) -> Reply:
    record, notes = revise(call, tenant, call.record_id, call.input.body)
    return show(call, tenant, record, notes)


def delete(call: Call, tenant: Tenant) -> Reply:
    return say(remove(call, tenant, call.record_id))


# What the five do, for the batch to do as well.


def find(resource: Resource, tenant: Tenant, record_id: str) -> Record:
    """Raises Refusal(404)."""
    record = tenant[resource.name].get(record_id)
    if record is None:
        message = f"No {resource.name}." if resource.is_single else f"No record {quoted(record_id)} in {resource.name}."
        raise Refusal(404, message)
    return record


def find_named(call: Call, tenant: Tenant) -> None:
    """Raises Refusal(404) when a parameter names a record that is not there."""
    for parameter in call.operation.parameters:
        if parameter.references and parameter.name in call.input.values:
            find(call.tools.contract.resources[parameter.references], tenant, call.input.values[parameter.name])


def add(call: Call, tenant: Tenant, sent: Mapping[str, Any]) -> Record:
    """Store what was ``sent`` as a new record, under a new id unless the client may choose one.

    Raises Refusal: 409 for a dangling reference or an id that is taken, 429 when full.
    """
    resource = call.resource
    room(call, tenant, resource)
    record = resource.writable(sent)
    record_id = call.record_id if resource.is_single else _key(call, tenant, sent)
    if record_id in tenant[resource.name]:
        problem = (
            f"has its {resource.name}" if resource.is_single else f"has a record {quoted(record_id)} in {resource.name}"
        )
        raise Refusal(409, f"The tenant {problem} already.")
    if not resource.is_single:
        record[resource.key] = record_id
    return store(call, tenant, record, previous={})


def overwrite(call: Call, tenant: Tenant, record_id: str, sent: Mapping[str, Any]) -> Record:
    """Replace the whole record but for what the server manages. Raises Refusal: 404, 409 (locked, another id)."""
    resource = call.resource
    previous = changeable(resource, tenant, record_id)
    if not resource.is_single and sent.get(resource.key, record_id) != record_id:
        message = f"is {shown(sent[resource.key])}, wanted {shown(record_id)} as in the path"
        violation = Violation("body", f"/{resource.key}", "const", message)
        raise Refusal(409, "The body names a different record from the path.", violations=[violation])
    kept = {name: value for name, value in previous.items() if name in resource.managed}
    return store(call, tenant, {**resource.writable(sent), **kept}, previous)


def revise(call: Call, tenant: Tenant, record_id: str, directives: list[dict[str, Any]]) -> tuple[Record, Headers]:
    """Apply a JSON Patch, whole or not at all. One that changes nothing leaves the record as it is,
    unless the document says that it counts.

    Raises Refusal: 404, 409 (locked, does not apply), 400.
    """
    resource = call.resource
    record = find(resource, tenant, record_id)
    stored = record.data()
    unlocked(resource, record_id, stored)
    is_as_stored = call.tools.rules.is_shown_as_stored(resource)
    previous = stored if is_as_stored else seen(call, tenant, record)
    from mockserver.handlers.patching import apply_patch, touched  # PERF: jsonpatch takes 10 ms to import

    # PERF: decoding the record again costs a fifth of copying it.
    changed = apply_patch(
        record.data() if is_as_stored else read_own(orjson.dumps(previous)),
        directives, call.tools.max_bytes, call.tools.max_depth,
    )  # fmt: skip
    names = touched(directives)  # PERF: what no directive is about is as it was
    managed = resource.managed if names is None else resource.managed & names
    forbidden = sorted(name for name in managed if differ(changed, previous, name))
    if forbidden:
        violations = [Violation("body", f"/{name}", "readOnly", "is managed by the server") for name in forbidden]
        # As for a record that would become a number: what is put in the place of the whole does not apply to a record.
        status = 409 if any(one["op"] != "test" and one["path"] == "" for one in directives) else 400
        raise Refusal(status, "The patch would change what only the server sets.", violations=violations)
    known = changed
    if not resource.fields.issuperset(changed):
        known = {name: value for name, value in changed.items() if name in resource.fields}
    declared = resource.stored(known)
    if not resource.counts_every_patch and _is_same(declared, stored, names):
        return record, ignored(resource, changed)
    return store(call, tenant, declared, stored), ignored(resource, changed)


def remove(call: Call, tenant: Tenant, record_id: str) -> str:
    """Delete the record and return its id. Raises Refusal: 404, 409 when locked or depended on."""
    resource = call.resource
    changeable(resource, tenant, record_id)
    if found := dependants(call.tools.contract, resource, tenant, record_id):
        raise Refusal(409, f"Other records depend on {quoted(record_id)}.", violations=found)
    door.remove(tenant, resource, record_id)
    return record_id


def changeable(resource: Resource, tenant: Tenant, record_id: str) -> dict[str, Any]:
    """The record's data, free to be changed. Raises Refusal: 404, or 409 when the record is locked."""
    data = find(resource, tenant, record_id).data()
    unlocked(resource, record_id, data)
    return data


def ignored(resource: Resource, sent: Mapping[str, Any]) -> Headers:
    """A note that names what was sent and no field holds."""
    if resource.fields.issuperset(sent):  # PERF: what nearly all send
        return ()
    names = resource.ignored(sent)
    return (("Ignored", ", ".join(f"body/{name}" for name in names)),) if names else ()


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any], names: frozenset[str] | None) -> bool:
    """Whether two records are, of which only the members ``names`` may not be (None: any)."""
    if names is None:
        return same_json(one, other)
    return len(one) == len(other) and not any(differ(one, other, name) for name in names)


def _key(call: Call, tenant: Tenant, sent: Mapping[str, Any]) -> str:
    """The new record's id: the client's where it may choose one and does, else a new one."""
    resource = call.resource
    chosen = sent.get(resource.key) if resource.is_chosen else None
    return str(chosen) if chosen is not None else call.new_id(tenant, resource)


def dependants(contract: Contract, named: Resource, tenant: Tenant, record_id: str) -> list[Violation]:
    """The records, of any resource, that refer to this one: the first of them."""
    found: list[Violation] = []
    for resource in contract.resources.values():
        for reference in resource.references:
            if reference.resource == named.name:
                for record in tenant[resource.name].lookup(reference.path, record_id):
                    if len(found) == MAX_DEPENDANTS:
                        return found
                    if (resource.name, record.id) != (named.name, record_id):
                        pointer = f"/{resource.name}/{record.id}/{reference.path.replace('.', '/')}"
                        found.append(Violation("record", pointer, "dependant", f"refers to {quoted(record_id)}"))
    return found
