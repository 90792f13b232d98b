"""Records, past what the API allows: read, planted, taken away, whoever locked them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mockserver.contract import Resource
from mockserver.planting import begin, plant_as, seen_now, sight, take_away
from mockserver.store import Record, Tenant
from mockserver.values.shown import shown
from mockserver.web.control.route import ControlRequest, Route, missing
from mockserver.web.control.tenants import begun_tenant, known_resource, known_tenant
from mockserver.world import World

ALL = "/tenants/<tenant>/records/<resource>"
ONE = f"{ALL}/<record_id>"
MOST = 1_000
"""How many records a reply holds."""


@dataclass(frozen=True, slots=True)
class RecordControl:
    """Goes through the store's one door: what is planted is filled in, and held to the document and its references."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", ALL, self.list, "Records", query=("limit", "after"))
        yield Route("GET", ONE, self.read, "Record")
        yield Route("PUT", ONE, self.put, "Record", body="record")
        yield Route("DELETE", ONE, self.delete, "Record")

    def list(self, sent: ControlRequest, tenant: str, resource: str) -> dict[str, Any]:
        """Records of a resource by id, as a client sees them."""
        known, holder = known_resource(self.world, resource), known_tenant(self.world, tenant)
        limit = min(int(sent.query.get("limit", "100")), MOST)
        with holder.work():
            begin(self.world, holder, known)
            found = [*islice(holder[resource].scan(sent.query.get("after")), limit + 1)]
            records = [*map(sight(self.world, holder, known), found[:limit])]
        return {"records": records, "next": found[limit - 1].id if len(found) > limit > 0 else None}

    def read(self, _: ControlRequest, tenant: str, resource: str, record_id: str) -> dict[str, Any]:
        """One record, as a client sees it."""
        known, holder = known_resource(self.world, resource), known_tenant(self.world, tenant)
        with holder.work():
            begin(self.world, holder, known)
            return self._seen(known, holder, self._found(holder, resource, record_id))

    def put(self, sent: ControlRequest, tenant: str, resource: str, record_id: str) -> dict[str, Any]:
        """Plant a record, in place of the one with its id; a tenant that is not there yet appears."""
        known = known_resource(self.world, resource)
        return plant_as(self.world, begun_tenant(self.world, tenant), known, record_id, sent.body)

    def delete(self, _: ControlRequest, tenant: str, resource: str, record_id: str) -> dict[str, Any]:
        """Take a record away unless others name it; returns it."""
        known, holder = known_resource(self.world, resource), known_tenant(self.world, tenant)
        with holder.work():
            begin(self.world, holder, known)
            gone = self._seen(known, holder, self._found(holder, resource, record_id))
            take_away(self.world, holder, known, record_id)
        return gone

    def _seen(self, resource: Resource, tenant: Tenant, record: Record) -> dict[str, Any]:
        seen: dict[str, Any] = seen_now(self.world, tenant, resource, record)
        return seen

    def _found(self, tenant: Tenant, resource: str, record_id: str) -> Record:
        if (record := tenant[resource].get(record_id)) is None:
            raise missing(f"no record {shown(record_id, 80)} in {resource}", f"see GET /__mock__{ALL}")
        return record
