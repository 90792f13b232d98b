"""A list that is watched: its records as they are and, while the watch lasts, as they change, an event a line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeAlias

import orjson

from mockserver.contract.plan import PlannedParameter
from mockserver.contract.schema_shape import Shapes
from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.addresses import with_host
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.stored_records.embedding import presented
from mockserver.inference.vocabulary.words import VERSIONS
from mockserver.messages import Reply
from mockserver.store import Record, Tenant
from mockserver.store.tenant_diff import ChangedRecord
from mockserver.store.watches import MOST, RecordWatch
from mockserver.values.name_words import flat

Among: TypeAlias = Callable[[Tenant], list[Record]]
"""The records of a tenant that are asked for."""
USUALLY, LONGEST = 60, 3_600
"""Seconds that a watch lasts of which nobody says how long, and at most."""
_WATCH, _STREAMED = "watch", "stream=watch"
_TIMEOUTS = frozenset({"timeoutseconds", "timeout"})
_EVENT = frozenset({"type", "object"})
"""What an event has: what happened to the record, and the record."""
_FROM_THE_BEGINNING = (None, "", "0", 0)


def is_watch(call: Call) -> bool:
    """Whether the request asks for what happens to the records, where the document says that it may."""
    return call.input.values.get(_WATCH) is True and _may_be_watched(call)


def _may_be_watched(call: Call) -> bool:
    """Whether a list has a switch for it and the document tells of streams or their events. PERF: worked out once."""
    plan, shapes = plan_of(call), call.tools.maker.shapes
    if (known := plan.remembered.get(_WATCH)) is None:
        is_switch = any(one.name == _WATCH and shapes.type(one.schema) == "boolean" for one in plan.parameters)
        known = plan.remembered[_WATCH] = is_switch and (_streams(call) or _has_events(shapes))
    return bool(known)


def _streams(call: Call) -> bool:
    shapes, plan = call.tools.maker.shapes, plan_of(call)
    operation = shapes.document.operation(call.operation.path, call.operation.method)
    content = shapes.follow(operation.child("responses").child(str(plan.status))).child("content")
    return any(_STREAMED in name.replace(" ", "") for name, _ in content.items())


def _has_events(shapes: Shapes) -> bool:
    """Whether a schema that is called so tells of events of watches."""
    schemas = shapes.document.node("components").child("schemas")
    called = (one for name, one in schemas.items() if flat(name).endswith("watchevent"))
    return any({*shapes.properties(one)} >= _EVENT for one in called)


def watched(call: Call, tenant: Tenant, among: Among) -> Reply:
    """Each of the records ``among`` the tenant's as ``ADDED``, but where the request goes on from a version that it
    knows, and then whatever is added to them, modified or deleted, until the time is up that was asked for.

    Raises Refusal(429): too many are watching already.
    """
    watches = call.tools.watches
    if watches.are_too_many:
        message = f"{MOST} requests are watching already: end one first."
        raise Refusal(429, message, headers=[("Retry-After", "1")])
    records = among(tenant)
    known = {one.id for one in records}
    began = b"" if _goes_on(call) else b"".join(_event("ADDED", call, tenant, one) for one in records)
    until = time.monotonic() + _lasts(call)
    watch = RecordWatch(tenant.name, call.resource.name, partial(_changes, call, among, known), until)
    watches.begin(watch)
    plan = plan_of(call)
    return Reply(plan.status, raw=began, content_type=plan.success.media_type or "application/json", stream=watch)


def _changes(
    call: Call, among: Among, known: set[str], tenant: Tenant, changes: Iterable[ChangedRecord]
) -> Iterator[bytes]:
    """An event for each change of a record that is asked for, or no longer is; ``known`` are the ids of those known."""
    now = {one.id: one for one in among(tenant)}
    for change in changes:
        if change.id in now:
            yield _event("MODIFIED" if change.id in known else "ADDED", call, tenant, now[change.id])
            known.add(change.id)
        elif change.id in known and (last := change.after or change.before) is not None:
            known.discard(change.id)
            yield _event("DELETED", call, tenant, last)


def _event(kind: str, call: Call, tenant: Tenant, record: Record) -> bytes:
    return with_host(call, orjson.dumps({"type": kind, "object": presented(call, tenant, record)})) + b"\n"


def _goes_on(call: Call) -> bool:
    """Whether the request names a version from which it knows what has happened."""
    asked = (call.input.values.get(one.name) for one in plan_of(call).parameters if _is_version(one))
    return any(one not in _FROM_THE_BEGINNING for one in asked)


def _is_version(parameter: PlannedParameter) -> bool:
    return parameter.location == "query" and flat(parameter.name) in VERSIONS


def _lasts(call: Call) -> float:
    asked = (call.input.values.get(one.name) for one in plan_of(call).parameters if flat(one.name) in _TIMEOUTS)
    seconds = next((one for one in asked if isinstance(one, int)), USUALLY)
    return float(min(max(seconds, 0), LONGEST))
