"""Records for a comparison that may only read, where nobody annotated the document: some of the target's, copied."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.inferred.inferred_trials import InferredTrials
from mockserver.conformance.second_opinion.aliases import shared_name
from mockserver.conformance.second_opinion.sides import Side
from mockserver.conformance.wire.traffic import Sent
from mockserver.contract import Kind, Operation
from mockserver.messages import SUCCESSES
from mockserver.oauth.tenants import DEFAULT

MOST = 5
"""How many records of a resource are compared."""


class InferredCopier:
    """``can_plant``: the other server is a mock of our own; elsewhere only records that both have are compared."""

    def __init__(self, one: Side, two: Side, *, can_plant: bool) -> None:
        self._one, self._two, self._can_plant = one, two, can_plant
        self._asking = InferredTrials(one.session, refers=False)

    def copies(self, group: Group) -> list[str]:
        """The shared names of records that are on both servers now. Raises Inconclusive, saying why there are none."""
        try:
            read = self._asking.on_one(group, Kind.READ)
        except NotApplicable as reason:
            raise Inconclusive(str(reason)) from None
        problem, found = "the target shows no such records at the top level", list[str]()
        for number, key in enumerate(self._keys(group)[:MOST]):
            problem = self._copied(group, read, key)
            if not problem:
                found.append(shared_name(group.name, number))
                for side in (self._one, self._two):
                    side.names.bind(found[-1], key)
        if not found:
            raise Inconclusive(problem)
        return found

    def _keys(self, group: Group) -> list[str]:
        found: dict[str, None] = {}
        for operation in self._asking.whole_lists(group, Kind.LIST):
            if operation.plan and not operation.plan.scope:
                reply = self._asking.send(operation)
                found |= {self._asking.key(group, one): None for one in self._asking.items(reply, operation)}
        return [key for key in found if key]

    def _copied(self, group: Group, read: Operation, key: str) -> str:
        """Bring a record to the other server; empty when it is there, else why it is not."""
        values = {str(read.plan and read.plan.key): key}
        if not self._can_plant:
            status = InferredTrials(self._two.session).send(read, values).status
            return "" if status in SUCCESSES else f"{self._two.called} has no such record"
        reply = self._asking.send(read, values)
        record = self._asking.record(reply, read) if reply.status in SUCCESSES else None
        return self._planted(group, key, record) if isinstance(record, dict) else "the target does not show a record"

    def _planted(self, group: Group, key: str, record: dict[str, Any]) -> str:
        """Through the mock's control plane, which holds it to the document."""
        own, contract = self._two.session.own, self._two.session.plan.contract
        steps = ["__mock__", "tenants", own.tenant if contract.tenant else DEFAULT, "records", group.name, key]
        headers = (("Content-Type", "application/json"),)
        target = "/" + "/".join(quote(step, safe="") for step in steps)
        reply = self._two.run.target.transport(Sent("PUT", target, headers, json.dumps(record).encode()))
        text = reply.body[:200].decode(errors="replace")
        return "" if reply.status in SUCCESSES else f"the mock does not accept the target's record ({text})"
