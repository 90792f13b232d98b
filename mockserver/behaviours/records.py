"""Single records: create, read, replace, patch, delete, each one small function over a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.behaviours.call import Call
from mockserver.behaviours.patching import apply_patch
from mockserver.behaviours.projection import projected
from mockserver.contract import Resource
from mockserver.determinism import stamp
from mockserver.errors import ContractBreach, Refusal, Violation
from mockserver.messages import Headers, Reply, hand_out, say
from mockserver.store import Record, Tenant

MAX_DEPENDANTS = 20
"""How many dependants a refusal names."""


def create(call: Call, tenant: Tenant) -> Reply:
    return hand_out(add(call, tenant, call.input.body).raw, notes=ignored(call.resource, call.input.body))


def read(call: Call, tenant: Tenant) -> Reply:
    record = find(call.resource, tenant, call.record_id)
    if (fields := call.value(call.operation.projection)) is None:
        return hand_out(record.raw)
    return projected(call.resource, fields, record)


def replace(call: Call, tenant: Tenant) -> Reply:
    body = call.input.body
    return hand_out(overwrite(call, tenant, call.record_id, body).raw, notes=ignored(call.resource, body))


def patch(call: Call, tenant: Tenant) -> Reply:
    record, notes = revise(call, tenant, call.record_id, call.input.body)
    return hand_out(record.raw, notes=notes)


def delete(call: Call, tenant: Tenant) -> Reply:
    return say(remove(call, tenant, call.record_id))


# What the five do, for the batch to do as well.


def find(resource: Resource, tenant: Tenant, record_id: str) -> Record:
    """Raises Refusal(404)."""
    record = tenant[resource.name].get(record_id)
    if record is None:
        raise Refusal(404, f"There is no record {record_id!r} in {resource.name}.")
    return record


def add(call: Call, tenant: Tenant, sent: Mapping[str, Any]) -> Record:
    """Store what was ``sent`` under a new id. Raises Refusal: 409 for a dangling reference, 429 when full."""
    resource, tools = call.resource, call.tools
    if len(tenant[resource.name]) >= tools.max_records:
        raise Refusal(429, f"The tenant holds {tools.max_records} {resource.name} already.", reason="limit: records")
    record = resource.writable(sent)
    record[resource.key] = tools.ids.new(tenant.name, resource.name)
    return store(call, tenant, record, previous={})


def overwrite(call: Call, tenant: Tenant, record_id: str, sent: Mapping[str, Any]) -> Record:
    """Replace the whole record but for what the server manages. Raises Refusal: 404, 400 (other id), 409."""
    resource = call.resource
    previous = changeable(resource, tenant, record_id)
    if sent.get(resource.key, record_id) != record_id:
        message = f"is {sent[resource.key]!r}, wanted {record_id!r} as in the path"
        violation = Violation("body", f"/{resource.key}", "const", message)
        raise Refusal(400, "The body names another record than the path.", violations=[violation])
    kept = {name: value for name, value in previous.items() if name in resource.managed}
    return store(call, tenant, {**resource.writable(sent), **kept}, previous)


def revise(call: Call, tenant: Tenant, record_id: str, directives: list[dict[str, Any]]) -> tuple[Record, Headers]:
    """Apply a JSON Patch, whole or not at all. Raises Refusal: 404, 409, 400 where it does not apply."""
    resource = call.resource
    previous = changeable(resource, tenant, record_id)
    # PERF: decoding the record again costs a fifth of copying it.
    copied = find(resource, tenant, record_id).data()
    changed = apply_patch(copied, directives, call.tools.max_bytes, call.tools.max_depth)
    forbidden = sorted(name for name in resource.managed if _differ(changed, previous, name))
    if forbidden:
        violations = [Violation("body", f"/{name}", "readOnly", "is managed by the server") for name in forbidden]
        raise Refusal(400, "The patch would change what only the server sets.", violations=violations)
    declared = {name: value for name, value in changed.items() if name in resource.fields}
    return store(call, tenant, declared, previous), ignored(resource, changed)


def remove(call: Call, tenant: Tenant, record_id: str) -> str:
    """Delete the record and return its id. Raises Refusal: 404, 409 when locked or depended on."""
    resource = call.resource
    changeable(resource, tenant, record_id)
    if dependants := _dependants(call, tenant, record_id):
        raise Refusal(409, f"Other records depend on {record_id!r}.", violations=dependants)
    tenant[resource.name].delete(record_id)
    return record_id


def changeable(resource: Resource, tenant: Tenant, record_id: str) -> dict[str, Any]:
    """The record's data, free to be changed. Raises Refusal: 404, or 409 when the record is locked."""
    data = find(resource, tenant, record_id).data()
    lock = resource.stamps.get("lock")
    if lock and data.get(lock) is True:
        violation = Violation("record", f"/{lock}", "locked", "is true: the record cannot be changed through the API")
        raise Refusal(409, f"The record {record_id!r} is locked.", violations=[violation], reason="locked record")
    return data


