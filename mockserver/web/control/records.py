"""Records, past what the API allows: read, planted, taken away, whoever locked them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mockserver.contract import Resource
from mockserver.planting import plant, seen_now, take_away
from mockserver.store import Record, Tenant
from mockserver.values.shown import shown
from mockserver.web.control.route import ControlRequest, Route, missing, refusal
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
            found = [*islice(holder[resource].scan(sent.query.get("after")), limit + 1)]
            records = [self._seen(known, holder, one) for one in found[:limit]]
        return {"records": records, "next": found[limit - 1].id if len(found) > limit > 0 else None}

    def read(self, _: ControlRequest, tenant: str, resource: str, record_id: str) -> dict[str, Any]:
        """One record, as a client sees it."""
        known, holder = known_resource(self.world, resource), known_tenant(self.world, tenant)
        with holder.work():
            return self._seen(known, holder, self._found(holder, resource, record_id))

    def put(self, sent: ControlRequest, tenant: str, resource: str, record_id: str) -> dict[str, Any]:
        """Plant a record, in place of the one with its id; a tenant that is not there yet appears."""
        known = self._changeable(resource)
        key = {} if known.is_single else {known.key: record_id}
        return plant(self.world, begun_tenant(self.world, tenant), known, {**sent.body, **key})

    def delete(self, _: ControlRequest, tenant: str, resource: str, record_id: str) -> dict[str, Any]:
        """Take a record away unless others name it; returns it."""
        known, holder = self._changeable(resource), known_tenant(self.world, tenant)
        with holder.work():
            gone = self._seen(known, holder, self._found(holder, resource, record_id))
            take_away(self.world, holder, known, record_id)
        return gone

    def _changeable(self, resource: str) -> Resource:
        if self.world.contract.maker is not None:
            problem = "the document has no annotations, so what its records need to be is not known"
            raise refusal("", problem, "change them through the operations of the API")
        return known_resource(self.world, resource)

    def _seen(self, resource: Resource, tenant: Tenant, record: Record) -> dict[str, Any]:
        seen: dict[str, Any] = seen_now(self.world, tenant, resource, record)
        return seen

    def _found(self, tenant: Tenant, resource: str, record_id: str) -> Record:
        if (record := tenant[resource].get(record_id)) is None:
            raise missing(f"no record {shown(record_id, 80)} in {resource}", f"see GET /__mock__{ALL}")
        return record
