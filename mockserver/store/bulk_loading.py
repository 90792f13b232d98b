"""Many records that are put into a tenant at once: each is made as it comes, and filed when all are there."""

from __future__ import annotations

from typing import Any

from mockserver.store.collection import Keyed, Keys
from mockserver.store.record import Members, Record
from mockserver.store.tenant import Tenant


class Loading:
    """Records on their way into ``tenant``, which has them once they are ``finished``."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._made: dict[str, dict[str, Keyed]] = {}
        self._highest: dict[str, dict[str, int]] = {}

    def put(self, resource: str, record_id: str, data: Members, raw: bytes, before: Members | None = None) -> Record:
        """As of a tenant, where nothing was before."""
        assert before is None
        highest = self._highest.setdefault(resource, {})
        made = self._tenant[resource].made(record_id, data, raw, highest)
        self._made.setdefault(resource, {})[record_id] = made
        return made.record

    def keys(self, resource: str, record_id: str) -> tuple[Keys, ...]:
        """What a record that was put is found by, one tuple per indexed field."""
        return self._made[resource][record_id].keys

    def holds(self, resource: str, record_id: Any) -> bool:
        """Whether the tenant has the record, or will have it."""
        return record_id in self._made.get(resource, ()) or record_id in self._tenant[resource]

    def finish(self) -> None:
        """Put all into the tenant."""
        for resource, records in self._made.items():
            self._tenant.load(resource, records, self._highest[resource])
        self._made.clear()
