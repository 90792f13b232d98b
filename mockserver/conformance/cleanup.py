"""Removing what a run has made: many at once where there is a batch, else one by one, whatever stands in the way."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from itertools import groupby
from typing import Any, Protocol

from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.created_records import CreatedRecord, CreatedRecords
from mockserver.conformance.dependants import dependants
from mockserver.conformance.profiles import Limits
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.traffic import Received, json_or_none
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind

ROUNDS = 4
"""How often removing is tried: what depends on something else goes first."""
FEW, AT_ONCE = 3, 50
"""From how many records on they are removed by a batch, and how many by one."""


class Owner(Protocol):
    """A session, as far as what it has made is removed."""

    plan: Plan
    own: Requester
    other: Requester | None
    limits: Limits
    records: CreatedRecords

    def send(self, ask: Ask, *, who: Requester | None = None) -> Received: ...

    def at(
        self, group: Group, kind: Kind, record_id: str, *, body: Any = ..., who: Requester | None = None
    ) -> Received: ...

    def left(self) -> list[CreatedRecord]: ...

    def keep_no_more(self, group: Group, tenant: str, record_id: str) -> None: ...


def remove_all(session: Owner) -> list[CreatedRecord]:
    """Remove what was made, newest first; returns what would not go."""
    for _ in range(ROUNDS):
        if not session.left():
            break
        if session.limits.owns_all:
            _remove_many(session)
        for made in session.left():
            _remove(session, made)
    return session.left()


def _remove_many(session: Owner) -> None:
    """Remove at once what was made one after the other. What a batch refuses is left.

    PERF: a fifth of a run's requests were deletes.
    """
    for (tenant, resource), alike in groupby(session.left(), lambda one: (one.tenant, one.resource)):
        group, who, records = session.plan.groups[resource], _who(session, tenant), [*alike]
        if who is None or len(records) < FEW or Kind.BATCH not in group.operations:
            continue
        operation = group.one(Kind.BATCH)
        for number in range(0, len(records), AT_ONCE):
            items = [{"verb": "delete", "key": one.id} for one in records[number : number + AT_ONCE]]
            with suppress(Unreachable):  # they may be gone: removing them one by one tells
                session.send(Ask(operation, body=operation.batch.body(items)), who=who)


def _who(session: Owner, tenant: str) -> Requester | None:
    return next((one for one in (session.own, session.other) if one and one.tenant == tenant), None)


def _remove(session: Owner, made: CreatedRecord) -> None:
    group, who = session.plan.groups[made.resource], _who(session, made.tenant)
    if who is None or Kind.DELETE not in group.operations:
        return
    for is_last in (False, True):
        try:
            reply = session.at(group, Kind.DELETE, made.id, who=who)
        except Unreachable:
            return  # it may be gone: the next round tells
        if reply.status in (200, 404):
            session.records.forget(made)
        if is_last or reply.status != 409 or not session.limits.owns_all:
            return
        if not _freed(session, made.tenant, reply, who):  # else at once again: an effect may put back what gave way
            return


def _freed(session: Owner, tenant: str, refused: Received, who: Requester) -> bool:
    """Whether all that stands in the way of a delete gave way; what did not is to be removed as well."""
    found = dependants(session.plan, refused)
    firm = [
        (resource, record_id)
        for resource, record_id, field in found
        if not _loosen(session, session.plan.groups[resource], record_id, field, who)
    ]
    session.records.remember(tenant, firm)
    return bool(found) and not firm


def _loosen(session: Owner, group: Group, record_id: str, field: str, who: Requester) -> bool:
    """Take a reference out of a record, so that what it refers to can go: two may refer to each other.

    Where an effect makes another record in its place, both are to go, though the first is one to refer to.
    """
    if Kind.PATCH not in group.operations:
        return False
    reply = session.at(group, Kind.PATCH, record_id, body=[{"op": "remove", "path": f"/{field}"}], who=who)
    changed = json_or_none(reply.body) if reply.status == HTTPStatus.OK else None
    again = changed.get(field) if isinstance(changed, dict) else None
    if again is None:
        return reply.status == HTTPStatus.OK
    named = {one.resource for one in group.resource.references if one.field == field} & session.plan.groups.keys()
    session.records.remember(who.tenant, [(name, str(again)) for name in named])
    session.keep_no_more(group, who.tenant, record_id)
    return False
