"""The one door of the store: whoever adds, replaces or removes a record, or looks at one, goes through here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.contract import Resource
from mockserver.expressions import RecordProxy, Rules
from mockserver.messages import Json
from mockserver.store import Loading, Members, Record, Tenant
from mockserver.values.absent import ABSENT


def keep(
    tenant: Tenant | Loading, resource: Resource, record_id: str, value: Json, before: Members | None = None
) -> Record:
    """Store ``value`` under ``record_id``, in place of what was there; the tenant's lock is held.

    ``before`` is what was there, as it was read. PERF: else it is read again.
    """
    data = value if isinstance(value, dict) else {}
    raw = resource.encode(data) if resource.model is None else orjson.dumps(value)
    return keep_as_read(tenant, resource.name, record_id, data, raw, before=before)


def keep_as_read(
    tenant: Tenant | Loading, resource: str, record_id: str, data: Members, raw: bytes, *, before: Members | None = None
) -> Record:
    """Store ``raw``, the JSON of ``data`` as it was once kept; the tenant's lock is held."""
    return tenant.put(resource, record_id, data, raw, before=before)


def remove(tenant: Tenant, resource: Resource, record_id: str) -> Record | None:
    """Take the record away and return it; None if there was none."""
    return tenant.delete(resource.name, record_id)


def fill(rules: Rules, proxy: RecordProxy, previous: Mapping[str, Any]) -> None:
    """Give the fields that a client may leave out what they had in ``previous``, or else what the document says."""
    followed = _followed(rules, proxy, previous) if previous and proxy.resource.following else ()
    for field, rule in rules.filled.get(proxy.resource.name, {}).items():
        if field in followed:
            proxy.data.pop(field, None)
        if field not in proxy.data:
            is_kept = field in previous and field not in followed
            value = previous[field] if is_kept else proxy.context.evaluate(rule, proxy)
            if value is not ABSENT:
                proxy.data[field] = value


def _followed(rules: Rules, proxy: RecordProxy, previous: Mapping[str, Any]) -> set[str]:
    """The fields that were as their rule has it, and that the client leaves so."""
    before = RecordProxy(proxy.context, proxy.resource, proxy.id, dict(previous))
    filled = rules.filled.get(proxy.resource.name, {})
    left = [one for one in proxy.resource.following if proxy.data.get(one, previous.get(one)) == previous.get(one)]
    return {one for one in left if proxy.context.evaluate(filled[one], before) == previous.get(one, ABSENT)}
