"""Records for a comparison that may only read: some of the target's, copied into the mock with what they refer to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Broken, Inconclusive
from mockserver.conformance.pagination import read_page
from mockserver.conformance.second_opinion.aliases import shared_name
from mockserver.conformance.second_opinion.sides import Side
from mockserver.conformance.valid_requests import NO_BODY, Ask, others
from mockserver.conformance.wire.traffic import Sent
from mockserver.contract import Kind

MOST = 5
"""How many records of a resource are compared."""
DEEPEST = 4
"""How far from a record what it refers to is copied."""


class Copier:
    """``can_plant``: the other server is a mock of our own; elsewhere only records that both have are compared."""

    def __init__(self, one: Side, two: Side, *, can_plant: bool) -> None:
        self.one, self.two, self.can_plant = one, two, can_plant
        self._done: dict[tuple[str, str], str] = {}
        self._open: set[tuple[str, str]] = set()
        self._parts: list[tuple[Group, Mapping[str, Any]]] = []

    def copies(self, group: Group) -> dict[str, Mapping[str, Any]]:
        """Records that are on both servers now, by shared name. Raises Inconclusive, saying why there are none."""
        problem = "the target has no records of it"
        found: dict[str, Mapping[str, Any]] = {}
        for number, record in enumerate(self._some(group)):
            problem = self._there(group, record, 0) or self._completed()
            if not problem:
                name = shared_name(group.name, number)
                for side in (self.one, self.two):
                    side.names.bind(name, record[group.key])
                found[name] = record
        if not found:
            raise Inconclusive(problem)
        return found

    def _some(self, group: Group) -> list[dict[str, Any]]:
        session = self.one.session
        for operation in (*group.all(Kind.LIST), *group.all(Kind.SEARCH)):
            body: Any = {} if operation.kind is Kind.SEARCH else NO_BODY
            try:
                sheet = read_page(session, group, Ask(operation, dict(others(group, operation)), body=body))
            except Broken:
                continue  # what is wrong with a list is told where it is compared
            return list(sheet.items[:MOST])
        return []

    def _there(self, group: Group, record: Mapping[str, Any], depth: int) -> str:
        """Bring ``record`` to the other server; empty when it is there, else why it is not."""
        place = (group.name, str(record[group.key]))
        if place not in self._done:
            self._open.add(place)
            self._done[place] = self._brought(group, record, depth)
            self._open.discard(place)
        return self._done[place]

    def _completed(self) -> str:
        """Bring over whole what was brought over in part, since two records named each other."""
        problems = [self._planted(group, record) for group, record in self._parts]
        self._parts.clear()
        return next(filter(None, problems), "")

    def _brought(self, group: Group, record: Mapping[str, Any], depth: int) -> str:
        if not self.can_plant:
            reply = self.two.session.at(group, Kind.READ, record[group.key])
            return "" if reply.status == 200 else f"{self.two.called} has no such record"
        problems, later = [], set()
        # A key into another module is taken as it is: that module may be served elsewhere, where nothing is asked.
        own = [one for one in group.resource.references if not one.crosses]
        for reference in own if depth < DEEPEST else ():
            for _, key in reference.found_in(record):
                if (reference.resource, key) in self._open:
                    later.add(reference.field)
                else:
                    problems.append(self._referred(self.one.session.plan.groups[reference.resource], key, depth + 1))
        if later:
            self._parts.append((group, record))
        problem = self._planted(group, {name: value for name, value in record.items() if name not in later})
        return next(filter(None, problems), problem) if problem else ""

    def _referred(self, group: Group, key: str, depth: int) -> str:
        """Bring the record over that another one names; what is wrong, if anything."""
        if (group.name, key) in self._done:
            return self._done[group.name, key]
        if Kind.READ not in group.operations or group.is_single:
            return f"{group.name} cannot be read one by one"
        reply = self.one.session.at(group, Kind.READ, key)
        record = self.one.session.value(reply) if reply.status == 200 else None
        if not isinstance(record, dict) or record.get(group.key) != key:
            return f"a record refers to one of {group.name} that the target does not have"
        return self._there(group, record, depth)

    def _planted(self, group: Group, record: Mapping[str, Any]) -> str:
        """Through the mock's control plane, which holds it to the document and to what it refers to."""
        tenant = self.two.session.own.tenant
        steps = ["__mock__", "tenants", tenant, "records", group.name, str(record[group.key])]
        target = "/" + "/".join(quote(step, safe="") for step in steps)
        headers = (("Content-Type", "application/json"),)
        reply = self.two.run.target.transport(Sent("PUT", target, headers, json.dumps(record).encode()))
        if reply.status == 200:
            return ""
        text = reply.body[:200].decode(errors="replace")
        return f"the mock does not accept the target's record ({reply.status}: {text})"
