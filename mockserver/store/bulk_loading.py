"""Many records that are put into a tenant at once: each is made as it comes, and filed when all are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.store.record import Record
from mockserver.store.tenant import Tenant


class Loading:
    """Records on their way into ``tenant``, which has them once they are ``finished``."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._made: dict[str, dict[str, Record]] = {}
        self._highest: dict[str, dict[str, int]] = {}

    def put(self, resource: str, record_id: str, data: Mapping[str, Any], raw: bytes) -> Record:
        """As of a tenant."""
        highest = self._highest.setdefault(resource, {})
        record = self._tenant[resource].made(record_id, data, raw, highest)
        self._made.setdefault(resource, {})[record_id] = record
        return record

    def holds(self, resource: str, record_id: Any) -> bool:
        """Whether the tenant has the record, or will have it."""
        return record_id in self._made.get(resource, ()) or record_id in self._tenant[resource]

    def finish(self) -> None:
        """Put all into the tenant."""
        for resource, records in self._made.items():
            self._tenant.load(resource, records, self._highest[resource])
        self._made.clear()
