"""Locks of records, which the API itself cannot set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockserver.handlers.door import keep
from mockserver.values.shown import shown
from mockserver.web.control.route import ControlRequest, Route, missing, refusal
from mockserver.web.control.tenants import known_resource, known_tenant
from mockserver.world import World

PATH = "/tenants/<tenant>/<resource>/<record_id>/lock"


@dataclass(frozen=True, slots=True)
class LockControl:
    """Set a record's lock, or lift it."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("PUT", PATH, self.lock, "Record")
        yield Route("DELETE", PATH, self.unlock, "Record")

    def lock(self, _: ControlRequest, **names: str) -> dict[str, Any]:
        """Lock a record."""
        return self._set(**names, locked=True)

    def unlock(self, _: ControlRequest, **names: str) -> dict[str, Any]:
        """Lift the lock of a record."""
        return self._set(**names, locked=False)

    def _set(self, tenant: str, resource: str, record_id: str, locked: bool) -> dict[str, Any]:
        known, holder = known_resource(self.world, resource), known_tenant(self.world, tenant)
        if "lock" not in known.stamps:
            raise refusal("", f"records of {resource} have no lock", "name a resource whose records can be locked")
        with holder.work():
            record = holder[resource].get(record_id)
            if record is None:
                raise missing(f"no record {shown(record_id, 80)} in {resource}", "name an existing record")
            data = {**record.data(), known.stamps["lock"]: locked}
            keep(holder, known, record_id, data)
        return data
