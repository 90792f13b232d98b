"""Records as replies hold them: as they are kept where nothing is computed, whole or in the fields asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.contract import Resource
from mockserver.expressions import EvaluationContext
from mockserver.handlers.call import Call
from mockserver.messages import Headers, Reply, hand_out, say
from mockserver.store import Record, Tenant


def show(call: Call, tenant: Tenant, record: Record, notes: Headers = ()) -> Reply:
    """The whole record.

    PERF: its bytes as they are kept, and were checked; put together anew only where something is computed.
    """
    if call.tools.rules.is_shown_as_stored(call.resource):
        return hand_out(record.raw, notes=notes)
    return say(seen(call, tenant, record), notes=notes)


def seen(call: Call, tenant: Tenant, record: Record, resource: Resource | None = None) -> dict[str, Any]:
    """The record as a client sees it, free to be changed."""
    if call.tools.rules.is_shown_as_stored(resource or call.resource):
        return record.data()
    return call.tools.rules.seen(resource or call.resource, record, call.context(tenant))


def projected(call: Call, tenant: Tenant, fields: str, record: Record) -> Reply:
    """``record`` reduced to the comma-separated ``fields`` and its key."""
    return say(_select(call, fields, record, call.context(tenant)), notes=passed_over(call))


def select_all(call: Call, tenant: Tenant, fields: str, records: Iterable[Record]) -> list[dict[str, Any]]:
    context = call.context(tenant)
    return [_select(call, fields, record, context) for record in records]


def passed_over(call: Call) -> Headers:
    """A note that names what was asked for and no field has."""
    fields = call.value(call.operation.projection)
    names = sorted(_names(fields) - call.resource.fields) if fields else ()
    return (("Ignored", ", ".join(f"fields/{name}" for name in names)),) if names else ()


def _select(call: Call, fields: str, record: Record, context: EvaluationContext) -> dict[str, Any]:
    return context.proxy(call.resource.name, record).only({call.resource.key, *_names(fields)})


def _names(fields: str) -> set[str]:
    """The names in a comma-separated list; spaces around them do no harm."""
    return {name for one in fields.split(",") if (name := one.strip())}


def asked_for(call: Call) -> str | None:
    """The fields that the reply is to be reduced to; None for whole records, also where no name is a field's."""
    fields = call.value(call.operation.projection)
    return fields if fields is not None and _names(fields) & call.resource.fields else None