def store(call: Call, tenant: Tenant, record: dict[str, Any], previous: Mapping[str, Any]) -> Record:
    """Stamp, check and keep ``record``; the one way by which a request puts anything into the store."""
    resource = call.resource
    _stamp(call, record, previous)
    if broken := resource.violations(record, "body"):
        if any(violation.pointer.split("/")[1:2] == [name] for name in resource.managed for violation in broken):
            raise ContractBreach(call.operation.id, broken)
        raise Refusal(400, "The record would break the contract.", violations=broken)
    if dangling := _dangling(resource, tenant, record, previous):
        raise Refusal(409, "The record refers to records that do not exist.", violations=dangling)
    return tenant[resource.name].put(record[resource.key], record, resource.encode(record))


def ignored(resource: Resource, sent: Mapping[str, Any]) -> Headers:
    """A note that names what was sent and no field holds."""
    names = resource.ignored(sent)
    return (("Ignored", ", ".join(f"body/{name}" for name in names)),) if names else ()


def _stamp(call: Call, record: dict[str, Any], previous: Mapping[str, Any]) -> None:
    """Write down when, by whom and for the how-manieth time the record was stored."""
    now = stamp(call.tools.clock.now())
    values = {"modified-at": now, "modified-by": call.identity.subject}
    if not previous:
        values |= {"created-at": now, "created-by": call.identity.subject}
    for name, value in values.items():
        if field := call.resource.stamps.get(name):
            record[field] = value
    if field := call.resource.stamps.get("version"):
        record[field] = previous.get(field, 0) + 1


def _dangling(
    resource: Resource, tenant: Tenant, record: Mapping[str, Any], previous: Mapping[str, Any]
) -> list[Violation]:
    """The references that ``record`` newly makes to records that are not there."""
    found = []
    for reference in resource.references:
        if _differ(record, previous, reference.field):
            value = record.get(reference.field)
            for wanted in value if isinstance(value, list) else [value]:
                if isinstance(wanted, str) and wanted not in tenant[reference.resource]:
                    message = f"names {wanted!r}, which is not in {reference.resource}"
                    found.append(Violation("body", f"/{reference.field}", "reference", message))
    return found


def _dependants(call: Call, tenant: Tenant, record_id: str) -> list[Violation]:
    """The records, of any resource, that refer to this one: the first of them."""
    found: list[Violation] = []
    for resource in call.tools.contract.resources.values():
        for reference in resource.references:
            if reference.resource == call.resource.name:
                for record in tenant[resource.name].lookup(reference.field, record_id):
                    if (resource.name, record.id) != (call.resource.name, record_id) and len(found) < MAX_DEPENDANTS:
                        pointer = f"/{resource.name}/{record.id}/{reference.field}"
                        found.append(Violation("record", pointer, "dependant", f"refers to {record_id!r}"))
    return found


_ABSENT = object()


def _differ(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    return bool(one.get(name, _ABSENT) != other.get(name, _ABSENT))
