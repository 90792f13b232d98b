"""Worlds as a whole: out as JSON and in again, branched, from a scenario, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import orjson

from mockserver.errors import SetupError
from mockserver.handlers.door import keep, remove
from mockserver.seeding import scenario_of
from mockserver.store import Tenant
from mockserver.store.store import BEGINNING
from mockserver.store.tenant_diff import ChangedRecord, differing
from mockserver.transfer import exported, imported
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.pointer import pointer_to
from mockserver.web.control.route import ControlRequest, Route, refusal
from mockserver.web.control.snapshots import require_room
from mockserver.web.control.tenants import begun_tenant, known_tenant, no_snapshot, sizes_of
from mockserver.web.received_request import LARGE_BODY
from mockserver.world import World

TOLD = 1_000
"""How many records that differ are told."""


@dataclass(frozen=True, slots=True)
class WorldsControl:
    """What is brought in is held to the contract and replaces all that the tenant had, or nothing of it."""

    world: World

    def routes(self) -> Iterable[Route]:
        tenant, snapshot = "/tenants/<tenant>", "/snapshots/<name>"
        yield Route("GET", f"{tenant}/records", self.export, "TenantExport")
        yield Route("PUT", f"{tenant}/records", self.bring_in, "Sizes", body="tenant_records", most=LARGE_BODY)
        yield Route("POST", f"{tenant}/branch", self.branch, "Sizes", body="branch")
        yield Route("POST", f"{tenant}/scenario", self.begin, "Sizes", body="scenario_choice")
        yield Route("GET", f"{snapshot}/records", self.export_snapshot, "SnapshotExport")
        yield Route(
            "PUT", f"{snapshot}/records", self.bring_in_snapshot, "Names", body="snapshot_records", most=LARGE_BODY
        )
        yield Route("GET", f"{snapshot}/diff", self.diff, "SnapshotDiff", query=("to",))

    def export(self, _: ControlRequest, tenant: str) -> orjson.Fragment:
        """All records of a tenant, and the numbers that new ids go on from."""
        return _serialised(known_tenant(self.world, tenant))

    def bring_in(self, sent: ControlRequest, tenant: str) -> dict[str, int]:
        """Have a tenant hold these records and no others; it appears if nobody used it yet."""
        return self._take(imported(self.world, tenant, sent.body))

    def branch(self, sent: ControlRequest, tenant: str) -> dict[str, int]:
        """Have another tenant hold the same records from now on, in place of its own, each changed apart."""
        source = known_tenant(self.world, tenant)
        if sent.body["to"] == tenant:
            raise refusal("/to", "is the tenant itself", "name another")
        with source.work():
            twin = source.copy()
        twin.name = sent.body["to"]
        for resource in self.world.contract.resources.values():
            if resource.is_single and resource.model is None and (record := twin[resource.name].get(tenant)):
                remove(twin, resource, tenant)
                keep(twin, resource, twin.name, record.data())
        return self._take(twin)

    def begin(self, sent: ControlRequest, tenant: str) -> dict[str, int]:
        """Have a tenant hold the first records of a scenario, in place of its own."""
        settings, name = self.world.settings, sent.body["name"]
        if name == settings.scenario and settings.store == "memory":  # PERF: its records are there already
            begun_tenant(self.world, tenant)
            self.world.store.restore_snapshot(BEGINNING, tenant)
            return sizes_of(self.world, tenant)
        scenario = scenario_of(replace(settings, scenario=name), self.world.contract)
        filled = self.world.store.empty(tenant)
        scenario.fill(filled)
        return self._take(filled)

    def export_snapshot(self, _: ControlRequest, name: str) -> dict[str, Any]:
        """All records of a snapshot, tenant by tenant."""
        return {"tenants": {one: _serialised(tenant) for one, tenant in sorted(self._kept(name).items())}}

    def bring_in_snapshot(self, sent: ControlRequest, name: str) -> list[str]:
        """Keep these records as a snapshot, to be restored."""
        made, problems, store = {}, [], self.world.store
        require_room(name, store.snapshots())
        for tenant, archived in sent.body["tenants"].items():
            try:
                made[tenant] = imported(self.world, tenant, archived)
            except SetupError as error:
                at = pointer_to("tenants", tenant)
                problems += [replace(one, pointer=at + one.pointer) for one in error.problems]
        if problems:
            raise SetupError(problems)
        store.keep_snapshot(name, made)
        return store.snapshots()

    def diff(self, sent: ControlRequest, name: str) -> dict[str, Any]:
        """Which records differ between a snapshot and another one, or the world as it is now."""
        before = self._kept(name)
        after = self._kept(sent.query["to"]) if "to" in sent.query else self.world.snapshot().tenants
        both = sorted({*before} & {*after})
        found = [
            *islice(
                ((tenant, one) for tenant in both for one in self._differing(before[tenant], after[tenant])), TOLD + 1
            )
        ]
        archived: dict[str, dict[str, list[Any]]] = {}
        for tenant, one in found[:TOLD]:
            archived.setdefault(tenant, {}).setdefault(one.resource, []).append(_change_of(one))
        return {
            "appeared": sorted({*after} - {*before}),
            "gone": sorted({*before} - {*after}),
            "records": archived,
            "complete": len(found) <= TOLD,
        }

    def _take(self, tenant: Tenant) -> dict[str, int]:
        begun_tenant(self.world, tenant.name)
        self.world.replace_tenant(tenant)
        return sizes_of(self.world, tenant.name)

    def _differing(self, before: Tenant, after: Tenant) -> list[ChangedRecord]:
        first, second = sorted((before, after), key=id)  # in one order, so that no two wait for each other
        with first.work(), second.work():
            return [*islice(differing(before, after, self.world.contract.resources), TOLD + 1)]

    def _kept(self, name: str) -> Mapping[str, Tenant]:
        if name not in (known := self.world.store.snapshots()):
            raise no_snapshot(name, known)
        return self.world.store.snapshot(name)


def _serialised(tenant: Tenant) -> orjson.Fragment:
    with tenant.work():
        return orjson.Fragment(orjson.dumps(exported(tenant)))


def _change_of(one: ChangedRecord) -> dict[str, Any]:
    if one.before is None or one.after is None:
        return {"id": one.id, "happened": "created" if one.before is None else "deleted"}
    before, after = one.before.data(), one.after.data()
    if not isinstance(before, dict) or not isinstance(after, dict):
        return {"id": one.id, "happened": "changed", "fields": []}
    names = sorted({*before, *after})
    fields = [name for name in names if not same_json(before.get(name, ABSENT), after.get(name, ABSENT))]
    return {"id": one.id, "happened": "changed", "fields": fields}
