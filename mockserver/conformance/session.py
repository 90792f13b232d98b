"""What a check is handed: ways to make, read and change records of the target, and to say what it expected."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from mockserver.conformance.assertions import Assertions, expect_status
from mockserver.conformance.bodies.create_bodies import make_body
from mockserver.conformance.check_plan import Group, Plan, examples_of
from mockserver.conformance.cleanup import remove_all
from mockserver.conformance.created_records import CreatedRecord, CreatedRecords
from mockserver.conformance.findings import Blocked, Broken, Inconclusive, NotApplicable
from mockserver.conformance.inferred.inferred_bodies import TargetHabits
from mockserver.conformance.inferred.inferred_writing import show, way_of
from mockserver.conformance.profiles import Limits
from mockserver.conformance.registry import Check
from mockserver.conformance.valid_requests import NO_BODY, Ask, record_name, usual
from mockserver.conformance.wire.client import TargetClient
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.contract import Kind, Operation
from mockserver.runtime.determinism import digest

T = TypeVar("T")


class Session(Assertions):
    """What a check works with: requests to the target, records of its own, and what it expects of the replies.

    Methods that take ``who`` ask as that identity, by default as the run's own. Those that expect something raise
    Broken when the target does not do it, those that need what is not there Inconclusive.

    The present check tries one in ``part`` of its cases.
    """

    def __init__(
        self,
        plan: Plan,
        client: TargetClient,
        own: Requester,
        other: Requester | None,
        *,
        mark: str,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(client.is_safe)
        self.plan, self.client, self.own, self.other = plan, client, own, other
        self.mark, self.limits = mark, limits or Limits()
        self.records = CreatedRecords(plan.contract)
        self._ordinals = itertools.count(1)
        self._targets: dict[tuple[str, str], dict[str, Any]] = {}
        self.greeting: Received | None = None
        self.habits = TargetHabits()
        self.part = 1
        client.after += [self.records.observe, self.evidence.observe, self.observe]

    # Asking

    def send(
        self,
        ask: Ask,
        *,
        who: Requester | None = None,
        tenant: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Received:
        """Send ``ask`` as ``who`` to ``tenant`` (default: theirs); ``headers`` replace the usual ones."""
        return self.client.send(self._request(ask, who or self.own, tenant, headers))

    def raw(
        self,
        method: str,
        target: str,
        content: bytes | None = None,
        *,
        who: Requester | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Received:
        """Send anything by any ``method``: ``target`` is path and query, percent-encoded, ``content`` the body.

        ``headers`` replace the usual ones, an empty text leaves one out.
        """
        return self.client.send(_sent(method, target, content, who or self.own, headers))

    def prove(self, ask: Ask, reply: Received) -> None:
        """Take ``ask``, which ``reply`` answers, for what shows whether a token of the run is still taken."""
        self.greeting = reply
        known = [one for one in (self.own, self.other) if one and one.token]
        self.client.proofs = {str(one.token): self._request(ask, one) for one in known}

    def _request(
        self, ask: Ask, who: Requester, tenant: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Sent:
        request_target = ask.request_target(self.plan.contract.tenant, tenant if tenant is not None else who.tenant)
        as_they_are = ask.operation.method == "PUT"  # letters that other requests escape
        content = None if ask.body is NO_BODY else json.dumps(ask.body, ensure_ascii=not as_they_are).encode()
        plan = ask.operation.plan
        if plan and plan.needs and who.token:
            pairs: list[tuple[str, str]] = []
            shown: dict[str, str] = {"Authorization": ""}  # what a document asks for may be no bearer token
            for one in way_of(plan.needs, who.token):
                show(one, who.token, pairs, shown)
            request_target += ("&" if "?" in request_target else "?") * bool(pairs) + urlencode(pairs)
            headers = {**shown, **(headers or {})}
        return _sent(ask.operation.method, request_target, content, who, headers)

    def at(
        self,
        group: Group,
        kind: Kind,
        record_id: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = NO_BODY,
        who: Requester | None = None,
    ) -> Received:
        """Ask the operation of ``kind`` about the record ``record_id``, with this ``query`` and ``body``."""
        operation = group.one(kind)
        return self.send(Ask(operation, {record_name(operation): record_id}, query or {}, body), who=who)

    def usual(self, group: Group, operation: Operation, record: Mapping[str, Any]) -> Ask:
        """A request that is valid for ``record``; what else its parameters name is there."""
        takes = operation.kind in (Kind.CREATE, Kind.REPLACE, Kind.PATCH) and Kind.CREATE in group.operations
        body = self.body(group) if takes else {}
        ask = usual(group, operation, record, body)
        named = {one.name: self.plan.groups[one.references] for one in operation.parameters if one.references}
        return ask.but(values={**ask.values, **{name: self.referenced(one)[one.key] for name, one in named.items()}})

    def may(self, operation: Operation) -> bool:
        """Whether this run may send an operation at all."""
        return self.client.may(operation)

    # Records

    def ordinal(self) -> int:
        """A number that nothing else of this run has."""
        return next(self._ordinals)

    def body(
        self,
        group: Group,
        fields: Mapping[str, Any] | None = None,
        *,
        only_required: bool = False,
        who: Requester | None = None,
    ) -> dict[str, Any]:
        """A valid body for a create, unlike any other of this run; ``fields`` replace what is made.

        ``only_required``: without the fields that may be left out.
        """
        made = make_body(self, group, self.ordinal(), only_required=only_required, who=who)
        return {**made, **(fields or {})}

    def referenced(self, group: Group, *, who: Requester | None = None) -> dict[str, Any]:
        """A record for others to refer to; the same for all of them, and kept until the run ends."""
        place = (group.name, (who or self.own).tenant)
        if place not in self._targets:
            can_be_made = Kind.CREATE in group.operations and not self.limits.reads_only
            self._targets[place] = (
                self.put_in(group, self.body(group, only_required=True, who=who), who=who)
                if can_be_made
                else self._there(group, who)
            )
        return self._targets[place]

    def _there(self, group: Group, who: Requester | None) -> dict[str, Any]:
        """A record that is there, of a resource that is read only. Raises Inconclusive where there is none."""
        records = self._listed(group, who) if Kind.LIST in group.operations else []
        if not records:
            raise Inconclusive(f"there is no record of {group.name} to refer to")
        return records[0]

    def _listed(self, group: Group, who: Requester | None = None) -> list[dict[str, Any]]:
        """The records of the first page of the list that have a key."""
        found = self.value(self.send(Ask(group.one(Kind.LIST)), who=who))
        return [one for one in found if isinstance(one, dict) and group.key in one] if isinstance(found, list) else []

    def create(
        self, group: Group, fields: Mapping[str, Any] | None = None, *, who: Requester | None = None
    ) -> dict[str, Any]:
        """Make a record with ``fields`` in a valid body and return it. Raises Blocked when that is not taken."""
        return self.put_in(group, self.body(group, fields, who=who), who=who)

    def foreign(self, group: Group) -> Mapping[str, str]:
        """Keys into other modules that the target takes, by field; empty where any will do."""
        return self.limits.foreign.get(group.name, {})

    def put_in(self, group: Group, body: Mapping[str, Any], *, who: Requester | None = None) -> dict[str, Any]:
        """Create a record from just this ``body``, as ``who``, and return it. Raises Blocked when it is not taken."""
        reply = self.send(Ask(group.one(Kind.CREATE), body=dict(body)), who=who)
        made = self.value(reply) if reply.status == 200 else None
        if not isinstance(made, dict) or not isinstance(made.get(group.key), str):
            create = group.one(Kind.CREATE).id
            without = f" without a string {group.key}" if reply.status == HTTPStatus.OK else ""
            raise Blocked(f"no {group.name} could be made: {create} answered {reply.status}{without}", create)
        return made

    def read(self, group: Group, record_id: str, *, who: Requester | None = None) -> dict[str, Any]:
        """The record ``record_id`` as it is now, for a check to judge: that it can be read counts as no judgement.

        Raises Broken where it cannot be read.
        """
        operation = group.one(Kind.READ)
        reply = self.at(group, Kind.READ, record_id, who=who)
        expect_status(reply, 200, f"{operation.id} of a record that exists", operation)
        value = self.value(reply)
        if not isinstance(value, dict):
            raise Broken("a record read is not an object", operation=operation.id)
        return value

    def sample(self, group: Group, count: int = 1) -> list[dict[str, Any]]:
        """Up to ``count`` records to look at: fresh ones, or existing ones where the run may not write.

        Raises Inconclusive where there are none.
        """
        if not self.limits.reads_only and Kind.CREATE in group.operations:
            return [self.create(group) for _ in range(count)]
        if Kind.LIST not in group.operations and not (shown := self.shown(group)):
            raise NotApplicable("there is no list to take records from")
        records = self._listed(group) if Kind.LIST in group.operations else shown
        if not records:
            raise Inconclusive("the tenant has no such records")
        return records[:count]

    def shown(self, group: Group) -> list[dict[str, Any]]:
        """The records that the document shows and that are there: those to look at where no list tells of any."""
        if Kind.READ not in group.operations or group.is_single:
            return []
        ids = dict.fromkeys(str(one[group.key]) for one in examples_of(group) if group.key in one)
        replies = [self.at(group, Kind.READ, one) for one in ids]
        return [self.value(reply) for reply in replies if reply.status == HTTPStatus.OK]

    def kept(self) -> set[CreatedRecord]:
        """The records that are there for others to refer to."""
        groups = self.plan.groups
        return {
            CreatedRecord(tenant, name, str(one[groups[name].key])) for (name, tenant), one in self._targets.items()
        }

    def ours(self, group: Group) -> set[str]:
        """The ids of the records of this resource that the check has made itself."""
        found = {made for made in self.records.left() if made.resource == group.name}
        return {made.id for made in found - self.kept() if made.tenant == self.own.tenant}

    def some(self, cases: Iterable[T], *apart: str) -> list[T]:
        """Those of ``cases`` that the check tries: one in ``part``, at least one; others by resource and ``apart``."""
        found = list(cases)
        about = (self._check.name if self._check else "", self._group.name if self._group else "")
        first = digest(self.limits.seed, *about, *apart) % min(self.part, max(len(found), 1))
        return found[first :: self.part]

    # The run's side

    def begin(self, check: Check, group: Group) -> None:
        """Count and remember for ``check`` from here on."""
        super().begin(check, group)
        self.client.purpose = check.name

    def clean_up(self, *, targets: bool = False) -> list[CreatedRecord]:
        """Remove what was made, newest first; returns what would not go. ``targets``: those that are kept as well."""
        self.client.purpose = "cleaning up"
        if targets:
            self._targets.clear()
        return remove_all(self)

    def left(self) -> list[CreatedRecord]:
        """What was made and is not kept for others to refer to, the newest first."""
        kept = self.kept()
        return [made for made in self.records.left() if made not in kept]

    def keep_no_more(self, group: Group, tenant: str, record_id: str) -> None:
        """Where ``tenant`` refers to the record ``record_id``, make another one for that when next asked for one."""
        place = (group.name, tenant)
        if place in self._targets and str(self._targets[place].get(group.key)) == record_id:
            del self._targets[place]


def _sent(method: str, target: str, content: bytes | None, who: Requester, headers: Mapping[str, str] | None) -> Sent:
    sent = {"Authorization": f"Bearer {who.token}" if who.token else "", "Accept": "application/json"}
    if content is not None:
        sent["Content-Type"] = "application/json"
    sent |= headers or {}
    return Sent(method, target, tuple((name, text) for name, text in sent.items() if text), content)
