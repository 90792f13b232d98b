"""Records put into a world beside its API: complete, true to the contract, and referring to what is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.auth.authenticator import ANONYMOUS
from mockserver.change_events import shown_to_watches
from mockserver.contract import Input, Operation, Resource
from mockserver.contract.samples.own_addresses import HERE, led
from mockserver.errors import Problem, SetupError
from mockserver.expressions import RecordProxy
from mockserver.handlers import Call
from mockserver.handlers.door import fill, keep, remove
from mockserver.handlers.planned.record_actions import only
from mockserver.handlers.planned.stored_records.embedding import whole
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.handlers.planned.stored_records.whole_records import new_identity, remedied, whole_record
from mockserver.handlers.records import dependants
from mockserver.messages import Json
from mockserver.runtime.determinism import stamp
from mockserver.store import Record, Tenant
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant
from mockserver.world import World

AUTHOR = "mockserver|test"
"""Who planted a record."""


def resource_of(world: World, name: str) -> Resource:
    """Raises SetupError naming the resources there are."""
    found = world.contract.resources.get(name)
    if found is None:
        known = world.contract.resources
        raise SetupError([Problem("the document", "", f"unknown resource {quoted(name)}", meant(name, known))])
    return found


def plant(world: World, tenant: Tenant, resource: Resource, given: Mapping[str, Json]) -> dict[str, Any]:
    """Keep the record ``given`` and return it whole; it replaces the one with its id.

    It takes what a create takes: what the server manages or fills in may be left out. Raises SetupError listing
    every field that breaks the contract or refers to a record that is not there.
    """
    __tracebackhide__ = True
    if resource.model is not None:
        return _plant_inferred(world, tenant, resource, given)
    with tenant.work(), shown_to_watches(world, tenant):
        record = {**_stamped(world, resource), **given}
        if resource.key and resource.key not in record:
            record[resource.key] = world.ids.new(tenant.ordinal(resource.name), tenant.name, resource.name)
        record_id = str(record[resource.key]) if resource.key else tenant.name
        context = world.rules.context(tenant, world.clock.now())
        fill(world.rules, RecordProxy(context, resource, record_id, record), {})
        record = resource.stored(record)
        if problems := [*_wrong(tenant, resource, record)]:
            raise SetupError(problems)
        kept = keep(tenant, resource, record_id, record)
        seen: dict[str, Any] = seen_now(world, tenant, resource, kept)
        return seen


def plant_as(
    world: World, tenant: Tenant, resource: Resource, record_id: str, given: Mapping[str, Json]
) -> dict[str, Any]:
    """As ``plant``, under an id that is said: in a document without annotations it has the keys of parents as well."""
    if resource.model is None:
        return plant(world, tenant, resource, {**given, **({} if resource.is_single else {resource.key: record_id})})
    return _plant_inferred(world, tenant, resource, given, record_id)


def _plant_inferred(
    world: World, tenant: Tenant, resource: Resource, given: Mapping[str, Json], record_id: str | None = None
) -> dict[str, Any]:
    with tenant.work():
        begin(world, tenant, resource)
        if record_id is None or resource.is_single:
            record_id = new_identity(world.tools, tenant, resource, given)
        whole_one = whole_record(world.tools, tenant, resource, record_id, led({**given}, world.address, HERE))
        with shown_to_watches(world, tenant):
            kept = keep(tenant, resource, record_id, whole_one)
        seen: dict[str, Any] = seen_now(world, tenant, resource, kept)
        return seen


def take_away(world: World, tenant: Tenant, resource: Resource, record_id: str) -> None:
    """Remove a record, locked or not; the tenant's lock is held. Raises SetupError naming the records that name it."""
    problems = [
        Problem(f"taken from {resource.name}", one.pointer, one.message, "take that one away first")
        for one in dependants(world.contract, resource, tenant, record_id)
    ]
    if problems:
        raise SetupError(problems)
    with shown_to_watches(world, tenant):
        remove(tenant, resource, record_id)


def begin(world: World, tenant: Tenant, resource: Resource) -> None:
    """Have the first records made that a document without annotations implies, as when a client first looks at all.

    But for those below others: whose they are is said by a request alone.
    """
    if resource.model is None or resource.model.parents:
        return
    if (call := _call_about(world, resource)) is not None:
        Scope(call, tenant, resource, ())


def _call_about(world: World, resource: Resource) -> Call | None:
    """A call of nobody's that is about a resource of a document without annotations."""
    about = next((one for one in world.operations.values() if one.plan and one.resource is resource), None)
    return None if about is None else _of_nobody(world, about)


def _of_nobody(world: World, about: Operation) -> Call:
    return Call(about, Input({}), ANONYMOUS, world.tools)


def begin_all(world: World, tenant: Tenant) -> None:
    """Have all first records made that a document without annotations implies, below each record that is there too."""
    for about in {one.resource.name: one for one in world.operations.values() if one.plan}.values():
        model = about.resource.model
        if model is None:
            continue
        call = _of_nobody(world, about)
        scope = Scope(call, tenant, about.resource, ())
        if not about.resource.is_single:
            deque(scope.all(), maxlen=0)  # whoever looks at all of them has the first ones made
        elif not model.parents:
            only(call, scope)


def sight(world: World, tenant: Tenant, resource: Resource) -> Callable[[Record], Any]:
    """How a client sees records of a resource now, to be asked of each of them; the tenant's lock is held."""
    if resource.model is not None and (call := _call_about(world, resource)) is not None:
        return lambda record: led(whole(call, tenant, record), HERE, world.address)
    context = world.rules.context(tenant, world.clock.now())
    return lambda record: world.rules.seen(resource, record, context)


def seen_now(world: World, tenant: Tenant, resource: Resource, record: Record) -> Any:
    """The record as a client sees it; the tenant's lock is held."""
    return sight(world, tenant, resource)(record)


def all_now(world: World, tenant: Tenant, resource: Resource) -> Iterator[Any]:
    """The resource's records as a client sees them, in the order of their ids; the tenant's lock is held."""
    return map(sight(world, tenant, resource), tenant[resource.name].scan())


def _stamped(world: World, resource: Resource) -> dict[str, Json]:
    now = stamp(world.clock.now())
    stamps = {
        "created-at": now,
        "created-by": AUTHOR,
        "modified-at": now,
        "modified-by": AUTHOR,
        "version": 1,
        "lock": False,
    }
    return {field: stamps[name] for name, field in resource.stamps.items()}


def _wrong(tenant: Tenant, resource: Resource, record: Mapping[str, Any]) -> Iterator[Problem]:
    file = f"planted in {resource.name}"
    for violation in resource.violations(record):
        yield Problem(file, violation.pointer, violation.message, remedied(violation.keyword))
    for name in resource.ignored(record):
        yield Problem(file, f"/{name}", "is not a field", meant(name, resource.fields))
    for reference in resource.binding(strict=tenant.is_strict):
        for pointer, key in reference.found_in(record):
            if key not in tenant[reference.resource]:
                problem = f"names {quoted(key)}, which is not in {reference.resource}"
                yield Problem(file, pointer, problem, "plant that one first")
